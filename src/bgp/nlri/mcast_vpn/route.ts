/** The shape of a decoded MCAST-VPN route. */

/** A route of any type: the members that its type has, and no others. */
export interface McastVpnRoute {
  readonly routeType: number;
  /** Short name of the type; absent where it is unknown. */
  readonly name?: string;
  /** `0:0`: multicast of the global table (RFC 7716 section 2.1). */
  readonly rd?: string;
  readonly rdType?: number;
  /** Address of the originating router. */
  readonly originator?: string;
  readonly sourceAs?: number;
  /** Absent for a wildcard (RFC 6625 section 2). */
  readonly multicastSource?: string;
  /** Absent for a wildcard, and where the field is no address. */
  readonly multicastGroup?: string;
  /** Hex of a group field that is neither 32 nor 128 bits: an mLDP opaque value (RFC 6514 section 4.3). */
  readonly groupHex?: string;
  readonly mldpFec?: MldpFec;
  /** Hex of the key of a leaf. */
  readonly routeKey?: string;
  /** What the key says. */
  readonly leafOf?: McastVpnRoute | GlobalTableKey;
  /** The octets behind type and length of a route of an unknown type. */
  readonly hex?: string;
}

/** The key of a leaf that answers a unicast route's tunnel, not another route of this family (RFC 7524 section 6.2.2). */
export interface GlobalTableKey {
  readonly rd: string;
  readonly rdType: number;
  readonly multicastSource?: string;
  readonly multicastGroup?: string;
  readonly groupHex?: string;
  readonly mldpFec?: MldpFec;
  /** Address of the ingress PE. */
  readonly ingress: string;
}

/** A FEC element of mLDP (RFC 6388 section 2.2). */
export interface MldpFec {
  /** 6: P2MP, 7: MP2MP upstream, 8: MP2MP downstream. */
  readonly type: number;
  readonly root: string;
  /** Topology of the root's address, where it has one (RFC 7307 section 3.2). */
  readonly mtId?: number;
  readonly opaque: readonly OpaqueValue[];
}

/** An opaque value element (RFC 6388 section 2.3). */
export interface OpaqueValue {
  /** 256 and more: the extended types, from 0 on. */
  readonly type: number;
  /** Of the generic LSP identifier, type 1. */
  readonly lspId?: number;
  /** Of all other types. */
  readonly hex?: string;
}

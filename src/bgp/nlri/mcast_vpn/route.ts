/** The shape of a decoded MCAST-VPN route. */
import type { MldpFec } from "../../mldp_fec.ts";

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

/** The shape of a decoded EVPN route. */
import type { EthernetSegment } from "./ethernet_segment.ts";

/** A route of any type: the members that its type has, and no others. */
export interface EvpnRoute {
  readonly routeType: number;
  /** Short name of the type; absent where it is unknown. */
  readonly name?: string;
  readonly rd?: string;
  readonly rdType?: number;
  /** All 10 octets of the ESI, `00:11:…`. */
  readonly esi?: string;
  /** What the ESI says; absent for ESI 0. */
  readonly segment?: EthernetSegment;
  readonly ethernetTag?: number;
  readonly mac?: string;
  readonly ipAddress?: string;
  /** Bits of the address (type 2), or of the prefix in it (type 5). */
  readonly ipLength?: number;
  readonly gateway?: string;
  /** All 24 bits of each label field: an MPLS label in the upper 20, a VNI in all of them. */
  readonly rawLabels?: readonly number[];
  /** Absent for a wildcard. */
  readonly multicastSource?: string;
  /** Absent for a wildcard. */
  readonly multicastGroup?: string;
  /** Address of the originating router. */
  readonly originator?: string;
  readonly membership?: Membership;
  /** Of type 8: u8, as in the IGMP leave that was heard. */
  readonly maximumResponseTime?: number;
  /** 8 octets as hex, encoded as an extended community (RFC 9572 section 6.2). */
  readonly regionId?: string;
  /** The route that a leaf answers. */
  readonly routeKey?: EvpnRoute;
  /** The octets behind type and length of a route of an unknown type. */
  readonly hex?: string;
}

/** The Flags octet of types 6 to 8 (RFC 9251 section 9.1). */
export interface Membership {
  readonly flags: number;
  /** `igmpv2`, `mldv1` …: of which the membership was reported. */
  readonly versions: readonly string[];
  /** Whether sources are excluded, not included; absent where the flag does not count. */
  readonly isExclude?: boolean;
}

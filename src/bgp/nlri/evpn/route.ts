/** The shape of a decoded EVPN route. */
import {
  addressText,
  colonHexText,
  hexText,
  routeDistinguisherText,
} from "../../../wire/strings.ts";
import { ESI_BYTES, type EthernetSegment, ethernetSegment } from "./ethernet_segment.ts";
import { ABSENT, type EvpnLayout } from "./layout.ts";

const MAC_BYTES = 6;
const REGION_ID_BYTES = 8;
const EXCLUDE = 0x08;
const VERSION_3 = 0x04;
const VERSION_2 = 0x02;
const VERSION_1 = 0x01;
const IPV6 = ":";

/** A route of any type; members that its type has not are undefined. */
export interface EvpnRoute {
  readonly routeType: number;
  /** Short name of the type; undefined where it is unknown. */
  readonly name: string | undefined;
  readonly rd: string | undefined;
  readonly rdType: number | undefined;
  /** All 10 octets of the ESI, `00:11:…`. */
  readonly esi: string | undefined;
  /** What the ESI says; undefined for ESI 0. */
  readonly segment: EthernetSegment | undefined;
  readonly ethernetTag: number | undefined;
  readonly mac: string | undefined;
  readonly ipAddress: string | undefined;
  /** Bits of the address (type 2), or of the prefix in it (type 5). */
  readonly ipLength: number | undefined;
  readonly gateway: string | undefined;
  /** All 24 bits of each label field: an MPLS label in the upper 20, a VNI in all of them. */
  readonly rawLabels: readonly number[] | undefined;
  /** Undefined for a wildcard. */
  readonly multicastSource: string | undefined;
  /** Undefined for a wildcard. */
  readonly multicastGroup: string | undefined;
  /** Address of the originating router. */
  readonly originator: string | undefined;
  readonly membership: Membership | undefined;
  /** Of type 8: u8, as in the IGMP leave that was heard. */
  readonly maximumResponseTime: number | undefined;
  /** 8 octets as hex, encoded as an extended community (RFC 9572 section 6.2). */
  readonly regionId: string | undefined;
  /** The route that a leaf answers. */
  readonly routeKey: EvpnRoute | undefined;
  /** The octets behind type and length of a route of an unknown type. */
  readonly hex: string | undefined;
}

/** The Flags octet of types 6 to 8 (RFC 9251 section 9.1). */
export interface Membership {
  readonly flags: number;
  /** `igmpv2`, `mldv1` …: of which the membership was reported. */
  readonly versions: readonly string[];
  /** Whether sources are excluded, not included; absent where the flag does not count. */
  readonly isExclude?: boolean;
}

/** The route whose fields stand there. */
export function evpnRoute(layout: EvpnLayout): EvpnRoute {
  const { bytes, view, rdAt, esiAt, macAt, gatewayAt, ipBits, routeKey } = layout;
  const group = optionalAddress(bytes, layout.groupAt, layout.groupBits);
  return {
    routeType: layout.routeType,
    name: layout.name,
    rd: rdAt === ABSENT ? undefined : routeDistinguisherText(bytes, rdAt),
    rdType: rdAt === ABSENT ? undefined : view.getUint16(rdAt),
    esi: esiAt === ABSENT ? undefined : colonHexText(bytes, esiAt, esiAt + ESI_BYTES),
    segment: esiAt === ABSENT ? undefined : ethernetSegment(bytes, view, esiAt),
    ethernetTag: layout.ethernetTag,
    mac: macAt === ABSENT ? undefined : colonHexText(bytes, macAt, macAt + MAC_BYTES),
    ipAddress: optionalAddress(bytes, layout.ipAt, ipBits),
    ipLength: layout.ipLength,
    gateway: gatewayAt === ABSENT ? undefined : addressText(bytes, gatewayAt, ipBits),
    rawLabels: layout.rawLabels,
    multicastSource: optionalAddress(bytes, layout.sourceAt, layout.sourceBits),
    multicastGroup: group,
    originator: optionalAddress(bytes, layout.originatorAt, layout.originatorBits),
    membership: layout.flags === undefined ? undefined : membership(layout.flags, group),
    maximumResponseTime: layout.maximumResponseTime,
    regionId: layout.regionIdAt === ABSENT
      ? undefined
      : hexText(bytes, layout.regionIdAt, layout.regionIdAt + REGION_ID_BYTES),
    routeKey: routeKey === undefined ? undefined : evpnRoute(routeKey),
    hex: layout.unknownAt === ABSENT
      ? undefined
      : hexText(bytes, layout.unknownAt, layout.unknownEnd),
  };
}

function optionalAddress(bytes: Uint8Array, at: number, bits: number): string | undefined {
  return bits === 0 ? undefined : addressText(bytes, at, bits);
}

/** The bits have the meaning of MLD where the group is an IPv6 address; there is no MLD version 3. */
function membership(flags: number, group: string | undefined): Membership {
  const isMld = group?.includes(IPV6) ?? false;
  const versions = isMld ? ["mldv1", "mldv2"] : ["igmpv1", "igmpv2", "igmpv3"];
  const bits = [VERSION_1, VERSION_2, VERSION_3];
  const hasFilter = (flags & (isMld ? VERSION_2 : VERSION_3)) !== 0;
  return {
    flags,
    versions: versions.filter((_, i) => (flags & bits[i]!) !== 0),
    ...(hasFilter ? { isExclude: (flags & EXCLUDE) !== 0 } : {}),
  };
}

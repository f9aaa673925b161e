/**
 * TLVs of nodes, links and prefixes that RFC 9552 itself defines (section 5.3), of S-BFD (RFC 9247) and of BGP-LS-SPF (RFC 9815
 * sections 5.2.1 to 5.2.4).
 */
import { hexText } from "../../wire/strings.ts";
import { readU64 } from "../../wire/integers.ts";
import {
  decodeAddress,
  decodeFloat,
  decodeHex,
  decodeIpv4,
  decodeIpv6,
  decodeText,
  decodeU32List,
  expectAtLeast,
  expectLength,
  expectMultiple,
  flagLetters,
  flags,
  type Float,
  readFloat,
  tlv,
  type TlvSpec,
  unsigned,
} from "./attribute_spec.ts";

export interface LinkIdentifiers {
  readonly local: number;
  readonly remote: number;
}

export interface MultiTopologyId {
  readonly id: number;
  /** O overload, A attached: of a node in IS-IS (RFC 5120 section 7.1). */
  readonly flags: readonly string[];
}

/** Identifiers of an unnumbered link; a descriptor where the link has no addresses. */
export const LINK_IDENTIFIERS = tlv(
  258,
  "Link Local/Remote Identifiers",
  "RFC 9552 section 5.2.2",
  ["link"],
  (_bytes, view, start, end): LinkIdentifiers => {
    expectLength(start, end, 8);
    return { local: view.getUint32(start), remote: view.getUint32(start + 4) };
  },
);

export const MULTI_TOPOLOGY_ID = tlv(
  263,
  "Multi-Topology Identifier",
  "RFC 9552 section 5.2.2.1",
  ["node"],
  (bytes, view, start, end): MultiTopologyId[] => {
    expectMultiple(start, end, 2);
    const ids = [];
    for (let pos = start; pos < end; pos += 2) {
      const flags = flagLetters(bytes, pos, pos + 1, "OA", 0xf0);
      ids.push({ id: view.getUint16(pos) & 0xfff, flags });
    }
    return ids;
  },
);

export const NODE_FLAGS = tlv(
  1024,
  "Node Flag Bits",
  "RFC 9552 section 5.3.1.1",
  ["node"],
  flags("OAEBRV"),
);

export const OPAQUE_NODE = tlv(
  1025,
  "Opaque Node Attribute",
  "RFC 9552 section 5.3.1.5",
  ["node"],
  decodeHex,
);

export const NODE_NAME = tlv(
  1026,
  "Node Name",
  "RFC 9552 section 5.3.1.3",
  ["node"],
  decodeText,
);

export const ISIS_AREA = tlv(
  1027,
  "IS-IS Area Identifier",
  "RFC 9552 section 5.3.1.2",
  ["node"],
  decodeArea,
);

/** Area address of ISO 10589: authority octet, then pairs of octets, e.g. `49.0001`. */
function decodeArea(bytes: Uint8Array, _view: DataView, start: number, end: number): string {
  expectAtLeast(start, end, 1);
  let text = hexText(bytes, start, start + 1);
  for (let pos = start + 1; pos < end; pos += 2) {
    text += `.${hexText(bytes, pos, Math.min(pos + 2, end))}`;
  }
  return text;
}

export const LOCAL_ROUTER_ID_IPV4 = tlv(
  1028,
  "IPv4 Router-ID of Local Node",
  "RFC 9552 section 5.3.1.4",
  ["node", "link"],
  decodeIpv4,
);

export const LOCAL_ROUTER_ID_IPV6 = tlv(
  1029,
  "IPv6 Router-ID of Local Node",
  "RFC 9552 section 5.3.1.4",
  ["node", "link"],
  decodeIpv6,
);

export const REMOTE_ROUTER_ID_IPV4 = tlv(
  1030,
  "IPv4 Router-ID of Remote Node",
  "RFC 9552 section 5.3.2.1",
  ["link"],
  decodeIpv4,
);

export const REMOTE_ROUTER_ID_IPV6 = tlv(
  1031,
  "IPv6 Router-ID of Remote Node",
  "RFC 9552 section 5.3.2.1",
  ["link"],
  decodeIpv6,
);

export const ADMIN_GROUP = tlv(
  1088,
  "Administrative group (color)",
  "RFC 9552 section 5.3.2",
  ["link"],
  unsigned(4),
);

/** Octets per second. */
export const MAX_BANDWIDTH = tlv(
  1089,
  "Maximum link bandwidth",
  "RFC 9552 section 5.3.2",
  ["link"],
  decodeFloat,
);

/** Octets per second. */
export const MAX_RESERVABLE_BANDWIDTH = tlv(
  1090,
  "Max. reservable link bandwidth",
  "RFC 9552 section 5.3.2",
  ["link"],
  decodeFloat,
);

/** Octets per second, by setup priority 0 to 7. */
export const UNRESERVED_BANDWIDTH = tlv(
  1091,
  "Unreserved bandwidth",
  "RFC 9552 section 5.3.2",
  ["link"],
  (_bytes, view, start, end): Float[] => {
    expectLength(start, end, 32);
    const bandwidths: Float[] = [];
    for (let pos = start; pos < end; pos += 4) bandwidths.push(readFloat(view, pos));
    return bandwidths;
  },
);

/** 4 octets; some senders leave it at IS-IS's 3. */
export const TE_METRIC = tlv(
  1092,
  "TE Default Metric",
  "RFC 9552 section 5.3.2.3",
  ["link"],
  unsigned(3, 4),
);

const PROTECTIONS = [
  "bit 0",
  "bit 1",
  "enhanced",
  "dedicated 1+1",
  "dedicated 1:1",
  "shared",
  "unprotected",
  "extra traffic",
];

/** Protection capabilities in the first octet (RFC 5307 section 1.2); the second is reserved. */
export const LINK_PROTECTION = tlv(
  1093,
  "Link Protection Type",
  "RFC 9552 section 5.3.2",
  ["link"],
  (bytes, _view, start, end): string[] => {
    expectLength(start, end, 2);
    return PROTECTIONS.filter((_, bit) => (bytes[start]! & (0x80 >> bit)) !== 0);
  },
);

/** L: LDP, R: RSVP-TE. */
export const MPLS_PROTOCOLS = tlv(
  1094,
  "MPLS Protocol Mask",
  "RFC 9552 section 5.3.2.2",
  ["link"],
  flags("LR"),
);

/** 1 octet: narrow metric of IS-IS, 2: OSPF, 3: wide metric of IS-IS. Senders of 4 exist. */
export const IGP_METRIC = tlv(
  1095,
  "IGP Metric",
  "RFC 9552 section 5.3.2.4",
  ["link", "prefix"],
  unsigned(1, 4),
);

export const SRLG = tlv(
  1096,
  "Shared Risk Link Group",
  "RFC 9552 section 5.3.2.5",
  ["link"],
  decodeU32List,
);

export const OPAQUE_LINK = tlv(
  1097,
  "Opaque Link Attribute",
  "RFC 9552 section 5.3.2.6",
  ["link"],
  decodeHex,
);

export const LINK_NAME = tlv(
  1098,
  "Link Name",
  "RFC 9552 section 5.3.2.7",
  ["link"],
  decodeText,
);

export const IGP_FLAGS = tlv(
  1152,
  "IGP Flags",
  "RFC 9552 section 5.3.3.1",
  ["prefix"],
  flags("DNLP"),
);

export const ROUTE_TAG = tlv(
  1153,
  "IGP Route Tag",
  "RFC 9552 section 5.3.3.2",
  ["prefix"],
  decodeU32List,
);

export const EXTENDED_ROUTE_TAG = tlv(
  1154,
  "IGP Extended Route Tag",
  "RFC 9552 section 5.3.3.3",
  ["prefix"],
  (_bytes, view, start, end): (number | bigint)[] => {
    expectMultiple(start, end, 8);
    const tags = [];
    for (let pos = start; pos < end; pos += 8) tags.push(readU64(view, pos));
    return tags;
  },
);

/** 4 octets; some senders leave it at IS-IS's 3. */
export const PREFIX_METRIC = tlv(
  1155,
  "Prefix Metric",
  "RFC 9552 section 5.3.3.4",
  ["prefix"],
  unsigned(3, 4),
);

export const FORWARDING_ADDRESS = tlv(
  1156,
  "OSPF Forwarding Address",
  "RFC 9552 section 5.3.3.5",
  ["prefix"],
  decodeAddress,
);

export const OPAQUE_PREFIX = tlv(
  1157,
  "Opaque Prefix Attribute",
  "RFC 9552 section 5.3.3.6",
  ["prefix"],
  decodeHex,
);

export const TOPOLOGY_TLVS: readonly TlvSpec[] = [
  LINK_IDENTIFIERS,
  MULTI_TOPOLOGY_ID,
  NODE_FLAGS,
  OPAQUE_NODE,
  NODE_NAME,
  ISIS_AREA,
  LOCAL_ROUTER_ID_IPV4,
  LOCAL_ROUTER_ID_IPV6,
  REMOTE_ROUTER_ID_IPV4,
  REMOTE_ROUTER_ID_IPV6,
  tlv(1032, "S-BFD Discriminators", "RFC 9247 section 2", ["node"], decodeU32List),
  ADMIN_GROUP,
  MAX_BANDWIDTH,
  MAX_RESERVABLE_BANDWIDTH,
  UNRESERVED_BANDWIDTH,
  TE_METRIC,
  LINK_PROTECTION,
  MPLS_PROTOCOLS,
  IGP_METRIC,
  SRLG,
  OPAQUE_LINK,
  LINK_NAME,
  IGP_FLAGS,
  ROUTE_TAG,
  EXTENDED_ROUTE_TAG,
  PREFIX_METRIC,
  FORWARDING_ADDRESS,
  OPAQUE_PREFIX,
  tlv(
    1181,
    "Sequence Number",
    "RFC 9815 section 5.2.4",
    ["node", "link", "prefix"],
    (_bytes, view, start, end): number | bigint => {
      expectLength(start, end, 8);
      return readU64(view, start);
    },
  ),
  tlv(1184, "SPF Status", "RFC 9815 section 5.2.1.1", ["node", "link", "prefix"], unsigned(1)),
];

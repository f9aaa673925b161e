/** TLVs of segment routing over IPv6: RFC 9514. */
import { ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { systemIdText } from "./attribute_segment_routing.ts";
import {
  expectAtLeast,
  expectLength,
  flagLetters,
  type NestedTlvs,
  type Tlv,
  tlv,
  type TlvSpec,
} from "./attribute_spec.ts";

export interface EndXSid {
  readonly endpointBehavior: number;
  /** B backup, S set, P persistent. */
  readonly flags: readonly string[];
  readonly algorithm: number;
  readonly weight: number;
  /** In OSPFv3, on a LAN. */
  readonly neighborRouterId?: string;
  /** In IS-IS, on a LAN. */
  readonly neighborSystemId?: string;
  readonly sid: string;
  readonly subTlvs: readonly Tlv[];
}

export interface Srv6Locator {
  /** D: leaked from a higher level (IS-IS). */
  readonly flags: readonly string[];
  readonly algorithm: number;
  readonly metric: number;
  readonly subTlvs: readonly Tlv[];
}

export interface EndpointBehavior {
  readonly endpointBehavior: number;
  /** None is defined. */
  readonly flags: number;
  readonly algorithm: number;
}

export interface Srv6PeerNodeSid {
  /** B backup, S set, P persistent. */
  readonly flags: readonly string[];
  readonly weight: number;
  readonly peerAs: number;
  readonly peerBgpId: string;
}

/** Bits. */
export interface SidStructure {
  readonly locatorBlockLength: number;
  readonly locatorNodeLength: number;
  readonly functionLength: number;
  readonly argumentLength: number;
}

/** O: OAM in the SRH. */
export const SRV6_CAPABILITIES = tlv(
  1038,
  "SRv6 Capabilities",
  "RFC 9514 section 3.1",
  ["node"],
  (bytes, _view, start, end): { flags: string[] } => {
    expectLength(start, end, 4);
    return { flags: flagLetters(bytes, start, start + 2, " O") };
  },
);

/**
 * ```
 * 0  u16  endpoint behavior
 * 2  u8   flags
 * 3  u8   algorithm
 * 4  u8   weight
 * 5  u8   reserved
 * 6  ...  neighbor, on a LAN: 6 octets in IS-IS, 4 in OSPFv3
 *    16   SID
 *    ...  sub-TLVs
 * ```
 */
function readEndXSid(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  nested: NestedTlvs,
  neighborBytes: 0 | 4 | 6,
): EndXSid {
  const sid = start + 6 + neighborBytes;
  expectAtLeast(start, end, 22 + neighborBytes);
  return {
    endpointBehavior: view.getUint16(start),
    flags: flagLetters(bytes, start + 2, start + 3, "BSP"),
    algorithm: bytes[start + 3]!,
    weight: bytes[start + 4]!,
    ...(neighborBytes === 4 ? { neighborRouterId: ipv4Text(bytes, start + 6) } : undefined),
    ...(neighborBytes === 6 ? { neighborSystemId: systemIdText(bytes, start + 6) } : undefined),
    sid: ipv6Text(bytes, sid),
    subTlvs: nested(sid + 16, end),
  };
}

export const END_X_SID = tlv(
  1106,
  "SRv6 End.X SID",
  "RFC 9514 section 4.1",
  ["link"],
  (bytes, view, start, end, nested) => readEndXSid(bytes, view, start, end, nested, 0),
);

/** A SID is in the NLRI; this says what it does. */
export const ENDPOINT_BEHAVIOR = tlv(
  1250,
  "SRv6 Endpoint Behavior",
  "RFC 9514 section 7.1",
  ["srv6-sid", "sub-tlv"],
  (bytes, view, start, end): EndpointBehavior => {
    expectLength(start, end, 4);
    return {
      endpointBehavior: view.getUint16(start),
      flags: bytes[start + 2]!,
      algorithm: bytes[start + 3]!,
    };
  },
);

export const SRV6_PEER_NODE_SID = tlv(
  1251,
  "SRv6 BGP PeerNode SID",
  "RFC 9514 section 7.2",
  ["srv6-sid"],
  (bytes, view, start, end): Srv6PeerNodeSid => {
    expectLength(start, end, 12);
    return {
      flags: flagLetters(bytes, start, start + 1, "BSP"),
      weight: bytes[start + 1]!,
      peerAs: view.getUint32(start + 4),
      peerBgpId: ipv4Text(bytes, start + 8),
    };
  },
);

export const SID_STRUCTURE = tlv(
  1252,
  "SRv6 SID Structure",
  "RFC 9514 section 8",
  ["srv6-sid", "sub-tlv"],
  (bytes, _view, start, end): SidStructure => {
    expectLength(start, end, 4);
    return {
      locatorBlockLength: bytes[start]!,
      locatorNodeLength: bytes[start + 1]!,
      functionLength: bytes[start + 2]!,
      argumentLength: bytes[start + 3]!,
    };
  },
);

export const SRV6_LOCATOR = tlv(
  1162,
  "SRv6 Locator",
  "RFC 9514 section 5.1",
  ["prefix"],
  (bytes, view, start, end, nested): Srv6Locator => {
    expectAtLeast(start, end, 8);
    return {
      flags: flagLetters(bytes, start, start + 1, "D"),
      algorithm: bytes[start + 1]!,
      metric: view.getUint32(start + 4),
      subTlvs: nested(start + 8, end),
    };
  },
);

export const SRV6_TLVS: readonly TlvSpec[] = [
  SRV6_CAPABILITIES,
  END_X_SID,
  tlv(
    1107,
    "IS-IS SRv6 LAN End.X SID",
    "RFC 9514 section 4.2",
    ["link"],
    (bytes, view, start, end, nested) => readEndXSid(bytes, view, start, end, nested, 6),
  ),
  tlv(
    1108,
    "OSPFv3 SRv6 LAN End.X SID",
    "RFC 9514 section 4.2",
    ["link"],
    (bytes, view, start, end, nested) => readEndXSid(bytes, view, start, end, nested, 4),
  ),
  SRV6_LOCATOR,
  ENDPOINT_BEHAVIOR,
  SRV6_PEER_NODE_SID,
  SID_STRUCTURE,
];

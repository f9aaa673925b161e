/** TLVs of an SR policy's candidate path: RFC 9857 section 5. Segments have a file of their own. */
import { hexText, ipv6Text } from "../../wire/strings.ts";
import {
  decodeFloat,
  decodeText,
  decodeU32List,
  expectAtLeast,
  expectLength,
  flagLetters,
  type NestedTlvs,
  readLabelEntry,
  readUnsigned,
  type Tlv,
  tlv,
  type TlvSpec,
  unsigned,
} from "./attribute_spec.ts";
import { SR_SEGMENT } from "./attribute_sr_segment.ts";

/** Flags are the RFC's letters. A SID is a label, or an address for SRv6. */
export interface BindingSid {
  /** D SRv6, B allocated as specified, U unavailable, L from the local block, F fallback. */
  readonly flags: readonly string[];
  readonly sid: number | string;
  readonly provisionedSid: number | string;
}

export interface Srv6BindingSid {
  /** B allocated as specified, U unavailable, F fallback. */
  readonly flags: readonly string[];
  readonly sid: string;
  readonly provisionedSid: string;
  readonly subTlvs: readonly Tlv[];
}

export interface SegmentListMetric {
  readonly metricType: number;
  /** M margin, A absolute margin, B bound, V value: which of the numbers are set. */
  readonly flags: readonly string[];
  readonly margin: number;
  readonly bound: number;
  readonly value: number;
}

/**
 * ```
 * 0  u16  flags
 * 2  u16  reserved
 * 4  ...  SID: 4 octets with the label in the first 20 bits, or 16 where D is set
 *    ...  the provisioned SID, likewise
 * ```
 */
function decodeBindingSid(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): BindingSid {
  expectAtLeast(start, end, 4);
  const isSrv6 = (bytes[start]! & 0x80) !== 0;
  expectLength(start, end, isSrv6 ? 36 : 12);
  return {
    flags: flagLetters(bytes, start, start + 2, "DBULF"),
    sid: isSrv6 ? ipv6Text(bytes, start + 4) : readLabelEntry(view, start + 4),
    provisionedSid: isSrv6 ? ipv6Text(bytes, start + 20) : readLabelEntry(view, start + 8),
  };
}

function decodeSrv6BindingSid(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
  nested: NestedTlvs,
): Srv6BindingSid {
  expectAtLeast(start, end, 36);
  return {
    flags: flagLetters(bytes, start, start + 2, "BUF"),
    sid: ipv6Text(bytes, start + 4),
    provisionedSid: ipv6Text(bytes, start + 20),
    subTlvs: nested(start + 36, end),
  };
}

/**
 * ```
 * 0  u8   priority
 * 1  u8   reserved
 * 2  u16  flags: S shut down, A active, B backup, E evaluated, V valid list, O on demand, D delegated, C by a controller,
 *         I drop upon invalid, T transit eligible, U dropping
 * 4  u32  preference
 * ```
 */
function decodeState(bytes: Uint8Array, view: DataView, start: number, end: number): object {
  expectLength(start, end, 8);
  return {
    priority: bytes[start]!,
    flags: flagLetters(bytes, start + 2, start + 4, "SABEVODCITU"),
    preference: view.getUint32(start + 4),
  };
}

/**
 * ```
 * 0  u16  flags: D SRv6, P protected, U unprotected, A algorithm, T topology, S strict, F fixed, H hop by hop
 * 2  u16  reserved
 * 4  u16  multi-topology identifier
 * 6  u8   algorithm
 * 7  u8   reserved
 * 8  ...  sub-TLVs 1208 to 1211, 1214, 1215
 * ```
 */
function decodeConstraints(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  nested: NestedTlvs,
): object {
  expectAtLeast(start, end, 8);
  return {
    flags: flagLetters(bytes, start, start + 2, "DPUATSFH"),
    multiTopologyId: view.getUint16(start + 4),
    algorithm: bytes[start + 6]!,
    subTlvs: nested(start + 8, end),
  };
}

/**
 * ```
 * 0   u16  flags: D SRv6, E explicit, C computed, V verified, R resolved, F failed, A all of the algorithm, T all of the topology,
 *          M removed by a monitor
 * 2   u16  reserved
 * 4   u16  multi-topology identifier
 * 6   u8   algorithm
 * 7   u8   reserved
 * 8   u32  weight
 * 12  ...  sub-TLVs 1206, 1207, 1216, 1217
 * ```
 */
function decodeSegmentList(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  nested: NestedTlvs,
): object {
  expectAtLeast(start, end, 12);
  return {
    flags: flagLetters(bytes, start, start + 2, "DECVRFATM"),
    multiTopologyId: view.getUint16(start + 4),
    algorithm: bytes[start + 6]!,
    weight: view.getUint32(start + 8),
    subTlvs: nested(start + 12, end),
  };
}

function decodeSegmentListMetric(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): SegmentListMetric {
  expectLength(start, end, 16);
  return {
    metricType: bytes[start]!,
    flags: flagLetters(bytes, start + 1, start + 2, "MABV"),
    margin: view.getUint32(start + 4),
    bound: view.getUint32(start + 8),
    value: view.getUint32(start + 12),
  };
}

/**
 * Three bit masks of administrative groups, their lengths in words of 32 bits before them:
 *
 * ```
 * 0  u8   words of exclude-any
 * 1  u8   words of include-any
 * 2  u8   words of include-all
 * 3  u8   reserved
 * 4  ...  the masks
 * ```
 */
function decodeAffinity(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): object {
  expectAtLeast(start, end, 4);
  const includeAny = start + 4 + 4 * bytes[start]!;
  const includeAll = includeAny + 4 * bytes[start + 1]!;
  expectLength(start, end, includeAll + 4 * bytes[start + 2]! - start);
  return {
    excludeAny: decodeU32List(bytes, view, start + 4, includeAny),
    includeAny: decodeU32List(bytes, view, includeAny, includeAll),
    includeAll: decodeU32List(bytes, view, includeAll, end),
  };
}

/** A group's number; a longer one is PCEP's ASSOCIATION object, as hex. */
function readGroup(bytes: Uint8Array, start: number, end: number): number | string {
  return end - start === 4 ? readUnsigned(bytes, start, end) : hexText(bytes, start, end);
}

/** S SRLG, N node, L link, F fall back, I fall back to the best path, X no longer valid (status only). */
function decodeDisjointGroup(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): object {
  expectAtLeast(start, end, 8);
  return {
    requestFlags: flagLetters(bytes, start, start + 1, "SNLFI"),
    statusFlags: flagLetters(bytes, start + 1, start + 2, "SNLFIX"),
    group: readGroup(bytes, start + 4, end),
  };
}

/** R reverse path, C co-routed. */
function decodeBidirectionalGroup(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): object {
  expectAtLeast(start, end, 8);
  return {
    flags: flagLetters(bytes, start, start + 2, "RC"),
    group: readGroup(bytes, start + 4, end),
  };
}

/** O optimize, M margin, A absolute margin, B bound. */
function decodeMetricConstraint(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): object {
  expectLength(start, end, 12);
  return {
    metricType: bytes[start]!,
    flags: flagLetters(bytes, start + 1, start + 2, "OMAB"),
    margin: view.getUint32(start + 4),
    bound: view.getUint32(start + 8),
  };
}

const OF_POLICY = ["sr-policy"] as const;
const SUB_TLV = ["sub-tlv"] as const;

export const SR_POLICY_TLVS: readonly TlvSpec[] = [
  tlv(1201, "SR Binding SID", "RFC 9857 section 5.1", OF_POLICY, decodeBindingSid),
  tlv(1202, "SR Candidate Path State", "RFC 9857 section 5.3", OF_POLICY, decodeState),
  tlv(1203, "SR Candidate Path Name", "RFC 9857 section 5.5", OF_POLICY, decodeText),
  tlv(
    1204,
    "SR Candidate Path Constraints",
    "RFC 9857 section 5.6",
    OF_POLICY,
    decodeConstraints,
  ),
  tlv(1205, "SR Segment List", "RFC 9857 section 5.7", OF_POLICY, decodeSegmentList),
  SR_SEGMENT,
  tlv(
    1207,
    "SR Segment List Metric",
    "RFC 9857 section 5.7.2",
    SUB_TLV,
    decodeSegmentListMetric,
  ),
  tlv(1208, "SR Affinity Constraint", "RFC 9857 section 5.6.1", SUB_TLV, decodeAffinity),
  tlv(1209, "SR SRLG Constraint", "RFC 9857 section 5.6.2", SUB_TLV, decodeU32List),
  tlv(1210, "SR Bandwidth Constraint", "RFC 9857 section 5.6.3", SUB_TLV, decodeFloat),
  tlv(
    1211,
    "SR Disjoint Group Constraint",
    "RFC 9857 section 5.6.4",
    SUB_TLV,
    decodeDisjointGroup,
  ),
  tlv(1212, "SRv6 Binding SID", "RFC 9857 section 5.2", OF_POLICY, decodeSrv6BindingSid),
  tlv(1213, "SR Policy Name", "RFC 9857 section 5.4", OF_POLICY, decodeText),
  tlv(
    1214,
    "SR Bidirectional Group Constraint",
    "RFC 9857 section 5.6.5",
    SUB_TLV,
    decodeBidirectionalGroup,
  ),
  tlv(
    1215,
    "SR Metric Constraint",
    "RFC 9857 section 5.6.6",
    SUB_TLV,
    decodeMetricConstraint,
  ),
  tlv(1216, "SR Segment List Bandwidth", "RFC 9857 section 5.7.3", SUB_TLV, decodeFloat),
  tlv(1217, "SR Segment List Identifier", "RFC 9857 section 5.7.4", SUB_TLV, unsigned(4)),
];

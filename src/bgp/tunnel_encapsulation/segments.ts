/**
 * The Segment List sub-TLV of an SR policy (RFC 9830 section 2.4.4): a weight and segments of types A and B (RFC 9830) or C to K
 * (RFC 9831 section 2).
 *
 * ```
 * 0  u8   reserved
 * 1  ...  sub-TLVs: u8 type, u8 length, value
 *
 * segment: 0 u8 flags, 1 u8 SR algorithm (C, D, I, J, K) or reserved, 2 ... members of its type, then the SID:
 *   SR-MPLS  u32 label stack entry; optional but in type A
 *   SRv6     16 bytes; optional but in type B. Behind it or alone, optional: u16 behavior, u16 reserved, u8 lengths of locator block,
 *            locator node, function, argument (RFC 9830 section 2.4.4.2.4)
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { base64Text, hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { endpointBehaviorName } from "../srv6_behaviors.ts";
import { readLabelStackEntry } from "./label_stack_entry.ts";

/** How members of a segment are given that are more than a number. */
export interface SegmentForm {
  /** An address or SRv6 SID of 4 or 16 bytes. */
  address(bytes: Uint8Array, start: number, end: number): string;
  /** The 4 bytes of an SR-MPLS SID. */
  sid(view: DataView, start: number): unknown;
  /** The 8 bytes of endpoint behavior and SID structure. */
  behavior(bytes: Uint8Array, view: DataView, start: number): unknown;
}

/** Addresses as text, SIDs and behaviors by their fields. */
export const READABLE: SegmentForm = {
  address: (bytes, start, end) =>
    end - start === 4 ? ipv4Text(bytes, start) : ipv6Text(bytes, start),
  sid: readLabelStackEntry,
  behavior: (_, view, start) => readBehavior(view, start),
};

/** Everything as it is on the wire: base64, and an SR-MPLS SID as one number. */
export const RAW: SegmentForm = {
  address: base64Text,
  sid: (view, start) => view.getUint32(start),
  behavior: (bytes, _, start) => base64Text(bytes, start, start + BEHAVIOR_BYTES),
};

export const BEHAVIOR_BYTES = 8;
const WEIGHT = 9;
const MPLS_SID_BYTES = 4;
const SRV6_SID_BYTES = 16;

/** SRv6 Endpoint Behavior and SID Structure (RFC 9830 section 2.4.4.2.4). */
function readBehavior(view: DataView, start: number): object {
  const code = view.getUint16(start);
  const name = endpointBehaviorName(code);
  return {
    endpoint_behavior: code,
    ...(name === undefined ? {} : { endpoint_behavior_name: name }),
    locator_block_length: view.getUint8(start + 4),
    locator_node_length: view.getUint8(start + 5),
    function_length: view.getUint8(start + 6),
    argument_length: view.getUint8(start + 7),
  };
}

/** Bits of a segment's flags (RFC 9830 section 2.4.4.2.3, RFC 9831 section 2.10). */
export interface SegmentFlags {
  readonly v_flag: boolean;
  readonly a_flag: boolean;
  readonly s_flag: boolean;
  readonly b_flag: boolean;
}

export interface Segment {
  /** Code point of the sub-TLV. */
  readonly segment_type: number;
  /** `A` to `K`; absent: a type without a decoder, with its `value` in hex. */
  readonly type_name?: string;
  readonly flags?: SegmentFlags;
  readonly [member: string]: unknown;
}

export interface SegmentList {
  /** The first; RFC 9830 section 2.4.4.1 allows one. */
  readonly weight: { readonly flags: number; readonly weight: number } | undefined;
  readonly segments: readonly Segment[];
}

type MemberKind = "algorithm" | "reserved" | "interface" | "ipv4" | "ipv6";
type Member = readonly [name: string, kind: MemberKind];

interface SegmentType {
  readonly letter: string;
  /** What stands behind the flags. */
  readonly members: readonly Member[];
  readonly sid: "mpls" | "srv6";
  readonly needsSid?: true;
}

const BYTES_OF: Readonly<Record<MemberKind, number>> = {
  algorithm: 1,
  reserved: 1,
  interface: 4,
  ipv4: 4,
  ipv6: 16,
};

const ALGORITHM: Member = ["sr_algorithm", "algorithm"];
const RESERVED: Member = ["", "reserved"];
const LOCAL_INTERFACE: Member = ["local_interface_id", "interface"];
const REMOTE_INTERFACE: Member = ["remote_interface_id", "interface"];
const LOCAL_IPV6: Member = ["local_ipv6_address", "ipv6"];
const REMOTE_IPV6: Member = ["remote_ipv6_address", "ipv6"];
const IPV6_LINK_LOCAL = [LOCAL_INTERFACE, LOCAL_IPV6, REMOTE_INTERFACE, REMOTE_IPV6];

const SEGMENT_TYPES: Readonly<Record<number, SegmentType>> = {
  1: { letter: "A", members: [RESERVED], sid: "mpls", needsSid: true },
  3: { letter: "C", members: [ALGORITHM, ["ipv4_address", "ipv4"]], sid: "mpls" },
  4: { letter: "D", members: [ALGORITHM, ["ipv6_address", "ipv6"]], sid: "mpls" },
  5: {
    letter: "E",
    members: [RESERVED, LOCAL_INTERFACE, ["ipv4_address", "ipv4"]],
    sid: "mpls",
  },
  6: {
    letter: "F",
    members: [RESERVED, ["local_ipv4_address", "ipv4"], ["remote_ipv4_address", "ipv4"]],
    sid: "mpls",
  },
  7: { letter: "G", members: [RESERVED, ...IPV6_LINK_LOCAL], sid: "mpls" },
  8: { letter: "H", members: [RESERVED, LOCAL_IPV6, REMOTE_IPV6], sid: "mpls" },
  13: { letter: "B", members: [RESERVED], sid: "srv6", needsSid: true },
  14: { letter: "I", members: [ALGORITHM, ["ipv6_node_address", "ipv6"]], sid: "srv6" },
  15: { letter: "J", members: [ALGORITHM, ...IPV6_LINK_LOCAL], sid: "srv6" },
  16: { letter: "K", members: [ALGORITHM, LOCAL_IPV6, REMOTE_IPV6], sid: "srv6" },
};

/** Reads the value of a Segment List sub-TLV. A segment of an unknown type is kept in hex. @throws DecodeFault */
export function readSegmentList(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  form: SegmentForm,
): SegmentList {
  if (start === end) fail("sr-policy-segment-list-length", start, "at least 1 byte");
  let weight: SegmentList["weight"];
  const segments: Segment[] = [];
  for (let pos = start + 1; pos < end;) {
    if (end - pos < 2) fail("sr-policy-segment-header", pos, "2 bytes");
    const type = view.getUint8(pos);
    const valueStart = pos + 2;
    const valueEnd = valueStart + view.getUint8(pos + 1);
    if (valueEnd > end) fail("sr-policy-segment-length", pos + 1, `at most ${end - valueStart}`);
    if (type === WEIGHT) {
      if (valueEnd - valueStart !== 6) fail("sr-policy-weight-length", valueStart, "length 6");
      weight ??= { flags: view.getUint8(valueStart), weight: view.getUint32(valueStart + 2) };
    } else {
      segments.push(readSegment(type, bytes, view, valueStart, valueEnd, form));
    }
    pos = valueEnd;
  }
  return { weight, segments };
}

function readSegment(
  type: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  form: SegmentForm,
): Segment {
  const spec = SEGMENT_TYPES[type];
  if (spec === undefined) return { segment_type: type, value: hexText(bytes, start, end) };
  const fixedBytes = spec.members.reduce((sum, [, kind]) => sum + BYTES_OF[kind], 1);
  const sidBytes = end - start - fixedBytes;
  if (!isSidLength(spec, sidBytes)) {
    fail("sr-policy-segment-value", start, `a length of segment type ${spec.letter}`);
  }
  const flags = view.getUint8(start);
  const segment: Record<string, unknown> & Segment = {
    segment_type: type,
    type_name: spec.letter,
    flags: {
      v_flag: (flags & 0x80) !== 0,
      a_flag: (flags & 0x40) !== 0,
      s_flag: (flags & 0x20) !== 0,
      b_flag: (flags & 0x10) !== 0,
    },
  };
  let pos = start + 1;
  for (const [name, kind] of spec.members) {
    const next = pos + BYTES_OF[kind];
    if (kind === "algorithm") segment[name] = view.getUint8(pos);
    else if (kind === "interface") segment[name] = view.getUint32(pos);
    else if (kind !== "reserved") segment[name] = form.address(bytes, pos, next);
    pos = next;
  }
  if (spec.sid === "mpls") {
    if (spec.needsSid) Object.assign(segment, readLabelStackEntry(view, pos));
    else if (sidBytes > 0) segment["sid"] = form.sid(view, pos);
    return segment;
  }
  if (sidBytes >= SRV6_SID_BYTES) {
    segment["srv6_sid"] = form.address(bytes, pos, pos + SRV6_SID_BYTES);
  }
  if (sidBytes % SRV6_SID_BYTES === BEHAVIOR_BYTES) {
    segment["srv6_endpoint_behavior"] = form.behavior(bytes, view, end - BEHAVIOR_BYTES);
  }
  return segment;
}

/** Whether so many bytes behind the fixed members are a SID, with what may follow it. */
function isSidLength(spec: SegmentType, length: number): boolean {
  const sidBytes = spec.sid === "mpls" ? MPLS_SID_BYTES : SRV6_SID_BYTES;
  if (length === sidBytes || (length === 0 && !spec.needsSid)) return true;
  if (spec.sid === "mpls") return false;
  return length === SRV6_SID_BYTES + BEHAVIOR_BYTES ||
    (length === BEHAVIOR_BYTES && !spec.needsSid);
}

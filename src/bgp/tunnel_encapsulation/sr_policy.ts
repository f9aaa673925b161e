/**
 * The sub-TLVs of an SR policy candidate path (RFC 9830 section 2.4), in a tunnel of type 15. A malformed one makes the attribute
 * malformed (RFC 9830 section 5).
 *
 * ```
 *  12  Preference                  0 u8 flags, 1 u8 reserved, 2 u32 preference
 *  13  Binding SID                 0 u8 flags, 1 u8 reserved, then nothing, a label stack entry, or an SRv6 SID
 *  14  ENLP                        0 u8 flags, 1 u8 reserved, 2 u8 policy
 *  15  Priority                    0 u8 priority, 1 u8 reserved
 *  20  SRv6 Binding SID            0 u8 flags, 1 u8 reserved, 2 SID of 16 bytes, 18 behavior and structure of 8 bytes or nothing
 * 128  Segment List                segments.ts
 * 129  Policy Candidate Path Name  0 u8 reserved, 1 UTF-8
 * 130  Policy Name                 as 129
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { utf8Text } from "../../wire/strings.ts";
import { type LabelStackEntry, readLabelStackEntry } from "./label_stack_entry.ts";
import { BEHAVIOR_BYTES, READABLE, readSegmentList, type SegmentForm } from "./segments.ts";

export const SrPolicySubTlv = {
  preference: 12,
  bindingSid: 13,
  enlp: 14,
  priority: 15,
  srv6BindingSid: 20,
  segmentList: 128,
  pathName: 129,
  policyName: 130,
} as const;

const SR_POLICY_SUB_TLVS: readonly number[] = Object.values(SrPolicySubTlv);

/** Whether a sub-TLV is one of SR policies; others in their tunnel, as Color, are to be ignored (RFC 9830 section 2.2). */
export function isSrPolicySubTlv(type: number): boolean {
  return SR_POLICY_SUB_TLVS.includes(type);
}

const SRV6_SID_BYTES = 16;

export interface Preference {
  readonly flags: number;
  readonly preference: number;
}

export function readPreference(view: DataView, start: number, end: number): Preference {
  if (end - start !== 6) fail("sr-policy-preference-length", start, "length 6");
  return { flags: view.getUint8(start), preference: view.getUint32(start + 2) };
}

export interface BindingSid {
  readonly flags: number;
  /** Specified-BSID-Only. */
  readonly s_flag: boolean;
  /** Drop-Upon-Invalid. */
  readonly i_flag: boolean;
  /** Neither this nor a SID: the headend chooses. */
  readonly label?: LabelStackEntry;
  readonly srv6_sid?: string;
}

export function readBindingSid(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  form: SegmentForm,
): BindingSid {
  const length = end - start;
  if (length !== 2 && length !== 6 && length !== 18) {
    fail("sr-policy-binding-sid-length", start, "length 2, 6 or 18");
  }
  const flags = bindingFlags(view.getUint8(start));
  if (length === 2) return flags;
  if (length === 6) return { ...flags, label: readLabelStackEntry(view, start + 2) };
  return { ...flags, srv6_sid: form.address(bytes, start + 2, end) };
}

export interface Srv6BindingSid extends BindingSid {
  /** Whether behavior and structure follow the SID. */
  readonly b_flag: boolean;
  readonly srv6_sid: string;
  readonly srv6_endpoint_behavior?: unknown;
}

export function readSrv6BindingSid(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  form: SegmentForm,
): Srv6BindingSid {
  const sidEnd = start + 2 + SRV6_SID_BYTES;
  if (end !== sidEnd && end !== sidEnd + BEHAVIOR_BYTES) {
    fail("sr-policy-srv6-binding-sid-length", start, "length 18 or 26");
  }
  const flags = view.getUint8(start);
  return {
    ...bindingFlags(flags),
    b_flag: (flags & 0x20) !== 0,
    srv6_sid: form.address(bytes, start + 2, sidEnd),
    ...(end === sidEnd ? {} : { srv6_endpoint_behavior: form.behavior(bytes, view, sidEnd) }),
  };
}

function bindingFlags(flags: number): BindingSid {
  return { flags, s_flag: (flags & 0x80) !== 0, i_flag: (flags & 0x40) !== 0 };
}

/** Explicit NULL Label Policy: 1 for IPv4, 2 for IPv6, 3 for both, 4 never. */
export interface Enlp {
  readonly flags: number;
  readonly enlp: number;
}

export function readEnlp(view: DataView, start: number, end: number): Enlp {
  if (end - start !== 3) fail("sr-policy-enlp-length", start, "length 3");
  return { flags: view.getUint8(start), enlp: view.getUint8(start + 2) };
}

export function readPriority(view: DataView, start: number, end: number): number {
  if (end - start !== 2) fail("sr-policy-priority-length", start, "length 2");
  return view.getUint8(start);
}

/** The name of a candidate path or of a policy, without the reserved octet before it. */
export function readName(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) fail("sr-policy-name-length", start, "at least 1 byte");
  return utf8Text(bytes, start + 1, end);
}

/** What a sub-TLV of a tunnel of type 15 says; undefined: its type is not one of an SR policy. @throws DecodeFault */
export function readSrPolicySubTlv(
  type: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): object | undefined {
  switch (type) {
    case SrPolicySubTlv.preference:
      return readPreference(view, start, end);
    case SrPolicySubTlv.bindingSid:
      return readBindingSid(bytes, view, start, end, READABLE);
    case SrPolicySubTlv.enlp:
      return readEnlp(view, start, end);
    case SrPolicySubTlv.priority:
      return { priority: readPriority(view, start, end) };
    case SrPolicySubTlv.srv6BindingSid:
      return readSrv6BindingSid(bytes, view, start, end, READABLE);
    case SrPolicySubTlv.segmentList:
      return readSegmentList(bytes, view, start, end, READABLE);
    case SrPolicySubTlv.pathName:
    case SrPolicySubTlv.policyName:
      return { name: readName(bytes, start, end) };
    default:
      return undefined;
  }
}

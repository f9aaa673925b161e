/**
 * The TLVs of the BGP Prefix-SID attribute (RFC 8669 section 3, RFC 9252 section 2).
 *
 * ```
 * TLV  0 u8 type, 1 u16 length, 3 value
 *   1  Label-Index      0 u8 reserved, 1 u16 flags, 3 u32 label index
 *   3  Originator SRGB  0 u16 flags, 2 u24 first label, 5 u24 number of labels; the latter two repeated
 *   5  SRv6 L3 Service  0 u8 reserved, 1 sub-TLVs
 *   6  SRv6 L2 Service  as 5
 *
 * sub-TLV of 5 and 6  0 u8 type, 1 u16 length, 3 value
 *   1  SRv6 SID Information  0 u8 reserved, 1 SID of 16 bytes, 17 u8 flags, 18 u16 endpoint behavior, 20 u8 reserved, 21 sub-sub-TLVs
 *
 * sub-sub-TLV  0 u8 type, 1 u16 length, 3 value
 *   1  SRv6 SID Structure  u8 lengths of locator block, locator node, function, argument, transposition; u8 transposition offset
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";

export const PrefixSidType = {
  labelIndex: 1,
  originatorSrgb: 3,
  l3Service: 5,
  l2Service: 6,
} as const;
const SID_INFORMATION = 1;
const SID_STRUCTURE = 1;
const TLV_HEADER_BYTES = 3;
const SRGB_RANGE_BYTES = 6;
const SID_INFORMATION_BYTES = 21;

/** A TLV; the range is that of its value. What is undefined is not in this type, and all of it in a type without a decoder. */
export interface PrefixSidTlv extends ByteRange {
  readonly type: number;
  readonly labelIndex: LabelIndex | undefined;
  readonly originatorSrgb: OriginatorSrgb | undefined;
  /** Sub-TLVs of an SRv6 service. */
  readonly service: readonly ServiceSubTlv[] | undefined;
}

export interface LabelIndex {
  readonly flags: number;
  readonly index: number;
}

export interface OriginatorSrgb {
  readonly flags: number;
  readonly ranges: readonly { readonly first: number; readonly size: number }[];
}

/** A sub-TLV of an SRv6 service; the range is that of its value. */
export interface ServiceSubTlv extends ByteRange {
  readonly type: number;
  /** Undefined: the type has no decoder. */
  readonly sid: SidInformation | undefined;
}

export interface SidInformation {
  /** Where the 16 bytes of the SID are. */
  readonly sidStart: number;
  readonly flags: number;
  readonly endpointBehavior: number;
  readonly subSubTlvs: readonly ServiceSubSubTlv[];
}

/** A sub-sub-TLV; the range is that of its value. */
export interface ServiceSubSubTlv extends ByteRange {
  readonly type: number;
  /** Undefined: the type has no decoder. */
  readonly structure: SidStructure | undefined;
}

/** Bits of a SID by part (RFC 9252 section 3.2.1). */
export interface SidStructure {
  readonly locatorBlockLength: number;
  readonly locatorNodeLength: number;
  readonly functionLength: number;
  readonly argumentLength: number;
  /** How many bits are in the label field of the route instead, from `transpositionOffset` on; 0: none. */
  readonly transpositionLength: number;
  readonly transpositionOffset: number;
}

/**
 * Reads the TLVs in `bytes[start, end)`.
 *
 * @throws DecodeFault; its code starts with `srv6-` when an SRv6 service is malformed, which costs the routes
 * ({@linkcode isServiceFault})
 */
export function readPrefixSid(view: DataView, start: number, end: number): PrefixSidTlv[] {
  if (start === end) fail("prefix-sid-length", start, "at least one TLV");
  const tlvs: PrefixSidTlv[] = [];
  for (let pos = start; pos < end;) {
    if (end - pos < TLV_HEADER_BYTES) fail("prefix-sid-tlv-header", pos, "3 bytes");
    const type = view.getUint8(pos);
    const isService = type === PrefixSidType.l3Service || type === PrefixSidType.l2Service;
    const valueStart = pos + TLV_HEADER_BYTES;
    const valueEnd = endOfValue(view, pos);
    if (valueEnd > end) {
      const expected = `at most ${end - valueStart}`;
      if (isService) fail("srv6-service-length", pos + 1, expected);
      fail("prefix-sid-tlv-length", pos + 1, expected);
    }
    tlvs.push({
      type,
      start: valueStart,
      end: valueEnd,
      labelIndex: type === PrefixSidType.labelIndex
        ? readLabelIndex(view, valueStart, valueEnd)
        : undefined,
      originatorSrgb: type === PrefixSidType.originatorSrgb
        ? readOriginatorSrgb(view, valueStart, valueEnd)
        : undefined,
      service: isService ? readService(view, valueStart, valueEnd) : undefined,
    });
    pos = valueEnd;
  }
  return tlvs;
}

/**
 * Whether a fault of {@linkcode readPrefixSid} lies in an SRv6 service: the routes are then withdrawn (RFC 9252 section 7), while
 * otherwise the attribute alone is discarded (RFC 8669 section 6).
 */
export function isServiceFault(code: string): boolean {
  return code.startsWith("srv6-");
}

/** Where the TLV at `pos`, whose header is there, says that it ends. */
function endOfValue(view: DataView, pos: number): number {
  return pos + TLV_HEADER_BYTES + view.getUint16(pos + 1);
}

function readLabelIndex(view: DataView, start: number, end: number): LabelIndex {
  if (end - start !== 7) fail("prefix-sid-label-index-length", start, "length 7");
  return { flags: view.getUint16(start + 1), index: view.getUint32(start + 3) };
}

function readOriginatorSrgb(view: DataView, start: number, end: number): OriginatorSrgb {
  const rangeBytes = end - start - 2;
  if (rangeBytes <= 0 || rangeBytes % SRGB_RANGE_BYTES !== 0) {
    fail("prefix-sid-originator-srgb-length", start, "2 and a non-zero multiple of 6");
  }
  const ranges = [];
  for (let pos = start + 2; pos < end; pos += SRGB_RANGE_BYTES) {
    ranges.push({
      first: view.getUint32(pos - 1) & 0xffffff,
      size: view.getUint32(pos + 2) & 0xffffff,
    });
  }
  return { flags: view.getUint16(start), ranges };
}

function readService(view: DataView, start: number, end: number): ServiceSubTlv[] {
  if (start === end) fail("srv6-service-length", start - 2, "at least 1");
  const subTlvs: ServiceSubTlv[] = [];
  for (let pos = start + 1; pos < end;) {
    if (end - pos < TLV_HEADER_BYTES) fail("srv6-sub-tlv-header", pos, "3 bytes");
    const type = view.getUint8(pos);
    const valueStart = pos + TLV_HEADER_BYTES;
    const valueEnd = endOfValue(view, pos);
    if (valueEnd > end) fail("srv6-sub-tlv-length", pos + 1, `at most ${end - valueStart}`);
    const isSid = type === SID_INFORMATION;
    const sid = isSid ? readSidInformation(view, valueStart, valueEnd) : undefined;
    subTlvs.push({ type, start: valueStart, end: valueEnd, sid });
    pos = valueEnd;
  }
  return subTlvs;
}

function readSidInformation(view: DataView, start: number, end: number): SidInformation {
  if (end - start < SID_INFORMATION_BYTES) {
    fail("srv6-sid-information-length", start, `at least ${SID_INFORMATION_BYTES} bytes`);
  }
  const subSubTlvs: ServiceSubSubTlv[] = [];
  for (let pos = start + SID_INFORMATION_BYTES; pos < end;) {
    if (end - pos < TLV_HEADER_BYTES) fail("srv6-sub-sub-tlv-header", pos, "3 bytes");
    const type = view.getUint8(pos);
    const valueStart = pos + TLV_HEADER_BYTES;
    const valueEnd = endOfValue(view, pos);
    if (valueEnd > end) fail("srv6-sub-sub-tlv-length", pos + 1, `at most ${end - valueStart}`);
    const isStructure = type === SID_STRUCTURE;
    const structure = isStructure ? readSidStructure(view, valueStart, valueEnd) : undefined;
    subSubTlvs.push({ type, start: valueStart, end: valueEnd, structure });
    pos = valueEnd;
  }
  return {
    sidStart: start + 1,
    flags: view.getUint8(start + 17),
    endpointBehavior: view.getUint16(start + 18),
    subSubTlvs,
  };
}

function readSidStructure(view: DataView, start: number, end: number): SidStructure {
  if (end - start !== 6) fail("srv6-sid-structure-length", start, "length 6");
  return {
    locatorBlockLength: view.getUint8(start),
    locatorNodeLength: view.getUint8(start + 1),
    functionLength: view.getUint8(start + 2),
    argumentLength: view.getUint8(start + 3),
    transpositionLength: view.getUint8(start + 4),
    transpositionOffset: view.getUint8(start + 5),
  };
}

/**
 * BGP UPDATE (RFC 4271 section 4.3): finds where everything is before anything is decoded, so that a broken attribute cannot
 * lose its neighbours (RFC 7606).
 *
 * ```
 *   0  u8[16] marker, all ones
 *  16  u16    length of the message, 19..65535 (RFC 8654)
 *  18  u8     type 2
 *  19  u16    Withdrawn Routes Length
 *  21  ...    Withdrawn Routes
 *      u16    Total Path Attribute Length
 *      ...    Path Attributes: flags u8, code u8, length u8 or u16 (flag 0x10), value
 *      ...    NLRI up to the end
 * ```
 */
import { type DecodeFault, fail, fault } from "../wire/fault.ts";
import { MP_REACH_NLRI_CODE } from "./attributes/014_mp_reach_nlri.ts";
import { MP_UNREACH_NLRI_CODE } from "./attributes/015_mp_unreach_nlri.ts";
import { AttributeFlag } from "./attributes/spec.ts";

/** Where the parts of one UPDATE are. Reused for all messages; offsets are absolute in the buffer. */
export class UpdateLayout {
  withdrawnStart = 0;
  withdrawnEnd = 0;
  attributesStart = 0;
  attributesEnd = 0;
  nlriStart = 0;
  nlriEnd = 0;
  /** Number of attributes found, in wire order, repeated ones included. */
  count = 0;
  codes = new Uint8Array(64);
  flags = new Uint8Array(64);
  /** Value of attribute i: `[starts[i], ends[i])`. */
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** Index of the first attribute with a code, -1: absent. */
  readonly first = new Int32Array(256);
  /** Number of MP_REACH_NLRI and MP_UNREACH_NLRI attributes. */
  multiprotocolCount = 0;
  /** Set when the attributes could not be walked to their end (RFC 7606 section 4: treat-as-withdraw). */
  fault: DecodeFault | undefined = undefined;

  /** Whether attribute i is a repetition, which is ignored (RFC 7606 section 3 g); MP attributes all count. */
  isRepeated(i: number): boolean {
    return this.first[this.codes[i]!] !== i && !this.isMultiprotocol(i);
  }

  /** Whether attribute i is MP_REACH_NLRI or MP_UNREACH_NLRI. */
  isMultiprotocol(i: number): boolean {
    const code = this.codes[i]!;
    return code === MP_REACH_NLRI_CODE || code === MP_UNREACH_NLRI_CODE;
  }

  grow(): void {
    const size = this.codes.length * 4;
    const codes = new Uint8Array(size);
    const flags = new Uint8Array(size);
    const starts = new Int32Array(size);
    const ends = new Int32Array(size);
    codes.set(this.codes);
    flags.set(this.flags);
    starts.set(this.starts);
    ends.set(this.ends);
    this.codes = codes;
    this.flags = flags;
    this.starts = starts;
    this.ends = ends;
  }
}

/**
 * Finds the parts of the UPDATE whose body (after the 19-byte header) is `bytes[start, end)`.
 *
 * A wrong Withdrawn Routes Length or Total Path Attribute Length throws: nothing of the message can be trusted. Attributes
 * that do not fit their room end the walk and leave `layout.fault`; the NLRI is found all the same.
 */
export function layOutUpdate(
  layout: UpdateLayout,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  if (end - start < 4) fail("update-length", start, "at least 4 bytes after the BGP header");
  const withdrawnStart = start + 2;
  const withdrawnEnd = withdrawnStart + view.getUint16(start);
  if (withdrawnEnd + 2 > end) fail("withdrawn-routes-length", start, `at most ${end - start - 4}`);
  const attributesStart = withdrawnEnd + 2;
  const attributesEnd = attributesStart + view.getUint16(withdrawnEnd);
  if (attributesEnd > end) {
    fail("path-attribute-length", withdrawnEnd, `at most ${end - attributesStart}`);
  }
  layout.withdrawnStart = withdrawnStart;
  layout.withdrawnEnd = withdrawnEnd;
  layout.attributesStart = attributesStart;
  layout.attributesEnd = attributesEnd;
  layout.nlriStart = attributesEnd;
  layout.nlriEnd = end;
  layOutAttributes(layout, bytes, view, attributesStart, attributesEnd);
}

/** Finds the attributes in `bytes[start, end)`; also used for the nested ones of ATTR_SET. */
export function layOutAttributes(
  layout: UpdateLayout,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  layout.count = 0;
  layout.multiprotocolCount = 0;
  layout.fault = undefined;
  layout.first.fill(-1);
  let pos = start;
  while (pos < end) {
    const i = layout.count;
    const room = end - pos;
    const flags = bytes[pos]!;
    const headerBytes = (flags & AttributeFlag.extendedLength) !== 0 ? 4 : 3;
    if (room < headerBytes) {
      layout.fault = fault("attribute-header", pos, `${headerBytes} bytes of header`);
      return;
    }
    const code = bytes[pos + 1]!;
    const length = headerBytes === 4 ? view.getUint16(pos + 2) : bytes[pos + 2]!;
    if (length > room - headerBytes) {
      layout.fault = fault(
        "attribute-length",
        pos,
        `at most ${room - headerBytes} bytes in attribute ${code}`,
      );
      return;
    }
    if (i === layout.codes.length) layout.grow();
    layout.codes[i] = code;
    layout.flags[i] = flags;
    layout.starts[i] = pos + headerBytes;
    pos += headerBytes + length;
    layout.ends[i] = pos;
    if (layout.first[code] === -1) layout.first[code] = i;
    layout.count = i + 1;
    if (layout.isMultiprotocol(i)) layout.multiprotocolCount++;
  }
}

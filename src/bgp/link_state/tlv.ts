/**
 * TLVs of BGP-LS (RFC 9552 section 5.1): the same in NLRI, descriptors and the BGP-LS attribute.
 *
 * ```
 * 0  u16  Type
 * 2  u16  Length of the value
 * 4  ...  Value
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";

export const TLV_HEADER_BYTES = 4;

/** A TLV: its type, and where its value is. */
export interface TlvRange extends ByteRange {
  readonly type: number;
}

/**
 * Finds the TLVs from `start` to `end`, in the order of the wire.
 *
 * @throws DecodeFault `ls-tlv-header` or `ls-tlv-length` where one does not fit
 */
export function readTlvs(view: DataView, start: number, end: number): TlvRange[] {
  const tlvs: TlvRange[] = [];
  for (let pos = start; pos < end;) {
    const room = end - pos - TLV_HEADER_BYTES;
    if (room < 0) fail("ls-tlv-header", pos, "type and length, 4 bytes");
    const length = view.getUint16(pos + 2);
    if (length > room) fail("ls-tlv-length", pos + 2, `at most ${room}`);
    const valueStart = pos + TLV_HEADER_BYTES;
    pos = valueStart + length;
    tlvs.push({ type: view.getUint16(valueStart - TLV_HEADER_BYTES), start: valueStart, end: pos });
  }
  return tlvs;
}

/**
 * The borders inside a Tunnel Encapsulation attribute (RFC 9012 section 2): tunnels, and the sub-TLVs of each.
 *
 * ```
 * 0  u16  tunnel type
 * 2  u16  length of what follows
 * 4  ...  sub-TLVs: u8 type; length as u8 for types below 128, else as u16; value
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";

export const SR_POLICY_TUNNEL = 15;
const TUNNEL_HEADER_BYTES = 4;
/** From this type on the length of a sub-TLV has two octets. */
const LONG_SUB_TLV = 128;

/** A sub-TLV; the range is that of its value. */
export interface SubTlv extends ByteRange {
  readonly type: number;
}

/** A tunnel; the range is that of its sub-TLVs. */
export interface Tunnel extends ByteRange {
  readonly type: number;
  readonly subTlvs: readonly SubTlv[];
}

/** Divides the attribute's value `bytes[start, end)`. @throws DecodeFault when something ends beyond what it is in */
export function readTunnels(view: DataView, start: number, end: number): Tunnel[] {
  if (start === end) fail("tunnel-encapsulation-length", start, "at least one tunnel");
  const tunnels: Tunnel[] = [];
  for (let pos = start; pos < end;) {
    if (end - pos < TUNNEL_HEADER_BYTES) fail("tunnel-header", pos, "4 bytes");
    const valueStart = pos + TUNNEL_HEADER_BYTES;
    const valueEnd = valueStart + view.getUint16(pos + 2);
    if (valueEnd > end) fail("tunnel-length", pos + 2, `at most ${end - valueStart}`);
    const subTlvs = readSubTlvs(view, valueStart, valueEnd);
    tunnels.push({ type: view.getUint16(pos), start: valueStart, end: valueEnd, subTlvs });
    pos = valueEnd;
  }
  return tunnels;
}

function readSubTlvs(view: DataView, start: number, end: number): SubTlv[] {
  const subTlvs: SubTlv[] = [];
  for (let pos = start; pos < end;) {
    const type = view.getUint8(pos);
    const valueStart = pos + (type < LONG_SUB_TLV ? 2 : 3);
    if (valueStart > end) fail("tunnel-sub-tlv-header", pos, `${valueStart - pos} bytes`);
    const length = type < LONG_SUB_TLV ? view.getUint8(pos + 1) : view.getUint16(pos + 1);
    if (length > end - valueStart) {
      fail("tunnel-sub-tlv-length", pos + 1, `at most ${end - valueStart}`);
    }
    pos = valueStart + length;
    subTlvs.push({ type, start: valueStart, end: pos });
  }
  return subTlvs;
}

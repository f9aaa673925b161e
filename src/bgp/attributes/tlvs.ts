/** Type-length-value lists of attributes that are rare. */
import { fail } from "../../wire/fault.ts";

/** One of a list: its type and where its value is. */
export interface Tlv {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** All that fill `[start, end)`; the length counts the value alone. @throws DecodeFault where one does not fit */
export function readTlvs(
  view: DataView,
  start: number,
  end: number,
  typeBytes: 1 | 2,
  lengthBytes: 1 | 2,
): Tlv[] {
  const tlvs: Tlv[] = [];
  for (let pos = start; pos < end;) {
    const valueStart = pos + typeBytes + lengthBytes;
    if (valueStart > end) fail("attribute-tlv", pos, "a whole TLV header");
    const lengthAt = valueStart - lengthBytes;
    const length = lengthBytes === 1 ? view.getUint8(lengthAt) : view.getUint16(lengthAt);
    const valueEnd = valueStart + length;
    if (valueEnd > end) fail("attribute-tlv", lengthAt, "a length inside the attribute");
    const type = typeBytes === 1 ? view.getUint8(pos) : view.getUint16(pos);
    tlvs.push({ type, start: valueStart, end: valueEnd });
    pos = valueEnd;
  }
  return tlvs;
}

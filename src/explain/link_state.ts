/** The BGP-LS attribute (RFC 9552 section 5.3), TLV by TLV: a malformed one costs itself only. */
import { decodeLinkStateTlvs } from "../bgp/link_state/attribute.ts";
import { TLV_BY_CODE } from "../bgp/link_state/attribute_registry.ts";
import { TLV_HEADER_BYTES } from "../bgp/link_state/tlv.ts";
import type { Part } from "./part.ts";
import { shownValue } from "./value.ts";

/** Adds the TLVs in `bytes[start, end)`. @throws DecodeFault when their borders do not fit the attribute */
export function addLinkStateTlvs(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  const { tlvs, ranges, faults } = decodeLinkStateTlvs(bytes, view, start, end);
  for (const [i, { type, name, value }] of tlvs.entries()) {
    const range = ranges[i]!;
    const part = to.add("TLV", range.start - TLV_HEADER_BYTES, range.end, {
      value: type,
      meaning: name ?? "unknown",
      reference: TLV_BY_CODE.get(type)?.reference,
    });
    if (value === undefined) part.addBytes("Value", bytes, range.start, range.end);
    else part.add("Value", range.start, range.end, { value: shownValue(value) });
  }
  for (const found of faults) to.blame(found, "tlv-ignored");
}

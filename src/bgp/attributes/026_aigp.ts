/**
 * AIGP, Accumulated IGP Metric (RFC 7311 section 3): a list of TLVs.
 *
 * ```
 * 0  u8   type: 1 metric
 * 1  u16  length, with these 3 octets
 * 3  ...  value; of type 1: u64
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { readU64 } from "../../wire/integers.ts";
import { hexText } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const AIGP_MEMBER = member("aigp");
const METRIC = 1;
const METRIC_BYTES = 11;

function readTlv(
  bytes: Uint8Array,
  view: DataView,
  pos: number,
  length: number,
): Record<string, unknown> {
  const type = bytes[pos]!;
  if (type !== METRIC) {
    return { type, length, ...(length > 3 ? { hex: hexText(bytes, pos + 3, pos + length) } : {}) };
  }
  if (length !== METRIC_BYTES) fail("aigp-metric-length", pos + 1, `length ${METRIC_BYTES}`);
  const value = readU64(view, pos + 3);
  return value === 0 ? { type, length } : { type, length, value }; // goBMP's consumers know 0 as absent
}

export const AIGP: AttributeSpec = {
  code: 26,
  name: "AIGP",
  reference: "RFC 7311 section 3",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 7311 section 3
  write(out, bytes, view, start, end) {
    const tlvs: Record<string, unknown>[] = [];
    let pos = start;
    do {
      if (pos + 3 > end) fail("aigp-tlv", pos, "a whole TLV header");
      const length = view.getUint16(pos + 1);
      if (length < 3 || pos + length > end) {
        fail("aigp-tlv", pos + 1, "a length inside the attribute");
      }
      tlvs.push(readTlv(bytes, view, pos, length));
      pos += length;
    } while (pos < end);
    out.raw(AIGP_MEMBER);
    putJson(out, { tlvs });
  },
};

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
/** A metric that cannot grow is of no use (RFC 7311 section 3.2). */
const METRIC_MAX = 2n ** 64n - 1n;

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
  malformed: Outcome.attributeDiscard, // RFC 7311 section 3.2
  discardIfTransitive: true,
  write(out, bytes, view, start, end) {
    const tlvs: Record<string, unknown>[] = [];
    let hasMetric = false;
    let pos = start;
    do {
      if (pos + 3 > end) fail("aigp-tlv", pos, "a whole TLV header");
      const length = view.getUint16(pos + 1);
      if (length < 3 || pos + length > end) {
        fail("aigp-tlv", pos + 1, "a length inside the attribute");
      }
      const tlv = readTlv(bytes, view, pos, length);
      if (!hasMetric && tlv["value"] === METRIC_MAX) {
        fail("aigp-metric-maximum", pos + 3, "a metric below 2^64 - 1");
      }
      hasMetric ||= tlv["type"] === METRIC;
      tlvs.push(tlv);
      pos += length;
    } while (pos < end);
    out.raw(AIGP_MEMBER);
    putJson(out, { tlvs });
  },
};

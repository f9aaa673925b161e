/**
 * PE Distinguisher Labels (RFC 6514 section 8): upstream-assigned labels that stand for PEs.
 *
 * ```
 * 0  u8[4] or u8[16]  address of a PE        \  repeated; all addresses are of one family
 * 4  u24              label in the upper 20   /
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const LABELS_MEMBER = member("pe_distinguisher_labels");
const IPV4_BYTES = 7;
const IPV6_BYTES = 19;

/** Whether the first octet of an address is that of a multicast one. */
function isGroup(first: number, width: number): boolean {
  return width === IPV4_BYTES ? first >> 4 === 0xe : first === 0xff;
}

export const PE_DISTINGUISHER_LABELS: AttributeSpec = {
  code: 27,
  name: "PE Distinguisher Labels",
  reference: "RFC 6514 section 8",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 6514 section 8
  write(out, bytes, view, start, end) {
    const length = end - start;
    // The family is that of the route's infrastructure (RFC 6515 section 2); the length tells it, below 133 octets surely.
    const width = length % IPV4_BYTES === 0 ? IPV4_BYTES : IPV6_BYTES;
    if (length === 0 || length % width !== 0) {
      fail("pe-distinguisher-length", start, "a non-zero multiple of 7 or 19");
    }
    const labels: Record<string, unknown>[] = [];
    for (let pos = start; pos < end; pos += width) {
      if (isGroup(bytes[pos]!, width)) {
        fail("pe-distinguisher-address", pos, "a unicast address");
      }
      labels.push({
        pe: width === IPV4_BYTES ? ipv4Text(bytes, pos) : ipv6Text(bytes, pos),
        label: (view.getUint32(pos + width - 4) & 0xffffff) >>> 4,
      });
    }
    out.raw(LABELS_MEMBER);
    putJson(out, labels);
  },
};

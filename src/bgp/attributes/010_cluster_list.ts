/**
 * CLUSTER_LIST (RFC 4456 section 8): the reflection clusters that the route came through.
 *
 * ```
 * 0  u8[4]  CLUSTER_ID, repeated
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putIpv4 } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const LIST = member("cluster_list");

export const CLUSTER_LIST: AttributeSpec = {
  code: 10,
  name: "CLUSTER_LIST",
  reference: "RFC 4456 section 8",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.10
  discardIfExternal: true,
  write(out, bytes, _view, start, end) {
    const length = end - start;
    if (length === 0 || length % 4 !== 0) {
      fail("cluster-list-length", start, "a non-zero multiple of 4");
    }
    out.raw(LIST);
    out.byte(0x22);
    for (let pos = start; pos < end; pos += 4) {
      if (pos > start) out.ascii(", ");
      putIpv4(out, bytes, pos);
    }
    out.byte(0x22);
  },
};

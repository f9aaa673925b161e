/**
 * MULTI_EXIT_DISC (RFC 4271 section 5.1.4): preference among links to one neighbouring AS.
 *
 * ```
 * 0  u32  metric
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putU32 } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const MED = member("med");

export const MULTI_EXIT_DISC: AttributeSpec = {
  code: 4,
  name: "MULTI_EXIT_DISC",
  reference: "RFC 4271 section 5.1.4",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.4
  zeroMember: "med",
  write(out, _bytes, view, start, end) {
    if (end - start !== 4) fail("med-length", start, "length 4");
    const metric = view.getUint32(start);
    if (metric === 0) return; // goBMP's consumers know 0 as absent
    out.raw(MED);
    putU32(out, metric);
  },
};

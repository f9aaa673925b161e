/**
 * OTC, Only to Customer (RFC 9234 section 5): the AS that marked the route against leaks.
 *
 * ```
 * 0  u32  AS number
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putU32 } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const OTC_MEMBER = member("otc");

export const OTC: AttributeSpec = {
  code: 35,
  name: "OTC",
  reference: "RFC 9234 section 5",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 9234 section 5
  zeroMember: "otc",
  write(out, _bytes, view, start, end) {
    if (end - start !== 4) fail("otc-length", start, "length 4");
    const as = view.getUint32(start);
    if (as === 0) return; // goBMP's consumers know 0 as absent
    out.raw(OTC_MEMBER);
    putU32(out, as);
  },
};

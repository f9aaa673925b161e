/**
 * LOCAL_PREF (RFC 4271 section 5.1.5): preference inside the AS.
 *
 * ```
 * 0  u32  degree of preference
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putU32 } from "../../wire/text.ts";
import { type AttributeSpec, member, Outcome, WELL_KNOWN } from "./spec.ts";

const LOCAL_PREF_MEMBER = member("local_pref");

export const LOCAL_PREF: AttributeSpec = {
  code: 5,
  name: "LOCAL_PREF",
  reference: "RFC 4271 section 5.1.5",
  flags: WELL_KNOWN,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.5
  discardIfExternal: true,
  zeroMember: "local_pref",
  write(out, _bytes, view, start, end) {
    if (end - start !== 4) fail("local-pref-length", start, "length 4");
    const preference = view.getUint32(start);
    if (preference === 0) return; // goBMP's consumers know 0 as absent
    out.raw(LOCAL_PREF_MEMBER);
    putU32(out, preference);
  },
};

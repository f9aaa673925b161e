/**
 * ORIGIN (RFC 4271 section 5.1.1): where the route entered BGP.
 *
 * ```
 * 0  u8  0 IGP, 1 EGP, 2 INCOMPLETE
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { utf8 } from "../../wire/writer.ts";
import { type AttributeSpec, Outcome, WELL_KNOWN } from "./spec.ts";

const MEMBERS = ["igp", "egp", "incomplete"].map((name) => utf8(`,"origin":"${name}"`));

export const ORIGIN: AttributeSpec = {
  code: 1,
  name: "ORIGIN",
  reference: "RFC 4271 section 5.1.1",
  flags: WELL_KNOWN,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.1
  write(out, bytes, _view, start, end) {
    if (end - start !== 1) fail("origin-length", start, "length 1");
    const text = MEMBERS[bytes[start]!];
    if (text === undefined) fail("origin-value", start, "0, 1 or 2");
    out.raw(text);
  },
};

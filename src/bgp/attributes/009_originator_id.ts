/**
 * ORIGINATOR_ID (RFC 4456 section 8): BGP identifier of the router that brought the route into the AS.
 *
 * ```
 * 0  u8[4]  BGP identifier
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putIpv4 } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const ORIGINATOR = member("originator_id");

export const ORIGINATOR_ID: AttributeSpec = {
  code: 9,
  name: "ORIGINATOR_ID",
  reference: "RFC 4456 section 8",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.9
  discardIfExternal: true,
  write(out, bytes, _view, start, end) {
    if (end - start !== 4) fail("originator-id-length", start, "length 4");
    out.raw(ORIGINATOR);
    out.byte(0x22);
    putIpv4(out, bytes, start);
    out.byte(0x22);
  },
};

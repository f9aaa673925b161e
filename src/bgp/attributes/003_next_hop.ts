/**
 * NEXT_HOP (RFC 4271 section 5.1.3): the IPv4 next hop of the routes in the NLRI field.
 *
 * ```
 * 0  u8[4]  IPv4 address
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putIpv4 } from "../../wire/text.ts";
import { type AttributeSpec, member, Outcome, WELL_KNOWN } from "./spec.ts";

export const NEXT_HOP_CODE = 3;
const NEXT_HOP_MEMBER = member("nexthop");

export const NEXT_HOP: AttributeSpec = {
  code: NEXT_HOP_CODE,
  name: "NEXT_HOP",
  reference: "RFC 4271 section 5.1.3",
  flags: WELL_KNOWN,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.3
  write(out, bytes, _view, start, end) {
    if (end - start !== 4) fail("next-hop-length", start, "length 4");
    out.raw(NEXT_HOP_MEMBER);
    out.byte(0x22);
    putIpv4(out, bytes, start);
    out.byte(0x22);
  },
};

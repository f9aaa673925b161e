/**
 * ATTR_SET (RFC 6368 section 5): the attributes that a customer's route had before it crossed the provider's VPN.
 *
 * ```
 * 0  u32  origin AS
 * 4  ...  path attributes, AS numbers of 4 octets
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putU32 } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

/** Of ATTR_SETs in each other, which RFC 6368 allows: one for each VPN that carries another. */
const DEPTH_MAX = 4;
const SET = member("attr_set");

export const ATTR_SET: AttributeSpec = {
  code: 128,
  name: "ATTR_SET",
  reference: "RFC 6368 section 5",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.16
  write(out, bytes, view, start, end, scope) {
    if (end - start < 4) fail("attr-set-length", start, "at least 4 bytes");
    if (scope.depth === DEPTH_MAX) {
      fail("attr-set-depth", start, `at most ${DEPTH_MAX} ATTR_SETs in each other`);
    }
    out.raw(SET);
    out.ascii('{"origin_as":');
    putU32(out, view.getUint32(start));
    out.ascii(',"path_attributes":');
    scope.writeNested(out, bytes, view, start + 4, end, scope.depth + 1);
    out.byte(0x7d);
  },
};

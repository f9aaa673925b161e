/**
 * AS_PATHLIMIT (draft-ietf-idr-as-pathlimit, deprecated): how far a route may travel.
 *
 * ```
 * 0  u8   upper bound of the AS_PATH's length
 * 1  u32  AS that attached it
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const AS_PATHLIMIT_MEMBER = member("as_pathlimit");

export const AS_PATHLIMIT: AttributeSpec = {
  code: 21,
  name: "AS_PATHLIMIT (deprecated)",
  reference: "draft-ietf-idr-as-pathlimit-03",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // no document says; RFC 7606 section 2
  write(out, _bytes, view, start, end) {
    if (end - start !== 5) fail("as-pathlimit-length", start, "length 5");
    out.raw(AS_PATHLIMIT_MEMBER);
    putJson(out, { limit: view.getUint8(start), asn: view.getUint32(start + 1) });
  },
};

/**
 * AS4_AGGREGATOR (RFC 6793 section 3): the four-octet form beside a two-octet AGGREGATOR.
 *
 * ```
 * 0  u32    AS number, not 0 (RFC 7607 section 2)
 * 4  u8[4]  IPv4 address of the speaker
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putBase64 } from "../../wire/text.ts";
import { failAsZero, isAsZero } from "./002_as_path.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const AGGREGATOR_MEMBER = member("as4_aggregator");

export const AS4_AGGREGATOR: AttributeSpec = {
  code: 18,
  name: "AS4_AGGREGATOR",
  reference: "RFC 6793 section 3",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 6793 section 6, RFC 7607 section 2
  write(out, bytes, _view, start, end) {
    if (end - start !== 8) fail("as4-aggregator-length", start, "length 8");
    if (isAsZero(bytes, start, 4)) failAsZero(start);
    out.raw(AGGREGATOR_MEMBER);
    out.byte(0x22);
    putBase64(out, bytes, start, end);
    out.byte(0x22);
  },
};

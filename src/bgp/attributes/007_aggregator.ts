/**
 * AGGREGATOR (RFC 4271 section 5.1.7, RFC 6793): who made the aggregate.
 *
 * ```
 * 0  u16 or u32  AS number, not 0 (RFC 7607 section 2)
 *    u8[4]       IPv4 address of the speaker
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putBase64 } from "../../wire/text.ts";
import { failAsZero, isAsZero } from "./002_as_path.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const AGGREGATOR_MEMBER = member("aggregator");

export const AGGREGATOR: AttributeSpec = {
  code: 7,
  name: "AGGREGATOR",
  reference: "RFC 4271 section 5.1.7",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 7606 section 7.7, RFC 7607 section 2
  write(out, bytes, _view, start, end) {
    // Both widths are taken whatever AS_PATH has: some senders re-encode one and not the other.
    const length = end - start;
    if (length !== 6 && length !== 8) fail("aggregator-length", start, "length 6 or 8");
    if (isAsZero(bytes, start, length - 4)) failAsZero(start);
    out.raw(AGGREGATOR_MEMBER);
    out.byte(0x22);
    putBase64(out, bytes, start, end);
    out.byte(0x22);
  },
};

/**
 * AS4_PATH (RFC 6793 section 3): the four-octet path beside a two-octet AS_PATH. Layout as AS_PATH with 4 octets each.
 *
 * Written as it came; `as_path` is where it is merged.
 */
import { fail } from "../../wire/fault.ts";
import { putU32 } from "../../wire/text.ts";
import { checkAsPath, writeFlatPath } from "./002_as_path.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

/** A segment of one AS number. */
const VALUE_BYTES_MIN = 6;

const PATH = member("as4_path");
const COUNT = member("as4_path_count");

export const AS4_PATH: AttributeSpec = {
  code: 17,
  name: "AS4_PATH",
  reference: "RFC 6793 section 3",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 6793 section 6, RFC 7607 section 2
  write(out, bytes, view, start, end) {
    if (end - start < VALUE_BYTES_MIN) fail("as4-path-length", start, "room for one AS number");
    checkAsPath(bytes, start, end, 4);
    out.raw(PATH);
    out.byte(0x5b);
    const total = writeFlatPath(out, bytes, view, start, end, 4);
    out.byte(0x5d);
    out.raw(COUNT);
    putU32(out, total);
  },
};

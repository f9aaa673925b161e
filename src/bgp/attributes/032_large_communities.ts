/**
 * LARGE_COMMUNITY (RFC 8092): tags of a route with room for four-octet AS numbers.
 *
 * ```
 * 0  u32  Global Administrator  \
 * 4  u32  Local Data Part 1      > one community of 12 octets, repeated
 * 8  u32  Local Data Part 2     /
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { u32At } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const LIST = member("large_community_list");

export const LARGE_COMMUNITIES: AttributeSpec = {
  code: 32,
  name: "LARGE_COMMUNITY",
  reference: "RFC 8092",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 8092 section 6
  write(out, _bytes, view, start, end) {
    const length = end - start;
    if (length === 0 || length % 12 !== 0) {
      fail("large-communities-length", start, "a non-zero multiple of 12");
    }
    out.raw(LIST);
    out.ensure(1 + length / 12 * 35 + 1);
    const target = out.bytes;
    let p = out.pos;
    for (let pos = start; pos < end; pos += 12) {
      target[p++] = pos === start ? 0x5b : 0x2c;
      target[p++] = 0x22;
      p = u32At(target, p, view.getUint32(pos));
      target[p++] = 0x3a;
      p = u32At(target, p, view.getUint32(pos + 4));
      target[p++] = 0x3a;
      p = u32At(target, p, view.getUint32(pos + 8));
      target[p++] = 0x22;
    }
    target[p++] = 0x5d;
    out.pos = p;
  },
};

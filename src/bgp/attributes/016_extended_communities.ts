/** EXTENDED COMMUNITIES (RFC 4360): typed tags of a route, 8 octets each; their forms are in ../communities/. */
import { fail } from "../../wire/fault.ts";
import { EXTENDED_COMMUNITY_BYTES, putExtendedCommunity } from "../communities/mod.ts";
import { VALIDATION_STATES } from "../communities/opaque.ts";
import {
  type AttributeScope,
  type AttributeSpec,
  member,
  OPTIONAL_TRANSITIVE,
  Outcome,
} from "./spec.ts";

export { VALIDATION_STATES };

const LIST = member("ext_community_list");
const COLOR = 0x030b;
const ORIGIN_VALIDATION = 0x4300;

function noteFacts(view: DataView, pos: number, scope: AttributeScope): void {
  const type = view.getUint16(pos);
  if (type === COLOR && scope.color === -1) scope.color = view.getUint32(pos + 4);
  else if (type === ORIGIN_VALIDATION && scope.originValidation === -1) {
    const state = view.getUint8(pos + 7);
    if (state < VALIDATION_STATES.length) scope.originValidation = state;
  }
}

export const EXTENDED_COMMUNITIES: AttributeSpec = {
  code: 16,
  name: "EXTENDED COMMUNITIES",
  reference: "RFC 4360",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.14
  write(out, bytes, view, start, end, scope) {
    const length = end - start;
    if (length === 0 || length % EXTENDED_COMMUNITY_BYTES !== 0) {
      fail("extended-communities-length", start, "a non-zero multiple of 8");
    }
    out.raw(LIST);
    for (let pos = start; pos < end; pos += EXTENDED_COMMUNITY_BYTES) {
      out.byte(pos === start ? 0x5b : 0x2c);
      out.byte(0x22);
      putExtendedCommunity(out, bytes, view, pos);
      out.byte(0x22);
      noteFacts(view, pos, scope);
    }
    out.byte(0x5d);
  },
};

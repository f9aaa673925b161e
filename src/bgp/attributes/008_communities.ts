/**
 * COMMUNITIES (RFC 1997): tags of a route.
 *
 * ```
 * 0  u16  AS number  \ one community of 4 octets,
 * 2  u16  value      / repeated
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { u32At } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const LIST = member("community_list");
const WELL_KNOWN_LIST = member("well_known_community_list");

/** IANA's "BGP Well-known Communities", in the names that goBMP's consumers know. */
const WELL_KNOWN_NAMES: ReadonlyMap<number, Uint8Array> = new Map([
  [0xffff0000, utf8("GRACEFUL_SHUTDOWN")],
  [0xffff0001, utf8("ACCEPT_OWN")],
  [0xffff0006, utf8("LLGR_STALE")],
  [0xffff0007, utf8("NO_LLGR")],
  [0xffff0009, utf8("Standby PE")],
  [0xffff029a, utf8("BLACKHOLE")],
  [0xffffff01, utf8("NO_EXPORT")],
  [0xffffff02, utf8("NO_ADVERTISE")],
  [0xffffff03, utf8("NO_EXPORT_SUBCONFED")],
  [0xffffff04, utf8("NOPEER")],
]);
const WELL_KNOWN_START = 0xffff0000;

function writeWellKnown(out: ByteWriter, view: DataView, start: number, end: number): void {
  let isFirst = true;
  for (let pos = start; pos < end; pos += 4) {
    const name = WELL_KNOWN_NAMES.get(view.getUint32(pos));
    if (name === undefined) continue;
    if (isFirst) out.raw(WELL_KNOWN_LIST);
    out.byte(isFirst ? 0x5b : 0x2c);
    isFirst = false;
    out.byte(0x22);
    out.raw(name);
    out.byte(0x22);
  }
  if (!isFirst) out.byte(0x5d);
}

export const COMMUNITIES: AttributeSpec = {
  code: 8,
  name: "COMMUNITIES",
  reference: "RFC 1997",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.8
  write(out, _bytes, view, start, end) {
    const length = end - start;
    if (length === 0 || length % 4 !== 0) {
      fail("communities-length", start, "a non-zero multiple of 4");
    }
    out.raw(LIST);
    out.ensure(1 + length / 4 * 14 + 1);
    const target = out.bytes;
    let p = out.pos;
    let hasWellKnown = false;
    for (let pos = start; pos < end; pos += 4) {
      target[p++] = pos === start ? 0x5b : 0x2c;
      target[p++] = 0x22;
      const high = view.getUint16(pos);
      p = u32At(target, p, high);
      target[p++] = 0x3a;
      p = u32At(target, p, view.getUint16(pos + 2));
      target[p++] = 0x22;
      hasWellKnown ||= high === WELL_KNOWN_START >>> 16;
    }
    target[p++] = 0x5d;
    out.pos = p;
    if (hasWellKnown) writeWellKnown(out, view, start, end);
  },
};

/**
 * IPv6 Address Specific Extended Community (RFC 5701 section 2): tags of a route with an IPv6 address in them.
 *
 * ```
 *  0  u8      type: 0x00 transitive, 0x40 not      \
 *  1  u8      subtype                               \  one community of 20 octets,
 *  2  u8[16]  address                               /  repeated
 * 18  u16     number                               /
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putIpv6, putU32 } from "../../wire/text.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import { putHexList } from "../communities/types.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const LIST = member("ipv6_ext_community_list");
const COMMUNITY_BYTES = 20;
const LEADS: Readonly<Record<number, string>> = { 0x02: "rt=", 0x03: "ro=" };

function putCommunity(out: ByteWriter, bytes: Uint8Array, view: DataView, pos: number): void {
  const type = bytes[pos]!;
  const subtype = bytes[pos + 1]!;
  if (type !== 0) {
    out.ascii(`unknown=Type: ${type} Subtype: ${subtype} Value: `);
    putHexList(out, bytes, pos + 2, pos + COMMUNITY_BYTES);
    return;
  }
  out.ascii(LEADS[subtype] ?? `subtype-${subtype}=`);
  putIpv6(out, bytes, pos + 2);
  out.byte(0x3a);
  putU32(out, view.getUint16(pos + 18));
}

export const IPV6_EXTENDED_COMMUNITIES: AttributeSpec = {
  code: 25,
  name: "IPv6 Address Specific Extended Community",
  reference: "RFC 5701 section 2",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.15
  write(out, bytes, view, start, end) {
    const length = end - start;
    if (length === 0 || length % COMMUNITY_BYTES !== 0) {
      fail("ipv6-ext-communities-length", start, "a non-zero multiple of 20");
    }
    out.raw(LIST);
    for (let pos = start; pos < end; pos += COMMUNITY_BYTES) {
      out.byte(pos === start ? 0x5b : 0x2c);
      out.byte(0x22);
      putCommunity(out, bytes, view, pos);
      out.byte(0x22);
    }
    out.byte(0x5d);
  },
};

/** The next hop of MP_REACH_NLRI (RFC 4760 section 3), whose length tells its form. */
import { fail } from "../wire/fault.ts";
import { putIpv4, putIpv6 } from "../wire/text.ts";
import type { ByteWriter } from "../wire/writer.ts";

/**
 * Writes the text of an MP next hop, RDs stripped; returns whether it is an IPv4 address.
 *
 * ```
 *  4 IPv4            8 RFC 4684 style: 4 octets in front      12 RD, IPv4
 * 16 IPv6           24 RD, IPv6                               32 global, link-local (RFC 2545 section 3)
 * 48 RD, global, RD, link-local (RFC 4659 section 3.2.1)
 * ```
 *
 * @throws DecodeFault `mp-next-hop-length` for any other length
 */
export function putNextHop(
  out: ByteWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  switch (end - start) {
    case 4:
    case 8:
    case 12:
      putIpv4(out, bytes, end - 4);
      return true;
    case 16:
    case 24:
      putIpv6(out, bytes, end - 16);
      return isMapped(bytes, end - 16);
    case 32:
      putIpv6(out, bytes, start);
      out.byte(0x2c);
      putIpv6(out, bytes, start + 16);
      return false;
    case 48:
      putIpv6(out, bytes, start + 8);
      out.byte(0x2c);
      putIpv6(out, bytes, start + 32);
      return false;
    default:
      fail("mp-next-hop-length", start - 1, "length 4, 8, 12, 16, 24, 32 or 48");
  }
}

/** Whether 16 bytes are an IPv4-mapped address, as 6PE has for its next hop (RFC 4798 section 2). */
function isMapped(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[start + i] !== 0) return false;
  return bytes[start + 10] === 0xff && bytes[start + 11] === 0xff;
}

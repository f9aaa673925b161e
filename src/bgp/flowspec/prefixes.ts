/**
 * Prefix components: destination and source (RFC 8955 section 4.2.2.1, RFC 8956 section 3.1).
 *
 * ```
 * IPv4   u8 length, prefix
 * IPv6   u8 length, u8 offset, pattern: the `length - offset` bits behind the first `offset` bits of the address
 * ```
 *
 * Prefix and pattern are padded to whole octets; the padding says nothing. Before RFC 8956 the pattern began with the bits in front of
 * the offset, which say nothing either; GoBGP and Ryu still send that.
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import type { NlriReader } from "../nlri/reader.ts";

export interface PrefixMatch {
  /** Address without padding bits; those before the offset are 0. */
  readonly prefix: string;
  /** Where matching stops, in bits from the start of an address. */
  readonly prefixLen: number;
  /** Where matching starts; absent: at the first bit. */
  readonly prefixOffset?: number;
  /** Hex of prefix or pattern, as it came. */
  readonly pattern: string;
}

/**
 * `isFromFirstBit`: patterns are as they were before RFC 8956.
 *
 * @throws DecodeFault `flowspec-prefix-length` for what is longer than an address, or ends before it starts
 */
export function readPrefix(
  reader: NlriReader,
  addressBits: 32 | 128,
  isFromFirstBit: boolean,
): PrefixMatch {
  const start = reader.pos;
  const length = reader.u8("prefix length");
  const offset = addressBits === 128 ? reader.u8("prefix offset") : 0;
  const isAll = length === 0 && offset === 0;
  if (length > addressBits || (offset >= length && !isAll)) {
    fail("flowspec-prefix-length", start, `offset < length <= ${addressBits}`);
  }
  const skipped = isFromFirstBit ? 0 : offset;
  const octets = (length - skipped + 7) >> 3;
  const at = reader.take(octets, "prefix");
  const address = new Uint8Array(16);
  for (let bit = offset; bit < length; bit++) {
    const from = bit - skipped;
    if ((reader.bytes[at + (from >> 3)]! & (0x80 >> (from & 7))) === 0) continue;
    address[bit >> 3] = address[bit >> 3]! | (0x80 >> (bit & 7));
  }
  return {
    prefix: addressBits === 32 ? ipv4Text(address, 0) : ipv6Text(address, 0),
    prefixLen: length,
    ...(offset > 0 && { prefixOffset: offset }),
    pattern: hexText(reader.bytes, at, at + octets),
  };
}

/** `address/length`, with an offset `address/offset-length` (RFC 8956 section 3.1). */
export function prefixText({ prefix, prefixOffset, prefixLen }: PrefixMatch): string {
  return prefixOffset === undefined
    ? `${prefix}/${prefixLen}`
    : `${prefix}/${prefixOffset}-${prefixLen}`;
}

/** Forms of values in rows: what OpenBMP's database takes without a scratch, whatever the router sent. */
import { ipBytes } from "../../wire/ip.ts";
import { asciiText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { ipv4At, putIpv4, putIpv6, putTimestamp } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";

const MAPPED = utf8("::ffff:");

/**
 * Text of a router or operator as one field. The consumer puts it into SQL between apostrophes, unescaped: an apostrophe or NUL would
 * cost a whole batch of rows; TAB and newline would move the columns.
 *
 * @param max characters that the database's column has
 */
export function cleanText(text: string, max: number): string {
  const clean = text.slice(0, 2 * max)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, " ")
    .replaceAll("'", "\u2019");
  return clean.length <= max ? clean : Array.from(clean).slice(0, max).join("");
}

/** Words joined by `, ` as far as they fit. */
export function joinWithin(words: readonly string[], max: number): string {
  let text = "";
  for (const word of words) {
    const next = text === "" ? word : `${text}, ${word}`;
    if (next.length > max) break;
    text = next;
  }
  return text;
}

/** Writes 16 address bytes; unlike goBMP's form, an IPv4-mapped address stays an IPv6 one. */
export function putInet6(out: ByteWriter, bytes: Uint8Array, at: number): void {
  if (!isMapped(bytes, at)) return putIpv6(out, bytes, at);
  out.raw(MAPPED);
  putIpv4(out, bytes, at + 12);
}

/** {@linkcode putInet6} into `out` at `pos`, which must have room for 45; returns the position after it. */
export function mappedAt(
  out: Uint8Array,
  pos: number,
  bytes: Uint8Array,
  at: number,
): number {
  for (let i = 0; i < MAPPED.length; i++) out[pos + i] = MAPPED[i]!;
  return ipv4At(
    out,
    pos + MAPPED.length,
    bytes[at + 12]!,
    bytes[at + 13]!,
    bytes[at + 14]!,
    bytes[at + 15]!,
  );
}

/** Whether 16 bytes are an IPv4-mapped address (RFC 4291 section 2.5.5.2). */
export function isMapped(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 10] !== 0xff || bytes[at + 11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return true;
}

export function inet6Text(bytes: Uint8Array, at: number): string {
  return isMapped(bytes, at) ? `::ffff:${ipv4Text(bytes, at + 12)}` : ipv6Text(bytes, at);
}

/** An address of a socket as the database takes it: without a zone; `0.0.0.0` where there is none. */
export function inetText(address: string): string {
  return ipBytes(address) === undefined ? "0.0.0.0" : address.split("%", 1)[0]!;
}

const TIME = new ByteWriter(32);
let lastSecond = 0;
let lastText = "1970-01-01 00:00:00.";

/** A time in microseconds since 1970 as `2026-01-02 03:04:05.123456`. Most rows have the second of the one before. */
export function sqlTime(us: number): string {
  const second = Math.floor(us / 1_000_000);
  if (second !== lastSecond) {
    TIME.reset();
    putTimestamp(TIME, second, 0);
    lastText = `${asciiText(TIME.bytes, 0, 10)} ${asciiText(TIME.bytes, 11, 19)}.`;
    lastSecond = second;
  }
  return lastText + String(us - second * 1_000_000).padStart(6, "0");
}

/** Bytes of the text of a time. */
export const TIME_BYTES = 26;

/** Sets `text` to the time; it had `before`. */
export function setSqlTime(text: Uint8Array, us: number, before: number): void {
  const second = Math.floor(us / 1_000_000);
  if (second !== Math.floor(before / 1_000_000)) {
    text.set(utf8(sqlTime(us)));
    return;
  }
  let rest = us - second * 1_000_000;
  for (let i = TIME_BYTES - 1; i >= TIME_BYTES - 6; i--) {
    text[i] = 0x30 + rest % 10;
    rest = (rest / 10) | 0;
  }
}

/**
 * Text forms of wire values, written as ASCII bytes: numbers, addresses, route distinguishers, hex,
 * base64, JSON strings, timestamps. Each form lives here once and every format uses it.
 */
import { jsonText } from "./json.ts";
import type { ByteWriter } from "./writer.ts";

const HEX = new Uint8Array(16);
const BASE64 = new Uint8Array(64);
/** Decimal text of an octet: digits at `4 * octet`, their count at `4 * octet + 3`. */
const OCTET = new Uint8Array(256 * 4);
for (let i = 0; i < 16; i++) HEX[i] = "0123456789abcdef".charCodeAt(i);
for (let i = 0; i < 64; i++) {
  BASE64[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(i);
}
for (let octet = 0; octet < 256; octet++) {
  const digits = String(octet);
  for (let i = 0; i < digits.length; i++) OCTET[octet * 4 + i] = digits.charCodeAt(i);
  OCTET[octet * 4 + 3] = digits.length;
}

/** Decimal text of 0 to 99, two digits each. */
const TWO_DIGITS = new Uint8Array(200);
for (let i = 0; i < 200; i++) {
  TWO_DIGITS[i] = 0x30 + ((i & 1) === 0 ? Math.floor(i / 20) : (i >> 1) % 10);
}

const DOT = 0x2e;
const COLON = 0x3a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const HYPHEN = 0x2d;

/** Writes an octet in decimal at `pos` of `bytes`, which must have room for 3; returns the position after it. */
export function octetAt(bytes: Uint8Array, pos: number, octet: number): number {
  const entry = octet << 2;
  const count = OCTET[entry + 3]!;
  bytes[pos] = OCTET[entry]!;
  if (count > 1) bytes[pos + 1] = OCTET[entry + 1]!;
  if (count > 2) bytes[pos + 2] = OCTET[entry + 2]!;
  return pos + count;
}

/**
 * Writes an unsigned 32-bit number in decimal at `pos`, which must have room for 10; returns the position after it.
 *
 * Two digits at a time from a table, and multiplications instead of divisions below 10000: a division per digit costs 5 ns
 * (10 % of all rendering, with AS paths and communities).
 */
export function u32At(bytes: Uint8Array, pos: number, value: number): number {
  if (value < 256) return octetAt(bytes, pos, value);
  if (value < 10_000) return upTo4At(bytes, pos, value);
  const high = (value / 10_000) >>> 0;
  const low = value - high * 10_000;
  const p = high < 10_000 ? upTo4At(bytes, pos, high) : u32At(bytes, pos, high);
  return fourDigitsAt(bytes, p, low);
}

/** Writes a number below 10000 as four digits. */
function fourDigitsAt(bytes: Uint8Array, pos: number, value: number): number {
  const hundreds = (value * 5243) >>> 19; // value / 100, exact up to 43698
  return twoDigitsAt(bytes, twoDigitsAt(bytes, pos, hundreds), value - hundreds * 100);
}

/** Writes a number below 10000 without leading zeros. */
function upTo4At(bytes: Uint8Array, pos: number, value: number): number {
  const hundreds = (value * 5243) >>> 19;
  const rest = value - hundreds * 100;
  let p = pos;
  if (hundreds > 9) p = twoDigitsAt(bytes, p, hundreds);
  else if (hundreds > 0) bytes[p++] = ZERO + hundreds;
  if (hundreds > 0 || rest > 9) return twoDigitsAt(bytes, p, rest);
  bytes[p++] = ZERO + rest;
  return p;
}

/** Writes a number below 100 as two digits. */
function twoDigitsAt(bytes: Uint8Array, pos: number, value: number): number {
  bytes[pos] = TWO_DIGITS[2 * value]!;
  bytes[pos + 1] = TWO_DIGITS[2 * value + 1]!;
  return pos + 2;
}

/** Writes 4 address bytes as dotted decimal at `pos`, which must have room for 15; returns the position after it. */
export function ipv4At(
  out: Uint8Array,
  pos: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  let p = octetAt(out, pos, a);
  out[p++] = DOT;
  p = octetAt(out, p, b);
  out[p++] = DOT;
  p = octetAt(out, p, c);
  out[p++] = DOT;
  return octetAt(out, p, d);
}

/**
 * Writes the 16 address bytes at `source[start]` at `pos`, which must have room for 39; returns the position after it.
 *
 * RFC 5952 section 4: lower case, no leading zeros, the first longest run of two or more zero groups becomes
 * `::`. As Go's `net.IP.String`, which goBMP's consumers know, an IPv4-mapped address (RFC 4291 section
 * 2.5.5.2) is written as dotted decimal alone.
 */
export function ipv6At(out: Uint8Array, pos: number, source: Uint8Array, start: number): number {
  let runStart = -1;
  let runLength = 1;
  for (let group = 0; group < 8;) {
    let next = group;
    while (next < 8 && source[start + 2 * next] === 0 && source[start + 2 * next + 1] === 0) next++;
    if (next - group > runLength) {
      runStart = group;
      runLength = next - group;
    }
    group = next + 1;
  }
  if (
    runStart === 0 && runLength === 5 && source[start + 10] === 0xff && source[start + 11] === 0xff
  ) {
    return ipv4At(
      out,
      pos,
      source[start + 12]!,
      source[start + 13]!,
      source[start + 14]!,
      source[start + 15]!,
    );
  }
  let p = pos;
  for (let group = 0; group < 8;) {
    if (group === runStart) {
      out[p++] = COLON;
      out[p++] = COLON;
      group += runLength;
      continue;
    }
    if (group !== 0 && group !== runStart + runLength) out[p++] = COLON;
    const high = source[start + 2 * group]!;
    const low = source[start + 2 * group + 1]!;
    if (high > 0x0f) out[p++] = HEX[high >> 4]!;
    if (high > 0) out[p++] = HEX[high & 15]!;
    if (high > 0 || low > 0x0f) out[p++] = HEX[low >> 4]!;
    out[p++] = HEX[low & 15]!;
    group++;
  }
  return p;
}

export function putU32(out: ByteWriter, value: number): void {
  out.ensure(10);
  out.pos = u32At(out.bytes, out.pos, value);
}

/** Writes a signed 32-bit number. */
export function putI32(out: ByteWriter, value: number): void {
  if (value < 0) {
    out.byte(0x2d);
    putU32(out, -value);
  } else {
    putU32(out, value);
  }
}

/** Writes an integer below 2^53 in decimal; an engine's own text of one above 32 bits costs 0.1 us. */
export function putInteger(out: ByteWriter, value: number): void {
  if (value >= 0 && value <= 0xffffffff) return putU32(out, value);
  if (!(value > 0 && value <= MAX_INTEGER)) return out.ascii(String(value));
  const high = Math.floor(value / 1e8);
  const low = value - high * 1e8;
  const middle = Math.floor(low / 10_000);
  putU32(out, high);
  out.ensure(8);
  out.pos = fourDigitsAt(
    out.bytes,
    fourDigitsAt(out.bytes, out.pos, middle),
    low - middle * 10_000,
  );
}

const MAX_INTEGER = Number.MAX_SAFE_INTEGER;

export function putBigint(out: ByteWriter, value: bigint): void {
  const rounded = Number(value);
  if (rounded >= 0 && rounded <= MAX_INTEGER) putInteger(out, rounded);
  else out.ascii(value.toString());
}

export function putIpv4(out: ByteWriter, source: Uint8Array, start: number): void {
  out.ensure(15);
  out.pos = ipv4At(
    out.bytes,
    out.pos,
    source[start]!,
    source[start + 1]!,
    source[start + 2]!,
    source[start + 3]!,
  );
}

export function putIpv6(out: ByteWriter, source: Uint8Array, start: number): void {
  out.ensure(39);
  out.pos = ipv6At(out.bytes, out.pos, source, start);
}

/** Writes `source[start, end)` as lower-case hex. */
export function putHex(out: ByteWriter, source: Uint8Array, start: number, end: number): void {
  out.ensure(2 * (end - start));
  const bytes = out.bytes;
  let p = out.pos;
  for (let i = start; i < end; i++) {
    const octet = source[i]!;
    bytes[p++] = HEX[octet >> 4]!;
    bytes[p++] = HEX[octet & 15]!;
  }
  out.pos = p;
}

/** Writes an address of 32 or 128 bits. */
export function putAddress(out: ByteWriter, source: Uint8Array, start: number, bits: number): void {
  if (bits === 32) putIpv4(out, source, start);
  else putIpv6(out, source, start);
}

/** Writes `source[start, end)` as lower-case hex with a colon between octets. */
export function putColonHex(out: ByteWriter, source: Uint8Array, start: number, end: number): void {
  out.ensure(3 * (end - start));
  const bytes = out.bytes;
  let p = out.pos;
  for (let i = start; i < end; i++) {
    const octet = source[i]!;
    if (i > start) bytes[p++] = COLON;
    bytes[p++] = HEX[octet >> 4]!;
    bytes[p++] = HEX[octet & 15]!;
  }
  out.pos = p;
}

/** Writes `source[start, end)` as standard base64 with padding (RFC 4648 section 4). */
export function putBase64(out: ByteWriter, source: Uint8Array, start: number, end: number): void {
  out.ensure(4 * Math.ceil((end - start) / 3));
  const bytes = out.bytes;
  let p = out.pos;
  for (let i = start; i < end; i += 3) {
    const left = end - i;
    const word = (source[i]! << 16) | ((left > 1 ? source[i + 1]! : 0) << 8) |
      (left > 2 ? source[i + 2]! : 0);
    bytes[p++] = BASE64[word >> 18]!;
    bytes[p++] = BASE64[(word >> 12) & 63]!;
    bytes[p++] = left > 1 ? BASE64[(word >> 6) & 63]! : 0x3d;
    bytes[p++] = left > 2 ? BASE64[word & 63]! : 0x3d;
  }
  out.pos = p;
}

/**
 * Writes the 8 bytes of a route distinguisher: type 0 `as16:number32`, type 1 `a.b.c.d:number16`, type 2
 * `as32:number16` (RFC 4364 section 4.2). An unknown type has no text form: returns false, nothing written.
 */
export function putRouteDistinguisher(out: ByteWriter, source: Uint8Array, start: number): boolean {
  const u16 = (at: number): number => (source[at]! << 8) | source[at + 1]!;
  const u32 = (at: number): number => ((u16(at) << 16) | u16(at + 2)) >>> 0;
  const type = u16(start);
  if (type > 2) return false;
  if (type === 0) putU32(out, u16(start + 2));
  else if (type === 1) putIpv4(out, source, start + 2);
  else putU32(out, u32(start + 2));
  out.byte(COLON);
  putU32(out, type === 0 ? u32(start + 4) : u16(start + 6));
  return true;
}

/** Length of the well-formed UTF-8 sequence at `pos`, 0 if there is none (RFC 3629 section 4). */
export function utf8SequenceLength(source: Uint8Array, pos: number, end: number): number {
  const lead = source[pos]!;
  const length = lead >= 0xc2 && lead < 0xe0
    ? 2
    : (lead & 0xf0) === 0xe0
    ? 3
    : lead >= 0xf0 && lead < 0xf5
    ? 4
    : 0;
  if (length === 0 || pos + length > end) return 0;
  for (let i = 1; i < length; i++) if ((source[pos + i]! & 0xc0) !== 0x80) return 0;
  const second = source[pos + 1]!;
  const overlongOrSurrogate = (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f);
  return overlongOrSurrogate ? 0 : length;
}

/** Writes a JavaScript string as a JSON string with its quotes; four times as fast where there is nothing to escape. */
export function putJsonText(out: ByteWriter, text: string): void {
  const count = text.length;
  out.ensure(count + 2);
  const { bytes, pos } = out;
  bytes[pos] = QUOTE;
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
      return out.text(JSON.stringify(text));
    }
    bytes[pos + 1 + i] = code;
  }
  bytes[pos + 1 + count] = QUOTE;
  out.pos = pos + count + 2;
}

/**
 * Writes a time as RFC 3339 UTC with up to 6 fraction digits, trailing zeros and a bare dot dropped.
 * Microseconds of a million and more carry over into the seconds.
 *
 * The calendar is worked out here (days since 1970 to a civil date, by years that begin in March, so that the leap day is the
 * last): `Date.toISOString` costs 0.5 us, which with two times a message was a quarter of all decoding.
 */
export function putTimestamp(out: ByteWriter, seconds: number, microseconds: number): void {
  const carry = microseconds >= 1_000_000 ? Math.floor(microseconds / 1_000_000) : 0;
  const whole = seconds + carry;
  const days = Math.floor(whole / 86400);
  const second = whole - days * 86400;
  const sinceMarch0 = days + 719468;
  const era = Math.floor(sinceMarch0 / 146097);
  const dayOfEra = sinceMarch0 - era * 146097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36524) | 0) - ((dayOfEra / 146096) | 0)) /
      365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const monthFromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);

  out.ensure(27);
  const bytes = out.bytes;
  const p = out.pos;
  twoDigitsAt(bytes, p, (year / 100) | 0);
  twoDigitsAt(bytes, p + 2, year % 100);
  bytes[p + 4] = HYPHEN;
  twoDigitsAt(bytes, p + 5, month);
  bytes[p + 7] = HYPHEN;
  twoDigitsAt(bytes, p + 8, dayOfYear - ((153 * monthFromMarch + 2) / 5 | 0) + 1);
  bytes[p + 10] = 0x54;
  twoDigitsAt(bytes, p + 11, (second / 3600) | 0);
  bytes[p + 13] = COLON;
  twoDigitsAt(bytes, p + 14, ((second / 60) | 0) % 60);
  bytes[p + 16] = COLON;
  twoDigitsAt(bytes, p + 17, second % 60);
  let end = p + 19;
  let micros = microseconds - carry * 1_000_000;
  if (micros > 0) {
    bytes[end++] = DOT;
    for (let unit = 100_000; micros > 0; unit = (unit / 10) | 0) {
      const digit = (micros / unit) | 0;
      bytes[end++] = ZERO + digit;
      micros -= digit * unit;
    }
  }
  bytes[end++] = 0x5a;
  out.pos = end;
}

/** Writes a time in microseconds since 1970. */
export function putTimestampUs(out: ByteWriter, microseconds: number): void {
  const seconds = Math.floor(microseconds / 1_000_000);
  putTimestamp(out, seconds, microseconds - seconds * 1_000_000);
}

/** Writes any number that JSON has. */
export function putNumber(out: ByteWriter, value: number): void {
  if ((value | 0) === value) putI32(out, value);
  else if (Number.isInteger(value)) putInteger(out, value);
  else out.ascii(String(value));
}

/** Writes any JSON value; objects in one piece, as member by member took ten times as long (2.4 us for 7). */
export function putJson(out: ByteWriter, value: unknown): void {
  switch (typeof value) {
    case "string":
      return putJsonText(out, value);
    case "number":
      return putNumber(out, value);
    case "bigint":
      return putBigint(out, value);
    case "boolean":
      return out.ascii(String(value));
    default:
      out.text(jsonText(value));
  }
}

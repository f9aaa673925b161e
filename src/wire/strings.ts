/**
 * Strings of wire values, for messages that are rare: Initiation, Peer Up, Peer Down. What comes once per route is written as bytes
 * by text.ts, whose forms these share.
 */
import { putBase64, putHex, putIpv6, utf8SequenceLength } from "./text.ts";
import { ByteWriter } from "./writer.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The string in UTF-8 `bytes[start, end)`. Each byte that is not part of well-formed UTF-8 becomes one U+FFFD, as Go's JSON encoder
 * has it; `TextDecoder` alone would make one of several bytes.
 */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let runStart = start;
  for (let pos = start; pos < end;) {
    const length = bytes[pos]! < 0x80 ? 1 : utf8SequenceLength(bytes, pos, end);
    if (length === 0) {
      if (runStart < pos) text += DECODER.decode(bytes.subarray(runStart, pos));
      text += "\ufffd";
      runStart = pos + 1;
      pos++;
    } else {
      pos += length;
    }
  }
  return runStart < end ? text + DECODER.decode(bytes.subarray(runStart, end)) : text;
}

/**
 * A few bytes to be kept for long, as a string of so many characters: where there are 100,000 of them, 64 bytes of memory for 42 instead of
 * the 350 that an array with its buffer takes in V8.
 */
export function keptBytes(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, bytes);
}

/** The bytes that {@linkcode keptBytes} has kept. */
export function bytesOf(kept: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(kept.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = kept.charCodeAt(i);
  return bytes;
}

/** Short texts are written here: with a writer of their own they took three times as long (450 ns). */
const SHORT_TEXT = new ByteWriter(256);

/** An empty writer for a text of `count` bytes, valid until the next. */
function writerFor(count: number): ByteWriter {
  if (count > SHORT_TEXT.bytes.length) return new ByteWriter(count);
  SHORT_TEXT.reset();
  return SHORT_TEXT;
}

/** Two hex digits by octet. */
const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));
const COLON_HEX = HEX.map((digits) => `:${digits}`);
const DECIMAL = Array.from({ length: 256 }, (_, octet) => String(octet));
const DOT_DECIMAL = DECIMAL.map((digits) => `.${digits}`);
/** Up to this many octets, strings put together are faster than bytes decoded (0.3 us in Deno). */
const SHORT_OCTETS = 16;

/** `bytes[start, end)` as lower-case hex. */
export function hexText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT_OCTETS) {
    let text = "";
    for (let i = start; i < end; i++) text += HEX[bytes[i]!]!;
    return text;
  }
  const out = writerFor(2 * (end - start));
  putHex(out, bytes, start, end);
  return DECODER.decode(out.written());
}

/** ASCII `bytes[start, end)`. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_OCTETS) return DECODER.decode(bytes.subarray(start, end));
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** 4 address bytes as dotted decimal. */
export function ipv4Text(bytes: Uint8Array, start: number): string {
  return DECIMAL[bytes[start]!]! + DOT_DECIMAL[bytes[start + 1]!]! +
    DOT_DECIMAL[bytes[start + 2]!]! + DOT_DECIMAL[bytes[start + 3]!]!;
}

/** 16 address bytes as RFC 5952 text. */
export function ipv6Text(bytes: Uint8Array, start: number): string {
  const out = writerFor(39);
  putIpv6(out, bytes, start);
  return DECODER.decode(out.written());
}

/** An address of 32 or 128 bits. */
export function addressText(bytes: Uint8Array, start: number, bits: number): string {
  return bits === 32 ? ipv4Text(bytes, start) : ipv6Text(bytes, start);
}

/** `bytes[start, end)` as standard base64. */
export function base64Text(bytes: Uint8Array, start: number, end: number): string {
  const out = writerFor(4 * Math.ceil((end - start) / 3));
  putBase64(out, bytes, start, end);
  return DECODER.decode(out.written());
}

const KEPT_DISTINGUISHERS = 1024;
const keptHighs = new Int32Array(KEPT_DISTINGUISHERS);
const keptLows = new Int32Array(KEPT_DISTINGUISHERS);
const keptTexts: string[] = new Array(KEPT_DISTINGUISHERS).fill("0:0");

/**
 * 8 bytes of a route distinguisher, as `putRouteDistinguisher` writes it; of an unknown type as hex. Texts are kept: a VPN's routes
 * have one in common, and making it was a tenth of an EVPN record.
 */
export function routeDistinguisherText(bytes: Uint8Array, start: number): string {
  const high = i32(bytes, start);
  const low = i32(bytes, start + 4);
  const slot = Math.imul(high ^ Math.imul(low, 0x85ebca6b), 0x9e3779b1) >>> 22;
  if (keptHighs[slot] !== high || keptLows[slot] !== low) {
    keptHighs[slot] = high;
    keptLows[slot] = low;
    keptTexts[slot] = makeDistinguisherText(bytes, start, high, low);
  }
  return keptTexts[slot]!;
}

function makeDistinguisherText(
  bytes: Uint8Array,
  start: number,
  high: number,
  low: number,
): string {
  switch (high >>> 16) {
    case 0:
      return `${high & 0xffff}:${low >>> 0}`;
    case 1:
      return `${ipv4Text(bytes, start + 2)}:${low & 0xffff}`;
    case 2:
      return `${((high << 16) | (low >>> 16)) >>> 0}:${low & 0xffff}`;
    default:
      return hexText(bytes, start, start + 8);
  }
}

function i32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** `bytes[start, end)` as lower-case hex with a colon between octets: MAC addresses, Ethernet segment identifiers. */
export function colonHexText(bytes: Uint8Array, start: number, end: number): string {
  let text = start < end ? HEX[bytes[start]!]! : "";
  for (let i = start + 1; i < end; i++) text += COLON_HEX[bytes[i]!]!;
  return text;
}

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
  return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`;
}

/** 16 address bytes as RFC 5952 text. */
export function ipv6Text(bytes: Uint8Array, start: number): string {
  const out = writerFor(39);
  putIpv6(out, bytes, start);
  return DECODER.decode(out.written());
}

/** `bytes[start, end)` as standard base64. */
export function base64Text(bytes: Uint8Array, start: number, end: number): string {
  const out = writerFor(4 * Math.ceil((end - start) / 3));
  putBase64(out, bytes, start, end);
  return DECODER.decode(out.written());
}

/** 8 bytes of a route distinguisher, as `putRouteDistinguisher` writes it; of an unknown type as hex. */
export function routeDistinguisherText(bytes: Uint8Array, start: number): string {
  const u16 = (at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
  const u32 = (at: number): number => u16(at) * 65536 + u16(at + 2);
  switch (u16(start)) {
    case 0:
      return `${u16(start + 2)}:${u32(start + 4)}`;
    case 1:
      return `${ipv4Text(bytes, start + 2)}:${u16(start + 6)}`;
    case 2:
      return `${u32(start + 2)}:${u16(start + 6)}`;
    default:
      return hexText(bytes, start, start + 8);
  }
}

/** `bytes[start, end)` as lower-case hex with a colon between octets: MAC addresses, Ethernet segment identifiers. */
export function colonHexText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += (i === start ? "" : ":") + HEX[bytes[i]!]!;
  return text;
}

/**
 * Trees of messages as text for people, and as JSON.
 *
 * ```
 * 0-11    Initiation  [RFC 7854 section 4.3]
 * 0-5       Common Header  [RFC 7854 section 4.1]
 * 0           Version: 3
 * 6-11      TLV: 2 (sysName)
 * 10-11       Value: r1
 *             ! name-length at byte 10, expected at most 255 bytes
 * ```
 */
import { putJson } from "../wire/text.ts";
import { ByteWriter } from "../wire/writer.ts";
import type { Part } from "./part.ts";

const RANGE_WIDTH = 16;
const INDENT = "  ";
/** A value that is longer gets a line for each of its members. */
const LINE_CHARS_MAX = 100;
const HEX_LINE_CHARS = 64;
const DECODER = new TextDecoder();

/** Adds the lines of a message whose first byte is at `base` of its stream. */
export function putText(out: ByteWriter, message: Part, base: number): void {
  putPart(out, message, base, "");
}

function putPart(out: ByteWriter, part: Part, base: number, indent: string): void {
  const { value, meaning, reference } = part.facts;
  const long = isLong(value);
  const isShortHex = part.hex !== "" && part.hex.length <= HEX_LINE_CHARS;
  const shown = (value === undefined || long ? "" : `: ${valueText(value)}`) +
    (isShortHex ? `: hex ${part.hex}` : "");
  putLine(
    out,
    rangeText(part.start + base, part.end + base),
    `${indent}${part.name}${shown}${meaning === undefined ? "" : ` (${meaning})`}` +
      (reference === undefined ? "" : `  [${reference}]`),
  );
  const inner = indent + INDENT;
  if (long) putMembers(out, value, inner);
  for (let at = 0; !isShortHex && at < part.hex.length; at += HEX_LINE_CHARS) {
    putLine(out, "", inner + part.hex.slice(at, at + HEX_LINE_CHARS));
  }
  for (const { code, offset, expected, outcome } of part.faults) {
    const cost = outcome === "" ? "" : `; ${outcome}`;
    putLine(out, "", `${inner}! ${code} at byte ${offset + base}, expected ${expected}${cost}`);
  }
  for (const each of part.parts) putPart(out, each, base, inner);
}

function putLine(out: ByteWriter, range: string, text: string): void {
  out.text(`${range.padEnd(RANGE_WIDTH)}${text}\n`);
}

/** First and last byte; nothing for a part without bytes. */
function rangeText(start: number, end: number): string {
  if (start === end) return "";
  return end - start <= 1 ? `${start}` : `${start}-${end - 1}`;
}

function isLong(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    valueText(value).length > LINE_CHARS_MAX;
}

/** The members of a long value, a line each, and of their long members. */
function putMembers(out: ByteWriter, value: object, indent: string): void {
  for (const [name, inner] of Object.entries(value)) {
    const label = Array.isArray(value) ? "-" : `${name}:`;
    if (isLong(inner)) {
      putLine(out, "", indent + label);
      putMembers(out, inner, indent + INDENT);
    } else {
      putLine(out, "", `${indent}${label} ${valueText(inner)}`);
    }
  }
}

/** A value on one line. What a router sent as text is quoted unless it is plain, so that it cannot pass for anything else. */
function valueText(value: unknown): string {
  if (typeof value === "string") {
    return /^[\w.:/+-]+$/.test(value) ? value : escaped(JSON.stringify(value));
  }
  if (Array.isArray(value)) return `[${value.map(innerText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([name, inner]) => `${name} ${innerText(inner)}`).join(", ");
  }
  return String(value);
}

function innerText(value: unknown): string {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? `{${valueText(value)}}` : valueText(value);
}

/** Without the control characters that JSON leaves alone: they could move a terminal's cursor. */
function escaped(text: string): string {
  return text.replace(
    /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Adds the tree as one line of JSON; offsets count from the start of the stream. */
export function putTree(out: ByteWriter, message: Part, base: number): void {
  putJson(out, treeOf(message, base));
  out.byte(0x0a);
}

function treeOf(part: Part, base: number): object {
  const { value, meaning, reference } = part.facts;
  return {
    start: part.start + base,
    end: part.end + base,
    name: part.name,
    value,
    meaning,
    reference,
    hex: part.hex === "" ? undefined : part.hex,
    faults: part.faults.length === 0 ? undefined : part.faults.map((found) => ({
      code: found.code,
      offset: found.offset + base,
      expected: found.expected,
      within: found.within === "" ? undefined : found.within,
      outcome: found.outcome === "" ? undefined : found.outcome,
    })),
    parts: part.parts.length === 0 ? undefined : part.parts.map((each) => treeOf(each, base)),
  };
}

/** {@linkcode putText} as a string. */
export function textOf(message: Part, base = 0): string {
  const out = new ByteWriter(4096);
  putText(out, message, base);
  return DECODER.decode(out.written());
}

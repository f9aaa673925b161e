/**
 * Compares what another project says of a vector with our tree: every number, address and text in the one has to stand in the other, in
 * whatever form it has there.
 */
import type { Part } from "../../../src/explain/part.ts";
import { ipv4Text, ipv6Text } from "../../../src/wire/strings.ts";
import { fromHex } from "../../decoding.ts";

/** All that a tree says, for looking things up. */
export class Said {
  readonly #words = new Set<string>();
  #compact = "";

  constructor(...trees: readonly Part[]) {
    for (const part of trees.flatMap((it) => [...walk(it)])) {
      for (const leaf of leavesOf(part.facts.value)) this.#add(leaf);
      if (part.facts.meaning !== undefined) this.#add(part.facts.meaning);
      if (part.hex !== "") this.#add(part.hex);
    }
  }

  #add(text: string): void {
    this.#compact += ` ${compact(text)}`;
    for (const word of wordsOf(text)) this.#words.add(word);
  }

  /** Whether a leaf of what another project says stands here. */
  has(leaf: string): boolean {
    const words = wordsOf(leaf).filter((it) => /\d/.test(it));
    if (words.length > 0 && words.every((it) => this.#words.has(it))) return true;
    const short = compact(leaf);
    if (short.length >= 2 && this.#compact.includes(short)) return true;
    // A number in hex here, or one in hex there.
    const number = numberOf(leaf);
    return number !== undefined &&
      (this.#words.has(String(number)) || this.#compact.includes(number.toString(16)));
  }
}

function numberOf(leaf: string): bigint | undefined {
  if (/^\d+$/.test(leaf) || /^0x[0-9a-f]+$/i.test(leaf)) return BigInt(leaf);
  return undefined;
}

function* walk(part: Part): Iterable<Part> {
  yield part;
  for (const inner of part.parts) yield* walk(inner);
}

/** Numbers and texts inside a value. */
function* leavesOf(value: unknown): Iterable<string> {
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    yield String(value);
  } else if (Array.isArray(value)) {
    for (const inner of value) yield* leavesOf(inner);
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) yield* leavesOf(inner);
  }
}

function compact(text: string): string {
  return text.toLowerCase().replace(/[^0-9a-z]/g, "");
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().split(/[^0-9a-z.:]+/).filter((it) => it !== "");
  return words.flatMap((word) => [
    word,
    ...(/^[0-9a-f:]*:[0-9a-f:.]*$/.test(word) && word.includes("::") ? [] : word.split(":")),
  ]).filter((it) => it !== "");
}

/** Members that name Go or Java types, or repeat lengths that are no part of what is meant. */
const NO_VALUE =
  /^(_type|.*hash|length|.*length|type|len|want_?len|name|comment|exabgp|direction)$/i;

/** What of another project's value is to be found, as texts; small numbers say nothing. */
export function expectedLeaves(value: unknown, skip: RegExp, name = ""): string[] {
  if (name !== "" && (NO_VALUE.test(name) || skip.test(name))) return [];
  if (typeof value === "number") {
    return Number.isInteger(value) && Math.abs(value) > 1 ? [String(value)] : [];
  }
  if (typeof value === "string") return isTelling(value) ? [value] : codeLeaves(value);
  if (Array.isArray(value)) return value.flatMap((it) => expectedLeaves(it, skip));
  if (typeof value !== "object" || value === null) return [];
  const own = value as Readonly<Record<string, unknown>>;
  if (typeof own["hex"] === "string" && Object.keys(own).length === 1) return blob(own["hex"]);
  return Object.entries(own).flatMap(([inner, it]) => expectedLeaves(it, skip, inner));
}

/** Addresses in code: `bnet.IPv6FromBlocks(0x2001, ...)`, `IPv4FromOctets(10, ...)`, `netip.MustParseAddr("2001:db8::1")`. */
function codeLeaves(code: string): string[] {
  const calls = [...code.matchAll(/(IPv6FromBlocks|IPv4FromOctets|Addr|ParseIP)\(([^()]*)\)/g)];
  return calls.flatMap(([, name, list = ""]) => {
    if (name === "Addr" || name === "ParseIP") return list.match(/(?<=")[0-9a-f.:]+(?=")/gi) ?? [];
    const digits = name === "IPv6FromBlocks" ? 4 : 2;
    return blob(
      list.split(",").map((it) => Number(it).toString(16).padStart(digits, "0")).join(""),
    );
  });
}

/** Bytes: as an address, where they can be one; others stand in the vector itself. */
function blob(hex: string): string[] {
  if (hex.length !== 8 && hex.length !== 32) return [];
  const bytes = fromHex(hex.toLowerCase());
  if (bytes.every((it) => it === 0)) return [];
  const text = hex.length === 8 ? ipv4Text(bytes, 0) : ipv6Text(bytes, 0);
  return [`${text}|${hex}|${BigInt(`0x${hex}`)}`];
}

/** Addresses, prefixes, numbers, hex: not names and not code. */
function isTelling(text: string): boolean {
  return /\d/.test(text) && !/[()[\]{}]/.test(text) && text.length > 1 && text !== "0" &&
    /^[0-9a-fx.:/, -]+$/i.test(text);
}

/** The leaves that are missing. */
export function missingLeaves(said: Said, leaves: readonly string[]): string[] {
  return leaves.filter((leaf) => !leaf.split("|").some((form) => said.has(form)));
}

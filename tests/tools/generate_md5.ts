/**
 * Writes src/wire/md5_rounds.ts: the rounds of MD5 (RFC 1321 section 3.4), written out. Run with
 * `deno run -A tests/tools/generate_md5.ts`; a test compares the file with what this makes.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const ROUNDS_FILE = fileURLToPath(new URL("../../src/wire/md5_rounds.ts", import.meta.url));

const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/** Round i on the variables a, b, c, d with this suffix and the words in `words`. */
function round(i: number, suffix: string, words: string): string {
  const [a, b, c, d] = [0, 1, 2, 3].map((j) => "abcd"[(64 + j - i) % 4] + suffix);
  const kind = i >> 4;
  const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][kind]! % 16;
  const mixed = [
    `(${b} & ${c}) | (~${b} & ${d})`,
    `(${d} & ${b}) | (~${d} & ${c})`,
    `${b} ^ ${c} ^ ${d}`,
    `${c} ^ (${b} | ~${d})`,
  ][kind];
  const constant = Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0;
  const shift = SHIFTS[kind]![i % 4]!;
  const sum = `(${a} + (${mixed}) + ${words}[${word}]! ${constant < 0 ? "-" : "+"} ${
    Math.abs(constant)
  }) | 0`;
  const t = `t${suffix}`;
  return `${t} = ${sum}; ${a} = (${b} + ((${t} << ${shift}) | (${t} >>> ${32 - shift}))) | 0;`;
}

function variables(suffix: string): string {
  const names = "abcd".split("").map((name, i) => `${name}${suffix} = start[${i}]!`);
  return `  let ${names.join(", ")}, t${suffix} = 0;`;
}

function results(suffix: string, into: string): string {
  return "abcd".split("").map((name, i) =>
    `  ${into}[${i}] = (start[${i}]! + ${name}${suffix}) | 0;`
  ).join("\n");
}

export function md5Rounds(): string {
  const numbers = Array.from({ length: 64 }, (_, i) => i);
  return `// Made by tests/tools/generate_md5.ts; do not edit.
/**
 * The rounds of MD5 (RFC 1321 section 3.4), written out: a loop over tables costs 3 times as much.
 */

/** One block: takes 16 little-endian words into the state \`start\`, and leaves the new one in \`into\`, which may be the same array. */
export function compress(start: Int32Array, words: Int32Array, into: Int32Array): void {
${variables("")}
${numbers.map((i) => `  ${round(i, "", "words")}`).join("\n")}
${results("", "into")}
}

/**
 * Two independent blocks from one state, their rounds in turn: a round waits for the one before it, so that the processor has time
 * for another (0.6 times the cost of two calls of {@linkcode compress}).
 */
export function compressTwo(
  start: Int32Array,
  words1: Int32Array,
  into1: Int32Array,
  words2: Int32Array,
  into2: Int32Array,
): void {
${variables("1")}
${variables("2")}
${numbers.map((i) => `  ${round(i, "1", "words1")}\n  ${round(i, "2", "words2")}`).join("\n")}
${results("1", "into1")}
${results("2", "into2")}
}
`;
}

if (import.meta.main) await writeFile(ROUNDS_FILE, md5Rounds());

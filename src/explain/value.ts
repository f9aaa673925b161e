/** Decoded values as they are shown: with the member names of records, without what only programs need. */
import { snakeCasedName } from "../wire/snake_case.ts";

/** The value with member names in snake_case; `kind`, which tells one type from another, and what is undefined are left out. */
export function shownValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shownValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => name !== "kind" && inner !== undefined)
      .map(([name, inner]) => [snakeCasedName(name), shownValue(inner)]),
  );
}

/** A token of JSON: a string, or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;
const MARK = "\u0000";

/** `JSON.parse`, but for integers of 16 digits and more, which become bigints: a number would be rounded. */
export function parseExactJson(text: string): unknown {
  const marked = text.replace(
    TOKEN,
    (token) => LONG_INTEGER.test(token) ? `"\\u0000${token}"` : token,
  );
  return JSON.parse(marked, (_name, value) => {
    const isMarked = typeof value === "string" && value.startsWith(MARK) &&
      LONG_INTEGER.test(value.slice(1));
    return isMarked ? BigInt(value.slice(1)) : value;
  });
}

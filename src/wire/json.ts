/** JSON as strings, for values that are rare enough to be objects. */

/** What a JSON string cannot have as it is, and what is none of ASCII. */
// deno-lint-ignore no-control-regex
const NEEDS_ESCAPE = /[^ !#-[\]-~]/;

/** Any JSON value as text. Bigints become plain numbers: JSON has no bound on them. */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      return NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`;
    default:
      return JSON.stringify(value, hasBigint(value) ? withPlainBigint : undefined);
  }
}

/** Not by `for in`: over objects of many shapes V8 optimised it and gave it up again without end, which made a record cost 40 us, not 9. */
function hasBigint(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (let i = 0; i < inner.length; i++) if (hasBigint(inner[i])) return true;
  return false;
}

const RAW_JSON = JSON as typeof JSON & { rawJSON(text: string): object }; // not in TypeScript's library yet

function withPlainBigint(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? RAW_JSON.rawJSON(value.toString()) : value;
}

/** The parts of docs/records.md that are made from the program: its examples. */
import { decodeRecords } from "../../mod.ts";
import { type JsonObject, parseLines } from "../corpus/corpus.ts";

/** The lines that docs/records.md says its examples are from: `edgebmp decode` of this stream with the flags named there. */
export async function exampleLines(stream: Uint8Array): Promise<JsonObject[]> {
  const records = decodeRecords([stream], {
    collector: "collector-1",
    source: "192.0.2.1",
    nowUs: () => Date.parse("2026-01-31T12:00:00Z") * 1000,
  });
  const lines = await Array.fromAsync(
    records,
    ({ type, key, data }) => JSON.stringify({ msg_type: type, msg_hash: key, msg_data: data }),
  );
  return parseLines(lines.join("\n"));
}

const EXAMPLE = /<!-- example (\d+) (\d+) -->\n[^]*?<!-- \/example -->/g;

/** The text with its examples, `<!-- example TYPE N --> … <!-- /example -->`, replaced by the Nth line of that type. */
export function withExamples(text: string, lines: readonly JsonObject[]): string {
  return text.replace(EXAMPLE, (_, type: string, number: string) => {
    const line = lines.filter((it) => it["msg_type"] === Number(type))[Number(number) - 1];
    if (line === undefined) {
      throw new Error(`Cannot find example ${number} of type ${type} in ${lines.length} lines`);
    }
    const marker = `<!-- example ${type} ${number} -->`;
    return `${marker}\n\n\`\`\`json\n${layOut(line)}\n\`\`\`\n\n<!-- /example -->`;
  });
}

/** The types of which a text has examples. */
export function exampleTypes(text: string): number[] {
  return [...text.matchAll(EXAMPLE)].map((match) => Number(match[1]));
}

const LINE_WIDTH = 100;

/** JSON as deno fmt lays it out: what fits the line stays in it, `data` and the object around it do not. */
function layOut(value: unknown, indent = "", before = 0, depth = 0): string {
  const row = spaced(value);
  if (typeof value !== "object" || value === null) return row;
  const fits = indent.length + before + row.length < LINE_WIDTH;
  if (depth > 1 && fits) return row;
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((element) => inner + layOut(element, inner, 0, depth + 1))
    : Object.entries(value).map(([name, member]) =>
      `${inner}"${name}": ${layOut(member, inner, name.length + 4, depth + 1)}`
    );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${members.join(",\n")}\n${indent}${close}`;
}

/** JSON in one row, with spaces. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, inner]) => `"${name}": ${spaced(inner)}`);
  return `{ ${members.join(", ")} }`;
}

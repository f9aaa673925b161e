/** The vector files of the corpus, in one shape. */
import { corpusPath, type JsonObject, parseLines } from "../corpus.ts";
import { readFileSync } from "node:fs";

/** One vector. */
export interface CorpusVector {
  /** Package, test, case and field: what rules and reasons go by. */
  readonly place: string;
  readonly hex: string;
  /** Whether it is a message, or a part of one. */
  readonly kind: string;
  /** What the project says of it; undefined: nothing that could be compared. */
  readonly expected: unknown;
  /** Numbers and addresses in the assertions of the test that it is in, some of which are of other inputs. */
  readonly asserted: readonly string[];
  /** Whether the project refuses it; undefined: it does not say. */
  readonly isRefused: boolean | undefined;
  readonly row: JsonObject;
}

export function loadVectors(file: string): CorpusVector[] {
  return parseLines(readFileSync(corpusPath(`bgp/${file}.jsonl`), "utf8")).map((row) => {
    const text = (name: string): string => typeof row[name] === "string" ? row[name] : "";
    const place = [
      text("package") || text("source"),
      ...(text("package") === "" ? [text("file")] : []),
      text("test"),
      text("name"),
      text("case"),
      text("call"),
      text("table"),
      text("field"),
      ...(text("package") === "" ? [] : [`@${text("file").split("/").at(-1)}`]),
    ].filter((it) => it !== "").join(" ");
    return {
      place,
      hex: padded(text("hex").toLowerCase(), row["len"]),
      kind: file === "messages" ? "bmp" : text("kind"),
      expected: row["expected"] ?? frrPath(row),
      asserted: asserted(row["uses"]),
      isRefused: isRefused(row),
      row,
    };
  });
}

/** Literals of Go's, Rust's and testify's assertions: quoted ones, and numbers of two digits and more. */
function asserted(uses: unknown): string[] {
  if (!Array.isArray(uses)) return [];
  const literal = /"([^"]+)"|(?<![\w.[])(\d{2,}|0x[0-9a-fA-F]{2,})(?![\w.\]:])/g;
  return uses.map(String).filter((it) => /assert|Equal|if .*(!=|==)/.test(it))
    .flatMap((it) => [...it.matchAll(literal)].map(([, text, number]) => text ?? number ?? ""))
    .filter((it) => it.length > 1 && /\d/.test(it) && /^[0-9a-fx.:/, -]+$/i.test(it));
}

function isRefused(row: JsonObject): boolean | undefined {
  if (typeof row["expect_error"] === "boolean") return row["expect_error"];
  const verdict = row["verdict"];
  if (typeof verdict === "string") return !/PROCEED|SHOULD_PARSE/.test(verdict);
  const field = String(row["field"] ?? "");
  if (/^good_|_good/.test(field)) return false;
  if (/^bad_|_bad/.test(field)) return true;
  return undefined;
}

/** AS numbers of a path that FRR's table has as text, also as asdot+ (RFC 5396). */
function frrPath(row: JsonObject): unknown {
  if (!String(row["file"]).endsWith("test_aspath.c")) return undefined;
  const fields = row["fields"] as JsonObject | undefined;
  const path = /^\{ ?"([^"]+)"/.exec(String(fields?.["p2"]))?.[1];
  return path === undefined ? undefined : {
    asns: (path.match(/[\d.]+/g) ?? []).map((asn) => {
      const [high, low] = asn.split(".").map(Number) as [number, number?];
      return String(low === undefined ? high : high * 0x10000 + low);
    }),
  };
}

/** C fills what an initializer does not name with zeros: \`len\` says how much of it counts. */
function padded(hex: string, length: unknown): string {
  return typeof length === "number" ? hex.padEnd(2 * length, "0") : hex;
}

/** The support matrix, made from the registries, the lists of code points and the vectors. */
import { ATTRIBUTE_BY_CODE } from "../../src/bgp/attributes/registry.ts";
import { Outcome } from "../../src/bgp/attributes/spec.ts";
import { familyKey, familyName } from "../../src/bgp/families.ts";
import { FAMILIES, FAMILY_BY_KEY } from "../../src/bgp/nlri/registry.ts";
import { KEPT } from "./kept.ts";
import { type CodePoint, codePoints, type List, LISTS, type Support } from "./lists.ts";
import { familyVectors, type Vector } from "./vectors.ts";

/** What one list comes to. */
export interface Matrix {
  readonly list: List;
  readonly decoded: readonly (CodePoint & { readonly support: Support })[];
  readonly kept: readonly (CodePoint & { readonly reason: string })[];
  /** Code points without a vector, without a place, or with two. */
  readonly problems: readonly string[];
}

export function matrixOf(list: List): Matrix {
  const points = [...codePoints(list.file), ...beyondList(list.file)];
  const reasons = KEPT[list.file] ?? {};
  const decoded: (CodePoint & { support: Support })[] = [];
  const kept: (CodePoint & { reason: string })[] = [];
  const problems: string[] = [];
  for (const point of points) {
    const key = point.code.join(" ");
    const support = list.supportOf(point.code);
    const reason = reasons[key];
    if (support !== undefined) decoded.push({ ...point, support });
    if (support?.vectors.length === 0) problems.push(`${key} (${point.name}): has no vector`);
    if (support !== undefined && reason !== undefined) {
      problems.push(`${key} (${point.name}): is decoded, and yet listed as kept in bytes`);
    } else if (reason !== undefined) {
      kept.push({ ...point, reason });
    } else if (support === undefined) {
      problems.push(`${key} (${point.name}): is neither decoded nor listed as kept in bytes`);
    }
  }
  const known = new Set(points.map(({ code }) => code.join(" ")));
  for (const key of Object.keys(reasons)) {
    if (!known.has(key)) problems.push(`${key}: is listed as kept in bytes, and in no list`);
  }
  return { list, decoded, kept, problems };
}

/** Families that are decoded and that the list lacks. */
function beyondList(file: string): CodePoint[] {
  if (file !== "afi_safi_pairs") return [];
  const listed = new Set(codePoints(file).map(({ code }) => code.join(" ")));
  return FAMILIES.filter(({ afi, safi }) => !listed.has(`${afi} ${safi}`))
    .map(({ afi, safi, reference }) => ({
      code: [String(afi), String(safi)],
      name: familyName(afi, safi),
      reference,
    }));
}

/** Where vectors come from, each with how many: RFCs, other projects, then self-made ones. */
function sourcesText(vectors: readonly Vector[]): string {
  const counts = new Map<string, number>();
  let own = 0;
  for (const { source } of vectors) {
    if (source === undefined) own++;
    else counts.set(projectOf(source), (counts.get(projectOf(source)) ?? 0) + 1);
  }
  const foreign = [...counts].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, count]) => `${name} ${count}`);
  return [...foreign, ...(own === 0 ? [] : [`self-made ${own}`])].join(", ");
}

/** `RFC`, or the name of the project in one spelling. */
export function projectOf(source: string): string {
  const name = /^[\w-]+/.exec(source)?.[0] ?? source;
  return name === "RFC" ? name : name.toLowerCase();
}

function referenceText(text: string): string {
  return text.replace(/RFC(\d)/g, "RFC $1").replace(/,(?=\S)/g, ", ");
}

/** A table with its columns aligned, as the formatter has them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((it) => it.replaceAll("|", "\\|")));
  const widths = head.map((_, i) => Math.max(3, ...lines.map((cells) => cells[i]!.length)));
  const [first, ...rest] = lines.map((cells) =>
    `| ${cells.map((it, i) => it.padEnd(widths[i]!)).join(" | ")} |`
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [first, rule, ...rest].join("\n");
}

/** The table of one list; families and attributes have columns of their own. */
function section(matrix: Matrix): string {
  const { list: { file, title }, decoded, kept } = matrix;
  const separator = file === "afi_safi_pairs" ? "/" : " ";
  const extra = EXTRA[file];
  const head = ["Code", "Name", "Reference", ...(extra?.head ?? []), "Vectors"];
  const rows = decoded.map(({ code, name, reference, support }) => [
    code.join(separator),
    name,
    referenceText(support.reference ?? reference),
    ...(extra?.cells(code) ?? []),
    sourcesText(support.vectors),
  ]);
  const parts = [`## ${title}`, table(head, rows)];
  if (kept.length > 0) {
    parts.push(
      "Kept as bytes:",
      table(
        ["Code", "Name", "Why"],
        kept.map(({ code, name, reason }) => [code.join(separator), name, reason]),
      ),
    );
  }
  return parts.join("\n\n");
}

interface ExtraColumns {
  readonly head: readonly string[];
  cells(code: readonly string[]): readonly string[];
}

const OUTCOMES: Readonly<Record<number, string>> = {
  [Outcome.attributeDiscard]: "attribute discard",
  [Outcome.treatAsWithdraw]: "treat as withdraw",
};

/** Columns that only one list has. */
const EXTRA: Readonly<Record<string, ExtraColumns>> = {
  afi_safi_pairs: {
    head: ["Announced", "Withdrawn", "End-of-RIB", "ADD-PATH"],
    cells([afi, safi]) {
      const family = FAMILY_BY_KEY.get(familyKey(Number(afi), Number(safi)))!;
      const hasPathIds = family.kind === "prefix" || family.addPath;
      return ["yes", "yes", "yes", hasPathIds ? "yes" : "not defined"];
    },
  },
  path_attributes: {
    head: ["Malformed"],
    cells([code]) {
      const spec = ATTRIBUTE_BY_CODE[Number(code)]!;
      return [OUTCOMES[spec.malformed]! + (spec.discardIfExternal ? ", discard if external" : "")];
    },
  },
};

/** Counts of all vectors, foreign ones apart from self-made ones. */
function summary(matrices: readonly Matrix[]): string {
  const vectors = new Set<Vector["bytes"]>();
  let foreign = 0;
  for (const { afi, safi } of FAMILIES) {
    for (const vector of familyVectors(afi, safi)) {
      vectors.add(vector.bytes);
      if (vector.source !== undefined) foreign++;
    }
  }
  const lines = matrices.map(({ list: { title }, decoded, kept }) =>
    `- ${title}: ${decoded.length} decoded${
      kept.length === 0 ? "" : `, ${kept.length} kept as bytes`
    }`
  );
  return `${
    lines.join("\n")
  }\n\nOf ${vectors.size} routes in the vectors of address families, ${foreign} come from RFCs and other projects.`;
}

/** The text of docs/support.md. */
export function supportPage(): string {
  const matrices = LISTS.map(matrixOf);
  return `# What is decoded

<!-- Made by tests/tools/update_support.ts; do not edit. -->

Everything here has test vectors. \`Vectors\` says where they come from: RFCs, other projects and what was recorded from them, and how many
were made here from the RFC's layout. What is not decoded is kept: its bytes go out as hex or base64 with its number, are counted, and cost
nothing else. Malformed values cost what RFC 7606 or the attribute's own RFC asks for.

${summary(matrices)}

${matrices.map(section).join("\n\n")}
`;
}

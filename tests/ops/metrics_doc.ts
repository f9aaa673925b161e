/** The metrics that the sources declare, and their page: docs/metrics.md. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));

export interface DeclaredMetric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Of the source that declares it, below `src/`. */
  readonly path: string;
}

const TEXT = String.raw`(?:"(?:\\.|[^"\\\n])*"|[A-Z][A-Z_]+)`;
const TEXTS = String.raw`(${TEXT}(?:\s*\+\s*${TEXT})*)`;
const CALL = new RegExp(String.raw`\b(counter|gauge)\(\s*"(edgebmp_\w+)",\s*${TEXTS}`, "g");
const ROW = new RegExp(
  String
    .raw`name: "(edgebmp_\w+)",\s*(?:label: "\w+",\s*|type: "(counter|gauge)",\s*)help:\s*${TEXTS}`,
  "g",
);

/** All metrics that a source declares. */
export function metricsOf(path: string, source: string): DeclaredMetric[] {
  const help = (texts: string) =>
    texts.split(/\s*\+\s*(?=["A-Z])/).map((text) => {
      if (text.startsWith('"')) return JSON.parse(text) as string;
      const constant = new RegExp(String.raw`\bconst ${text}\s*=\s*("(?:\\.|[^"\\\n])*")`);
      return JSON.parse(constant.exec(source)?.[1] ?? '""') as string;
    }).join("");
  return [
    ...[...source.matchAll(CALL)].map(([, type, name, texts]) => ({ type, name, texts })),
    ...[...source.matchAll(ROW)].map(([, name, type = "counter", texts]) => ({
      type,
      name,
      texts,
    })),
  ].map(({ type, name, texts }) => ({
    name: name!,
    type: type as "counter" | "gauge",
    help: help(texts!),
    path,
  }));
}

/** Sources below `src/`, by path. */
export function sources(): Map<string, string> {
  const paths = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts")).sort();
  return new Map(paths.map((path) => [path, readFileSync(SRC + path, "utf8")]));
}

/** Each metric once; several sources may share one. */
export function declaredMetrics(): DeclaredMetric[] {
  const all = new Map<string, DeclaredMetric>();
  for (const [path, source] of sources()) {
    for (const metric of metricsOf(path, source)) {
      if (!all.has(metric.name)) all.set(metric.name, metric);
    }
  }
  return [...all.values()];
}

/** By the start of the path; the first that fits. */
const GROUPS: readonly (readonly [title: string, path: string])[] = [
  ["Sessions", "sessions/"],
  ["Decoding", "pipeline/decode_metrics.ts"],
  ["Peers", "pipeline/live/"],
  ["Each peer, on /metrics/peers alone", "ops/http/routes/peer_metrics.ts"],
  ["Journal and spool", "journal/"],
  ["All sinks", "pipeline/"],
  ["Kafka", "sinks/kafka/"],
  ["NATS", "sinks/nats/"],
  ["Files", "sinks/file"],
  ["Sinks", "sinks/"],
  ["Upstreams", "upstreams/"],
  ["Process and HTTP", "ops/"],
];
const OTHER = "Others";

const START = "<!-- metrics -->";
const END = "<!-- /metrics -->";

/** The page with what stands between its markers written anew. @throws if a marker is missing */
export function withMetrics(page: string, metrics: readonly DeclaredMetric[]): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) {
    throw new Error(`Cannot update the metrics: expected ${START}, ${END}`);
  }
  return `${page.slice(0, start + START.length)}\n\n${tables(metrics)}\n${page.slice(end)}`;
}

function tables(metrics: readonly DeclaredMetric[]): string {
  const titleOf = ({ path }: DeclaredMetric) =>
    GROUPS.find(([, start]) => path.startsWith(start))?.[0] ?? OTHER;
  return [...new Set(GROUPS.map(([title]) => title)), OTHER].flatMap((title) => {
    const rows = metrics.filter((metric) => titleOf(metric) === title)
      .sort((a, b) => a.name < b.name ? -1 : 1)
      .map(({ name, type, help }) => [`\`${name}\``, type, help.replaceAll("|", "\\|")]);
    return rows.length === 0
      ? []
      : [`## ${title}\n\n${table([["Metric", "Type", "What it is"], ...rows])}\n`];
  }).join("\n");
}

function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  rows.splice(1, 0, widths.map((width) => "-".repeat(width)));
  return rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`)
    .join("\n");
}

/** Metrics in Prometheus' text format (version 0.0.4). */
import type { Labels, Metric } from "../metrics.ts";

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function exposition(metrics: Iterable<Metric>): string {
  let text = "";
  for (const metric of metrics) {
    const { name, help, type } = metric;
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const { labels, counter } of metric.series()) {
      text += `${name}${labelText(labels)} ${counter.value}\n`;
    }
  }
  return text;
}

/** `{name="value",…}`, empty without labels. */
export function labelText(labels: Labels): string {
  let text = "";
  for (const name in labels) {
    text += `${text === "" ? "{" : ","}${name}="${escapeValue(labels[name]!)}"`;
  }
  return text === "" ? "" : `${text}}`;
}

function escapeHelp(text: string): string {
  return text.replace(/[\\\n]/g, (found) => found === "\n" ? "\\n" : "\\\\");
}

function escapeValue(text: string): string {
  // Routers and operators choose some values: most hold nothing to escape.
  return /[\\"\n]/.test(text)
    ? text.replace(/[\\"\n]/g, (found) => found === "\n" ? "\\n" : `\\${found}`)
    : text;
}

/** The table of routes in docs/api.md. */
import { ROUTES } from "../../../src/ops/http/routes.ts";

const START = "<!-- routes -->";
const END = "<!-- /routes -->";

/** The page with what stands between its markers written anew. @throws if a marker is missing */
export function withRoutes(page: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) {
    throw new Error(`Cannot update the routes: expected ${START}, ${END}`);
  }
  return `${page.slice(0, start + START.length)}\n\n${table()}\n\n${page.slice(end)}`;
}

function table(): string {
  const rows = [["Request", "Access", "What it does"]];
  for (const { method, path, access, summary } of ROUTES) {
    rows.push([`\`${method} ${path}\``, `\`${access}\``, summary]);
  }
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  rows.splice(1, 0, widths.map((width) => "-".repeat(width)));
  return rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`)
    .join("\n");
}

/** Writes docs/metrics.md anew from what the sources declare: `deno run -A tests/tools/update_metrics_doc.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { declaredMetrics, withMetrics } from "../ops/metrics_doc.ts";

const page = new URL("../../docs/metrics.md", import.meta.url);
writeFileSync(page, withMetrics(readFileSync(page, "utf8"), declaredMetrics()));

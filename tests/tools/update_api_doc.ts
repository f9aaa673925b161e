/** Writes the table of routes in docs/api.md anew: `deno run -A tests/tools/update_api_doc.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { withRoutes } from "../ops/http/api_doc.ts";

const page = new URL("../../docs/api.md", import.meta.url);
writeFileSync(page, withRoutes(readFileSync(page, "utf8")));

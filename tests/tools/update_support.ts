/** Writes docs/support.md anew: `deno run -A tests/tools/update_support.ts`. */
import { writeFile } from "node:fs/promises";
import { supportPage } from "../support/page.ts";

await writeFile(new URL("../../docs/support.md", import.meta.url), supportPage());

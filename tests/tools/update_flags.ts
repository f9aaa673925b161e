/** Writes the flag table of docs/flags.md anew from the flag registry. */
import { readFile, writeFile } from "node:fs/promises";
import { withFlagTable } from "../../src/cli/help.ts";

const page = new URL("../../docs/flags.md", import.meta.url);
await writeFile(page, withFlagTable(await readFile(page, "utf8")));

/** Writes README's flag table anew from the flag registry. */
import { readFile, writeFile } from "node:fs/promises";
import { withFlagTable } from "../../src/cli/help.ts";

const readme = new URL("../../README.md", import.meta.url);
await writeFile(readme, withFlagTable(await readFile(readme, "utf8")));

/** Writes the tables of docs/flags.md anew from the registries of flags, settings and commands. */
import { readFile, writeFile } from "node:fs/promises";
import { flagTables, withTables } from "../docs/flag_tables.ts";

const page = new URL("../../docs/flags.md", import.meta.url);
await writeFile(page, withTables(await readFile(page, "utf8"), await flagTables()));

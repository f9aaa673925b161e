import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/cli/config.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { loadCommands } from "../../src/cli/commands.ts";
import { FILE_SETTINGS, FLAGS } from "../../src/cli/flags.ts";
import { usageOf } from "../../src/cli/help.ts";
import { flagTable, flagTables, withTables } from "../docs/flag_tables.ts";
import { configurations } from "../docs/pages.ts";

describe("docs/flags.md", () => {
  it("has the tables of the registries (tests/tools/update_flags.ts writes them anew)", async () => {
    const page = await readFile(new URL("../../docs/flags.md", import.meta.url), "utf8");
    assert.equal(withTables(page, await flagTables()), page);
  });

  it("names every flag once, in rows of four cells, and every key and command's flag", async () => {
    const rows = flagTable().split("\n").slice(2);
    assert.equal(rows.length, FLAGS.length);
    for (const [i, flag] of FLAGS.entries()) {
      assert.ok(rows.some((row) => row.startsWith(`| \`${usageOf(flag)}\``)), flag.name);
      assert.equal(rows[i]!.split(" | ").length, 4, rows[i]);
    }
    const tables = [...(await flagTables()).values()].join("\n");
    for (const { key, name } of FILE_SETTINGS) {
      assert.ok(tables.includes(`\`${key ?? name}\``), key);
    }
    for (const { flags } of await loadCommands()) {
      for (const flag of flags) assert.ok(tables.includes(`\`${usageOf(flag)}\``), flag.name);
    }
  });

  it("has its tables between markers, and keeps the rest", () => {
    const page = "a\n<!-- flags -->\nold\n<!-- /flags -->\nb\n";
    const updated = withTables(page, new Map([["flags", "new"]]));
    assert.equal(updated, "a\n<!-- flags -->\n\nnew\n\n<!-- /flags -->\nb\n");
    assert.throws(() => withTables("none", new Map([["flags", ""]])), /Cannot update the tables/);
  });
});

describe("configuration files in the pages", () => {
  for (const [page, text] of configurations()) {
    it(`are understood without a warning (${page})`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "edgebmp-readme-"));
      try {
        const path = join(folder, "edge.yaml");
        await writeFile(path, text);
        const { values } = parseArguments([`--config=${path}`], FLAGS, false);
        const { warnings } = await loadConfig(values, {});
        assert.deepEqual(warnings, []);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});

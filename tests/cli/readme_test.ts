import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/cli/config.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { flagTable, usageOf, withFlagTable } from "../../src/cli/help.ts";

describe("the flag table of docs/flags.md", () => {
  it("is that of the flag registry (tests/tools/update_flags.ts writes it anew)", async () => {
    const page = await readFile(new URL("../../docs/flags.md", import.meta.url), "utf8");
    assert.equal(withFlagTable(page), page);
  });

  it("names every flag once, in rows of four cells", () => {
    const rows = flagTable().split("\n").slice(2);
    assert.equal(rows.length, FLAGS.length);
    for (const [i, flag] of FLAGS.entries()) {
      assert.ok(rows.some((row) => row.startsWith(`| \`${usageOf(flag)}\``)), flag.name);
      assert.equal(rows[i]!.split(" | ").length, 4, rows[i]);
    }
  });

  it("takes the place between its markers, and only that", () => {
    const readme = "a\n<!-- flags -->\nold\n<!-- /flags -->\nb\n";
    const updated = withFlagTable(readme);
    assert.ok(updated.startsWith("a\n<!-- flags -->\n\n| Flag "));
    assert.ok(updated.endsWith("|\n\n<!-- /flags -->\nb\n"));
    assert.equal(withFlagTable(updated), updated);
    assert.throws(() => withFlagTable("no markers"), /Cannot update the flag table/);
  });
});

describe("configuration files in the documentation", () => {
  for (
    const [page, name] of [
      ["README.md", "configuration"],
      ["docs/sinks.md", "sinks"],
      ["docs/upstreams.md", "upstreams"],
    ]
  ) {
    it(`are of ours, and read (${page}: ${name})`, async () => {
      const readme = await readFile(new URL(`../../${page}`, import.meta.url), "utf8");
      const start = `<!-- ${name}-example -->\n\n\`\`\`yaml\n`;
      const from = readme.indexOf(start) + start.length;
      assert.ok(from > start.length);
      const text = readme.slice(from, readme.indexOf("```", from));
      const folder = await mkdtemp(join(tmpdir(), "edgebmp-readme-"));
      try {
        const path = join(folder, "edge.yaml");
        await writeFile(path, text);
        const { values } = parseArguments([`--config=${path}`], FLAGS, false);
        const { sinks, warnings } = await loadConfig(values, {});
        assert.deepEqual(warnings, []);
        assert.ok(sinks.length > 0);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});

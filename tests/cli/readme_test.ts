import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { parseConfigFile } from "../../src/cli/config_file.ts";
import { FILE_SETTINGS, FLAGS } from "../../src/cli/flags.ts";
import { flagTable, withFlagTable } from "../../src/cli/help.ts";

describe("README's flag table", () => {
  it("is that of the flag registry (tests/tools/update_readme.ts writes it anew)", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    assert.equal(withFlagTable(readme), readme);
  });

  it("names every flag once, in rows of four cells", () => {
    const rows = flagTable().split("\n").slice(2);
    assert.equal(rows.length, FLAGS.length);
    for (const [i, flag] of FLAGS.entries()) {
      assert.ok(rows.some((row) => new RegExp(`^\\| \`--${flag.name}[ \`]`).test(row)), flag.name);
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

describe("README's configuration file", () => {
  it("is one of ours, and reads", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const [, text = ""] = /<!-- configuration-example -->\n\n```yaml\n(.*?)```/s.exec(readme) ?? [];
    const file = parseConfigFile("README.md", text, [...FLAGS, ...FILE_SETTINGS]);
    assert.equal(file.gobmp, false);
    assert.deepEqual([...file.lists.keys()], ["listen", "sinks"]);
  });
});

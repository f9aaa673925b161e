import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { describe, it } from "node:test";
import { loadCommand, loadCommands } from "../../src/cli/commands.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { COMMON_FLAGS } from "../../src/cli/help.ts";
import {
  anchorsOf,
  edgebmpCommands,
  inlineCode,
  linksOf,
  pagePaths,
  readPage,
  ROOT,
  shellBlocks,
} from "./pages.ts";

describe("links in the pages", () => {
  for (const path of pagePaths()) {
    it(`lead somewhere (${path})`, () => {
      for (const target of linksOf(readPage(path))) {
        const [file = "", anchor] = target.split("#");
        const to = file === "" ? path : posix.join(posix.dirname(path), file);
        assert.ok(existsSync(ROOT + to), `${target}: there is no ${to}`);
        if (anchor === undefined) continue;
        assert.ok(statSync(ROOT + to).isFile() && anchorsOf(readPage(to)).has(anchor), target);
      }
    });
  }
});

/** Reads a command line as the program does. @throws {UsageError} */
async function parse(args: readonly string[]): Promise<void> {
  const [name = "", ...rest] = args;
  if (name === "help") return;
  const command = await loadCommand(name);
  if (command === undefined) {
    const { words } = parseArguments(args, FLAGS, false);
    assert.deepEqual(words, []);
  } else {
    const flags = [...command.flags, ...command.inherits ?? [], ...COMMON_FLAGS];
    parseArguments(rest, flags, true);
  }
}

describe("commands in the pages", () => {
  it("are all found", () => {
    assert.deepEqual(
      edgebmpCommands("# a\nedgebmp a b # c\nedgebmp \\\n  --d=e >f\nx && edgebmp g | edgebmp h"),
      [["a", "b"], ["--d=e"], ["g"], ["h"]],
    );
    assert.ok(shellBlocks().length > 20);
  });

  for (const { place, text } of shellBlocks()) {
    it(`are understood (${place})`, async () => {
      for (const args of edgebmpCommands(text)) await parse(args);
    });
  }

  it("are understood where they stand in a sentence", async () => {
    for (const path of pagePaths()) {
      for (const code of inlineCode(readPage(path))) {
        // "…" and "[flags]" stand for something.
        if (!code.startsWith("edgebmp ") || /…|\.\.\.|\[/.test(code)) continue;
        const [args = []] = edgebmpCommands(code.replace("HOST:PORT", "host:1"));
        await assert.doesNotReject(parse(args), `${path}: ${code}`);
      }
    }
  });
});

/** Flags of other programs, and one that stands for any. */
const FOREIGN: ReadonlySet<string> = new Set(["target", "v8-flags", "flag"]);

describe("flags in the pages", () => {
  it("are ours", async () => {
    const commands = await loadCommands();
    const ours = new Set([...FLAGS, ...COMMON_FLAGS, ...commands.flatMap(({ flags }) => flags)]
      .map(({ name }) => name));
    const strangers = new Set<string>();
    for (const path of pagePaths()) {
      for (const code of inlineCode(readPage(path))) {
        const name = /^--([a-z][a-z0-9_-]*)/.exec(code)?.[1];
        if (name !== undefined && !ours.has(name) && !FOREIGN.has(name)) {
          strangers.add(`${path}: --${name}`);
        }
      }
    }
    assert.deepEqual([...strangers], []);
  });
});

describe("names in the pages", () => {
  it("of metrics are those that there are", () => {
    const known = new Set(readPage("docs/metrics.md").match(/\bedgebmp_\w+/g));
    for (const path of pagePaths()) {
      for (const code of inlineCode(readPage(path))) {
        const name = /^edgebmp_\w+/.exec(code)?.[0];
        assert.ok(name === undefined || known.has(name), `${path}: ${name}`);
      }
    }
  });

  it("of alarms are those of the rules, each with what it means", () => {
    const rules = readFileSync(`${ROOT}deploy/prometheus/alerts.yaml`, "utf8");
    const alarms = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!).sort();
    const rows = readPage("docs/operations.md").match(/^\| Edgebmp[\w, ]+/gm) ?? [];
    assert.deepEqual(rows.flatMap((row) => row.match(/\w+/g) ?? []).sort(), alarms);
  });
});

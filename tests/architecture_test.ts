import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { codeOf, importsOf, violations } from "./architecture.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

function filesUnder(folder: string, suffix: string): string[] {
  return readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(suffix))
    .map((name) => `${folder}/${name}`)
    .sort();
}

function read(paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [path, readFileSync(ROOT + path, "utf8")]));
}

/** Violations of made-up files. */
function check(files: Record<string, string>, longFiles = new Map<string, string>()): string[] {
  return violations(new Map(Object.entries(files)), longFiles);
}

describe("the tree", () => {
  it("keeps to its import arrows and pure rooms", () => {
    const sources = read(["mod.ts", ...filesUnder("src", ".ts")]);
    assert.deepEqual(violations(sources), []);
  });

  it("has no test that is narrowed with .only", () => {
    for (const [path, text] of read(filesUnder("tests", "_test.ts"))) {
      assert.doesNotMatch(codeOf(text), /\b(?:it|test|describe)\.only\b|\bonly: true/, path);
    }
  });
});

describe("importsOf()", () => {
  it("finds every form of import and resolves neighbours", () => {
    const source = `
      /** import { x } from "./comment.ts"; */
      import { a } from "../wire/a.ts"; // import "./comment.ts"
      import type {
        B,
      } from "./b.ts";
      import "node:fs";
      export * from "../../mod.ts";
      export const text = "//"; export type { C } from "yaml";
      const lazy = await import("./lazy.ts");
    `;
    const imports = importsOf("src/bgp/x.ts", source);
    assert.deepEqual(imports.map((each) => each.name), [
      "src/wire/a.ts",
      "src/bgp/b.ts",
      "node:fs",
      "mod.ts",
      "yaml",
      "src/bgp/lazy.ts",
    ]);
    assert.deepEqual(imports.map((each) => each.types), [false, true, false, false, true, false]);
  });
});

describe("violations()", () => {
  it("accepts arrows that point the right way", () => {
    assert.deepEqual(
      check({
        "mod.ts": 'export * from "./src/bmp/frame.ts"; await import("./src/cli/main.ts");',
        "src/app.ts": 'import "./sinks/file.ts"; import "./cli/config.ts";',
        "src/bgp/update.ts": 'import "../wire/text.ts"; import "./walk.ts";',
        "src/bmp/frame.ts": 'import "../journal/types.ts"; import "../wire/text.ts";',
        "src/cli/config.ts": 'import { parse } from "yaml"; import "./flag.ts";',
        "src/cli/flag.ts": "",
        "src/cli/main.ts": 'import "../app.ts"; import process from "node:process"; process.argv;',
        "src/journal/types.ts": "",
        "src/pipeline/pipeline.ts": 'import "../sinks/file.ts"; import "../formats/formatter.ts";',
        "src/formats/formatter.ts": "",
        "src/runtime/bun.ts": "Bun.listen();",
        "src/sinks/file.ts":
          'import "../cli/flag.ts"; import "node:fs"; setTimeout(f, 1); Date.now();',
        "src/wire/text.ts": '// Date.now()\nconst a = "Deno.open"; new Date(ms); `process ${a}`;',
      }),
      [],
    );
  });

  for (
    const [path, source, expected] of [
      ["src/wire/a.ts", 'import "../bgp/b.ts";', "must not import src/bgp/b.ts"],
      ["src/bgp/a.ts", 'import type { B } from "../bmp/b.ts";', "must not import src/bmp/b.ts"],
      ["src/bgp/a.ts", 'import "../ops/metrics.ts";', "must not import src/ops/metrics.ts"],
      ["src/bmp/peers.ts", 'import "../journal/types.ts";', "must not import src/journal/types.ts"],
      ["src/bmp/frame.ts", 'import "../bgp/b.ts";', "must not import src/bgp/b.ts"],
      [
        "src/formats/a.ts",
        'import "../journal/memory.ts";',
        "must not import src/journal/memory.ts",
      ],
      ["src/formats/a.ts", 'import "../ops/log.ts";', "must not import src/ops/log.ts"],
      ["src/journal/a.ts", 'import "../bgp/open.ts";', "must not import src/bgp/open.ts"],
      ["src/journal/a.ts", 'import "../runtime/deno.ts";', "must not import src/runtime/deno.ts"],
      ["src/sessions/a.ts", 'import "../pipeline/p.ts";', "must not import src/pipeline/p.ts"],
      [
        "src/sinks/a.ts",
        'import "../formats/gobmp/mod.ts";',
        "must not import src/formats/gobmp/mod.ts",
      ],
      [
        "src/pipeline/a.ts",
        'import "../journal/memory.ts";',
        "must not import src/journal/memory.ts",
      ],
      ["src/pipeline/a.ts", 'import "../cli/main.ts";', "must not import src/cli/main.ts"],
      ["src/sinks/a.ts", 'import "../app.ts";', "must not import src/app.ts"],
      ["src/cli/a.ts", 'import "../../mod.ts";', "must not import mod.ts"],
      ["src/runtime/a.ts", 'import "../ops/log.ts";', "must not import src/ops/log.ts"],
      ["src/wire/a.ts", 'import "node:fs";', 'a pure room imports "node:fs"'],
      ["src/sinks/a.ts", 'import "yaml";', 'imports the package "yaml"'],
      ["src/cli/a.ts", 'import "left-pad";', 'imports the package "left-pad"'],
      ["src/bgp/a.ts", "Date.now();", "a pure room uses Date.now"],
      ["src/wire/text.ts", "new Date();", "a pure room uses new Date()"],
      ["src/bgp/a.ts", "new Date(0);", "a pure room makes a Date outside src/wire/text.ts"],
      ["src/bgp/a.ts", "performance.now();", "a pure room uses performance"],
      ["src/bgp/a.ts", "setTimeout(f, 1);", "a pure room uses setTimeout("],
      ["src/bgp/a.ts", "`${process.pid}`;", "a pure room uses process"],
      ["src/bmp/a.ts", "console.log(1);", "a pure room uses console"],
      ["src/formats/a.ts", "await fetch(url);", "a pure room uses fetch("],
      ["src/bgp/a.ts", "Math.random();", "a pure room uses Math.random"],
      ["src/sessions/a.ts", "Deno.open(1);", "names Deno outside src/runtime"],
      ["src/sinks/a.ts", "globalThis.Bun;", "names Bun outside src/runtime"],
      ["src/sinks/a.ts", "import(name);", "imports a computed name"],
      ["src/other/a.ts", "", "is in no room of the rules"],
    ] as const
  ) {
    it(`finds: ${path} ${source}`, () => {
      assert.deepEqual(check({ [path]: source }), [`${path}: ${expected}`]);
    });
  }

  it("finds a package that two files import", () => {
    const source = 'import "yaml";';
    assert.deepEqual(check({ "src/cli/a.ts": source, "src/cli/b.ts": source }), [
      'the package "yaml" is imported in more than one place: src/cli/a.ts, src/cli/b.ts',
    ]);
  });

  it("finds a cycle", () => {
    assert.deepEqual(
      check({ "src/wire/a.ts": 'import "./b.ts";', "src/wire/b.ts": 'import "./a.ts";' }),
      ["import cycle: src/wire/a.ts -> src/wire/b.ts -> src/wire/a.ts"],
    );
    const types = 'import type { A } from "./a.ts";';
    assert.deepEqual(check({ "src/wire/a.ts": 'import "./b.ts";', "src/wire/b.ts": types }), []);
  });

  it("finds a long file without a reason, and a reason without a long file", () => {
    const path = "src/wire/a.ts";
    const long = "\n".repeat(401);
    assert.deepEqual(check({ [path]: long }, new Map([[path, "one table"]])), []);
    assert.match(check({ [path]: long })[0]!, /has 401 lines, split it/);
    assert.match(check({ [path]: "\n" }, new Map([[path, "one table"]]))[0]!, /remove it from/);
    assert.match(check({}, new Map([[path, "one table"]]))[0]!, /does not exist/);
  });
});

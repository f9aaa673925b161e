/** The library as Node users get it: `./compile.sh --library`, README's example on it, and its types. */
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** README's example: JavaScript that imports `./dist/edgebmp.js`, and what it prints. */
function example(): { code: string; output: string } {
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  const [, part = ""] = /<!-- library-example -->([^]*)<!-- \/library-example -->/.exec(readme) ??
    [];
  const [, code = ""] = /```js\n([^]*?)```/.exec(part) ?? [];
  const [, output = ""] = /```text\n([^]*?)```/.exec(part) ?? [];
  return { code, output };
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("the library", () => {
  it("runs README's example under Node 20", () => {
    run("./compile.sh", "--library");
    assert.ok(Number(run("node", "-p", "process.versions.node.split('.')[0]")) >= 20);
    const { code, output } = example();
    assert.match(code, /from "\.\/dist\/edgebmp\.js"/);
    // In the root, as a reader of README would place it: the example's paths start there.
    assert.equal(run("node", "--input-type=module", "--eval", code), output);
  });

  it("has types that stand alone", () => {
    const user = `${ROOT}dist/types_check.ts`;
    writeFileSync(
      user,
      '// @ts-types="./edgebmp.d.ts"\nimport * as edgebmp from "./edgebmp.js";\nconst names: string[] = Object.keys(edgebmp);\nnames.sort();\n',
    );
    run(process.execPath, "check", "--no-config", user);
    const types = readFileSync(`${ROOT}dist/types/mod.d.ts`, "utf8");
    const names = run(
      "node",
      "--input-type=module",
      "--eval",
      'console.log(Object.keys(await import("./dist/edgebmp.js")).join("\\n"))',
    );
    for (const name of names.trim().split("\n")) {
      assert.match(types, new RegExp(`\\b${name}\\b`), name);
    }
  });
});

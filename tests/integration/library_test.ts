/** The library as Node users get it: `./compile.sh --library`, the example of docs/building.md on it, and its types. */
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The example of docs/building.md: JavaScript that imports `./dist/edgebmp.js`, and what it prints. */
function example(): { code: string; output: string } {
  const readme = readFileSync(`${ROOT}docs/building.md`, "utf8");
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
  it("runs the example of docs/building.md under Node 20", () => {
    run("./compile.sh", "--library");
    assert.ok(Number(run("node", "-p", "process.versions.node.split('.')[0]")) >= 20);
    const { code, output } = example();
    assert.match(code, /from "\.\/dist\/edgebmp\.js"/);
    // In the root, as a reader of README would place it: the example's paths start there.
    assert.equal(run("node", "--input-type=module", "--eval", code), output);
  });

  it("has types that stand alone", () => {
    // Beside the library, as in a user's project; strict, and the library's own types are checked too.
    const user = `${ROOT}dist/types_check.mts`;
    writeFileSync(
      user,
      `import { type BmpRecord, decodeRecords, RecordDecoder } from "./edgebmp.js";
const decoder: RecordDecoder = new RecordDecoder();
for await (const record of decodeRecords([new Uint8Array()])) {
  const topic: string = record.topic;
  // @ts-expect-error: a topic is no number
  const wrong: number = record.topic;
}
export type { BmpRecord };
export { decoder };
`,
    );
    const options = "--noEmit --strict --target esnext --module nodenext";
    const compiler = ["-y", "-p", "typescript@5.9.3", "tsc", user, ...options.split(" ")];
    assert.equal(run("npx", ...compiler), "");
  });
});

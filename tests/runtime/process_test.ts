import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { parseFileDescriptorLimit } from "../../src/runtime/process.ts";

const runtime = await loadRuntime();
/** What the collector runs with on Deno. */
const FLAGS = readFileSync(new URL("../../src/runtime/deno_flags.txt", import.meta.url), "utf8")
  .trim().split("\n");

describe("fileDescriptorLimit", () => {
  it("takes the soft limit", () => {
    const lines = "Max processes             7823       7823       processes\n" +
      "Max open files            1024                 1048576              files     \n";
    assert.equal(parseFileDescriptorLimit(lines), 1024);
    assert.equal(parseFileDescriptorLimit(lines.replace("1024  ", "unlimited ")), Infinity);
    assert.equal(
      parseFileDescriptorLimit("Max cpu time  unlimited  unlimited  seconds\n"),
      undefined,
    );
  });

  it("is what this process was given", () => {
    assert.equal(limitUnder(800, 900, FLAGS), "900", "the soft limit is raised by itself");
    assert.equal(limitUnder(800, 800, FLAGS), "800");
  });

  if (runtime.name === "deno") {
    it("is not known where the C library may not be called", () => {
      assert.equal(limitUnder(800, 900, ["--allow-read"]), "undefined");
    });
  }
});

describe("variableNames", () => {
  it("has all names, or none where Deno gives values by their names only", () => {
    assert.ok(runtime.variableNames().includes("PATH"));
    const names = printed("variables_child.ts", FLAGS, 'exec "$@"');
    if (runtime.name === "deno") assert.equal(names, "");
    else assert.match(names, /\bPATH\b/);
  });
});

/** What a process with this soft and hard limit finds. */
function limitUnder(soft: number, hard: number, flags: readonly string[]): string {
  const script = `ulimit -S -n ${soft} && ulimit -H -n ${hard} && exec "$@"`;
  return printed("limit_child.ts", flags, script);
}

/** What a program prints that is run by a shell's script as `"$@"`, under Deno with these flags. */
function printed(name: string, flags: readonly string[], script: string): string {
  const child = fileURLToPath(new URL(name, import.meta.url));
  const args = runtime.name === "deno" ? ["run", "--no-prompt", ...flags, child] : [child];
  const { stdout, stderr } = spawnSync("sh", ["-c", script, "sh", process.execPath, ...args], {
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  return stdout;
}

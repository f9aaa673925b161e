import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Standard error of a program that fails, into a file that JOURNAL_STREAM names or does not. */
function log(isNamed: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-journal-"));
  const path = join(folder, "log");
  const stderr = openSync(path, "a");
  const { dev, ino } = statSync(path, { bigint: true });
  const runtimeArgs = "Deno" in globalThis ? ["run", "--cached-only", "--allow-all"] : [];
  spawnSync(process.execPath, [...runtimeArgs, "mod.ts", "decode", "/none"], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", JOURNAL_STREAM: isNamed ? `${dev}:${ino}` : "1:2" },
    stdio: ["ignore", "ignore", stderr],
  });
  const text = readFileSync(path, "utf8");
  rmSync(folder, { recursive: true });
  return text;
}

describe("the log", () => {
  it("has priorities where the journal of systemd reads it", () => {
    assert.match(log(true), /^<3>failed error=/);
    assert.match(log(false), /^\d{4}-\d\d-\d\dT.* ERROR failed error=/);
  });
});

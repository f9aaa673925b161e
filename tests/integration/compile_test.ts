/** `compile.sh`: its executable, what that reads from its working directory, and its exit statuses. */
import { before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd = ROOT): Ended {
  return spawnSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

describe("compile.sh --engine bun", () => {
  before(() => {
    const { status, stderr } = run("./compile.sh", ["--engine", "bun"]);
    assert.equal(status, 0, stderr);
  });

  it("makes an executable that runs", () => {
    const { status, stdout } = run("dist/edgebmp", ["version"]);
    assert.equal(status, 0);
    assert.match(stdout, /^edgebmp \d+\.\d+\.\d+ \(bun /);
  });

  it("makes one that takes neither code nor variables from its working directory", () => {
    const folder = mkdtempSync(join(tmpdir(), "edgebmp-compile-"));
    try {
      writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
      writeFileSync(join(folder, "preload.ts"), 'console.log("preloaded");\n');
      writeFileSync(join(folder, ".env"), "EDGEBMP_SOURCE_PORT=not-a-port\n");
      // An address of another host (RFC 5737): ends by itself, after the configuration was read.
      const collector = (env?: Record<string, string>) =>
        spawnSync(join(ROOT, "dist/edgebmp"), ["--listen-address=192.0.2.1"], {
          cwd: folder,
          encoding: "utf8",
          timeout: 10_000,
          ...(env && { env }),
        });
      const { status, stdout, stderr } = collector();
      assert.equal(status, 1, stderr);
      assert.match(stderr, /192\.0\.2\.1/);
      assert.doesNotMatch(stdout + stderr, /preloaded|not-a-port/);
      assert.match(collector({ EDGEBMP_SOURCE_PORT: "not-a-port" }).stderr, /not-a-port/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("compile.sh", () => {
  it("ends with status 3 and names the other engine where denort cannot be downloaded", () => {
    const { status, stderr } = run("./compile.sh", []);
    if (status !== 0) {
      assert.equal(status, 3, stderr);
      assert.match(stderr, /Cannot download denort.*\.\/compile\.sh --engine bun\n$/);
    }
  });

  it("ends with status 2 for wrong usage", () => {
    for (const args of [["--engine", "v8"], ["--target", "vax"], ["--engine"], ["--quick"]]) {
      const { status, stderr } = run("./compile.sh", args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^compile\.sh: .*\n\nUsage: /);
    }
  });
});

/** What Prometheus' own tool and Go's say of what HTTP gives. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readFile } from "node:fs/promises";
import { TestCollector } from "../ops/http/collector.ts";
import { describeWith, findProgram, type Found } from "./programs.ts";

function find(name: string, debianPackage: string): Found {
  const path = findProgram(name);
  return path === undefined ? { skip: `${name} is not installed (${debianPackage})` } : { path };
}

async function withSession(check: (test: TestCollector) => Promise<void>): Promise<void> {
  const test = await TestCollector.start();
  try {
    await test.router(await readFile(new URL("../data/every-record.bmp", import.meta.url)));
    await test.until("/api/v1/status", ({ received_messages }) => received_messages === 44);
    await check(test);
  } finally {
    await test.stop();
  }
}

describe("metrics", () => {
  describeWith(find("promtool", "prometheus"), "promtool", (promtool) => {
    it("are as Prometheus wants them", async () => {
      await withSession(async (test) => {
        for (const path of ["/metrics", "/metrics/peers"]) {
          const body = await (await fetch(`http://127.0.0.1:${test.port}${path}`)).text();
          assert.ok(body.length > 500, body);
          const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], {
            input: body,
            encoding: "utf8",
          });
          assert.deepEqual([status, stdout, stderr], [0, "", ""]);
        }
      });
    });
  });
});

describe("a profile", () => {
  describeWith(find("go", "golang-go"), "go", (go) => {
    it("opens in go tool pprof", async () => {
      const folder = mkdtempSync(join(tmpdir(), "edgebmp-pprof-"));
      try {
        await withSession(async (test) => {
          const response = await fetch(
            `http://127.0.0.1:${test.port}/debug/pprof/profile?seconds=1`,
          );
          const path = join(folder, "cpu.pb.gz");
          writeFileSync(path, new Uint8Array(await response.arrayBuffer()));
          const { status, stdout } = spawnSync(go, ["tool", "pprof", "-top", path], {
            encoding: "utf8",
          });
          assert.equal(status, 0);
          assert.match(stdout, /^Type: cpu$/m);
          assert.match(stdout, /^ +flat +flat%/m);
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
});

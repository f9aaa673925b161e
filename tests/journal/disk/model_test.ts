// Random actions on the journal on disk, with faults, kills and power cuts: see model.ts.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { describe, it } from "node:test";
import { leave } from "./bench.ts";
import { runSequence } from "./model.ts";

const SEQUENCES = Number(process.env.EDGEBMP_JOURNAL_SEQUENCES ?? 2000);
/** What a run begins with; printed with a failure. */
const SEED = Number(process.env.EDGEBMP_SEED ?? Math.floor(Math.random() * 1e9));

const SOURCES = new URL("../../../src/journal/disk/", import.meta.url);
const IO_CALL =
  /\b(storage|file!?)\.(list|open|rename|remove|syncNames|freeBytes|read|write|truncate|size|sync|close)\(/;

/** Where the journal asks something of its storage, `file.ts:LINE`. Not those of `edgebmp spool`, and of the real storage itself. */
function ioCallSites(): string[] {
  return readdirSync(SOURCES).filter((name) => name !== "check.ts").flatMap((name) => {
    const lines = readFileSync(new URL(name, SOURCES), "utf8").split("\n");
    const first = name === "storage.ts"
      ? lines.findIndex((line) => line.includes("removeIfThere"))
      : 0;
    return lines.flatMap((line, i) => i >= first && IO_CALL.test(line) ? [`${name}:${i + 1}`] : []);
  });
}

describe("journal on disk", () => {
  const failedSites = new Set<string>();

  it(`is what a list of entries would be, in ${SEQUENCES} random sequences`, async () => {
    let calls = 0;
    for (let i = 0; i < SEQUENCES; i++) {
      calls += await runSequence({ seed: SEED + i, actions: i % 10 === 0 ? 100 : 25, failedSites });
    }
    assert.equal(calls > 20 * SEQUENCES, true, `${calls} I/O calls`);
  });

  it("gets over the failure of each I/O call", async () => {
    // Two sequences that fill segments, remove them and start anew.
    for (const seed of [7, 8]) {
      let failed = 0;
      for (let call = 0;; call++) {
        const calls = await runSequence({ seed, actions: 40, failingCall: call, failedSites });
        // Which call is which differs a little from run to run, as timers go.
        if (call > calls) break;
        failed++;
      }
      assert.equal(failed > 100, true, `${failed} calls failed`);
    }
    for (let call = 0; await repairWithFault(call, failedSites); call++);
  });

  it("has seen each I/O call of the source fail", {
    skip: SEQUENCES < 1000 && "after too few sequences",
  }, () => {
    assert.deepEqual(ioCallSites().filter((site) => !failedSites.has(site)), []);
  });
});

/** A start that has everything to repair, and whose call number `call` fails; false: it makes no such call. */
async function repairWithFault(call: number, failedSites: Set<string>): Promise<boolean> {
  const bench = await leave();
  const names = bench.segments();
  // A file that was being made, a segment without its header, and one that was only begun.
  const empty = { cached: new Uint8Array(0), length: 0, durable: new Uint8Array(0) };
  bench.disk.files.set("cursors.new", empty);
  bench.disk.bytesOf(names[2]!)[20]! ^= 1;
  bench.disk.files.get(names.at(-1)!)!.length = 10;
  let isFailed = false;
  let calls = 0;
  const start = () =>
    bench.open({}, (storage) => {
      storage.failedSites = failedSites;
      storage.fault = () => {
        if (calls++ !== call) return undefined;
        isFailed = true;
        return Object.assign(new Error("injected"), { code: "EIO" });
      };
    });
  await start().catch(async (error) => {
    assert.match(String(error), /injected/);
    await start();
  });
  await bench.close();
  const left = [...bench.disk.files.keys()].filter((name) => !name.endsWith(".learned"));
  assert.deepEqual(left.filter((name) => /new|damaged/.test(name)), [`${names[2]}.damaged`]);
  return isFailed;
}

// Random actions on the journal on disk, with faults, kills and power cuts: see model.ts.
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { runSequence } from "./model.ts";

const SEQUENCES = Number(process.env.EDGEBMP_JOURNAL_SEQUENCES ?? 2000);
/** What a run begins with; printed with a failure. */
const SEED = Number(process.env.EDGEBMP_SEED ?? Math.floor(Math.random() * 1e9));

describe("journal on disk", () => {
  it(`is what a list of entries would be, in ${SEQUENCES} random sequences`, async () => {
    let calls = 0;
    for (let i = 0; i < SEQUENCES; i++) {
      calls += await runSequence({ seed: SEED + i, actions: i % 10 === 0 ? 100 : 25 });
    }
    assert.equal(calls > 20 * SEQUENCES, true, `${calls} I/O calls`);
  });

  it("gets over the failure of each I/O call", async () => {
    // Two sequences that fill segments, remove them and start anew.
    for (const seed of [7, 8]) {
      let failed = 0;
      for (let call = 0;; call++) {
        const calls = await runSequence({ seed, actions: 40, failingCall: call });
        // Which call is which differs a little from run to run, as timers go.
        if (call > calls) break;
        failed++;
      }
      assert.equal(failed > 100, true, `${failed} calls failed`);
    }
  });
});

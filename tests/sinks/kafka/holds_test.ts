/** Records that wait: what goes past them, what may not, and when they go. */
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Hold, Output, type Topic } from "../../../src/formats/output.ts";
import { Holds } from "../../../src/sinks/kafka/holds.ts";
import { utf8 } from "../../../src/wire/writer.ts";

const PEER: Topic = { name: "peer", messageType: 0 };
const ROUTES: Topic = { name: "unicast_prefix", messageType: 0 };
const DELAY_MS = 100;
const DOWN: Hold = { after: "P", delayMs: DELAY_MS };

type Made = readonly [Topic, string, string, Hold?];

function batchOf(records: readonly Made[]): Output {
  const out = new Output(1024, false);
  records.forEach(([topic, key, value, hold], i) => {
    out.mark("s1", i, 0);
    out.begin(topic, key, hold);
    out.raw(utf8(value));
    out.end();
  });
  return out;
}

/** Takes batches; acknowledges them when told to, or at once. */
class Bench {
  readonly values: string[] = [];
  readonly controller = new AbortController();
  readonly holds: Holds;
  waiting = 0;
  isStuck = false;
  readonly #open: (() => void)[] = [];

  constructor(heldBytesMax?: number) {
    this.holds = new Holds({
      deliver: (batch) => {
        for (let i = 0; i < batch.count; i++) {
          const { start, end } = batch.record(i);
          this.values.push(new TextDecoder().decode(batch.bytes.subarray(start, end)));
        }
        return this.isStuck
          ? new Promise((resolve) => this.#open.push(resolve))
          : Promise.resolve();
      },
      signal: this.controller.signal,
      count: (records) => this.waiting += records,
      ...(heldBytesMax !== undefined && { heldBytesMax }),
    });
  }

  acknowledgeAll(): void {
    this.isStuck = false;
    for (const resolve of this.#open.splice(0)) resolve();
  }

  /** What a batch has come to so far. */
  deliver(records: readonly Made[]): { done: Promise<void>; steps: string[] } {
    const steps: string[] = [];
    const batch = batchOf(records);
    const done = this.holds.deliver(batch, () => {
      // It is the caller's again.
      batch.bytes.fill(0);
      batch.clear();
      steps.push("released");
    }).then(() => void steps.push("done"));
    return { done, steps };
  }
}

describe("records that wait", () => {
  it("go when all before them is acknowledged and the delay is over; others go at once", async () => {
    const bench = new Bench();
    bench.isStuck = true;
    const { done, steps } = bench.deliver([
      [ROUTES, "P", "route of P"],
      [PEER, "P", "down of P", DOWN],
      [ROUTES, "Q", "route of Q"],
    ]);
    await sleep(2 * DELAY_MS);
    assert.deepEqual(bench.values, ["route of P", "route of Q"]);
    assert.equal(bench.waiting, 1);
    bench.acknowledgeAll();
    const acknowledgedMs = performance.now();
    await bench.deliver([[PEER, "Q", "up of Q"], [ROUTES, "Q", "another"]]).done;
    assert.deepEqual(bench.values.slice(2), ["up of Q", "another"]);
    assert.deepEqual(steps, ["released"]);
    await done;
    assert.ok(performance.now() - acknowledgedMs >= DELAY_MS - 2);
    assert.equal(bench.values.at(-1), "down of P");
    assert.deepEqual(steps, ["released", "done"]);
    assert.equal(bench.waiting, 0);
  });

  it("let records with their key not past, in any batch and topic", async () => {
    const bench = new Bench();
    const first = bench.deliver([
      [PEER, "P", "down 1", DOWN],
      [PEER, "P", "up 1"],
      [ROUTES, "P", "route"],
    ]);
    const second = bench.deliver([[PEER, "P", "down 2", DOWN], [PEER, "Q", "up of Q"]]);
    const third = bench.deliver([[PEER, "P", "up 2"]]);
    await Promise.all([first.done, second.done, third.done]);
    assert.deepEqual(bench.values, ["up of Q", "down 1", "up 1", "route", "down 2", "up 2"]);
    await bench.deliver([[PEER, "P", "again"]]).done;
    assert.equal(bench.values.at(-1), "again");
  });

  it("wait for the key that they name, not for others", async () => {
    const bench = new Bench();
    bench.isStuck = true;
    const started = bench.deliver([[ROUTES, "C", "started"]]);
    const init = bench.deliver([[PEER, "R", "init", { after: "C", delayMs: 0 }]]);
    const other = bench.deliver([[PEER, "S", "other", { after: "D", delayMs: 0 }]]);
    await sleep(DELAY_MS);
    assert.deepEqual(bench.values, ["started", "other"]);
    bench.acknowledgeAll();
    await Promise.all([started.done, init.done, other.done]);
    assert.equal(bench.values.at(-1), "init");
  });

  it("keep who they are", async () => {
    const seen: string[] = [];
    const holds = new Holds({
      deliver: (batch) => {
        const identity = { session: "", sequence: 0, part: 0 };
        for (let i = 0; i < batch.count; i++) {
          assert.ok(batch.identity(i, identity));
          seen.push(`${batch.keys[i]} ${identity.session} ${identity.sequence}`);
        }
        return Promise.resolve();
      },
      signal: new AbortController().signal,
    });
    await holds.deliver(
      batchOf([[ROUTES, "a", ""], [PEER, "b", "", DOWN], [ROUTES, "c", ""]]),
      () => {},
    );
    assert.deepEqual(seen, ["a s1 0", "c s1 2", "b s1 1"]);
  });

  it("hold back what follows once too much waits", async () => {
    const bench = new Bench(0);
    const { done, steps } = bench.deliver([[PEER, "P", "down", DOWN]]);
    await done;
    assert.deepEqual(steps, ["done"]);
  });

  it("are not sent after the end", async () => {
    const bench = new Bench();
    const { steps } = bench.deliver([[PEER, "P", "down", DOWN]]);
    bench.controller.abort();
    await sleep(2 * DELAY_MS);
    assert.deepEqual(bench.values, []);
    assert.deepEqual(steps, ["released"]);
  });
});

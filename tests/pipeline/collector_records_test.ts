/** What a format says of the collector itself: when it starts, while it lives, when it stops. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { CollectorEvent } from "../../src/formats/formatter.ts";
import type { Output, Topic } from "../../src/formats/output.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { Window } from "../../src/pipeline/window.ts";
import { utf8 } from "../../src/wire/writer.ts";
import { ANNOUNCE, CollectSink, frameBatch, KeyedFormatter } from "./doubles.ts";

const COLLECTOR: Topic = { name: "test.collector", messageType: 0 };
const HEARTBEAT_MS = 20;

class TellingFormatter extends KeyedFormatter {
  writeCollector(event: CollectorEvent, atUs: number, out: Output): void {
    assert.ok(Math.abs(atUs / 1000 - Date.now()) < 10_000);
    out.begin(COLLECTOR, "");
    out.raw(utf8(event));
    out.end();
  }
}

interface Bench {
  readonly journal: MemoryJournal;
  readonly sinks: readonly CollectSink[];
  readonly runs: readonly Promise<void>[];
}

function start(sinks: readonly CollectSink[], batchMs = 0): Bench {
  const metrics = new Metrics();
  const journal = new MemoryJournal({ bytesMax: 4 * 1024 * 1024, metrics });
  const window = new Window({ filters: sinks.map(() => undefined) });
  const runs = sinks.map((sink, member) =>
    new Pipeline({
      journal,
      metrics,
      log: new Log("error", "text", () => {}),
      formatter: new TellingFormatter(),
      sink,
      lines: false,
      heartbeatMs: HEARTBEAT_MS,
      batchBytes: 4096,
      batchMs,
      shared: { window, member },
    }).run()
  );
  return { journal, sinks, runs };
}

function append(journal: MemoryJournal, count: number, from = 0): void {
  const frames = Array.from({ length: count }, (_, i) => ({
    peer: 1,
    number: from + i,
    action: ANNOUNCE,
  }));
  journal.append(frameBatch(1, 1 + from, frames));
}

const said = ({ records }: CollectSink) =>
  records.filter(({ topic }) => topic === COLLECTOR).map(({ text }) => text);
const routes = ({ records }: CollectSink) =>
  records.filter(({ topic }) => topic !== COLLECTOR).length;

describe("records about the collector", () => {
  it("are there without any router, from the start to the end", async () => {
    const begin = performance.now();
    const { journal, sinks: [sink], runs } = start([new CollectSink()]);
    // A busy machine takes its time for them.
    for (let i = 0; i < 200 && said(sink!).length < 5; i++) await sleep(HEARTBEAT_MS / 2);
    journal.close();
    await Promise.all(runs);
    const countMax = (performance.now() - begin) / HEARTBEAT_MS + 1;
    const [first, ...more] = said(sink!);
    assert.equal(first, "started");
    assert.equal(more.pop(), "stopped");
    assert.ok(more.length >= 4 && more.length <= countMax, `${more.length} heartbeats`);
    assert.ok(more.every((event) => event === "heartbeat"));
  });

  for (const batchMs of [0, 50]) {
    it(`come between those of routers, of which none is lost (batch_ms ${batchMs})`, async () => {
      const all = ["a", "b"].map((name) => new CollectSink(name, 4, () => 3 * Math.random()));
      const { journal, sinks, runs } = start(all, batchMs);
      let count = 0;
      for (const endMs = performance.now() + 10 * HEARTBEAT_MS; performance.now() < endMs;) {
        append(journal, 100, count);
        count += 100;
        await sleep(1);
      }
      journal.close();
      await Promise.all(runs);
      for (const sink of sinks) {
        assert.equal(routes(sink), count);
        const events = said(sink);
        assert.equal(events[0], "started");
        assert.equal(events.at(-1), "stopped");
        assert.equal(new Set(events.slice(1, -1)).size, 1, events.join(" "));
      }
    });
  }

  it("do not pile up while a sink takes nothing", async () => {
    let isStuck = true;
    const sink = new CollectSink("stuck", 1, () => isStuck ? 8 * HEARTBEAT_MS : 0);
    const { journal, runs } = start([sink]);
    await sleep(6 * HEARTBEAT_MS);
    assert.equal(sink.batches, 1);
    isStuck = false;
    journal.close();
    await Promise.all(runs);
    assert.equal(sink.inFlightSeen, 1);
  });
});

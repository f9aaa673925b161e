import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ENTRY_DONE, type Formatter } from "../../src/formats/formatter.ts";
import type { Output } from "../../src/formats/output.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import type { Entry } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import type { PipelineOptions } from "../../src/pipeline/options.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import type { Sink } from "../../src/sinks/sink.ts";
import {
  ANNOUNCE,
  closeBatch,
  CollectSink,
  frameBatch,
  FramesFormatter,
  HoldFormatter,
  HoldSink,
  KeyedFormatter,
  LinesFormatter,
  PEER_DOWN,
  PEER_TOPIC,
  ROUTE_TOPIC,
  RowsFormatter,
  StatelessFormatter,
  type TestFrame,
} from "./doubles.ts";
import { until } from "../until.ts";

interface Bench {
  journal: MemoryJournal;
  metrics: Metrics;
  lines: string[];
  log: Log;
}

function makeBench(bytesMax = 4 * 1024 * 1024): Bench {
  const metrics = new Metrics();
  const lines: string[] = [];
  const log = new Log("debug", "text", (line) => void lines.push(line));
  return { journal: new MemoryJournal({ bytesMax, metrics }), metrics, lines, log };
}

function makePipeline(
  bench: Bench,
  formatter: Formatter,
  sink: Sink,
  options: Partial<PipelineOptions> = {},
): Pipeline {
  const { journal, metrics, log } = bench;
  return new Pipeline({ journal, metrics, log, formatter, sink, lines: false, ...options });
}

function routes(count: number, peers = 3): TestFrame[] {
  return Array.from(
    { length: count },
    (_, i) => ({ peer: i % peers, number: i, action: ANNOUNCE }),
  );
}

/** Appends, closes and runs to the end. */
async function runAll(
  formatter: Formatter,
  sink: Sink,
  frames: TestFrame[],
  options: Partial<PipelineOptions> = {},
): Promise<Bench> {
  const bench = makeBench();
  const pipeline = makePipeline(bench, formatter, sink, options);
  bench.journal.append(frameBatch(1, 1, frames));
  bench.journal.append(closeBatch(1, frames.length + 1));
  bench.journal.close();
  await pipeline.run();
  assert.equal(pipeline.lagBytes, 0);
  return bench;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describe("Pipeline: five formats through one interface", () => {
  it("JSON lines are a file's bytes as they stand", async () => {
    let text = "";
    const sink = new CollectSink();
    const deliver = sink.deliver.bind(sink);
    sink.deliver = (batch: Output) => {
      text += new TextDecoder().decode(batch.written());
      return deliver(batch);
    };
    await runAll(new LinesFormatter(2), sink, routes(3), { lines: true, batchBytes: 200 });
    const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map((line) => [line.msg_type, line.msg_data.sequence, line.msg_data.part]),
      [
        [5, 1, 0],
        [5, 1, 1],
        [5, 2, 0],
        [5, 2, 1],
        [5, 3, 0],
        [5, 3, 1],
      ],
    );
    assert.equal(sink.batches > 1, true);
  });

  it("topic, key and byte range per record", async () => {
    const sink = new CollectSink();
    const frames = routes(3);
    frames[1]!.action = PEER_DOWN;
    await runAll(new KeyedFormatter(), sink, frames);
    assert.deepEqual(sink.records.map((record) => record.topic), [
      ROUTE_TOPIC,
      PEER_TOPIC,
      ROUTE_TOPIC,
    ]);
    assert.deepEqual(sink.records.map((record) => record.key), ["peer-0", "peer-1", "peer-2"]);
    assert.deepEqual(sink.records.map((record) => JSON.parse(record.text).number), [0, 1, 2]);
  });

  it("rows under one header that ends with their count, split at batches", async () => {
    const sink = new CollectSink();
    await runAll(new RowsFormatter(7), sink, routes(100), { batchBytes: 1000 });
    let rows = 0;
    for (const { text } of sink.records) {
      const [header, ...lines] = text.trimEnd().split("\n");
      assert.equal(header, `rows: ${String(lines.length).padStart(8, "0")}`);
      for (const line of lines) assert.equal(JSON.parse(line).number, rows++);
    }
    assert.equal(rows, 100);
    assert.equal(sink.batches > 5, true);
  });

  it("untouched frames", async () => {
    const bytes: number[] = [];
    const sink = new CollectSink();
    sink.deliver = (batch: Output) => {
      bytes.push(...batch.written());
      return Promise.resolve();
    };
    const frames = routes(50);
    await runAll(new FramesFormatter(), sink, frames, { batchBytes: 1000 });
    assert.deepEqual(new Uint8Array(bytes), frameBatch(1, 1, frames).sources[0]);
  });

  it("a held record waits behind its peer's earlier ones, the peer's later ones behind it, and the cursor before it", async () => {
    const bench = makeBench();
    const sink = new HoldSink();
    const pipeline = makePipeline(bench, new HoldFormatter(60), sink, { batchBytes: 50 });
    const frames: TestFrame[] = [
      { peer: 0, number: 0, action: ANNOUNCE },
      { peer: 0, number: 1, action: PEER_DOWN },
      { peer: 1, number: 2, action: ANNOUNCE },
      { peer: 0, number: 3, action: ANNOUNCE },
      { peer: 1, number: 4, action: ANNOUNCE },
    ];
    bench.journal.append(frameBatch(1, 1, frames));
    const entryBytes = pipeline.lagBytes / frames.length;
    const running = pipeline.run();
    await sleep(30);
    const numbers = () => sink.records.map((record) => JSON.parse(record.text).number);
    assert.deepEqual(numbers(), [0, 2, 4]);
    assert.equal(pipeline.lagBytes, 4 * entryBytes, "only the first record is committed");
    bench.journal.close();
    await running;
    assert.deepEqual(numbers(), [0, 2, 4, 1, 3]);
    assert.equal(pipeline.lagBytes, 0);
  });
});

describe("Pipeline: batches and commits", () => {
  it("delivers at once what there is, and does not wait for a full batch", async () => {
    const bench = makeBench();
    const sink = new CollectSink();
    const running = makePipeline(bench, new LinesFormatter(), sink).run();
    for (let i = 1; i <= 3; i++) {
      bench.journal.append(frameBatch(1, i, routes(1)));
      await until(() => sink.records.length === i);
    }
    bench.journal.close();
    await running;
    assert.equal(bench.metrics.total("edgebmp_sink_records_total"), 3);
    assert.equal(bench.metrics.total("edgebmp_sink_batches_total"), 3);
    const bytes = sink.records.reduce((sum, record) => sum + record.text.length, 0);
    assert.equal(bench.metrics.total("edgebmp_sink_bytes_total"), bytes);
  });

  it("lets a batch wait for more where a sink asks for it, not beyond its time, and not at the end", async () => {
    const bench = makeBench();
    const sink = new CollectSink();
    const pipeline = makePipeline(bench, new LinesFormatter(), sink, { batchMs: 1500 });
    const run = pipeline.run();
    const startedAt = performance.now();
    for (let i = 0; i < 3; i++) {
      bench.journal.append(frameBatch(1, i + 1, routes(1)));
      await sleep(1);
    }
    while (sink.batches === 0) await sleep(1);
    assert.ok(performance.now() - startedAt >= 1499);
    assert.deepEqual([sink.batches, sink.records.length], [1, 3]);
    bench.journal.append(frameBatch(1, 4, routes(1)));
    await sleep(1);
    const closedAt = performance.now();
    bench.journal.close();
    await run;
    assert.ok(performance.now() - closedAt < 1400);
    assert.deepEqual([sink.batches, sink.records.length], [2, 4]);
  });

  it("says how far the sink is behind, in messages, bytes and seconds", async () => {
    const bench = makeBench();
    let acknowledge = (): void => {};
    const sink = new CollectSink();
    sink.deliver = () => new Promise((resolve) => acknowledge = resolve);
    const pipeline = makePipeline(bench, new LinesFormatter(), sink);
    const lag = () => {
      pipeline.updateGauges();
      return ["messages", "bytes", "seconds"].map((unit) =>
        bench.metrics.total(`edgebmp_sink_lag_${unit}`)
      );
    };
    assert.deepEqual(lag(), [0, 0, 0]);
    const run = pipeline.run();
    bench.journal.append(frameBatch(1, 1, routes(10)));
    await sleep(20);
    const [messages, bytes, seconds] = lag();
    assert.deepEqual([messages, bytes], [10, 10 * (110 + 28)]);
    // The test's frames are of 2023.
    assert.ok(seconds! > 1_000_000);
    bench.journal.append(frameBatch(1, 11, routes(5)));
    await sleep(20);
    assert.equal(lag()[0], 15);
    const first = acknowledge;
    first();
    await sleep(20);
    assert.equal(lag()[0], 5);
    acknowledge();
    await sleep(20);
    assert.deepEqual(lag(), [0, 0, 0]);
    bench.journal.close();
    await run;
  });

  it("an entry whose records span several batches is committed with its last one", async () => {
    const bench = makeBench();
    const releases: (() => void)[] = [];
    const sink = new CollectSink("slow", 100);
    sink.deliver = () => new Promise((resolve) => releases.push(resolve));
    const pipeline = makePipeline(bench, new LinesFormatter(5), sink, { batchBytes: 10 });
    bench.journal.append(frameBatch(1, 1, routes(2)));
    const entryBytes = pipeline.lagBytes / 2;
    const running = pipeline.run();
    await sleep(10);
    assert.equal(releases.length, 10);
    const lags: number[] = [];
    for (const i of [1, 0, 2, 3, 5, 4, 9, 6, 7, 8]) {
      releases[i]!();
      await sleep(1);
      lags.push(pipeline.lagBytes / entryBytes);
    }
    assert.deepEqual(lags, [2, 2, 2, 2, 2, 1, 1, 1, 1, 0]);
    bench.journal.close();
    await running;
  });

  it("entries without records are committed, alone and behind batches under way", async () => {
    const bench = makeBench();
    const releases: (() => void)[] = [];
    const sink = new CollectSink("slow", 2);
    sink.deliver = () => new Promise((resolve) => releases.push(resolve));
    const pipeline = makePipeline(bench, new LinesFormatter(), sink);
    const running = pipeline.run();
    bench.journal.append(closeBatch(1, 1));
    await sleep(5);
    assert.equal(pipeline.lagBytes, 0);
    bench.journal.append(frameBatch(2, 1, routes(1)));
    await sleep(5);
    bench.journal.append(closeBatch(2, 2));
    await sleep(5);
    assert.notEqual(pipeline.lagBytes, 0);
    releases[0]!();
    await sleep(5);
    assert.equal(pipeline.lagBytes, 0);
    bench.journal.close();
    await running;
  });

  it("keeps to the sink's batches and to the bytes in flight", async () => {
    const sink = new CollectSink("slow", 4, () => Math.random() * 3);
    await runAll(new LinesFormatter(), sink, routes(2000), { batchBytes: 1000 });
    assert.equal(sink.records.length, 2000);
    assert.equal(sink.inFlightSeen, 4);
    const bytesMax = 5000;
    const narrow = new CollectSink("narrow", 100, () => 1);
    await runAll(new LinesFormatter(), narrow, routes(2000), {
      batchBytes: 1000,
      inFlightBytesMax: bytesMax,
    });
    assert.equal(narrow.records.length, 2000);
    assert.equal(narrow.inFlightBytesSeen <= bytesMax, true);
    assert.equal(narrow.inFlightSeen > 1, true);
  });

  it("two pipelines go each at its own pace", async () => {
    const bench = makeBench();
    const fast = new CollectSink("fast");
    const slow = new CollectSink("slow", 1, () => 30);
    const pipelines = [fast, slow].map((sink) =>
      makePipeline(bench, new LinesFormatter(), sink, { batchBytes: 100 })
    );
    const running = pipelines.map((pipeline) => pipeline.run());
    bench.journal.append(frameBatch(1, 1, routes(3)));
    await sleep(15);
    assert.equal(fast.records.length, 3);
    assert.equal(slow.records.length, 0);
    bench.journal.close();
    await Promise.all(running);
    assert.equal(slow.records.length, 3);
  });
});

/** Throws at every third frame, in the middle of a record. */
class FragileFormatter extends StatelessFormatter {
  readonly #lines = new LinesFormatter();
  calls = 0;

  constructor(readonly flushFails = false) {
    super();
  }

  entry(entry: Entry, out: Output, part: number): number {
    if (++this.calls % 3 !== 0) {
      this.#lines.entry(entry, out, part);
      return ENTRY_DONE;
    }
    out.begin(ROUTE_TOPIC, "", { after: "nobody", delayMs: 1 });
    out.end();
    out.begin(ROUTE_TOPIC, "", { after: "nobody", delayMs: 1 });
    out.ascii("torn");
    throw new TypeError("undefined is not an object");
  }

  override flush(out: Output): void {
    if (!this.flushFails) return;
    out.begin(ROUTE_TOPIC, "");
    out.ascii("torn");
    throw new TypeError("flush is broken");
  }
}

describe("Pipeline: failures", () => {
  for (const flushFails of [false, true]) {
    it(`a formatter that throws costs its entry only (flush fails: ${flushFails})`, async () => {
      const sink = new CollectSink();
      let text = "";
      let holds = 0;
      sink.deliver = (batch: Output) => {
        text += new TextDecoder().decode(batch.written());
        holds += batch.holds.size;
        return Promise.resolve();
      };
      const bench = await runAll(new FragileFormatter(flushFails), sink, routes(9), {
        lines: true,
      });
      const numbers = text.trimEnd().split("\n").map((line) => JSON.parse(line).msg_data.number);
      assert.deepEqual(numbers, [0, 1, 3, 4, 6, 7]);
      assert.equal(holds, 0);
      assert.equal(bench.metrics.total("edgebmp_formatter_failures_total") >= 3, true);
      assert.match(
        bench.lines[0]!,
        /ERROR formatter failed, entry skipped sink=collect session=1 sequence=3 part=0 error="undefined is not an object"/,
      );
    });
  }

  it("a formatter that makes no progress does not hang the stream", async () => {
    const sink = new CollectSink();
    const formatter = new LinesFormatter();
    formatter.entry = () => 0;
    const bench = await runAll(formatter, sink, routes(2));
    assert.match(bench.lines[0]!, /no progress at part 0/);
  });

  it("a sink that cannot go on ends run() with its error", async () => {
    for (const waiting of [false, true]) {
      const bench = makeBench();
      const sink = new CollectSink("broken");
      sink.deliver = async () => {
        if (waiting) await sleep(5);
        throw new Error("its reader is gone");
      };
      const running = makePipeline(bench, new LinesFormatter(), sink).run();
      bench.journal.append(frameBatch(1, 1, routes(3)));
      await assert.rejects(running, /^Error: Cannot deliver to sink "broken": its reader is gone$/);
      assert.equal(bench.metrics.total("edgebmp_sink_abandoned_bytes_total"), 3 * (110 + 28));
      assert.match(bench.lines[0]!, /pipeline ended before all was delivered sink=broken/);
    }
  });

  it("a signal ends it at once, while the sink works, while it waits to read, and before it starts", async () => {
    const bench = makeBench();
    const sink = new CollectSink("stuck");
    sink.deliver = () => new Promise(() => {});
    const pipeline = makePipeline(bench, new LinesFormatter(), sink, { batchBytes: 100 });
    const controller = new AbortController();
    const running = pipeline.run(controller.signal);
    bench.journal.append(frameBatch(1, 1, routes(5)));
    await sleep(5);
    controller.abort();
    await running;
    assert.equal(bench.metrics.total("edgebmp_sink_abandoned_bytes_total"), 5 * (110 + 28));
    assert.match(
      bench.lines[0]!,
      /pipeline ended before all was delivered sink=stuck journal_bytes=690/,
    );

    const idle = makePipeline(bench, new LinesFormatter(), new CollectSink("idle"), {
      from: "newest",
    });
    const idleController = new AbortController();
    const idling = idle.run(idleController.signal);
    await sleep(5);
    idleController.abort();
    await idling;

    const late = makePipeline(bench, new LinesFormatter(), new CollectSink("late"), {
      from: "newest",
    });
    await late.run(AbortSignal.abort());
    assert.equal(bench.lines.length, 1);
  });

  it("a full journal blocks the appenders only, and drains right", async () => {
    const bench = makeBench(2 * 1024 * 1024);
    let stalled = true;
    const sink = new CollectSink("stalled", 1, () => stalled ? 1000 : 0);
    let release = () => {};
    const gate = new Promise<void>((resolve) => release = resolve);
    const deliver = sink.deliver.bind(sink);
    sink.deliver = async (batch: Output) => {
      await gate;
      return deliver(batch);
    };
    const running = makePipeline(bench, new LinesFormatter(), sink, { batchBytes: 64 * 1024 })
      .run();
    let sequence = 1;
    let full: Promise<void> | undefined;
    while (full === undefined) {
      full = bench.journal.append(frameBatch(1, sequence, routes(100)));
      sequence += 100;
      await sleep(0);
    }
    assert.equal(bench.journal.usedBytes, 2 * 1024 * 1024);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    for (let i = 0; i < 200 && ticks <= 3; i++) await sleep(10);
    clearInterval(timer);
    assert.equal(ticks > 3, true, "the event loop goes on");
    stalled = false;
    release();
    await full;
    bench.journal.close();
    await running;
    const sequences = sink.records.map((record) => JSON.parse(record.text).sequence);
    assert.deepEqual(sequences, Array.from({ length: sequence - 1 }, (_, i) => i + 1));
    assert.equal(bench.metrics.total("edgebmp_journal_full_total"), 1);
  });
});

/** The event loop stays alive while a full journal drains into a sink that never waits. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { createGobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import { GENERATE_DEFAULTS } from "../../src/generate/options.ts";
import { generateSession } from "../../src/generate/session.ts";
import { openDiskJournal } from "../../src/journal/disk/mod.ts";
import { openDirectory } from "../../src/journal/disk/storage.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { EntryBatch, EntryKind } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { utf8 } from "../../src/wire/writer.ts";
import { CollectSink, frameBatch, LinesFormatter } from "./doubles.ts";

const TURN_MS_MAX = 50;

/**
 * Processor time of this thread, in milliseconds: other test files run in threads of the same process. Linux alone tells
 * (proc(5), schedstat: nanoseconds on the processor first); elsewhere the time of all threads.
 */
function threadMs(): number {
  try {
    return Number.parseInt(readFileSync("/proc/thread-self/schedstat", "latin1")) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

/**
 * The longest time between two ticks of a 1 ms timer, in milliseconds. Time on a busy machine in which this thread did not
 * run does not count: a gap is at most the processor time spent in it.
 */
async function longestTurn(work: () => Promise<void>): Promise<number> {
  let longestMs = 0;
  let lastMs = performance.now();
  let lastThreadMs = threadMs();
  const tick = () => {
    const nowMs = performance.now();
    const nowThreadMs = threadMs();
    longestMs = Math.max(longestMs, Math.min(nowMs - lastMs, nowThreadMs - lastThreadMs));
    lastMs = nowMs;
    lastThreadMs = nowThreadMs;
  };
  const timer = setInterval(tick, 1);
  await work();
  clearInterval(timer);
  tick();
  return longestMs;
}

describe("event loop", () => {
  it(`no turn is longer than ${TURN_MS_MAX} ms while 64 MiB drain`, async () => {
    const metrics = new Metrics();
    const journal = new MemoryJournal({ bytesMax: 64 * 1024 * 1024, metrics });
    const sink = new CollectSink();
    sink.deliver = () => Promise.resolve();
    const pipeline = new Pipeline({
      journal,
      metrics,
      sink,
      formatter: new LinesFormatter(),
      log: new Log("error"),
      lines: true,
    });
    const frames = Array.from({ length: 500 }, (_, i) => ({ peer: i, number: i, action: 1 }));
    const batch = frameBatch(1, 1, frames);
    let full: Promise<void> | undefined;
    while (full === undefined) full = journal.append(batch);
    journal.close();
    const turnMs = await longestTurn(() => pipeline.run());
    await full;
    assert.equal(metrics.total("edgebmp_sink_records_total") > 480_000, true);
    assert.equal(turnMs < TURN_MS_MAX, true, `longest turn ${turnMs.toFixed(1)} ms`);
  });

  it("nor while a full table drains from a spool as goBMP's records", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-turn-"));
    const metrics = new Metrics();
    const log = new Log("error");
    const journal = await openDiskJournal(await openDirectory(folder), {
      freeBytesMin: 0,
      nowUs: () => 1,
      metrics,
      log,
    });
    const sink = new CollectSink();
    sink.deliver = () => Promise.resolve();
    const pipeline = new Pipeline({
      journal,
      metrics,
      sink,
      formatter: createGobmpFormatter({
        collector: "edge",
        routerIdentity: "peer-local",
        extraFields: true,
        splitAf: true,
      }),
      log,
      lines: true,
    });
    const session = journal.nextSession();
    const batch = new EntryBatch();
    batch.session = session;
    const append = async (kind: EntryKind, bytes: Uint8Array, ends: readonly number[]) => {
      batch.clear();
      batch.kind = kind;
      for (const [i, end] of ends.entries()) batch.add(bytes, i === 0 ? 0 : ends[i - 1]!, end);
      await journal.append(batch);
      batch.firstSequence += ends.length;
    };
    const info = utf8(
      '{"session":"s","source":"192.0.2.1","source_port":1,"listener":"l","parallel":false}',
    );
    await append(EntryKind.open, info, [info.length]);
    const table = generateSession({
      ...GENERATE_DEFAULTS,
      prefixesV4: 200_000,
      prefixesV6: 50_000,
    });
    for (const chunk of table) {
      const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const ends: number[] = [];
      for (let at = 0; at < chunk.length;) ends.push(at += view.getUint32(at + 1));
      await append(EntryKind.frame, chunk, ends);
    }
    journal.close();
    const turnMs = await longestTurn(() => pipeline.run());
    await journal.finish();
    await rm(folder, { recursive: true });
    const records = metrics.total("edgebmp_sink_records_total");
    assert.equal(records > 125_000, true, `${records} records`);
    assert.equal(turnMs < TURN_MS_MAX, true, `longest turn ${turnMs.toFixed(1)} ms`);
  });

  it("sockets are served while a slow format has work for half a second", async () => {
    const metrics = new Metrics();
    const journal = new MemoryJournal({ metrics });
    const sink = new CollectSink();
    const lines = new LinesFormatter();
    const formatter = new LinesFormatter();
    formatter.entry = (entry, out, part) => {
      for (const start = performance.now(); performance.now() - start < 1;);
      return lines.entry(entry, out, part);
    };
    const pipeline = new Pipeline({
      journal,
      metrics,
      sink,
      formatter,
      log: new Log("error"),
      lines: true,
    });
    const frames = Array.from({ length: 500 }, (_, i) => ({ peer: i, number: i, action: 1 }));
    journal.append(frameBatch(1, 1, frames, 16 * 1024));
    journal.close();

    const server = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    await new Promise<void>((resolve) => client.once("connect", resolve));
    let answers = 0;
    let running = true;
    client.on("data", () => {
      answers++;
      if (running) client.write("x");
      else client.end();
    });
    client.write("x");
    await pipeline.run();
    running = false;
    await new Promise((resolve) => {
      client.once("close", resolve);
    });
    server.close();
    assert.equal(answers >= 10, true, `${answers} answers`);
  });
});

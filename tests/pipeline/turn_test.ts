/** The event loop stays alive while a full journal drains into a sink that never waits. */
import assert from "node:assert/strict";
import process from "node:process";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { CollectSink, frameBatch, LinesFormatter } from "./doubles.ts";

const TURN_MS_MAX = 50;

/**
 * The longest time between two ticks of a 1 ms timer, in milliseconds. Time on a busy machine in which this process did not
 * run does not count: a gap is at most the processor time spent in it.
 */
async function longestTurn(work: () => Promise<void>): Promise<number> {
  let longestMs = 0;
  let lastMs = performance.now();
  let lastCpu = process.cpuUsage();
  const tick = () => {
    const nowMs = performance.now();
    const cpu = process.cpuUsage(lastCpu);
    longestMs = Math.max(longestMs, Math.min(nowMs - lastMs, (cpu.user + cpu.system) / 1000));
    lastMs = nowMs;
    lastCpu = process.cpuUsage();
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

/**
 * Order under a sink that stalls at random: none lost, none inverted, announcements before their withdrawals.
 *
 * EDGEBMP_ORDER_UPDATES sets the number of updates (50,000; the soak run takes 1,000,000 over 20 sessions).
 */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import type { Output } from "../../src/formats/output.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { EntryBatch } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import type { Sink } from "../../src/sinks/sink.ts";
import { ANNOUNCE, FramesFormatter, WITHDRAW } from "./doubles.ts";

const UPDATES = Number(process.env["EDGEBMP_ORDER_UPDATES"] ?? 50_000);
const SESSIONS = 20;
const FRAME_BYTES = 60;

/** Checks numbers and announce-withdraw pairs per session as they come; acknowledges late and in any order. */
class CheckingSink implements Sink {
  readonly name = "checking";
  readonly inFlightMax = 4;
  readonly next: number[] = Array(SESSIONS).fill(0);
  readonly announced: Set<number>[] = Array.from({ length: SESSIONS }, () => new Set<number>());
  received = 0;
  acknowledged = 0;

  open(): Promise<void> {
    return Promise.resolve();
  }

  async deliver(batch: Output): Promise<void> {
    const view = new DataView(batch.bytes.buffer);
    for (let i = 0; i < batch.count; i++) {
      const start = batch.starts[i]!;
      assert.equal(batch.ends[i]! - start, FRAME_BYTES);
      const session = view.getUint32(start);
      const number = view.getUint32(start + 4);
      assert.equal(number, this.next[session]!++, `session ${session}: order`);
      const announced = this.announced[session]!;
      const prefix = number >> 1;
      if (batch.bytes[start + 8] === ANNOUNCE) announced.add(prefix);
      else {assert.equal(
          announced.delete(prefix),
          true,
          `session ${session}: withdrawn before announced`,
        );}
    }
    this.received += batch.count;
    const { count } = batch;
    const dice = Math.random();
    if (dice < 0.02) await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()));
    else if (dice < 0.3) await new Promise((resolve) => setTimeout(resolve, 0));
    else if (dice < 0.6) await Promise.resolve();
    assert.equal(batch.count, count, "the batch is the sink's until it is acknowledged");
    this.acknowledged += count;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** As a session does: frames of one read per append, the batch reused, the next read after the append. */
async function runSession(journal: MemoryJournal, session: number, updates: number): Promise<void> {
  const source = new Uint8Array(200 * FRAME_BYTES);
  const view = new DataView(source.buffer);
  const batch = new EntryBatch();
  batch.session = journal.nextSession();
  for (let number = 0; number < updates;) {
    const count = Math.min(updates - number, 1 + Math.floor(Math.random() * 200));
    batch.clear();
    batch.firstSequence = number + 1;
    for (let i = 0; i < count; i++) {
      const start = i * FRAME_BYTES;
      view.setUint32(start, session);
      view.setUint32(start + 4, number + i);
      source[start + 8] = (number + i) % 2 === 0 ? ANNOUNCE : WITHDRAW;
      batch.add(source, start, start + FRAME_BYTES);
    }
    number += count;
    const full = journal.append(batch);
    if (full !== undefined) await full;
    else if (Math.random() < 0.1) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

describe("order", () => {
  it(`${UPDATES} updates of ${SESSIONS} sessions arrive once and in order at a stalling sink`, async () => {
    const metrics = new Metrics();
    const journal = new MemoryJournal({ bytesMax: 2 * 1024 * 1024, metrics });
    const sink = new CheckingSink();
    const pipeline = new Pipeline({
      journal,
      metrics,
      sink,
      formatter: new FramesFormatter(),
      log: new Log("error"),
      lines: false,
      batchBytes: 16 * 1024,
    });
    const running = pipeline.run();
    const perSession = Math.ceil(UPDATES / SESSIONS / 2) * 2;
    const sessions = Array.from(
      { length: SESSIONS },
      (_, session) => runSession(journal, session, perSession),
    );
    await Promise.race([Promise.all(sessions), running]);
    journal.close();
    await running;
    assert.deepEqual(sink.next, Array(SESSIONS).fill(perSession));
    assert.equal(sink.acknowledged, perSession * SESSIONS);
    assert.equal(sink.announced.every((announced) => announced.size === 0), true);
    assert.equal(pipeline.lagBytes, 0);
    assert.equal(
      metrics.total("edgebmp_journal_full_total") > 0,
      true,
      "the journal was full at times",
    );
  });
});

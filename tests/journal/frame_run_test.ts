// Runs of frames that a waiting reader takes as they are appended.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryJournal } from "../../src/journal/memory.ts";
import {
  entriesLength,
  Entry,
  ENTRY_HEADER_BYTES,
  EntryBatch,
  type EntryBlock,
  EntryKind,
  type FrameRun,
  type JournalReader,
  readEntry,
} from "../../src/journal/types.ts";
import { Metrics } from "../../src/ops/metrics.ts";

const MIB = 1024 * 1024;
const FRAME_BYTES = 1000;

function makeJournal(): MemoryJournal {
  return new MemoryJournal({ bytesMax: 4 * MIB, metrics: new Metrics() });
}

/** Frames of session 1 with these sequences, behind one another in one buffer. */
function frames(first: number, count: number, kind: EntryKind = EntryKind.frame): EntryBatch {
  const batch = new EntryBatch();
  batch.session = 1;
  batch.kind = kind;
  batch.firstSequence = first;
  const source = new Uint8Array(count * FRAME_BYTES);
  for (let i = 0; i < count; i++) batch.add(source, i * FRAME_BYTES, (i + 1) * FRAME_BYTES);
  return batch;
}

function sequencesIn(block: EntryBlock): number[] {
  const sequences = [];
  const entry = new Entry();
  for (let offset = block.start; offset < block.end;) {
    offset = readEntry(block, offset, entry);
    sequences.push(entry.sequence);
  }
  return sequences;
}

async function readSequences(reader: JournalReader): Promise<number[]> {
  const block = await reader.read(MIB);
  assert.equal(block?.kind, "entries");
  return sequencesIn(block as EntryBlock);
}

/** Lets what waits go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

describe("runs of frames", () => {
  it("are taken in place of a read, each entry once and in order, whatever the reader takes", async () => {
    const journal = makeJournal();
    const reader = journal.openReader("taker", "oldest");
    const other = journal.openReader("other", "oldest");
    const got: number[] = [];
    const others: number[] = [];
    let position = 0;
    let takes = 0;
    let calls = 0;
    reader.takeRuns!((run: FrameRun) => {
      assert.equal(run.cursor, position);
      const { batch, first, last, entries } = run;
      const sequences = Array.from(
        { length: last - first },
        (_, i) => batch.firstSequence + first + i,
      );
      assert.deepEqual(sequencesIn(entries!), sequences);
      // Two of three.
      if (calls++ % 3 === 2) return first;
      takes++;
      got.push(...sequences);
      position += entries!.end - entries!.start;
      return last;
    });
    const pump = async () => {
      for (
        let block = await reader.read(MIB);
        block !== undefined;
        block = await reader.read(MIB)
      ) {
        if (block.kind !== "entries") continue;
        assert.equal(block.cursor, position);
        got.push(...sequencesIn(block));
        position += block.end - block.start;
        journal.commit("taker", position);
      }
    };
    const pumping = pump();
    let appended = 0;
    for (let i = 0; i < 300; i++) {
      await journal.append(frames(appended, 1 + i % 60));
      appended += 1 + i % 60;
      // Sometimes several come while the reader is at work.
      if (i % 5 !== 0) await turn();
      journal.commit("taker", position);
      const block = other.read(MIB);
      if (block instanceof Promise) continue;
      others.push(...sequencesIn(block as EntryBlock));
      const { cursor, end, start } = block as EntryBlock;
      journal.commit("other", cursor + end - start);
    }
    journal.close();
    await pumping;
    assert.ok(takes > 50, `${takes}`);
    const all = Array.from({ length: appended }, (_, i) => i);
    assert.deepEqual(got, all);
    for (let block = other.read(MIB); block !== undefined; block = other.read(MIB)) {
      others.push(...sequencesIn(block as EntryBlock));
    }
    assert.deepEqual(others, all);
  });

  it("are offered to a reader that waits, and of frames only", async () => {
    const journal = makeJournal();
    const reader = journal.openReader("taker", "oldest");
    const runs: number[] = [];
    reader.takeRuns!((run) => {
      runs.push(run.batch.firstSequence);
      return run.last;
    });
    journal.append(frames(0, 1));
    assert.deepEqual(await readSequences(reader), [0], "nobody waited");
    const opened = readSequences(reader);
    journal.append(frames(1, 1, EntryKind.open));
    assert.deepEqual(await opened, [1]);
    const closed = readSequences(reader);
    journal.append(frames(2, 3));
    journal.append(frames(5, 1, EntryKind.close));
    assert.deepEqual(await closed, [5]);
    assert.deepEqual(runs, [2]);
  });

  it("free their chunks once they are committed", async () => {
    const journal = makeJournal();
    const reader = journal.openReader("taker", "oldest");
    let position = 0;
    reader.takeRuns!((run) => {
      position = run.cursor + entriesLength(run.batch, run.first, run.last);
      return run.last;
    });
    void reader.read(MIB);
    for (let i = 0; i < 40; i++) {
      assert.equal(journal.append(frames(500 * i, 500)), undefined);
      journal.commit("taker", position);
    }
    await turn();
    assert.ok(journal.usedBytes <= 2 * MIB, `${journal.usedBytes}`);
    assert.equal(reader.lagBytes, 0);
  });

  it("of routes are not kept for one reader alone, as far as it takes them", async () => {
    const journal = makeJournal();
    const reader = journal.openReader("taker", "oldest");
    const got: number[] = [];
    let position = 0;
    let calls = 0;
    let kept = 0;
    let passed = 0;
    reader.takeRuns!((run) => {
      const { batch, first, last, cursor, entries } = run;
      assert.equal(cursor, position);
      // Mostly all, now and then a part or none.
      const part = [(first + last) >> 1, first][calls++ % 100] ?? last;
      const next = entries === undefined || part === first ? part : last;
      if (entries === undefined) passed += next - first;
      else kept += next - first;
      for (let i = first; i < next; i++) got.push(batch.firstSequence + i);
      position += entriesLength(batch, first, next);
      return next;
    });
    const pumping = (async () => {
      for (;;) {
        const block = await reader.read(MIB);
        if (block === undefined) return;
        if (block.kind !== "entries") continue;
        assert.equal(block.cursor, position);
        got.push(...sequencesIn(block));
        position += block.end - block.start;
        journal.commit("taker", position);
      }
    })();
    let appended = 0;
    for (let i = 0; i < 2000; i++) {
      const batch = frames(appended, 1 + i % 97);
      // Now and then there is another message among them.
      batch.routes = batch.count - (i % 500 === 0 ? 1 : 0);
      await journal.append(batch);
      appended += batch.count;
      if (i % 3 === 0) await turn();
      if (i % 7 === 0) journal.commit("taker", position);
      assert.ok(journal.usedBytes <= 4 * MIB);
    }
    assert.equal(journal.unread()!.end, appended * (FRAME_BYTES + ENTRY_HEADER_BYTES));
    journal.close();
    await pumping;
    assert.ok(kept > 5000 && passed > 5000, `${kept} kept, ${passed} passed`);
    assert.deepEqual(got, Array.from({ length: appended }, (_, i) => i));
  });

  it("that were not kept cannot be read, and a later reader begins behind them", async () => {
    const journal = makeJournal();
    const reader = journal.openReader("taker", "oldest");
    const positions: number[] = [];
    reader.takeRuns!((run) => {
      if (run.entries !== undefined) return run.first;
      positions.push(run.cursor);
      return run.last;
    });
    const reading = reader.read(MIB);
    for (let i = 0; i < 3; i++) {
      const batch = frames(10 * i, 10);
      batch.routes = 10;
      journal.append(batch);
    }
    assert.equal(journal.usedBytes, 0);
    assert.equal(reader.openAt(positions[1]!), undefined);
    const { end } = journal.unread()!;
    journal.commit("taker", end);
    const second = reader.openAt(end)!;
    assert.deepEqual(
      await readSequences((journal.append(frames(30, 10)), second)),
      [
        ...Array(10).keys(),
      ].map((i) => 30 + i),
    );
    reader.close();
    await reading;
  });

  it("of routes are kept where there are two readers", () => {
    const journal = makeJournal();
    const readers = ["a", "b"].map((name) => journal.openReader(name, "oldest"));
    const areKept: boolean[] = [];
    for (const reader of readers) {
      reader.takeRuns!((run) => {
        areKept.push(run.entries !== undefined);
        return run.last;
      });
      void reader.read(MIB);
    }
    for (let i = 0; i < 10; i++) {
      const batch = frames(10 * i, 10);
      batch.routes = 10;
      journal.append(batch);
    }
    assert.deepEqual(areKept.splice(0), Array(20).fill(true));
    readers[1]!.close();
    const batch = frames(100, 1500);
    batch.routes = 1500;
    journal.append(batch);
    assert.deepEqual(areKept, [true, false], "once the chunk is full that was begun");
  });

  it("of routes are not kept whatever number of buffers they lie in", async () => {
    const journal = makeJournal();
    const reader = journal.openReader("taker", "oldest");
    const got: number[] = [];
    reader.takeRuns!(({ batch, first, last, entries }) => {
      assert.ok(entries === undefined);
      for (let i = first; i < last; i++) got.push(batch.firstSequence + i);
      return last;
    });
    const reading = reader.read(MIB);
    const batch = frames(0, 3);
    batch.add(new Uint8Array(FRAME_BYTES), 0, FRAME_BYTES);
    batch.add(new Uint8Array(FRAME_BYTES), 0, FRAME_BYTES);
    batch.routes = batch.count;
    assert.equal(journal.append(batch), undefined);
    assert.deepEqual(got, [0, 1, 2, 3, 4]);
    assert.equal(journal.usedBytes, 0);
    reader.close();
    await reading;
  });
});

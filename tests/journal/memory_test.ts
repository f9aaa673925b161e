import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MemoryJournal } from "../../src/journal/memory.ts";
import {
  Entry,
  ENTRY_HEADER_BYTES,
  EntryBatch,
  type EntryBlock,
  EntryKind,
  type JournalReader,
  readEntry,
} from "../../src/journal/types.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { memoryBytes } from "../memory.ts";

const MIB = 1024 * 1024;

function makeJournal(bytesMax = 4 * MIB): MemoryJournal {
  return new MemoryJournal({ bytesMax, metrics: new Metrics() });
}

/** A batch of frames of these lengths; every byte of a frame is the low octet of its sequence. */
function frames(session: number, firstSequence: number, lengths: number[]): EntryBatch {
  const batch = new EntryBatch();
  batch.session = session;
  batch.firstSequence = firstSequence;
  batch.receivedAtUs = 1_700_000_000_000_000 + firstSequence;
  const source = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  lengths.forEach((length, i) => {
    source.fill(firstSequence + i, start, start + length);
    batch.add(source, start, start + length);
    start += length;
  });
  return batch;
}

interface Seen {
  session: number;
  sequence: number;
  length: number;
}

/** Checks the bytes of every entry of a block. */
function seenIn(block: EntryBlock): Seen[] {
  const seen: Seen[] = [];
  const entry = new Entry();
  for (let offset = block.start; offset < block.end;) {
    offset = readEntry(block, offset, entry);
    for (let i = entry.start; i < entry.end; i++) {
      assert.equal(entry.bytes[i], entry.sequence & 0xff);
    }
    assert.equal(entry.receivedAtUs >= 1_700_000_000_000_000, true);
    seen.push({
      session: entry.session,
      sequence: entry.sequence,
      length: entry.end - entry.start,
    });
  }
  return seen;
}

/** What is there right now; commits it. */
function drain(
  journal: MemoryJournal,
  name: string,
  reader: JournalReader,
  bytesMax = MIB,
): Seen[] {
  const seen: Seen[] = [];
  while (reader.lagBytes > 0) {
    const block = reader.read(bytesMax) as EntryBlock;
    seen.push(...seenIn(block));
    journal.commit(name, block.cursor + block.end - block.start);
  }
  return seen;
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => settled = true, () => settled = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return settled;
}

describe("MemoryJournal", () => {
  it("gives back what was appended, header and bytes", () => {
    const journal = makeJournal();
    const reader = journal.openReader("a", "oldest");
    const session = journal.nextSession();
    const batch = frames(session, 2 ** 40, [3]);
    batch.kind = EntryKind.close;
    assert.equal(journal.append(batch), undefined);
    const block = reader.read(MIB) as EntryBlock;
    const entry = new Entry();
    assert.equal(readEntry(block, block.start, entry), block.end);
    assert.equal(entry.kind, EntryKind.close);
    assert.equal(entry.session, session);
    assert.equal(entry.sequence, 2 ** 40);
    assert.equal(entry.receivedAtUs, 1_700_000_000_000_000 + 2 ** 40);
    assert.deepEqual(entry.bytes.slice(entry.start, entry.end), new Uint8Array(3));
  });

  it("copies: the batch and its bytes can be reused at once", () => {
    const journal = makeJournal();
    const reader = journal.openReader("a", "oldest");
    const batch = frames(1, 1, [100, 200]);
    journal.append(batch);
    batch.sources[0]!.fill(0xff);
    batch.clear();
    assert.deepEqual(drain(journal, "a", reader), [
      { session: 1, sequence: 1, length: 100 },
      { session: 1, sequence: 2, length: 200 },
    ]);
  });

  it("keeps order and bytes for any lengths, buffers and block sizes", () => {
    fc.assert(fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 20 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.boolean(),
      (batches, bytesMax, scattered) => {
        const journal = makeJournal();
        const reader = journal.openReader("a", "oldest");
        let sequence = 1;
        const expected: Seen[] = [];
        const seen: Seen[] = [];
        for (const lengths of batches) {
          const batch = frames(1, sequence, lengths);
          if (scattered) {
            for (let i = 0; i < batch.count; i += 2) {
              batch.sources[i] = batch.sources[i]!.slice(batch.starts[i], batch.ends[i]);
              batch.starts[i] = 0;
              batch.ends[i] = lengths[i]!;
            }
          }
          for (const length of lengths) expected.push({ session: 1, sequence: sequence++, length });
          assert.equal(journal.append(batch), undefined);
          if (sequence % 3 === 0) seen.push(...drain(journal, "a", reader, bytesMax));
        }
        journal.close();
        seen.push(...drain(journal, "a", reader, bytesMax));
        assert.deepEqual(seen, expected);
        assert.equal(reader.lagBytes, 0);
        assert.equal(reader.read(1), undefined);
      },
    ));
  });

  it("positions have no gaps over chunks, and lag is what is not committed", () => {
    const journal = makeJournal();
    const reader = journal.openReader("a", "oldest");
    for (let i = 0; i < 4; i++) journal.append(frames(1, i, [600 * 1024 - ENTRY_HEADER_BYTES]));
    assert.equal(journal.usedBytes, 4 * MIB);
    for (let i = 0; i < 4; i++) {
      const block = reader.read(MIB) as EntryBlock;
      assert.equal(block.cursor, i * 600 * 1024);
      assert.equal(reader.lagBytes, (4 - Math.max(0, i - 1)) * 600 * 1024);
      if (i > 0) journal.commit("a", block.cursor);
    }
  });

  it("wakes a waiting reader, and ends it by close", async () => {
    const journal = makeJournal();
    const first = journal.openReader("first", "oldest");
    const second = journal.openReader("second", "oldest");
    const reads = [first.read(MIB), second.read(MIB)];
    journal.append(frames(1, 1, [10]));
    for (const read of reads) assert.equal(seenIn((await read) as EntryBlock).length, 1);
    const waiting = first.read(MIB);
    first.close();
    assert.equal(await waiting, undefined);
    const last = second.read(MIB);
    journal.close();
    assert.equal(await last, undefined);
    assert.throws(
      () => journal.append(frames(1, 2, [1])),
      /Cannot append to the journal: it is closed/,
    );
  });

  it("gives a reader what is there before the end, from the oldest or the newest on", () => {
    const journal = makeJournal();
    journal.append(frames(1, 1, [10, 10]));
    const oldest = journal.openReader("oldest", "oldest");
    const newest = journal.openReader("newest", "newest");
    journal.append(frames(1, 3, [10]));
    journal.close();
    assert.deepEqual(drain(journal, "oldest", oldest).map((seen) => seen.sequence), [1, 2, 3]);
    assert.deepEqual(drain(journal, "newest", newest).map((seen) => seen.sequence), [3]);
    assert.throws(
      () => journal.openReader("oldest", "oldest"),
      /Cannot open journal reader "oldest"/,
    );
  });

  it("never passes its limit; appends wait and are served in their order", async () => {
    const journal = makeJournal(3 * MIB);
    const reader = journal.openReader("a", "oldest");
    let sequence = 0;
    let full: Promise<void> | undefined;
    while (full === undefined) full = journal.append(frames(1, sequence++, [100_000]));
    const order: number[] = [1];
    void full.then(() => order.push(-1));
    const others = [2, 3, 4, 5].map((session) => {
      const promise = journal.append(frames(session, 0, session === 2 ? [900_000, 900_000] : [10]));
      assert.notEqual(promise, undefined);
      void promise!.then(() => order.push(session));
      return promise!;
    });
    assert.equal(journal.usedBytes, 3 * MIB);
    assert.equal(await isSettled(full), false);
    const seen: Seen[] = [];
    for (;;) {
      const block = reader.read(100_000);
      if (block === undefined || block instanceof Promise) break;
      assert.equal(journal.usedBytes <= 3 * MIB, true);
      assert(block.kind === "entries");
      seen.push(...seenIn(block));
      await Promise.resolve();
      journal.commit("a", block.cursor + block.end - block.start);
    }
    await Promise.all([full, ...others]);
    assert.deepEqual(order, [1, -1, 2, 3, 4, 5]);
    assert.deepEqual(seen.filter((one) => one.session === 1).map((one) => one.sequence), [
      ...Array(sequence).keys(),
    ]);
    assert.deepEqual(seen.slice(sequence).map((one) => one.session), [2, 2, 3, 4, 5]);
  });

  it("counts open sessions in its limit, up to half of it", () => {
    const journal = makeJournal(8 * MIB);
    const reader = journal.openReader("a", "oldest");
    function appended(session: number, kind: EntryKind): void {
      const batch = frames(session, 0, [1]);
      batch.kind = kind;
      assert.equal(journal.append(batch), undefined);
    }
    /** Fills the journal; returns the bytes of its chunks. */
    function filled(): number {
      let pending: Promise<void> | undefined;
      while (pending === undefined) pending = journal.append(frames(1, 0, [100_000]));
      return journal.usedBytes;
    }
    for (let session = 1; session <= 128; session++) appended(session, EntryKind.open);
    for (let session = 65; session <= 128; session++) appended(session, EntryKind.close);
    assert.equal(filled(), 4 * MIB);
    // With the chunk that holds the ends of 64 of them, the other 64 leave 6 MiB.
    drain(journal, "a", reader);
    assert.equal(filled(), 6 * MIB);
    journal.close();

    const many = makeJournal(8 * MIB);
    const open = frames(1, 0, Array.from({ length: 100_000 }, () => 1));
    open.kind = EntryKind.open;
    many.append(open);
    while (many.append(frames(1, 1, [100_000])) === undefined);
    assert.equal(many.usedBytes, 4 * MIB);
  });

  it("a session that appends without end gets no more turns than the others", async () => {
    const journal = makeJournal(2 * MIB);
    const reader = journal.openReader("a", "oldest");
    const turns = [0, 0, 0];
    let running = true;
    const writers = turns.map(async (_, session) => {
      const length = session === 0 ? 60_000 : 100;
      for (let sequence = 0; running; sequence++) {
        await journal.append(frames(session, sequence, [length]));
        turns[session]!++;
      }
    });
    const seen: number[] = [0, 0, 0];
    for (let blocks = 0; blocks < 400; blocks++) {
      const block = (await reader.read(64 * 1024)) as EntryBlock;
      for (const { session } of seenIn(block)) seen[session]!++;
      journal.commit("a", block.cursor + block.end - block.start);
    }
    running = false;
    reader.close();
    journal.close();
    await Promise.allSettled(writers);
    assert.equal(
      seen[1]! >= seen[0]! - 3 && seen[2]! >= seen[0]! - 3,
      true,
      `entries per session: ${seen}`,
    );
  });

  it("the slowest reader's commit decides, not what it has read", async () => {
    const journal = makeJournal(2 * MIB);
    const fast = journal.openReader("fast", "oldest");
    const slow = journal.openReader("slow", "oldest");
    let sequence = 0;
    let full: Promise<void> | undefined;
    while (full === undefined) full = journal.append(frames(1, sequence++, [100_000]));
    drain(journal, "fast", fast);
    const block = slow.read(MIB) as EntryBlock;
    const position = block.cursor + block.end - block.start;
    seenIn(block);
    assert.notEqual(slow.read(MIB) instanceof Promise, true);
    assert.equal(await isSettled(full), false);
    journal.commit("slow", position);
    assert.equal(await isSettled(full), true);
    assert.throws(() => journal.commit("slow", 1e9), /Cannot commit journal reader "slow"/);
  });

  it("a closed reader holds nothing back", async () => {
    const journal = makeJournal(2 * MIB);
    const fast = journal.openReader("fast", "oldest");
    const dead = journal.openReader("dead", "oldest");
    let full: Promise<void> | undefined;
    for (let i = 0; full === undefined; i++) full = journal.append(frames(1, i, [100_000]));
    drain(journal, "fast", fast);
    assert.equal(await isSettled(full), false);
    dead.close();
    assert.equal(await isSettled(full), true);
  });

  it("an entry larger than a chunk, or than the whole journal, passes", async () => {
    const journal = makeJournal(3 * MIB);
    const reader = journal.openReader("a", "oldest");
    assert.equal(journal.append(frames(1, 1, [10, MIB + 5])), undefined);
    assert.equal(drain(journal, "a", reader).length, 2);
    const giant = journal.append(frames(1, 3, [4 * MIB, 10]));
    const seen = drain(journal, "a", reader);
    await giant;
    seen.push(...drain(journal, "a", reader));
    assert.deepEqual(seen.map((one) => one.length), [4 * MIB, 10]);
    journal.append(frames(1, 5, [10]));
    drain(journal, "a", reader);
    assert.equal(journal.usedBytes <= 3 * MIB, true);
  });

  it("close() lets waiting appends in; without a reader they are refused, not forgotten", async () => {
    const journal = makeJournal(MIB);
    const reader = journal.openReader("a", "oldest");
    journal.append(frames(1, 1, [900_000]));
    const waiting = journal.append(frames(1, 2, [900_000]))!;
    journal.close();
    assert.deepEqual(drain(journal, "a", reader).map((seen) => seen.sequence), [1, 2]);
    await waiting;

    const deaf = makeJournal(MIB);
    deaf.append(frames(1, 1, [900_000]));
    const refused = deaf.append(frames(1, 2, [900_000]))!;
    deaf.close();
    await assert.rejects(refused, /nobody reads it/);
  });

  it("64 MiB of small frames cost little more than 64 MiB, and an idle journal a few chunks", async () => {
    const journal = new MemoryJournal({
      bytesMax: 64 * MIB,
      spareMs: 20,
      metrics: new Metrics(),
    });
    const reader = journal.openReader("a", "oldest");
    const batch = frames(1, 0, Array(500).fill(110));
    const before = memoryBytes();
    let count = 0;
    while (journal.append(batch) === undefined) count += 500;
    const growth = memoryBytes() - before;
    assert.equal(count > 480_000, true);
    assert.equal(
      growth < 80 * MIB,
      true,
      `memory grew by ${(growth / MIB).toFixed(1)} MiB`,
    );
    for (let block = reader.read(MIB); !(block instanceof Promise); block = reader.read(MIB)) {
      assert(block?.kind === "entries");
      journal.commit("a", block.cursor + block.end - block.start);
    }
    assert.equal(journal.usedBytes <= MIB, true);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(journal.allocatedBytes <= 4 * MIB, true);
  });

  it("refuses a limit below one chunk", () => {
    assert.throws(() => makeJournal(1000), /Cannot make a journal of "1000" bytes/);
  });
});

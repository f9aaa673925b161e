import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openSpool } from "../../src/journal/disk/mod.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import {
  Entry,
  EntryBatch,
  EntryKind,
  type Journal,
  type JournalReader,
  readEntry,
} from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";

async function append(journal: Journal, ...sequences: number[]): Promise<void> {
  for (const sequence of sequences) {
    const batch = new EntryBatch();
    batch.session = 1;
    batch.firstSequence = sequence;
    batch.add(Uint8Array.of(3, 0, 0, 0, 6, 4), 0, 6);
    await journal.append(batch);
  }
}

/** Sequences until the reader ends, or has so many; commits them. */
async function take(
  journal: Journal,
  reader: JournalReader,
  countMax = Infinity,
): Promise<number[]> {
  const found: number[] = [];
  const entry = new Entry();
  while (found.length < countMax) {
    const block = await reader.read(1);
    if (block === undefined) break;
    if (block.kind !== "entries") continue;
    let offset = block.start;
    while (offset < block.end) {
      offset = readEntry(block, offset, entry);
      found.push(entry.sequence);
    }
    journal.commit("a", block.cursor + block.end - block.start);
  }
  return found;
}

describe("stopAtEnd() of a journal in memory", () => {
  it("ends a reader where the next one of its name begins", async () => {
    const journal = new MemoryJournal({ bytesMax: 4 * 1024 * 1024, metrics: new Metrics() });
    const first = journal.openReader("a", "oldest");
    await append(journal, 1, 2);
    assert.deepEqual(await take(journal, first, 1), [1]);
    assert.throws(() => journal.openReader("a", "newest"), /it is open already/);
    first.stopAtEnd();
    const second = journal.openReader("a", "newest");
    await append(journal, 3, 4);
    assert.deepEqual(await take(journal, first), [2]);
    assert.equal(second.lagBytes > 0, true);
    first.close();
    assert.deepEqual(await take(journal, second, 2), [3, 4]);
  });

  it("lets a reader that is overrun lose no more than is before its end", async () => {
    const journal = new MemoryJournal({ bytesMax: 4 * 1024 * 1024, metrics: new Metrics() });
    const lossOf = async (reader: JournalReader) => {
      const gap = await reader.read(1);
      assert.ok(gap?.kind === "gap");
      const last = await reader.read(1);
      assert.ok(last?.kind === "keyframe");
      assert.equal((await reader.read(1))?.kind, "keyframe-end");
      return { bytes: gap.lostBytes, end: gap.cursor, sequence: gap.sequences.get(1) };
    };
    const fill = async (...sequences: number[]) => {
      for (const sequence of sequences) {
        const batch = new EntryBatch();
        batch.session = 1;
        batch.kind = sequence === 0 ? EntryKind.open : EntryKind.frame;
        batch.firstSequence = sequence;
        batch.add(new Uint8Array(700_000), 0, 700_000);
        await journal.append(batch);
      }
    };
    const first = journal.openReader("a", "oldest", "drop-oldest");
    await fill(0, 1);
    const end = first.stopAtEnd();
    const second = journal.openReader("a", "newest", "drop-oldest");
    await fill(2, 3, 4, 5, 6, 7);
    assert.deepEqual(await lossOf(first), { bytes: end, end, sequence: 1 });
    assert.equal(await first.read(1), undefined);
    first.close();
    assert.deepEqual(await lossOf(second), { bytes: 3 * end, end: 4 * end, sequence: 7 });
  });

  it("wakes a reader that waits, once", async () => {
    const journal = new MemoryJournal({ bytesMax: 4 * 1024 * 1024, metrics: new Metrics() });
    const reader = journal.openReader("a", "oldest");
    const waiting = reader.read(1);
    reader.stopAtEnd();
    assert.equal(await waiting, undefined);
    await append(journal, 1);
    assert.equal(await reader.read(1), undefined);
  });
});

describe("stopAtEnd() of a journal on disk", () => {
  it("ends a reader at the end; the next one of its name goes on there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-stop-"));
    const journal = await openSpool(folder, await loadRuntime(), {
      nowUs: () => 0,
      metrics: new Metrics(),
      log: new Log("error", "text", () => {}),
      freeBytesMin: 1,
    });
    const first = journal.openReader("a", "oldest");
    await append(journal, 1);
    const [one] = await Promise.all([
      take(journal, first),
      append(journal, 2).then(() => first.stopAtEnd()),
    ]);
    assert.deepEqual(one, [1, 2]);
    first.close();
    await append(journal, 3);
    const second = journal.openReader("a", "oldest");
    assert.deepEqual(await take(journal, second, 1), [3]);
    second.close();
    journal.close();
    await journal.finish();
    await rm(folder, { recursive: true });
  });
});

// Readers that begin at a position of another, on both journals.
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

const MIB = 1024 * 1024;
const FRAME_BYTES = 1000;
const COUNT = 3000;

/** Appends `count` frames of session 1, each filled with the low octet of its sequence. */
async function append(journal: Journal, first: number, count: number): Promise<void> {
  for (let i = first; i < first + count; i++) {
    const batch = new EntryBatch();
    batch.session = 1;
    batch.kind = i === 0 ? EntryKind.open : EntryKind.frame;
    batch.firstSequence = i;
    // A message of no type that a keyframe would keep.
    const frame = new Uint8Array(FRAME_BYTES).fill(i & 0xff);
    frame[5] = 0;
    batch.add(frame, 0, FRAME_BYTES);
    await journal.append(batch);
  }
}

/** Reads `count` entries and returns sequence and position of each; what is no entry is passed over. */
async function take(
  reader: JournalReader,
  count: number,
): Promise<{ sequence: number; position: number }[]> {
  const taken: { sequence: number; position: number }[] = [];
  const entry = new Entry();
  while (taken.length < count) {
    const block = await reader.read(64 * 1024);
    assert.notEqual(block, undefined);
    if (block!.kind !== "entries") continue;
    for (let offset = block!.start; offset < block!.end;) {
      const position = block!.cursor + offset - block!.start;
      offset = readEntry(block!, offset, entry);
      assert.equal(entry.bytes[entry.end - 1], entry.sequence & 0xff);
      taken.push({ sequence: entry.sequence, position });
    }
  }
  return taken;
}

const KINDS: readonly {
  name: string;
  run: (test: (journal: Journal) => Promise<void>) => Promise<void>;
}[] = [
  {
    name: "in memory",
    run: (test) => test(new MemoryJournal({ bytesMax: 8 * MIB, metrics: new Metrics() })),
  },
  ...[8 * MIB, 64 * 1024].map((memoryBytesMax) => ({
    name: `on disk, with ${memoryBytesMax / 1024} KiB in memory`,
    async run(test: (journal: Journal) => Promise<void>): Promise<void> {
      const folder = await mkdtemp(join(tmpdir(), "edgebmp-second-"));
      const journal = await openSpool(folder, await loadRuntime(), {
        bytesMax: 64 * MIB,
        freeBytesMin: 0,
        segmentBytes: 256 * 1024,
        memoryBytesMax,
        nowUs: () => 1,
        metrics: new Metrics(),
        log: new Log("error", "text", () => {}),
      });
      try {
        await test(journal);
      } finally {
        journal.close();
        await journal.finish();
        await rm(folder, { recursive: true });
      }
    },
  })),
];

for (const { name, run } of KINDS) {
  describe(`a second reader, ${name}`, () => {
    it("begins anywhere at or after the cursor of the first, and goes on to what comes", () =>
      run(async (journal) => {
        const reader = journal.openReader("a", "oldest");
        await append(journal, 0, COUNT);
        const all = await take(reader, COUNT);
        assert.deepEqual(all.map(({ sequence }) => sequence), all.map((_, i) => i));
        for (const i of [0, 1, 777, COUNT - 1]) {
          const second = reader.openAt(all[i]!.position)!;
          assert.deepEqual(await take(second, COUNT - i), all.slice(i));
          second.close();
        }
        const last = reader.openAt(all.at(-1)!.position + FRAME_BYTES + 28)!;
        const waiting = take(last, 10);
        await append(journal, COUNT, 10);
        assert.deepEqual(
          (await waiting).map(({ sequence }) => sequence),
          Array.from({ length: 10 }, (_, i) => COUNT + i),
        );
        last.close();
        assert.equal(await last.read(1), undefined);
      }));

    it("holds nothing: what the first has committed may go", () =>
      run(async (journal) => {
        const reader = journal.openReader("a", "oldest");
        await append(journal, 0, COUNT);
        const all = await take(reader, COUNT);
        const second = reader.openAt(all[10]!.position);
        second!.close();
        journal.commit("a", all.at(-1)!.position);
        await append(journal, COUNT, 10);
        for (let i = 0; i < 100; i++) {
          const late = reader.openAt(all[10]!.position);
          const block = await late?.read(MIB);
          late?.close();
          if (late === undefined || block!.kind === "gap") return;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        assert.fail("the entries are still there");
      }));
  });
}

/** A journal on a model disk, and how to leave it and come back; what its readers are told. */
import assert from "node:assert/strict";
import {
  type DiskJournal,
  type DiskJournalOptions,
  openDiskJournal,
} from "../../../src/journal/disk/mod.ts";
import {
  Entry,
  EntryBatch,
  EntryKind,
  type JournalBlock,
  type JournalReader,
  readEntry,
} from "../../../src/journal/types.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import { ModelDisk, ModelStorage, randomFrom } from "./model_storage.ts";

const PAYLOAD_BYTES = 100;
export const MIB = 1024 * 1024;

export class Bench {
  readonly disk = new ModelDisk();
  readonly log: string[] = [];
  metrics = new Metrics();
  storage = new ModelStorage(this.disk, randomFrom(1));
  journal!: DiskJournal;
  #sequence = -1;

  async open(
    options: Partial<DiskJournalOptions> = {},
    prepare: (storage: ModelStorage) => void = () => {},
  ): Promise<this> {
    this.metrics = new Metrics();
    this.storage = new ModelStorage(this.disk, randomFrom(1));
    prepare(this.storage);
    this.journal = await openDiskJournal(this.storage, {
      bytesMax: MIB,
      freeBytesMin: 0,
      segmentBytes: 2000,
      retryMs: 1,
      nowUs: () => 1,
      metrics: this.metrics,
      log: new Log("debug", "text", (line) => void this.log.push(line)),
      ...options,
    });
    return this;
  }

  /** Appends the open entry of session 1 and `count` frames, some at a time. */
  async append(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const batch = new EntryBatch();
      batch.session = 1;
      batch.firstSequence = ++this.#sequence;
      batch.kind = batch.firstSequence === 0 ? EntryKind.open : EntryKind.frame;
      const payload = new Uint8Array(PAYLOAD_BYTES).fill(batch.firstSequence);
      // A message of no type that a keyframe would keep.
      payload[5] = 0;
      batch.add(payload, 0, PAYLOAD_BYTES);
      await this.journal.append(batch);
      if (i % 5 === 4) await turns(8);
    }
    await turns(20);
  }

  async close(): Promise<void> {
    this.journal.close();
    await this.journal.finish();
  }

  segments(): string[] {
    return [...this.disk.files.keys()].filter((name) => name.endsWith(".segment")).sort();
  }
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Reads that have not come back. */
const waiting = new Map<JournalReader, Promise<JournalBlock | undefined>>();

/** What a reader is told, in short, until it has nothing more for so long, or has ended; entries as their sequences. */
export async function told(reader: JournalReader, quietMs = 150): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    let block: JournalBlock | undefined;
    const read = waiting.get(reader) ?? reader.read(300);
    if (read instanceof Promise) {
      waiting.set(reader, read);
      const none = new Promise<"none">((resolve) => setTimeout(() => resolve("none"), quietMs));
      const found = await Promise.race([read, none]);
      if (found === "none") break;
      waiting.delete(reader);
      block = found;
    } else block = read;
    if (block === undefined) break;
    if (block.kind === "entries" || block.kind === "keyframe") {
      const entry = new Entry();
      const numbers: number[] = [];
      for (let offset = block.start; offset < block.end;) {
        offset = readEntry(block, offset, entry);
        numbers.push(entry.sequence);
      }
      const last = texts.at(-1);
      const from = block.kind === "entries" && /^entries \d+-(\d+)$/.exec(last ?? "")?.[1];
      if (from !== undefined && from !== false && Number(from) + 1 === numbers[0]) texts.pop();
      const first = from !== undefined && from !== false && Number(from) + 1 === numbers[0]
        ? /(\d+)-/.exec(last!)![1]
        : numbers[0];
      texts.push(`${block.kind} ${first}-${numbers.at(-1)}`);
    } else if (block.kind === "gap") {
      texts.push(`gap ${block.reason} to ${[...block.sequences].map(String)}`);
    } else if (block.kind === "keyframe-end") {
      texts.push(`at ${[...block.sequences].map(String)}`);
    }
  }
  return texts;
}

/** A journal of 100 entries in several segments that was left without a crash's traces. */
export async function leave(): Promise<Bench> {
  const bench = await new Bench().open();
  bench.journal.openReader("a", "oldest");
  await bench.append(100);
  await bench.close();
  assert.equal(bench.segments().length > 5, true);
  return bench;
}

/**
 * The journal in memory: a ring of chunks between routers and pipelines.
 *
 * Entries are copied into {@linkcode Chunks}. A chunk goes back when every reader has committed past it and reads in a later one. The
 * limit counts the bytes of chunks in use, and a little for each open session.
 *
 * When the journal is full, appends wait and are served in the order in which they came, whatever their size; a session has
 * one append under way, so that none can starve another. A reader that may be overrun (`drop-oldest`) does not make them wait: it loses what it
 * has not read, and goes on at the newest entry; so it has one long gap where dropping bit by bit would give it many.
 */
import { AppendCounters } from "./append_counters.ts";
import { Chunks } from "./chunks.ts";
import { copyRun, endOfRun } from "./copy_run.ts";
import { Cursor, type Known, knownAt } from "./cursor.ts";
import { LiveSessions } from "./live_sessions.ts";
import {
  entriesLength,
  ENTRY_HEADER_BYTES,
  type EntryBatch,
  type EntryBlock,
  EntryKind,
  type Journal,
  type JournalBlock,
  type JournalReader,
  type Unread,
  type WhenFull,
} from "./types.ts";
import type { Metrics } from "../ops/metrics.ts";

export interface MemoryJournalOptions {
  /** Bytes of chunks in use and of sessions at most, `--journal-max-bytes`. An entry larger than this passes alone, once the journal is empty. */
  bytesMax?: number;
  /** Freed chunks are kept this long for reuse, in milliseconds. */
  spareMs?: number;
  metrics: Metrics;
}

/** With 64 MiB, a sink that had stood still took up to 200 MB of resident memory to catch up with 1,000 sessions; with this 150 at most. */
export const JOURNAL_MAX_BYTES_DEFAULT = 32 * 1024 * 1024;

const SPARE_MS_DEFAULT = 10_000;

/** An append that waits for room. */
interface Waiter {
  readonly batch: EntryBatch;
  /** Entries of the batch that are in the journal. */
  taken: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class MemoryJournal implements Journal {
  readonly isDurable = false;
  readonly #chunks: Chunks;
  readonly #cursors: Cursor[] = [];
  readonly #waiters: Waiter[] = [];
  #sessions = 0;
  #closed = false;
  /** At the end of the journal. */
  readonly #live = new LiveSessions();
  #checkpoint: Uint8Array | undefined = undefined;
  readonly #counters: AppendCounters;
  #onCommit: () => void = () => {};

  constructor(options: MemoryJournalOptions) {
    const { bytesMax = JOURNAL_MAX_BYTES_DEFAULT, spareMs = SPARE_MS_DEFAULT, metrics } = options;
    this.#chunks = new Chunks(bytesMax, spareMs, metrics);
    this.#counters = new AppendCounters(metrics);
  }

  get usedBytes(): number {
    return this.#chunks.usedBytes;
  }

  /** Bytes of all chunks, also of those kept for reuse. */
  get allocatedBytes(): number {
    return this.#chunks.allocatedBytes;
  }

  nextSession(): number {
    return ++this.#sessions;
  }

  /** A batch whose append returned a promise is the journal's, with the bytes that it points to, until the promise settles. */
  append(batch: EntryBatch): Promise<void> | undefined {
    if (this.#closed) throw new Error("Cannot append to the journal: it is closed");
    if (batch.kind === EntryKind.open) this.#chunks.addSessions(batch.count);
    let taken = 0;
    if (this.#waiters.length === 0) {
      taken = this.#take(batch, 0);
      this.#wakeReaders();
      if (taken === batch.count) return undefined;
    }
    this.#counters.waitsTotal.add(1);
    return new Promise((resolve, reject) => this.#waiters.push({ batch, taken, resolve, reject }));
  }

  openReader(name: string, from: "oldest" | "newest", whenFull: WhenFull = "block"): JournalReader {
    if (this.#cursors.some((cursor) => cursor.name === name && cursor.end === Infinity)) {
      throw new Error(`Cannot open journal reader "${name}": it is open already`);
    }
    const cursor = from === "oldest"
      ? new Cursor(name, this.#chunks.head, 0, whenFull)
      : new Cursor(name, this.#chunks.tail, this.#chunks.tail.used, whenFull);
    if (from === "newest" && this.#live.size > 0) cursor.startKeyframe(this.#known());
    return this.#readerOf(cursor);
  }

  #readerOf(cursor: Cursor): JournalReader {
    this.#cursors.push(cursor);
    const block = {
      kind: "entries" as const,
      bytes: cursor.chunk.bytes,
      view: cursor.chunk.view,
      start: 0,
      end: 0,
      cursor: 0,
    };
    const end = () => this.#chunks.end;
    return {
      read: (bytesMax) => this.#read(cursor, block, bytesMax),
      openAt: (position) => this.#openAt(position, cursor.whenFull),
      takeRuns: (take) => cursor.takeRun = take,
      keepCheckpoint: () => {},
      stopAtEnd: () => {
        cursor.end = this.#chunks.end;
        // What is behind it is another's: this one must not tell of it when it is overrun.
        if (cursor.whenFull === "drop-oldest") cursor.knownAtEnd = this.#known();
        cursor.wakeUp();
        return cursor.end;
      },
      close: () => this.#closeReader(cursor),
      get lagBytes(): number {
        return end() - cursor.committed;
      },
    };
  }

  #openAt(position: number, whenFull: WhenFull): JournalReader | undefined {
    const chunk = this.#chunks.at(position);
    if (chunk === undefined) return undefined;
    const cursor = new Cursor("", chunk, position - chunk.base, whenFull);
    // It holds nothing but the chunk that it reads.
    cursor.committed = Infinity;
    return this.#readerOf(cursor);
  }

  commit(name: string, position: number, checkpoint?: Uint8Array): void {
    if (checkpoint !== undefined) this.#checkpoint = checkpoint;
    const cursor = this.#cursors.find((cursor) => cursor.name === name);
    if (cursor === undefined) {
      throw new Error(`Cannot commit journal reader "${name}": it is not open`);
    }
    if (!(position <= cursor.position)) {
      throw new RangeError(
        `Cannot commit journal reader "${name}" to "${position}": it has read up to ${cursor.position}`,
      );
    }
    if (position <= cursor.committed) return;
    cursor.committed = position;
    this.#release();
    this.#onCommit();
  }

  /** Appends that wait are still taken in as the readers make room; they reject if no reader is left to do so. */
  close(): void {
    this.#closed = true;
    this.#rejectIfStuck();
    this.#wakeReaders();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  #read(
    cursor: Cursor,
    block: { -readonly [K in keyof EntryBlock]: EntryBlock[K] },
    bytesMax: number,
  ): Promise<JournalBlock | undefined> | JournalBlock | undefined {
    if (!cursor.open) return undefined;
    const isAtEnd = cursor.position >= cursor.end;
    if (cursor.isOverrun && !isAtEnd) return this.#jump(cursor);
    if (cursor.keyframe !== undefined) return this.#readKeyframe(cursor, bytesMax);
    if (isAtEnd) return undefined;
    if (cursor.offset === cursor.chunk.used && cursor.chunk.next !== undefined) {
      cursor.chunk = cursor.chunk.next;
      cursor.offset = 0;
      this.#release();
    }
    const { chunk, offset } = cursor;
    const used = Math.min(chunk.used, cursor.end - chunk.base);
    if (offset < used) {
      const end = chunk.endOfEntries(offset, used, bytesMax);
      block.bytes = chunk.bytes;
      block.view = chunk.view;
      block.start = offset;
      block.end = end;
      block.cursor = chunk.base + offset;
      cursor.offset = end;
      return block;
    }
    if (chunk.base + offset >= cursor.end) return undefined;
    if (this.#closed && this.#waiters.length === 0) return undefined;
    return new Promise((resolve) => {
      cursor.wake = () => resolve(this.#read(cursor, block, bytesMax));
    });
  }

  /** Moves an overrun reader to the end, its own or the journal's. */
  #jump(cursor: Cursor): JournalBlock {
    const from = cursor.position;
    cursor.isOverrun = false;
    cursor.moveTo(this.#chunks.tail);
    const known = cursor.knownAtEnd ?? this.#known();
    cursor.startKeyframe(known);
    const { cursor: end, sequences } = known.end;
    return { kind: "gap", cursor: end, reason: "dropped", lostBytes: end - from, sequences };
  }

  /** What is to be known at the end of the journal. */
  #known(): Known {
    return knownAt(this.#chunks.end, this.#live, this.#checkpoint);
  }

  #readKeyframe(cursor: Cursor, bytesMax: number): JournalBlock {
    const end = cursor.keyframeEnd!;
    const block = cursor.keyframe!.take(bytesMax, end.cursor);
    if (block !== undefined) return block;
    cursor.keyframe = undefined;
    return end;
  }

  #closeReader(cursor: Cursor): void {
    if (!cursor.open) return;
    cursor.open = false;
    this.#cursors.splice(this.#cursors.indexOf(cursor), 1);
    cursor.wakeUp();
    this.#release();
    this.#rejectIfStuck();
  }

  #wakeReaders(): void {
    for (const cursor of this.#cursors) {
      if (this.#closed || !this.#hasNothingFor(cursor)) cursor.wakeUp();
    }
  }

  #hasNothingFor({ isOverrun, chunk, offset }: Cursor): boolean {
    return !isOverrun && chunk === this.#chunks.tail && offset === chunk.used;
  }

  /** Offers frames that were just copied in, from `start` on in the last chunk, to the readers that wait for them. */
  #offer(batch: EntryBatch, first: number, last: number, start: number): void {
    const { tail } = this.#chunks;
    const { bytes, view, base, used: end } = tail;
    const cursor = base + start;
    const entries = { kind: "entries", bytes, view, start, end, cursor } as const;
    for (const reader of this.#cursors) {
      if (!reader.takesRunAt(cursor)) continue;
      if (reader.takeRun!({ batch, first, last, cursor, entries }) === last) reader.moveTo(tail);
    }
  }

  /** Offers frames to the only reader before they are copied in, while the tail is empty; returns the first that it has not taken. */
  #pass(batch: EntryBatch, first: number): number {
    // Some of the other messages are part of a keyframe.
    if (this.#cursors.length !== 1 || batch.routes < batch.count) return first;
    const reader = this.#cursors[0]!;
    const cursor = this.#chunks.end;
    if (!reader.takesRunAt(cursor)) return first;
    const last = endOfRun(batch, first, Infinity);
    const taken = reader.takeRun!({ batch, first, last, cursor, entries: undefined });
    if (taken === first) return first;
    this.#chunks.passOver(entriesLength(batch, first, taken));
    reader.moveTo(this.#chunks.tail);
    this.#live.setLastSequence(batch.session, batch.firstSequence + taken - 1);
    return taken;
  }

  /** Copies entries of a batch in, from entry `first` on, while there is room; returns the first entry that is not in. */
  #take(batch: EntryBatch, first: number): number {
    const { starts, ends, count } = batch;
    let i = first;
    const before = this.#chunks.end;
    while (i < count) {
      const chunk = this.#chunks.tail;
      const passed = chunk.used === 0 ? this.#pass(batch, i) : i;
      if (passed > i) {
        i = passed;
        continue;
      }
      const runEnd = endOfRun(batch, i, chunk.bytes.length - chunk.used);
      if (runEnd > i) {
        const start = chunk.used;
        chunk.used = copyRun(chunk.bytes, chunk.view, start, batch, i, runEnd);
        this.#live.take(chunk.bytes, chunk.view, start, chunk.used);
        if (batch.kind === EntryKind.close) chunk.closes += runEnd - i;
        else if (batch.kind === EntryKind.frame) this.#offer(batch, i, runEnd, start);
        i = runEnd;
      } else if (!this.#grow(ENTRY_HEADER_BYTES + ends[i]! - starts[i]!)) {
        break;
      }
    }
    this.#counters.entriesTotal.add(i - first);
    this.#counters.bytesTotal.add(this.#chunks.end - before);
    return i;
  }

  /** Makes a new tail with room for an entry of `length` bytes, unless the journal is full. An empty one takes it whatever its size. */
  #grow(length: number): boolean {
    while (!this.#chunks.canGrow(length) && this.#neededFrom() < this.#chunks.end) {
      if (!this.#overrun()) return false;
    }
    this.#chunks.grow(length);
    return true;
  }

  unread(): Unread | undefined {
    let from = Infinity;
    for (const { whenFull, committed } of this.#cursors) {
      if (whenFull === "block") from = Math.min(from, committed);
    }
    if (from === Infinity) return undefined;
    return { from, end: this.#chunks.end, bytesMax: this.#chunks.bytesMax };
  }

  onCommit(call: () => void): void {
    this.#onCommit = call;
  }

  /** The lowest position that a reader has not committed. Without a reader nothing is given up: one may still come. */
  #neededFrom(): number {
    if (this.#cursors.length === 0) return this.#chunks.head.base;
    let position = this.#chunks.end;
    for (const cursor of this.#cursors) {
      if (!cursor.isOverrun) position = Math.min(position, cursor.committed);
    }
    return position;
  }

  /** Gives up what those readers have not read that hold the oldest chunk; false if one of them must not lose it. */
  #overrun(): boolean {
    const before = this.#chunks.usedBytes;
    const holders = this.#cursors.filter((cursor) =>
      !cursor.isOverrun &&
      (cursor.committed < this.#chunks.head.end || cursor.chunk === this.#chunks.head)
    );
    if (holders.some((cursor) => cursor.whenFull === "block")) return false;
    for (const cursor of holders) {
      // What it has read is on its way, and lost only with the process, as the journal is.
      if (cursor.chunk === this.#chunks.head) cursor.isOverrun = true;
      else cursor.committed = this.#chunks.head.end;
    }
    this.#free();
    return this.#chunks.usedBytes < before;
  }

  /** Gives back the chunks that no reader needs. */
  #free(): void {
    const chunks = this.#chunks;
    const neededFrom = this.#neededFrom();
    while (chunks.head !== chunks.tail && chunks.head.end <= neededFrom) {
      const { head } = chunks;
      const readers = this.#cursors.filter((cursor) => cursor.chunk === head);
      if (readers.some((cursor) => !cursor.isOverrun)) break;
      // The last block of an overrun reader lies in it still.
      chunks.shift(readers.length === 0);
    }
  }

  /** Gives back the chunks that no reader needs, then lets waiting appends in. */
  #release(): void {
    this.#free();
    if (this.#waiters.length > 0) this.#serveWaiters();
  }

  #serveWaiters(): void {
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      waiter.taken = this.#take(waiter.batch, waiter.taken);
      if (waiter.taken < waiter.batch.count) break;
      this.#waiters.shift();
      waiter.resolve();
    }
    this.#wakeReaders();
  }

  #rejectIfStuck(): void {
    if (!this.#closed || this.#cursors.length > 0) return;
    for (const waiter of this.#waiters.splice(0)) {
      waiter.reject(
        new Error(
          "Cannot append to the journal: it was closed while it was full and nobody reads it",
        ),
      );
    }
  }
}

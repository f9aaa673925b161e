/**
 * The journal in memory: a ring of chunks between routers and pipelines.
 *
 * ```
 *            head                                   tail
 *   chunk    [EEEEEEEEE  ] -> [EEEEEEEEEEE] -> [EEEEEE     ]      E: an entry, header and frame
 *   position 0         ^ base of the next chunk: positions have no gaps
 * ```
 *
 * Entries are copied into chunks of 1 MiB; an entry larger than that gets a chunk of its own size. No object is kept per
 * entry: 64 MiB of 110-byte frames kept as objects with views measured 430-500 MB, in chunks they cost 64 MiB.
 * A chunk goes back when every reader has committed past it and reads in a later one. The limit counts the bytes of chunks in use,
 * and a little for each open session.
 *
 * When the journal is full, appends wait and are served in the order in which they came, whatever their size; a session has
 * one append under way, so that none can starve another. A reader that may be overrun (`drop-oldest`) does not make them wait: it loses what it
 * has not read, and goes on at the newest entry; so it has one long gap where dropping bit by bit would give it many.
 */
import { setTimeout } from "node:timers";
import { copyRun, endOfRun } from "./copy_run.ts";
import { Keyframe, LiveSessions } from "./live_sessions.ts";
import {
  ENTRY_HEADER_BYTES,
  type EntryBatch,
  type EntryBlock,
  EntryKind,
  type FrameRun,
  type Journal,
  type JournalBlock,
  type JournalReader,
  type KeyframeEnd,
  type Unread,
  type WhenFull,
} from "./types.ts";
import type { Counter, Metrics } from "../ops/metrics.ts";

export interface MemoryJournalOptions {
  /** Bytes of chunks in use and of sessions at most, `--journal-max-bytes`. An entry larger than this passes alone, once the journal is empty. */
  bytesMax?: number;
  /** Freed chunks are kept this long for reuse, in milliseconds. */
  spareMs?: number;
  metrics: Metrics;
}

export const JOURNAL_MAX_BYTES_DEFAULT = 64 * 1024 * 1024;

const CHUNK_BYTES = 1024 * 1024;

/**
 * What a session takes of the limit, up to half of it, from its first entry until its last is delivered: its buffers, what waits in
 * them, and what readers keep of it. So memory is bounded also with many sessions (an idle one costs 20 KB on either runtime).
 */
const SESSION_BYTES = 16 * 1024;
/**
 * Chunks that an idle journal keeps. The others are given up some time after they were freed only: a journal that fills and
 * drains in turn would leave them to the garbage collector faster than it takes them (40 MiB of entries measured 170-310 MB).
 */
const SPARE_CHUNKS_MAX = 3;
const SPARE_MS_DEFAULT = 10_000;

class Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Position in the journal of the first byte. */
  base = 0;
  /** Bytes that hold entries. */
  used = 0;
  /** Sessions whose end is here. */
  closes = 0;
  next: Chunk | undefined = undefined;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(byteLength);
    this.view = new DataView(this.bytes.buffer);
  }

  get end(): number {
    return this.base + this.used;
  }
}

/** Where one reader stands. */
class Cursor {
  open = true;
  committed: number;
  /** Ends a waiting read. */
  wake: (() => void) | undefined = undefined;
  /** As {@linkcode JournalReader.takeRuns}. */
  takeRun: ((run: FrameRun) => boolean) | undefined = undefined;
  /** What it reads before the next entry. */
  keyframe: Keyframe | undefined = undefined;
  keyframeEnd: KeyframeEnd | undefined = undefined;
  /** It reads no further. */
  end = Infinity;
  /** Set when its entries were given up: it holds nothing, and goes on at the end. */
  isOverrun = false;

  /** The next entry to read is at `chunk.bytes[offset]`. */
  constructor(
    readonly name: string,
    public chunk: Chunk,
    public offset: number,
    readonly whenFull: WhenFull,
  ) {
    this.committed = chunk.base + offset;
  }
}

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
  readonly #bytesMax: number;
  readonly #spareMs: number;
  readonly #cursors: Cursor[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #spares: Chunk[] = [];
  #head: Chunk = new Chunk(0);
  #tail: Chunk = this.#head;
  #usedBytes = 0;
  #sessions = 0;
  /** Those whose last entry is still in the journal too. */
  #openSessions = 0;
  #closed = false;
  /** At the end of the journal. */
  readonly #live = new LiveSessions();
  #checkpoint: Uint8Array | undefined = undefined;
  #trimTimer: NodeJS.Timeout | undefined = undefined;
  readonly #entriesTotal: Counter;
  readonly #bytesTotal: Counter;
  readonly #waitsTotal: Counter;
  readonly #usedGauge: Counter;

  constructor(options: MemoryJournalOptions) {
    const { bytesMax = JOURNAL_MAX_BYTES_DEFAULT, metrics } = options;
    if (!(bytesMax >= CHUNK_BYTES)) {
      throw new RangeError(
        `Cannot make a journal of "${bytesMax}" bytes: expected at least ${CHUNK_BYTES}, the size of one chunk`,
      );
    }
    this.#bytesMax = bytesMax;
    this.#spareMs = options.spareMs ?? SPARE_MS_DEFAULT;
    this.#entriesTotal = metrics.counter(
      "edgebmp_journal_entries_total",
      "Entries appended to the journal",
    ).with();
    this.#bytesTotal = metrics.counter(
      "edgebmp_journal_bytes_total",
      "Bytes appended to the journal, headers included",
    ).with();
    this.#waitsTotal = metrics.counter(
      "edgebmp_journal_full_total",
      "Appends that had to wait because the journal was full",
    )
      .with();
    this.#usedGauge = metrics.gauge(
      "edgebmp_journal_used_bytes",
      "Bytes of the journal's chunks in use",
    ).with();
    metrics.gauge(
      "edgebmp_journal_limit_bytes",
      "Limit of edgebmp_journal_used_bytes and 16 KiB for each session",
    ).with().set(bytesMax);
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes of all chunks, also of those kept for reuse. */
  get allocatedBytes(): number {
    return this.#usedBytes + this.#spares.length * CHUNK_BYTES;
  }

  nextSession(): number {
    return ++this.#sessions;
  }

  /** A batch whose append returned a promise is the journal's, with the bytes that it points to, until the promise settles. */
  append(batch: EntryBatch): Promise<void> | undefined {
    if (this.#closed) throw new Error("Cannot append to the journal: it is closed");
    if (batch.kind === EntryKind.open) this.#openSessions += batch.count;
    let taken = 0;
    if (this.#waiters.length === 0) {
      taken = this.#take(batch, 0);
      this.#wakeReaders();
      if (taken === batch.count) return undefined;
    }
    this.#waitsTotal.add(1);
    return new Promise((resolve, reject) => this.#waiters.push({ batch, taken, resolve, reject }));
  }

  openReader(name: string, from: "oldest" | "newest", whenFull: WhenFull = "block"): JournalReader {
    if (this.#cursors.some((cursor) => cursor.name === name && cursor.end === Infinity)) {
      throw new Error(`Cannot open journal reader "${name}": it is open already`);
    }
    const cursor = from === "oldest"
      ? new Cursor(name, this.#head, 0, whenFull)
      : new Cursor(name, this.#tail, this.#tail.used, whenFull);
    if (from === "newest" && this.#live.size > 0) this.#startKeyframe(cursor);
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
    const end = () => this.#tail.end;
    return {
      read: (bytesMax) => this.#read(cursor, block, bytesMax),
      openAt: (position) => this.#openAt(position, cursor.whenFull),
      takeRuns: (take) => cursor.takeRun = take,
      keepCheckpoint: () => {},
      stopAtEnd: () => {
        cursor.end = this.#tail.end;
        const wake = cursor.wake;
        cursor.wake = undefined;
        wake?.();
      },
      close: () => this.#closeReader(cursor),
      get lagBytes(): number {
        return end() - cursor.committed;
      },
    };
  }

  #openAt(position: number, whenFull: WhenFull): JournalReader | undefined {
    let chunk = this.#head;
    if (position < chunk.base) return undefined;
    while (position >= chunk.end && chunk.next !== undefined) chunk = chunk.next;
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
    const read = cursor.chunk.base + cursor.offset;
    if (!(position <= read)) {
      throw new RangeError(
        `Cannot commit journal reader "${name}" to "${position}": it has read up to ${read}`,
      );
    }
    if (position <= cursor.committed) return;
    cursor.committed = position;
    this.#release();
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
    if (cursor.isOverrun) return this.#jump(cursor);
    if (cursor.keyframe !== undefined) return this.#readKeyframe(cursor, bytesMax);
    if (cursor.offset === cursor.chunk.used && cursor.chunk.next !== undefined) {
      cursor.chunk = cursor.chunk.next;
      cursor.offset = 0;
      this.#release();
    }
    const { chunk, offset } = cursor;
    const used = Math.min(chunk.used, cursor.end - chunk.base);
    if (offset < used) {
      const end = wholeEntries(chunk, offset, used, bytesMax);
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

  /** Moves an overrun reader to the end. */
  #jump(cursor: Cursor): JournalBlock {
    const from = cursor.chunk.base + cursor.offset;
    cursor.isOverrun = false;
    cursor.chunk = this.#tail;
    cursor.offset = this.#tail.used;
    const end = this.#tail.end;
    const { sequences } = this.#startKeyframe(cursor);
    return { kind: "gap", cursor: end, reason: "dropped", lostBytes: end - from, sequences };
  }

  #startKeyframe(cursor: Cursor): KeyframeEnd {
    cursor.keyframe = new Keyframe(this.#live.entries());
    return cursor.keyframeEnd = {
      kind: "keyframe-end",
      cursor: this.#tail.end,
      checkpoint: this.#checkpoint,
      sequences: this.#live.sequences(),
    };
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
    cursor.wake?.();
    this.#release();
    this.#rejectIfStuck();
  }

  #wakeReaders(): void {
    for (const cursor of this.#cursors) {
      const wake = cursor.wake;
      if (wake === undefined || (!this.#closed && this.#hasNothingFor(cursor))) continue;
      cursor.wake = undefined;
      wake();
    }
  }

  #hasNothingFor({ isOverrun, chunk, offset }: Cursor): boolean {
    return !isOverrun && chunk === this.#tail && offset === chunk.used;
  }

  /** Offers frames that were just copied in, from `start` on in the last chunk, to the readers that wait for them. */
  #offer(batch: EntryBatch, first: number, last: number, start: number): void {
    const chunk = this.#tail;
    let run: FrameRun | undefined;
    for (const cursor of this.#cursors) {
      const { takeRun, wake, isOverrun, end } = cursor;
      if (takeRun === undefined || wake === undefined || isOverrun || end !== Infinity) continue;
      if (cursor.chunk.base + cursor.offset !== chunk.base + start) continue;
      run ??= {
        kind: "entries",
        bytes: chunk.bytes,
        view: chunk.view,
        start,
        end: chunk.used,
        cursor: chunk.base + start,
        batch,
        first,
        last,
      };
      if (!takeRun(run)) continue;
      cursor.chunk = chunk;
      cursor.offset = chunk.used;
    }
  }

  /** Copies entries of a batch in, from entry `first` on, while there is room; returns the first entry that is not in. */
  #take(batch: EntryBatch, first: number): number {
    const { starts, ends, count } = batch;
    let i = first;
    let byteLength = 0;
    while (i < count) {
      const chunk = this.#tail;
      const runEnd = endOfRun(batch, i, chunk.bytes.length - chunk.used);
      if (runEnd > i) {
        const start = chunk.used;
        chunk.used = copyRun(chunk.bytes, chunk.view, start, batch, i, runEnd);
        this.#live.take(chunk.bytes, chunk.view, start, chunk.used);
        if (batch.kind === EntryKind.close) chunk.closes += runEnd - i;
        else if (batch.kind === EntryKind.frame) this.#offer(batch, i, runEnd, start);
        byteLength += chunk.used - start;
        i = runEnd;
      } else if (!this.#grow(ENTRY_HEADER_BYTES + ends[i]! - starts[i]!)) {
        break;
      }
    }
    this.#entriesTotal.add(i - first);
    this.#bytesTotal.add(byteLength);
    return i;
  }

  /** Makes a new tail with room for `length` bytes, unless the journal is full. */
  #grow(length: number): boolean {
    const size = Math.max(CHUNK_BYTES, length);
    const isFull = () =>
      this.#usedBytes + size > this.#chunkBytesMax() && this.#neededFrom() < this.#tail.end;
    while (isFull()) if (!this.#overrun()) return false;
    const chunk = size === CHUNK_BYTES ? this.#spares.pop() ?? new Chunk(size) : new Chunk(size);
    chunk.base = this.#tail.end;
    chunk.used = 0;
    chunk.closes = 0;
    chunk.next = undefined;
    this.#tail.next = chunk;
    this.#tail = chunk;
    this.#usedBytes += size;
    this.#usedGauge.set(this.#usedBytes);
    return true;
  }

  /** What the sessions leave of the limit. */
  #chunkBytesMax(): number {
    return this.#bytesMax - Math.min(this.#openSessions * SESSION_BYTES, this.#bytesMax / 2);
  }

  unread(): Unread | undefined {
    let from = Infinity;
    for (const { whenFull, committed } of this.#cursors) {
      if (whenFull === "block") from = Math.min(from, committed);
    }
    if (from === Infinity) return undefined;
    return { from, end: this.#tail.end, bytesMax: this.#chunkBytesMax() };
  }

  /** The lowest position that a reader has not committed. Without a reader nothing is given up: one may still come. */
  #neededFrom(): number {
    if (this.#cursors.length === 0) return this.#head.base;
    let position = this.#tail.end;
    for (const cursor of this.#cursors) {
      if (!cursor.isOverrun) position = Math.min(position, cursor.committed);
    }
    return position;
  }

  /** Gives up what those readers have not read that hold the oldest chunk; false if one of them must not lose it. */
  #overrun(): boolean {
    const before = this.#usedBytes;
    const holders = this.#cursors.filter((cursor) =>
      !cursor.isOverrun && (cursor.committed < this.#head.end || cursor.chunk === this.#head)
    );
    if (holders.some((cursor) => cursor.whenFull === "block")) return false;
    for (const cursor of holders) {
      // What it has read is on its way, and lost only with the process, as the journal is.
      if (cursor.chunk === this.#head) cursor.isOverrun = true;
      else cursor.committed = this.#head.end;
    }
    this.#free();
    return this.#usedBytes < before;
  }

  #free(): void {
    const neededFrom = this.#neededFrom();
    while (this.#head !== this.#tail && this.#head.end <= neededFrom) {
      const chunk = this.#head;
      const readers = this.#cursors.filter((cursor) => cursor.chunk === chunk);
      if (readers.some((cursor) => !cursor.isOverrun)) break;
      this.#head = chunk.next!;
      this.#usedBytes -= chunk.bytes.length;
      this.#openSessions -= chunk.closes;
      // The last block of an overrun reader lies in it still: this chunk is the garbage collector's.
      if (readers.length === 0 && chunk.bytes.length === CHUNK_BYTES) this.#spares.push(chunk);
    }
    this.#usedGauge.set(this.#usedBytes);
  }

  /** Frees the chunks that no reader needs, then lets waiting appends in. */
  #release(): void {
    this.#free();
    if (this.#waiters.length > 0) this.#serveWaiters();
    if (this.#spares.length > SPARE_CHUNKS_MAX) this.#trimLater();
  }

  #trimLater(): void {
    this.#trimTimer ??= setTimeout(() => {
      this.#trimTimer = undefined;
      this.#spares.length = Math.min(this.#spares.length, SPARE_CHUNKS_MAX);
    }, this.#spareMs).unref();
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

/** The end of the entries from `offset` to `used` that fit `bytesMax`, at least one. */
function wholeEntries(chunk: Chunk, offset: number, used: number, bytesMax: number): number {
  if (used - offset <= bytesMax) return used;
  let end = offset + chunk.view.getUint32(offset);
  while (end < used) {
    const next = end + chunk.view.getUint32(end);
    if (next - offset > bytesMax) break;
    end = next;
  }
  return end;
}

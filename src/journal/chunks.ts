/**
 * The bytes of the journal in memory: chunks of 1 MiB one behind another, filled at the tail and given back at the head.
 *
 * ```
 *            head                                   tail
 *   chunk    [EEEEEEEEE  ] -> [EEEEEEEEEEE] -> [EEEEEE     ]      E: an entry, header and frame
 *   position 0         ^ base of the next chunk
 * ```
 *
 * An entry lies whole in one chunk; one that is larger than a chunk gets one of its own size. No object is kept per entry: 64 MiB of
 * 110-byte frames kept as objects with views measured 430-500 MB, in chunks they cost 64 MiB.
 */
import { setTimeout } from "node:timers";
import type { Counter, Metrics } from "../ops/metrics.ts";

export const CHUNK_BYTES = 1024 * 1024;

/**
 * What a session takes of the limit, up to half of it, from its first entry until its last is delivered: its buffers, what waits in
 * them, and what readers and the live view keep of it. So memory is bounded also with many sessions (an idle one costs 28 KB on Deno, 34
 * on Bun).
 */
const SESSION_BYTES = 32 * 1024;
/**
 * Chunks that an idle journal keeps. The others are given up some time after they were freed only: a journal that fills and
 * drains in turn would leave them to the garbage collector faster than it takes them (40 MiB of entries measured 170-310 MB).
 */
const SPARE_CHUNKS_MAX = 3;

export class Chunk {
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

  /** The end of the entries from `offset` to `end` that fit `bytesMax`, at least one. */
  endOfEntries(offset: number, end: number, bytesMax: number): number {
    if (end - offset <= bytesMax) return end;
    let last = offset + this.view.getUint32(offset);
    while (last < end) {
      const next = last + this.view.getUint32(last);
      if (next - offset > bytesMax) break;
      last = next;
    }
    return last;
  }
}

/**
 * What holds between calls:
 *
 * - `next` leads from head to tail, and the base of each chunk is the end of the one before it, or behind that where entries were passed over.
 *   There is always a tail; the first has no room.
 * - Only the tail is written to, behind `used`. Of the others nothing changes, so that blocks of readers may point into them.
 * - `usedBytes` is the length of all chunks from head to tail. Whoever grows it asks `canGrow` first; what may grow it past the limit is
 *   the journal's matter.
 * - A chunk that was given back is a spare that nobody reads, or the garbage collector's.
 */
export class Chunks {
  readonly #limit: number;
  readonly #spareMs: number;
  readonly #spares: Chunk[] = [];
  #head: Chunk = new Chunk(0);
  #tail: Chunk = this.#head;
  #usedBytes = 0;
  #openSessions = 0;
  #trimTimer: NodeJS.Timeout | undefined = undefined;
  readonly #usedGauge: Counter;

  /** At most `limit` bytes for chunks and sessions; spares are kept for `spareMs` milliseconds. */
  constructor(limit: number, spareMs: number, metrics: Metrics) {
    if (!(limit >= CHUNK_BYTES)) {
      throw new RangeError(
        `Cannot make a journal of "${limit}" bytes: expected at least ${CHUNK_BYTES}, the size of one chunk`,
      );
    }
    this.#limit = limit;
    this.#spareMs = spareMs;
    this.#usedGauge = metrics.gauge(
      "edgebmp_journal_used_bytes",
      "Bytes of the journal's chunks in use",
    ).with();
    metrics.gauge(
      "edgebmp_journal_limit_bytes",
      "Limit of edgebmp_journal_used_bytes and 32 KiB for each session",
    ).with().set(limit);
  }

  get head(): Chunk {
    return this.#head;
  }

  get tail(): Chunk {
    return this.#tail;
  }

  /** Position behind the last entry. */
  get end(): number {
    return this.#tail.end;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes of all chunks, also of those kept for reuse. */
  get allocatedBytes(): number {
    return this.#usedBytes + this.#spares.length * CHUNK_BYTES;
  }

  /** What the sessions leave of the limit. */
  get bytesMax(): number {
    return this.#limit - Math.min(this.#openSessions * SESSION_BYTES, this.#limit / 2);
  }

  /** Counts sessions until the chunks that hold their ends are given back. */
  addSessions(count: number): void {
    this.#openSessions += count;
  }

  /** The chunk that holds `position`, or the tail for the end of the journal; undefined if that is gone. */
  at(position: number): Chunk | undefined {
    let chunk = this.#head;
    if (position < chunk.base) return undefined;
    while (position >= chunk.end && chunk.next !== undefined) chunk = chunk.next;
    return position < chunk.base ? undefined : chunk;
  }

  /** Whether the limit leaves room for a chunk that holds an entry of `length` bytes. */
  canGrow(length: number): boolean {
    return this.#usedBytes + chunkBytesFor(length) <= this.bytesMax;
  }

  /** Makes a new tail that holds an entry of `length` bytes. */
  grow(length: number): void {
    const size = chunkBytesFor(length);
    const chunk = size === CHUNK_BYTES ? this.#spares.pop() ?? new Chunk(size) : new Chunk(size);
    chunk.base = this.#tail.end;
    chunk.used = 0;
    chunk.closes = 0;
    chunk.next = undefined;
    this.#tail.next = chunk;
    this.#tail = chunk;
    this.#setUsedBytes(this.#usedBytes + size);
  }

  /** Moves the end on by `length` bytes of entries that are not kept. The tail must be empty. */
  passOver(length: number): void {
    this.#tail.base += length;
  }

  /** Gives back the head, which must not be the tail; for reuse only if nobody looks at its bytes any more. */
  shift(forReuse: boolean): void {
    const chunk = this.#head;
    this.#head = chunk.next!;
    this.#openSessions -= chunk.closes;
    this.#setUsedBytes(this.#usedBytes - chunk.bytes.length);
    if (forReuse && chunk.bytes.length === CHUNK_BYTES) this.#spares.push(chunk);
    if (this.#spares.length > SPARE_CHUNKS_MAX) this.#trimLater();
  }

  #setUsedBytes(bytes: number): void {
    this.#usedBytes = bytes;
    this.#usedGauge.set(bytes);
  }

  #trimLater(): void {
    this.#trimTimer ??= setTimeout(() => {
      this.#trimTimer = undefined;
      this.#spares.length = Math.min(this.#spares.length, SPARE_CHUNKS_MAX);
    }, this.#spareMs).unref();
  }
}

function chunkBytesFor(length: number): number {
  return Math.max(CHUNK_BYTES, length);
}

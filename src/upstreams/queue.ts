/** Messages of one session on their way into its connection, in chunks that are written whole. */
import { ENTRY_HEADER_BYTES, EntryKind, type FrameRun } from "../journal/types.ts";

const CHUNK_BYTES = 128 * 1024;
/** Where all chunks are taken, each session still has two of these, so that none waits for another's. */
const SMALL_CHUNK_BYTES = 8 * 1024;
const CHUNKS_MAX = 128;
const PIECE_BYTES = 16 * 1024;
/** Bytes of chunks that wait in one session. */
const QUEUE_BYTES_MAX = 1024 * 1024;

/** The chunks that the sessions of an upstream share: 16 MiB at most. */
export class Chunks {
  readonly #spares: Uint8Array[] = [];
  #made = 0;

  /** One with room for `length` bytes. */
  take(length: number): Uint8Array {
    if (length > CHUNK_BYTES) return new Uint8Array(length);
    const spare = this.#spares.pop();
    if (spare !== undefined) return spare;
    if (this.#made === CHUNKS_MAX) return new Uint8Array(Math.max(length, SMALL_CHUNK_BYTES));
    this.#made++;
    return new Uint8Array(CHUNK_BYTES);
  }

  giveBack(bytes: Uint8Array): void {
    if (bytes.length === CHUNK_BYTES) this.#spares.push(bytes);
  }

  /** One that must not be used again. */
  lose(bytes: Uint8Array): void {
    if (bytes.length === CHUNK_BYTES) this.#made--;
  }
}

/** Whole messages, one behind the other. */
export interface Chunk {
  readonly bytes: Uint8Array;
  used: number;
  messages: number;
  /** Journal position of the first. */
  readonly first: number;
  /** Journal position behind the last. */
  end: number;
}

export class Queue {
  readonly #shared: Chunks;
  readonly #chunks: Chunk[] = [];
  #bytes = 0;

  constructor(shared: Chunks) {
    this.#shared = shared;
  }

  /** Journal position of the first message; undefined: there is none. */
  get first(): number | undefined {
    return this.#chunks[0]?.first;
  }

  /**
   * Takes the messages of the entries `bytes[start, end)` as far as they are frames of a session, and there is room; returns the offset
   * of the first entry that is not taken.
   *
   * @param position of the first entry in the journal
   * @param session the journal's number
   */
  putRun(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    position: number,
    session: number,
  ): number {
    let offset = start;
    while (offset < end && isFrameOf(session, bytes, view, offset)) {
      const chunk = this.#chunks.at(-1);
      const room = chunk === undefined ? 0 : chunk.bytes.length - chunk.used;
      // In pieces that the processor's first cache holds: what is looked at here is copied from there.
      const limit = Math.min(end, offset + Math.min(room, PIECE_BYTES));
      let runEnd = offset;
      let count = 0;
      while (runEnd < limit && isFrameOf(session, bytes, view, runEnd)) {
        const next = runEnd + view.getUint32(runEnd);
        if (next > limit && (count > 0 || next - offset > room)) break;
        runEnd = next;
        count++;
      }
      if (count === 0) {
        if (!this.#grow(view.getUint32(offset), position + offset - start)) return offset;
        continue;
      }
      copyFrames(chunk!, bytes, view, offset, runEnd);
      chunk!.messages += count;
      chunk!.end = position + runEnd - start;
      offset = runEnd;
    }
    return offset;
  }

  /** Takes the messages of a run as far as there is room, without a look at each; returns the first that it has not taken. */
  putPlain({ batch, first, last, cursor }: FrameRun): number {
    const { starts, ends } = batch;
    const source = batch.sources[first]!;
    const origin = cursor - starts[first]!;
    let i = first;
    let position = cursor;
    while (i < last) {
      const start = starts[i]!;
      const chunk = this.#chunks.at(-1);
      const room = chunk === undefined ? 0 : chunk.bytes.length - chunk.used;
      const next = firstAbove(ends, i, last, start + room);
      if (next === i) {
        if (!this.#grow(ends[i]! - start, position)) break;
        continue;
      }
      const end = ends[next - 1]!;
      position = origin + end + (next - first) * ENTRY_HEADER_BYTES;
      chunk!.bytes.set(source.subarray(start, end), chunk!.used);
      chunk!.used += end - start;
      chunk!.messages += next - i;
      chunk!.end = position;
      i = next;
    }
    return i;
  }

  /** Makes room for a message of `length` bytes, the entry at `position`; false: there is none. */
  makeRoom(length: number, position: number): boolean {
    const chunk = this.#chunks.at(-1);
    return (chunk !== undefined && chunk.bytes.length - chunk.used >= length) ||
      this.#grow(length, position);
  }

  /** Adds the message `bytes[start, end)` behind {@linkcode Queue.makeRoom}; `entryEnd`: the position behind its entry. */
  put(bytes: Uint8Array, start: number, end: number, entryEnd: number): void {
    const chunk = this.#chunks.at(-1)!;
    chunk.bytes.set(bytes.subarray(start, end), chunk.used);
    chunk.used += end - start;
    chunk.messages++;
    chunk.end = entryEnd;
  }

  /** Hands over the next chunk, to be given back to {@linkcode Queue.done}. */
  next(): Chunk | undefined {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) this.#bytes -= chunk.bytes.length;
    return chunk;
  }

  done(chunk: Chunk): void {
    this.#shared.giveBack(chunk.bytes);
  }

  /** The chunk's write has failed: the runtime may still look at its bytes. */
  lose(chunk: Chunk): void {
    this.#shared.lose(chunk.bytes);
  }

  clear(): void {
    for (const chunk of this.#chunks.splice(0)) this.#shared.giveBack(chunk.bytes);
    this.#bytes = 0;
  }

  #grow(length: number, position: number): boolean {
    if (this.#chunks.length > 0 && this.#bytes + length > QUEUE_BYTES_MAX) return false;
    const bytes = this.#shared.take(length);
    // Where chunks are short, one waits while another is written.
    if (this.#chunks.length > 0 && bytes.length < CHUNK_BYTES) return false;
    this.#chunks.push({ bytes, used: 0, messages: 0, first: position, end: position });
    this.#bytes += bytes.length;
    return true;
  }
}

/** The first of `ends[first, last)`, which grow, that is above a limit. */
function firstAbove(ends: readonly number[], first: number, last: number, limit: number): number {
  if (ends[last - 1]! <= limit) return last;
  let low = first;
  let high = last - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the entry at `offset` is a frame of a session. */
export function isFrameOf(
  session: number,
  bytes: Uint8Array,
  view: DataView,
  offset: number,
): boolean {
  return view.getUint32(offset + 8) === session && bytes[offset + 4] === EntryKind.frame;
}

/** One copy of all entries; then each frame moves left over its header, as a `subarray` for each is dearer (journal/copy_run.ts). */
function copyFrames(
  chunk: Chunk,
  source: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  const { bytes } = chunk;
  let at = chunk.used;
  let from = at;
  bytes.set(source.subarray(start, end), at);
  for (let offset = start; offset < end;) {
    const length = view.getUint32(offset);
    bytes.copyWithin(at, from + ENTRY_HEADER_BYTES, from + length);
    at += length - ENTRY_HEADER_BYTES;
    from += length;
    offset += length;
  }
  chunk.used = at;
}

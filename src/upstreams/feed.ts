/**
 * What one session has to say to one upstream, taken from the journal in order.
 *
 * As long as the connection keeps up, the feed *follows*: the upstream's reader, which reads for all sessions, gives it what it
 * meets. One whose connection cannot take that much, or that has none, is left behind; later it reads by itself, from its own
 * position on, until it is where that reader is. So a connection that stalls holds memory for two chunks and a place in the journal,
 * and nobody else.
 */
import {
  entriesLength,
  Entry,
  type EntryBlock,
  EntryKind,
  type FrameRun,
  type JournalReader,
  readEntry,
} from "../journal/types.ts";
import type { Counter } from "../ops/metrics.ts";
import type { Preparation } from "./preparation.ts";
import { type Chunk, type Chunks, isFrameOf, Queue } from "./queue.ts";
import type { Rewind } from "./rewind.ts";

/** Whole chunks of the journal in memory, which then need not look where entries end. */
const READ_BYTES_MAX = 1024 * 1024;

/** What the feeds of an upstream share. */
export interface FeedContext {
  readonly chunks: Chunks;
  readonly filtered: Counter;
  /** Where the upstream's reader is. */
  readonly position: () => number;
  /** A reader that begins at a position; undefined: that is gone. */
  readonly openAt: (position: number) => JournalReader | undefined;
  /** Work of this length was done in this turn of the event loop; waits for another one if that is enough. */
  readonly rest: (bytes: number) => Promise<void> | undefined;
}

export class Feed {
  readonly #context: FeedContext;
  /** The journal's number of the session. */
  readonly #session: number;
  readonly #preparation: Preparation;
  /** Undefined: nothing is sent again. */
  readonly #rewind: Rewind | undefined;
  readonly #queue: Queue;
  /** The next entry to look at, unless it follows. */
  #position: number;
  #follows = false;
  /** Behind the last entry of the session that the upstream's reader has met. */
  #newest: number;
  #isClosed = false;
  #hasEnd = false;
  /** The one that is written. */
  #chunk: Chunk | undefined = undefined;
  #reader: JournalReader | undefined = undefined;
  /** What it has read and not taken. */
  #block: EntryBlock | undefined = undefined;
  #offset = 0;
  readonly #entry = new Entry();

  /** @param position of the entry that it begins with */
  constructor(
    context: FeedContext,
    session: number,
    position: number,
    preparation: Preparation,
    rewind: Rewind | undefined,
  ) {
    this.#context = context;
    this.#session = session;
    this.#position = position;
    this.#newest = position;
    this.#preparation = preparation;
    this.#rewind = rewind;
    this.#queue = new Queue(context.chunks);
  }

  /** The upstream's reader has met the end of the session. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** All messages of the session have been taken, and its end. */
  get hasEnd(): boolean {
    return this.#hasEnd;
  }

  /** The journal position behind the last entry of the session that the upstream's reader has met. */
  get newest(): number {
    return this.#newest;
  }

  get follows(): boolean {
    return this.#follows;
  }

  /** The journal position from which on it may still need entries; Infinity: none of those that the upstream's reader has met. */
  get needs(): number {
    const { unsent } = this;
    const rewind = this.#rewind;
    return rewind === undefined || rewind.bytes === 0 ? unsent : Math.min(unsent, rewind.position);
  }

  /** The journal position of the first message that is not written; Infinity: there is none so far. */
  get unsent(): number {
    const first = this.#chunk?.first ?? this.#queue.first;
    if (first !== undefined) return first;
    if (this.#follows) return Infinity;
    // What lies between is of other sessions.
    if (this.#block === undefined && this.#position >= this.#newest) {
      this.#position = Math.max(this.#position, this.#context.position());
    }
    return this.#position;
  }

  /** Takes in entries before those that it begins with, headers included. */
  know(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.#rewind?.know(bytes, view, start, end);
  }

  /** The upstream's reader has met frames of the session: the entries `bytes[start, end)`, the first at a journal position. */
  push(bytes: Uint8Array, view: DataView, start: number, end: number, position: number): void {
    this.#newest = position + end - start;
    if (!this.#follows) return;
    const taken = this.#take(bytes, view, start, end, position);
    if (taken === end) return;
    this.#follows = false;
    this.#position = position + taken - start;
  }

  /** As {@linkcode Feed.push}, of frames that are also there without headers; returns the first that it has not met. */
  pushRun(run: FrameRun): number {
    const { batch, first, last, cursor, entries } = run;
    if (!this.#follows || !this.#preparation.isUntouched) {
      if (entries === undefined) return first;
      const { bytes, view, start, end } = entries;
      this.push(bytes, view, start, end, cursor);
      return last;
    }
    if (entries === undefined && this.#rewind !== undefined) return first;
    const next = this.#queue.putPlain(run);
    const position = cursor + entriesLength(batch, first, next);
    this.#newest = position;
    if (entries === undefined) return next;
    const { bytes, view, start } = entries;
    this.#rewind?.note(bytes, view, start, start + position - cursor, cursor);
    if (next === last) return last;
    this.#newest = cursor + entriesLength(batch, first, last);
    this.#follows = false;
    this.#position = position;
    return last;
  }

  /** The upstream's reader has met the end of the session, an entry that ends at a journal position. */
  close(end: number): void {
    this.#newest = end;
    this.#isClosed = true;
    if (this.#follows) this.#hasEnd = true;
  }

  /** What is to be written next, to be given back to {@linkcode Feed.wrote}. */
  next(): Chunk | undefined {
    this.#chunk = this.#queue.next();
    return this.#chunk;
  }

  wrote(chunk: Chunk, nowMs: number): void {
    this.#chunk = undefined;
    this.#rewind?.wrote(chunk.used, chunk.end, nowMs);
    this.#queue.done(chunk);
  }

  /** Reads from its own position on until there is something to write, or it follows; false: what it needs is gone. */
  async fill(): Promise<boolean> {
    const { position: here, openAt, rest } = this.#context;
    while (this.#queue.first === undefined && !this.#hasEnd) {
      if (this.#block !== undefined) {
        this.#takeBlock(this.#block);
        continue;
      }
      if (this.#position >= here()) {
        this.#closeReader();
        this.#follows = true;
        return true;
      }
      const reader = this.#reader ??= openAt(this.#position);
      const read = reader?.read(READ_BYTES_MAX);
      const block = read instanceof Promise ? await read : read;
      // Left meanwhile.
      if (this.#reader !== reader) return true;
      if (block === undefined || block.kind === "gap") return false;
      if (block.kind !== "entries") continue;
      this.#block = block;
      this.#offset = block.start;
      await rest(block.end - block.start);
      if (this.#reader !== reader) return true;
    }
    return true;
  }

  /** The connection is lost: goes back to where the next one begins. Returns how many bytes will be written again; undefined: they are gone. */
  back(nowMs: number): number | undefined {
    const rewind = this.#rewind;
    const { unsent } = this;
    const bytes = rewind?.bytes ?? 0;
    const position = bytes > 0 ? rewind!.position : Math.min(unsent, this.#context.position());
    if (this.#chunk !== undefined) this.#queue.lose(this.#chunk);
    this.#chunk = undefined;
    this.leave();
    this.#follows = false;
    this.#position = position;
    this.#hasEnd = false;
    return rewind === undefined || rewind.isWhole(nowMs) ? bytes : undefined;
  }

  /** Begins a connection that goes on; returns the entries that say what was true there. */
  restart(): readonly Uint8Array[] {
    return this.#rewind?.restart(this.#position) ?? [];
  }

  /** To be called now and then. */
  rest(nowMs: number): void {
    this.#rewind?.rest(nowMs);
  }

  /** The journal needs the room: what was written so far is not written again. */
  cut(): void {
    this.#rewind?.cut();
  }

  /** Gives up what it holds of the journal and of the shared chunks. */
  leave(): void {
    this.#closeReader();
    this.#queue.clear();
  }

  #closeReader(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#block = undefined;
  }

  /** Takes what is its own in a block; what has no room stays for later. */
  #takeBlock(block: EntryBlock): void {
    const { bytes, view, start, cursor } = block;
    const limit = Math.min(block.end, start + this.#context.position() - cursor);
    let offset = this.#offset;
    while (offset < limit && !this.#hasEnd) {
      if (isFrameOf(this.#session, bytes, view, offset)) {
        offset = this.#take(bytes, view, offset, limit, cursor + offset - start);
        // It has stopped at one of its own: there is no room.
        if (offset < limit && isFrameOf(this.#session, bytes, view, offset)) break;
        continue;
      }
      const isOwn = view.getUint32(offset + 8) === this.#session;
      if (isOwn && bytes[offset + 4] === EntryKind.close) this.#hasEnd = true;
      offset += view.getUint32(offset);
    }
    this.#offset = offset;
    this.#position = cursor + offset - start;
    if (offset < limit) return;
    this.#block = undefined;
    // The rest of it the upstream's reader has not met.
    if (limit < block.end) this.#closeReader();
  }

  /** Puts entries into the queue as far as they are frames of the session and there is room; returns the offset of the first that is not in. */
  #take(bytes: Uint8Array, view: DataView, start: number, end: number, position: number): number {
    const taken = this.#preparation.isUntouched
      ? this.#queue.putRun(bytes, view, start, end, position, this.#session)
      : this.#prepare(bytes, view, start, end, position);
    this.#rewind?.note(bytes, view, start, taken, position);
    return taken;
  }

  #prepare(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    position: number,
  ): number {
    const entry = this.#entry;
    const block = { kind: "entries", bytes, view, start, end, cursor: position } as const;
    let offset = start;
    while (offset < end && isFrameOf(this.#session, bytes, view, offset)) {
      const next = readEntry(block, offset, entry);
      const message = this.#preparation.rewritten(entry);
      const length = message.end - message.start;
      if (!this.#queue.makeRoom(length, position + offset - start)) return offset;
      if (this.#preparation.accepts(entry)) {
        this.#queue.put(message.bytes, message.start, message.end, position + next - start);
      } else {
        this.#context.filtered.add(1);
      }
      offset = next;
    }
    return offset;
  }
}

/**
 * What a session that is resumed starts with: where in the journal, and what was true there.
 *
 * ```
 *   position                             last byte written
 *      |..... at most bytesMax, msMax .....|
 *      mark      mark        mark        mark        marks are message borders
 *   live: Initiation and Peer Ups before `position`; pending: those behind it, to be taken in as it moves
 * ```
 *
 * BMP has no acknowledgement: how much of what was written an upstream has read cannot be known. So all that may still have been
 * in the buffers of both sides is sent again.
 */
import { MessageType } from "../bmp/peer_header.ts";
import { LiveSessions } from "../journal/live_sessions.ts";
import { ENTRY_HEADER_BYTES, EntryKind } from "../journal/types.ts";

/** Marks are at least so far apart, in bytes or time. */
const MARK_BYTES = 64 * 1024;
const MARK_MS = 1000;

/** So long after the last byte TCP has delivered it, or has reported that it could not: it tries for some 15 minutes. */
const QUIET_MS = 20 * 60_000;

interface Mark {
  readonly position: number;
  /** Written on this connection up to there. */
  readonly bytes: number;
  readonly atMs: number;
}

/** An entry that says something of a session's state. */
interface StateEntry {
  readonly position: number;
  readonly bytes: Uint8Array;
}

export class Rewind {
  readonly #bytesMax: number;
  readonly #msMax: number;
  readonly #live = new LiveSessions();
  #pending: StateEntry[] = [];
  /** Oldest first, never empty. */
  #marks: Mark[];
  /** When the last byte was written that can no longer be sent again, although it should. */
  #cutAtMs = -Infinity;

  /** @param position of the session's first entry */
  constructor(bytesMax: number, msMax: number, position: number) {
    this.#bytesMax = bytesMax;
    this.#msMax = msMax;
    this.#marks = [{ position, bytes: 0, atMs: -Infinity }];
  }

  /** Where a new connection would go on. */
  get position(): number {
    return this.#marks[0]!.position;
  }

  /** Bytes that a new connection would repeat. */
  get bytes(): number {
    return this.#marks.at(-1)!.bytes - this.#marks[0]!.bytes;
  }

  /** Whether a new connection would repeat all that it should. */
  isWhole(nowMs: number): boolean {
    return nowMs - this.#cutAtMs >= this.#msMax;
  }

  /** Takes in entries before the position, headers included. */
  know(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.#live.take(bytes, view, start, end);
  }

  /** Notes entries of the session that are to be written, headers included. */
  note(bytes: Uint8Array, view: DataView, start: number, end: number, position: number): void {
    for (let offset = start; offset < end;) {
      const next = offset + view.getUint32(offset);
      const type = bytes[offset + ENTRY_HEADER_BYTES + 5];
      const isState = bytes[offset + 4] !== EntryKind.frame || type === MessageType.initiation ||
        type === MessageType.peerUp || type === MessageType.peerDown;
      if (isState) {
        const at = position + offset - start;
        this.#pending.push({ position: at, bytes: bytes.slice(offset, next) });
      }
      offset = next;
    }
  }

  /** `bytes` more were written, up to a journal position. */
  wrote(bytes: number, position: number, nowMs: number): void {
    const marks = this.#marks;
    const last = marks.at(-1)!;
    const mark = { position, bytes: last.bytes + bytes, atMs: nowMs };
    const before = marks.at(-2);
    const isNear = before !== undefined && mark.bytes - before.bytes < MARK_BYTES &&
      nowMs - before.atMs < MARK_MS;
    if (isNear) marks[marks.length - 1] = mark;
    else marks.push(mark);
    this.#trim(nowMs);
  }

  /** To be called now and then: a session that has nothing to say must not hold the journal. */
  rest(nowMs: number): void {
    if (nowMs - this.#marks.at(-1)!.atMs > QUIET_MS) this.#leave(this.#marks.length - 1);
  }

  /** The journal needs the room: nothing that was written so far is repeated. */
  cut(): void {
    if (this.bytes === 0) return;
    this.#cutAtMs = this.#marks.at(-1)!.atMs;
    this.#leave(this.#marks.length - 1);
  }

  /**
   * Begins a new connection at a position: its own, or one with no message of the session between. Returns the entries that say what
   * was true there, headers included, the session's open entry first.
   */
  restart(position: number): Uint8Array[] {
    this.#marks = [{ position, bytes: 0, atMs: this.#marks[0]!.atMs }];
    this.#pending = [];
    return this.#live.entries();
  }

  #trim(nowMs: number): void {
    const marks = this.#marks;
    const { bytes } = marks.at(-1)!;
    let first = 0;
    while (first < marks.length - 1) {
      const isFar = bytes - marks[first]!.bytes > this.#bytesMax;
      // What lies between two marks was written by the time of the second.
      if (!isFar && nowMs - marks[first + 1]!.atMs <= this.#msMax) break;
      first++;
    }
    this.#leave(first);
  }

  /** Gives up the marks before `first`. */
  #leave(first: number): void {
    if (first === 0) return;
    this.#marks.splice(0, first);
    const { position } = this;
    let count = 0;
    for (const { position: at, bytes } of this.#pending) {
      if (at >= position) break;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#live.take(bytes, view, 0, bytes.length);
      count++;
    }
    if (count > 0) this.#pending.splice(0, count);
  }
}

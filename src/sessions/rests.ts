/**
 * When a session is not read from for a while, though the journal would take what it says: because it sends faster than it may, because
 * it takes the room that others need, or because it is ahead of the readers.
 *
 * A full journal serves appends in turn, so that a router with one message would wait behind all that send as fast as they can: with 50 of
 * them and a sink of 4 MB/s half a second, and much longer where reads are large. So the last eighth of the journal is for the quiet ones: a
 * session that has much in it already is not read from while less than that is free.
 */
import { clearTimeout, setTimeout } from "node:timers";
import type { Journal, SessionInfo, Unread } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { SessionLimits } from "./limits.ts";
import type { SessionMetrics } from "./metrics.ts";

/** What all sessions of a collector share here. */
export interface RestContext {
  readonly journal: Journal;
  readonly log: Log;
  readonly metrics: SessionMetrics;
  readonly limits: SessionLimits;
  readonly room: Room;
  readonly lead: Lead;
}

/** Shorter waits are left to the next read. */
const REST_MS_MIN = 20;

/** The rests of one session. */
export class Rests {
  readonly #context: RestContext;
  readonly #info: SessionInfo;
  readonly #pace = new Pace();
  readonly #share = new Share();
  #wake: (() => void) | undefined;
  #isForRoom = false;

  constructor(context: RestContext, info: SessionInfo) {
    this.#context = context;
    this.#info = info;
  }

  get isResting(): boolean {
    return this.#wake !== undefined;
  }

  /** Whether that is for want of room in the journal. */
  get isForRoom(): boolean {
    return this.#isForRoom;
  }

  /** After so many bytes: the wait before more is read. */
  after(bytes: number): Promise<void> | undefined {
    return this.#forPace(bytes) ?? this.#forJournal(bytes);
  }

  /** Ends the rest. */
  end(): void {
    this.#wake?.();
  }

  #forPace(bytes: number): Promise<void> | undefined {
    const { limits, metrics, log } = this.#context;
    const rate = limits.sessionMaxBytesPerSecond;
    if (rate === 0) return undefined;
    const waitMs = this.#pace.take(bytes, rate, performance.now());
    if (waitMs < REST_MS_MIN) return undefined;
    metrics.rests.add(1);
    const { session, source } = this.#info;
    log.limited("warn", source, "session sends too fast, reading more slowly", {
      session,
      source,
      limit_bytes_per_second: rate,
    });
    return this.#rest((wake) => {
      const timer = setTimeout(wake, waitMs);
      return () => clearTimeout(timer);
    });
  }

  #forJournal(bytes: number): Promise<void> | undefined {
    const { journal, limits, room, lead } = this.#context;
    const unread = journal.unread?.();
    if (unread === undefined) return undefined;
    const own = this.#share.add(bytes, unread);
    const shareMax = Math.min(limits.sessionMaxUnreadBytes, room.shareOf(unread));
    if (own > shareMax && !room.isFree(unread)) return this.#forRoom();
    const excess = lead.excess(own, unread);
    return excess > 0 ? this.#forReaders(bytes, excess) : undefined;
  }

  #forRoom(): Promise<void> {
    const { metrics, room } = this.#context;
    metrics.waiting.add(1);
    this.#isForRoom = true;
    return this.#rest((wake) => {
      room.wait(wake);
      return () => {
        room.leave(wake);
        metrics.waiting.add(-1);
        this.#isForRoom = false;
      };
    });
  }

  #forReaders(bytes: number, excess: number): Promise<void> {
    const { lead } = this.#context;
    return this.#rest((wake) => {
      lead.wait(wake, excess);
      const timer = setTimeout(wake, bytes / LEAD_BYTES_PER_MS);
      return () => {
        lead.leave(wake);
        clearTimeout(timer);
      };
    });
  }

  /** @param begin takes what ends the rest, and returns what is to be done then */
  #rest(begin: (wake: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        if (this.#wake !== wake) return;
        this.#wake = undefined;
        finish();
        resolve();
      };
      this.#wake = wake;
      const finish = begin(wake);
    });
  }
}

/** Bytes that may come at once before a limit per second holds them up, as seconds of that limit. */
const BURST_SECONDS = 1;

/** How far one session may read on under a limit per second. */
export class Pace {
  /** When all that was read so far will be within the limit. */
  #freeAtMs = 0;

  /** Counts what was read; milliseconds to wait before more is. */
  take(bytes: number, bytesPerSecond: number, nowMs: number): number {
    const begin = Math.max(this.#freeAtMs, nowMs - BURST_SECONDS * 1000);
    this.#freeAtMs = begin + bytes * 1000 / bytesPerSecond;
    return Math.max(0, this.#freeAtMs - nowMs);
  }
}

/**
 * About how much of one session is in the journal and not delivered, at most: what came up to a mark, and what came since. When all up to
 * the mark is delivered, it moves on to the end.
 */
export class Share {
  #mark = 0;
  #before = 0;
  #since = 0;

  /** Counts bytes that were appended; returns the sum. */
  add(bytes: number, unread: Unread): number {
    this.#since += bytes;
    if (unread.from >= this.#mark) {
      this.#mark = unread.end;
      this.#before = this.#since;
      this.#since = 0;
    }
    return this.#before + this.#since;
  }
}

/** How much of the journal busy sessions may fill. */
const BUSY_PART = 7 / 8;
/** Whoever is let go on may bring so much at once. */
const READ_BYTES_MAX = 512 * 1024;
/** How often is looked for room: ever less while there is none, as a receiver may be away for days. */
const LOOK_MS_MIN = 5;
const LOOK_MS_MAX = 80;

/** The sessions that wait until the journal has room beyond what is kept for quiet ones. */
export class Room {
  readonly #journal: Journal;
  readonly #sessions: () => number;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param sessions how many are open */
  constructor(journal: Journal, sessions: () => number) {
    this.#journal = journal;
    this.#sessions = sessions;
  }

  /** What each may have in the journal if all have the same. */
  shareOf({ bytesMax }: Unread): number {
    return BUSY_PART * bytesMax / Math.max(1, this.#sessions());
  }

  isFree({ from, end, bytesMax }: Unread): boolean {
    return end - from <= BUSY_PART * bytesMax;
  }

  wait(wake: () => void): void {
    this.#waiting.add(wake);
    if (this.#timer === undefined) this.#lookIn(LOOK_MS_MIN);
  }

  leave(wake: () => void): void {
    this.#waiting.delete(wake);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const isFree = this.#look();
      if (this.#waiting.size > 0) {
        this.#lookIn(isFree ? LOOK_MS_MIN : Math.min(2 * ms, LOOK_MS_MAX));
      }
    }, ms);
  }

  /** Lets go on as many as the room is good for, in their order; returns whether there is any. */
  #look(): boolean {
    const unread = this.#journal.unread?.();
    if (unread !== undefined && !this.isFree(unread)) return false;
    const freeBytes = unread === undefined
      ? Infinity
      : BUSY_PART * unread.bytesMax - (unread.end - unread.from);
    let count = 1 + Math.floor(freeBytes / READ_BYTES_MAX);
    for (const wake of [...this.#waiting]) {
      if (count-- <= 0) break;
      wake();
    }
    return true;
  }
}

/** Bytes that a session may have in the journal before it waits for the readers. */
const LEAD_BYTES_MAX = 512 * 1024;
/** So much is read from a session all the same: a slow reader must not hold up the others. */
const LEAD_BYTES_PER_MS = 64 * 1024;

/**
 * The sessions that wait for the readers of a journal in memory. Were they read from as fast as they send, until the journal is full, all would
 * pass through memory that no cache holds: an upstream took twice the CPU time.
 */
export class Lead {
  readonly #journal: Journal;
  /** What is to be delivered for each, in bytes. */
  readonly #waiting = new Map<() => void, number>();
  /** Of what is delivered, that up to there was for those that have gone on. */
  #from = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.onCommit?.(() => this.#look());
  }

  /** Bytes that are to be delivered before a session goes on that has `own` in the journal. */
  excess(own: number, { from, end }: Unread): number {
    if (this.#journal.onCommit === undefined) return 0;
    return Math.min(own, end - from) - LEAD_BYTES_MAX;
  }

  wait(wake: () => void, bytes: number): void {
    if (this.#waiting.size === 0) this.#from = this.#journal.unread?.()?.from ?? 0;
    this.#waiting.set(wake, bytes);
  }

  leave(wake: () => void): void {
    this.#waiting.delete(wake);
  }

  #look(): void {
    if (this.#waiting.size === 0) return;
    const from = this.#journal.unread?.()?.from ?? Infinity;
    for (const [wake, bytes] of this.#waiting) {
      if (from - this.#from < bytes) return;
      this.#from += bytes;
      wake();
    }
  }
}

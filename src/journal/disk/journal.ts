/** The journal on disk at work: its parts and what keeps them in step. See mod.ts for what is on the disk. */
import { clearInterval, setInterval } from "node:timers";
import type { Counter } from "../../ops/metrics.ts";
import { toError } from "../../runtime/error.ts";
import { AppendCounters } from "../append_counters.ts";
import {
  EntryBatch,
  EntryKind,
  type Journal,
  type JournalReader,
  type SessionEnd,
  type Unread,
  type WhenFull,
} from "../types.ts";
import { type Cursor, Cursors } from "./cursors.ts";
import { learnedName, packLearned } from "./format.ts";
import type { Settings } from "./options.ts";
import { DiskReader } from "./reader.ts";
import type { ReaderContext } from "./reader_context.ts";
import type { Recovered } from "./recovery.ts";
import { Segments } from "./segments.ts";
import { replaceFile, type Storage } from "./storage.ts";
import { Tail } from "./tail.ts";
import { Writer } from "./writer.ts";

/** An append that waits for room in memory. */
interface Waiter {
  readonly batch: EntryBatch;
  taken: number;
  readonly resolve: () => void;
}

export class DiskJournal implements Journal {
  readonly isDurable = true;
  readonly #storage: Storage;
  readonly #settings: Settings;
  readonly #segments: Segments;
  readonly #cursors: Cursors;
  readonly #tail: Tail;
  readonly #writer: Writer;
  readonly #readers = new Map<string, DiskReader>();
  #secondReaders = 0;
  readonly #waiters: Waiter[] = [];
  #sessions: number;
  #isClosed = false;
  /** Changes of files beside the segment that is written, one after the other. */
  #housekeeping: Promise<unknown> = Promise.resolve();
  #isCleaning = false;
  /** Whether cursors without a reader are those of sinks that are no longer there. */
  #isComplete = false;
  readonly #timer: NodeJS.Timeout;
  readonly #counters: AppendCounters;
  readonly #bytesGauge: Counter;
  readonly #segmentsGauge: Counter;
  readonly #dropped: Counter;

  constructor(
    storage: Storage,
    settings: Settings,
    recovered: Recovered,
    stored: readonly Cursor[],
  ) {
    const { metrics } = settings;
    this.#storage = storage;
    this.#settings = settings;
    this.#segments = new Segments(storage, recovered.segments);
    this.#cursors = new Cursors(storage, stored, settings.fsync !== "never");
    this.#tail = new Tail(settings.memoryBytesMax, recovered.segments.at(-1)?.end ?? 0);
    this.#sessions = recovered.sessions;
    this.#writer = new Writer({
      storage,
      settings,
      tail: this.#tail,
      segments: this.#segments,
      live: recovered.live,
      highestSession: () => this.#sessions,
      onWritten: () => this.#onWritten(),
      makeRoom: () => this.#clean(true),
    });
    this.#timer = setInterval(() => void this.#storeCursors(), settings.intervalMs).unref();
    this.#counters = new AppendCounters(metrics);
    this.#bytesGauge = metrics.gauge("edgebmp_spool_bytes", "Bytes of the spool's segments").with();
    this.#segmentsGauge = metrics.gauge("edgebmp_spool_segments", "Segments of the spool").with();
    metrics.gauge("edgebmp_spool_limit_bytes", "Limit of edgebmp_spool_bytes").with()
      .set(settings.bytesMax);
    this.#dropped = metrics.counter(
      "edgebmp_spool_dropped_bytes_total",
      "Bytes of segments that were removed before every sink had them",
    ).with();
    this.#writer.roll();
  }

  /** Bytes of all segments. */
  get usedBytes(): number {
    return this.#segments.bytes;
  }

  unread(): Unread | undefined {
    const from = this.#cursors.lowest(({ whenFull }) => whenFull === "block").current;
    if (from === Infinity) return undefined;
    return { from, end: this.#tail.end, bytesMax: this.#settings.bytesMax };
  }

  /** Bytes of entries in memory. */
  get memoryBytes(): number {
    return this.#tail.usedBytes;
  }

  nextSession(): number {
    return ++this.#sessions;
  }

  append(batch: EntryBatch): Promise<void> | undefined {
    if (this.#isClosed) throw new Error("Cannot append to the journal: it is closed");
    const taken = this.#waiters.length === 0 ? this.#take(batch, 0) : 0;
    if (taken === batch.count) return undefined;
    this.#counters.waitsTotal.add(1);
    return new Promise((resolve) => this.#waiters.push({ batch, taken, resolve }));
  }

  openReader(name: string, from: "oldest" | "newest", whenFull: WhenFull = "block"): JournalReader {
    if (this.#readers.has(name)) {
      throw new Error(`Cannot open journal reader "${name}": it is open already`);
    }
    let cursor = this.#cursors.get(name);
    if (cursor === undefined) {
      const position = from === "oldest" ? this.#segments.start : this.#tail.end;
      cursor = { name, position, checkpoint: undefined, whenFull };
      this.#cursors.add(cursor);
    }
    cursor.whenFull = whenFull;
    const reader = new DiskReader(this.#readerContext(name, whenFull), cursor);
    this.#readers.set(name, reader);
    return reader;
  }

  #readerContext(key: string, whenFull: WhenFull): ReaderContext {
    return {
      storage: this.#storage,
      settings: this.#settings,
      tail: this.#tail,
      segments: this.#segments,
      isClosed: () => this.#isClosed && this.#waiters.length === 0,
      roll: () => this.#writer.roll(),
      keepCheckpoint: (border, checkpoint) => this.#keepCheckpoint(border, checkpoint),
      openAt: (position) => this.#openAt(position, whenFull),
      onClosed: () => this.#readers.delete(key),
    };
  }

  #openAt(position: number, whenFull: WhenFull): JournalReader {
    // Of no sink: no name of one has a line break.
    const key = `\n${++this.#secondReaders}`;
    const cursor = { name: "", position, checkpoint: undefined, whenFull };
    const reader = new DiskReader(this.#readerContext(key, whenFull), cursor, true);
    this.#readers.set(key, reader);
    return reader;
  }

  commit(name: string, position: number, checkpoint?: Uint8Array): void {
    const reader = this.#readers.get(name);
    if (reader === undefined) {
      throw new Error(`Cannot commit journal reader "${name}": it is not open`);
    }
    if (!(position <= reader.position)) {
      throw new RangeError(
        `Cannot commit journal reader "${name}" to "${position}": it has read up to ${reader.position}`,
      );
    }
    const { position: before } = reader.cursor;
    if (position < before || (position === before && checkpoint === undefined)) return;
    this.#cursors.move(reader.cursor, position, checkpoint);
    if (!this.#isCleaning && position >= this.#segments.all[0]!.end) {
      void this.#clean(false);
    }
  }

  /**
   * To be called when all readers are open: cursors without one are of sinks that are no longer configured. They are told, and keep their
   * entries until the room is needed.
   */
  complete(): void {
    this.#isComplete = true;
    for (const cursor of this.#cursors.all) {
      const { name, position } = cursor;
      if (this.#readers.has(name)) continue;
      cursor.whenFull = undefined;
      this.#settings.log.warn(
        // Even if there are none yet: those to come are held, too.
        "spool holds entries for a sink that is not configured; `edgebmp spool drop-cursor` gives them up",
        { sink: name, bytes: this.#tail.end - position },
      );
    }
  }

  /** Forgets the cursor of a sink; false: there is none, or the sink reads. */
  dropCursor(name: string): boolean {
    return !this.#readers.has(name) && this.#cursors.remove(name);
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeReaders();
  }

  async finish(): Promise<void> {
    clearInterval(this.#timer);
    const lostBytes = await this.#writer.finish();
    if (lostBytes > 0) {
      this.#settings.log.error("spool could not be written to its end", { lost_bytes: lostBytes });
    }
    await this.#clean(false);
    await this.#storeCursors();
    this.#settings.onFinished();
  }

  /** Ends the sessions that were open when the journal was left. */
  endSessions({ live }: Recovered): void {
    const sequences = live.sequences();
    const end: SessionEnd = { reason: "crash", detail: "" };
    const bytes = new TextEncoder().encode(JSON.stringify(end));
    for (const [session, sequence] of sequences) {
      const batch = new EntryBatch();
      batch.session = session;
      batch.kind = EntryKind.close;
      batch.firstSequence = sequence + 1;
      batch.receivedAtUs = this.#settings.nowUs();
      batch.add(bytes, 0, bytes.length);
      void this.append(batch);
    }
    if (sequences.size > 0) {
      this.#settings.log.warn("spool has sessions of a run that did not end", {
        sessions: sequences.size,
      });
    }
  }

  #take(batch: EntryBatch, first: number): number {
    const { end } = this.#tail;
    const taken = this.#tail.take(batch, first);
    this.#counters.entriesTotal.add(taken - first);
    this.#counters.bytesTotal.add(this.#tail.end - end);
    this.#writer.kick();
    return taken;
  }

  #onWritten(): void {
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      waiter.taken = this.#take(waiter.batch, waiter.taken);
      if (waiter.taken < waiter.batch.count) break;
      this.#waiters.shift();
      waiter.resolve();
    }
    this.#updateGauges();
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    for (const reader of this.#readers.values()) reader.wake();
  }

  #updateGauges(): void {
    this.#bytesGauge.set(this.#segments.bytes);
    this.#segmentsGauge.set(this.#segments.all.length);
  }

  /** Removes what it can, see {@linkcode DiskJournal.#removeSegments}; false: nothing. */
  async #clean(isFull: boolean): Promise<boolean> {
    this.#isCleaning = true;
    const cleaned = this.#housekeeping.then(() => this.#removeSegments(isFull));
    this.#housekeeping = cleaned.catch(() => {});
    try {
      return await cleaned;
    } catch (error) {
      this.#failed("remove a segment", error);
      return false;
    } finally {
      this.#isCleaning = false;
      this.#writer.wake();
    }
  }

  /** Removes the segments that no cursor holds; if there is none and the spool is full, one that only those hold which may lose it. */
  async #removeSegments(isFull: boolean): Promise<boolean> {
    const { all } = this.#segments;
    // A sink may still come.
    if (this.#cursors.size === 0) return false;
    await this.#segments.removeGone();
    let isRemoved = false;
    while (all.length > 1) {
      const { end, bytes } = all[0]!;
      const isHeld = this.#cursors.lowest(() => true).current < end;
      if (isHeld && (!isFull || isRemoved)) break;
      const holds = (cursor: Cursor) => !isHeld || this.#mustKeep(cursor);
      if (this.#cursors.lowest(holds).current < end) break;
      // A new reader must not start behind it, without a word, for want of a cursor.
      if (isHeld || this.#cursors.lowest(holds).stored < end) await this.#cursors.store();
      // Meanwhile a reader may have come.
      if (this.#cursors.lowest(holds).current < end) break;
      if (isHeld) this.#drop(bytes, all[1]!.base);
      await this.#segments.removeOldest();
      isRemoved = true;
    }
    this.#updateGauges();
    return isRemoved;
  }

  #mustKeep({ whenFull }: Cursor): boolean {
    return whenFull === "block" || (whenFull === undefined && !this.#isComplete);
  }

  #drop(bytes: number, next: number): void {
    this.#dropped.add(bytes);
    this.#settings.log.limited("error", "", "spool is full, oldest entries dropped", { bytes });
    for (const reader of this.#readers.values()) if (reader.position < next) reader.overrun();
  }

  #storeCursors(): Promise<void> {
    const stored = this.#housekeeping.then(() => this.#cursors.store());
    const settled = stored.catch((error) => this.#failed("write the cursors", error));
    this.#housekeeping = settled;
    return settled;
  }

  #keepCheckpoint(border: number, checkpoint: Uint8Array): void {
    const segment = this.#segments.all.find((segment) => segment.base === border);
    if (segment === undefined || segment.hasLearned) return;
    segment.hasLearned = true;
    this.#housekeeping = this.#housekeeping.then(async () => {
      if (!this.#segments.all.includes(segment)) return;
      const isSynced = this.#settings.fsync !== "never";
      const bytes = packLearned(checkpoint);
      await replaceFile(this.#storage, learnedName(segment.number), bytes, isSynced);
    }).catch((error) => {
      segment.hasLearned = false;
      this.#failed("write what was learned", error);
    });
  }

  #failed(operation: string, error: unknown): void {
    this.#settings.log.limited("error", operation, "spool fails, trying again", {
      operation,
      error: toError(error).message,
    });
  }
}

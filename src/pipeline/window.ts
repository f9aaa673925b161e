/**
 * What several pipelines of one format share, so that one of them decodes for all.
 *
 * ```
 *   journal   ---------|------|-----|-------|------|---->          | batches begin where others have ended
 *   window             [  A   ][ B  ][  C   ][  D  ]. . .          at most 8 MiB
 *   pipelines   ^ alone         ^ takes C           ^ makes the next one
 * ```
 *
 * Each pipeline has its own journal reader, cursor, formatter and pace. Where it comes to the start of a batch that another has
 * made, it takes that one and passes over its entries; its formatter sees only those that change what it knows of sessions and
 * peers (`Follower`). Where there is none, it makes the next batch, and those that come to its start meanwhile wait for it. One that has
 * fallen behind the window makes its batches alone until it comes to a start again.
 */
import type { Checkpoint } from "../formats/formatter.ts";
import { Output } from "../formats/output.ts";
import { type Filter, Filters } from "./filter.ts";

/** Bytes of batches that are kept for pipelines behind. */
export const WINDOW_BYTES_DEFAULT = 8 * 1024 * 1024;

/** What a batch takes beside its buffer. */
const BATCH_BYTES = 4096;

/** A place in the records: journal position of an entry, and the ordinal of its next record. */
export interface Place {
  readonly position: number;
  readonly part: number;
}

/** Records one behind the other that the same filters accept. */
export interface Run {
  /** Ordinal in the batch of the first record behind it. */
  end: number;
  accepted: number;
}

/** A batch of records, for all. */
export interface SharedBatch {
  readonly out: Output;
  /** Empty: all accept all. */
  readonly runs: readonly Run[];
  readonly start: Place;
  readonly end: Place;
  /** What the formatter had learned at the end. */
  readonly checkpoint: Checkpoint | undefined;
}

interface Kept extends SharedBatch {
  /** Sinks that have it. */
  users: number;
  /** Pipelines that have not taken it. */
  waiting: number;
  isKept: boolean;
}

/** A place that somebody is making a batch from. */
interface Making {
  readonly place: Place;
  readonly done: Promise<void>;
  readonly resolve: () => void;
}

export interface WindowOptions {
  /** One for each pipeline; undefined: it gets everything. */
  readonly filters: readonly (Filter | undefined)[];
  readonly bytesMax?: number;
}

export class Window {
  /** Stands for every batch without records. */
  readonly empty: Output = new Output(0, false);
  readonly #bytesMax: number;
  readonly #filters: readonly (Filter | undefined)[];
  /** In journal order; each begins where the one before it ends. */
  readonly #kept: Kept[] = [];
  #bytes = 0;
  #making: Making | undefined = undefined;
  /** For reuse. */
  readonly #spares: Output[] = [];
  #members: number;

  constructor({ filters, bytesMax = WINDOW_BYTES_DEFAULT }: WindowOptions) {
    this.#filters = filters;
    this.#bytesMax = bytesMax;
    this.#members = filters.length;
  }

  /** The filters of all, for a pipeline's own reading. */
  filters(): Filters | undefined {
    const filters = this.#filters.filter((filter) => filter !== undefined);
    return filters.length === 0 ? undefined : new Filters(filters);
  }

  /** The bit of member `i` in what {@linkcode Filters} say; 0: it gets everything. */
  bitOf(i: number): number {
    if (this.#filters[i] === undefined) return 0;
    return 1 << this.#filters.slice(0, i).filter((filter) => filter !== undefined).length;
  }

  /** Whether some member gets everything. */
  get isAllWanted(): boolean {
    return this.#filters.includes(undefined);
  }

  /** Whether there are others, or batches that they have left. */
  get isShared(): boolean {
    return this.#members > 1 || this.#kept.length > 0;
  }

  /** The batch that begins at a place; a promise while somebody is making it; undefined: nobody has. */
  at(place: Place): SharedBatch | Promise<void> | undefined {
    if (this.#making !== undefined && isSame(this.#making.place, place)) return this.#making.done;
    return this.#kept.find((batch) => isSame(batch.start, place));
  }

  /** Takes a batch for a sink; to be given back by {@linkcode Window.release}. */
  take(batch: SharedBatch): void {
    const kept = batch as Kept;
    kept.users++;
    kept.waiting--;
    this.#trim();
  }

  release(batch: SharedBatch): void {
    const kept = batch as Kept;
    kept.users--;
    this.#recycle(kept);
  }

  /** Says that the batch from a place on is being made, so that others wait for it; only where the window ends, or where it is empty. */
  startMaking(place: Place): boolean {
    const last = this.#kept.at(-1);
    if (this.#making !== undefined || this.#members < 2) return false;
    if (last !== undefined && place.position < last.end.position) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#making = { place, done: promise, resolve };
    return true;
  }

  /** Ends the making without a batch. */
  abandonMaking(): void {
    this.#making?.resolve();
    this.#making = undefined;
  }

  /** Takes in the batch that was being made, which its maker has taken for its own sink. */
  add(batch: SharedBatch): void {
    const last = this.#kept.at(-1);
    if (last !== undefined && !isSame(last.end, batch.start)) this.#drop(this.#kept.length);
    this.#kept.push(Object.assign(batch, { users: 1, waiting: this.#members - 1, isKept: true }));
    this.#bytes += bytesOf(batch);
    this.abandonMaking();
    this.#trim();
  }

  /** An empty batch, if one is left from before. */
  spare(): Output | undefined {
    return this.#spares.pop();
  }

  /** A pipeline has ended, whose last batch ended at `place`: nothing is kept for it any more. */
  leave({ position, part }: Place): void {
    this.#members--;
    for (const batch of this.#kept) {
      const { start } = batch;
      const isBehind = start.position === position ? start.part >= part : start.position > position;
      if (isBehind) batch.waiting--;
    }
    this.#trim();
  }

  #trim(): void {
    let count = 0;
    let bytes = this.#bytes;
    for (const batch of this.#kept) {
      if (batch.waiting > 0 && bytes <= this.#bytesMax) break;
      bytes -= bytesOf(batch);
      count++;
    }
    this.#drop(count);
  }

  #drop(count: number): void {
    for (const batch of this.#kept.splice(0, count)) {
      this.#bytes -= bytesOf(batch);
      batch.isKept = false;
      this.#recycle(batch);
    }
  }

  #recycle(batch: Kept): void {
    if (batch.users > 0 || batch.isKept || batch.out === this.empty) return;
    batch.out.clear();
    this.#spares.push(batch.out);
  }
}

/** What is kept is whole buffers, however little is in them. */
function bytesOf({ out }: SharedBatch): number {
  return BATCH_BYTES + (out.count > 0 ? out.bytes.length : 0);
}

function isSame(a: Place, b: Place): boolean {
  return a.position === b.position && a.part === b.part;
}

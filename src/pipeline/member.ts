/**
 * One pipeline's part in a {@linkcode Window}: the batch that it writes, and the one that it follows.
 *
 * A formatter that passes over entries is given only those that change what it knows of sessions and peers; what it would have learned
 * from the others comes with the batch.
 */
import { MessageType } from "../bmp/peer_header.ts";
import { type Checkpoint, ENTRY_DONE, type Formatter } from "../formats/formatter.ts";
import { Output } from "../formats/output.ts";
import { type Entry, EntryKind } from "../journal/types.ts";
import type { Deliveries, Progress } from "./deliveries.ts";
import type { Filters } from "./filter.ts";
import type { Place, Run, SharedBatch, Window } from "./window.ts";

export interface MemberOptions {
  readonly window: Window;
  readonly index: number;
  readonly formatter: Formatter;
  readonly deliveries: Deliveries;
  readonly newBatch: () => Output;
}

/** A batch that is almost full ends with an entry: those behind can begin with it only there. */
const NEARLY_FULL = 7 / 8;

export class Member {
  readonly #window: Window;
  readonly #formatter: Formatter;
  readonly #deliveries: Deliveries;
  readonly #newBatch: () => Output;
  readonly #filters: Filters | undefined;
  /** 0: it gets everything. */
  readonly #bit: number;
  readonly #spares: Output[] = [];
  #scratch: Output | undefined = undefined;
  /** Full with its first record. */
  #oneRecord: Output | undefined = undefined;
  #left = false;
  /** For a batch that another makes. */
  isWaiting = false;
  #end = Infinity;

  out: Output;
  #runs: Run[] = [];
  /** Where {@linkcode Member.out} began, while others wait for it. */
  #start: Place | undefined = undefined;
  /** The batch whose entries are passed over. */
  #followed: SharedBatch | undefined = undefined;
  /** Where the last batch ended. */
  #reached: Place = { position: 0, part: 0 };
  /** What the formatter has not seen: the state at the end of what was passed over. */
  #unlearned: Checkpoint | undefined = undefined;
  /** Journal position of the entry that the formatter has seen last. */
  #seen = -1;
  /** Which filters accept the current entry. */
  #accepted = 0;

  constructor({ window, index, formatter, deliveries, newBatch }: MemberOptions) {
    this.#window = window;
    this.#formatter = formatter;
    this.#deliveries = deliveries;
    this.#newBatch = newBatch;
    this.#filters = window.filters();
    this.#bit = window.bitOf(index);
    this.out = newBatch();
  }

  /** Whether there is nothing to deliver but what has no records. */
  get isEmpty(): boolean {
    return this.#followed === undefined && this.out.pos === 0;
  }

  get isFull(): boolean {
    if (this.#followed !== undefined) return false;
    return this.out.full ||
      (this.#start !== undefined && this.out.pos >= NEARLY_FULL * this.out.softLimit);
  }

  get isFollowing(): boolean {
    return this.#followed !== undefined;
  }

  /** Whether others may wait for the batch. */
  get isMaking(): boolean {
    return this.#start !== undefined;
  }

  /** Whether a batch of somebody else may be taken: nothing is begun. */
  get mayTake(): boolean {
    return this.#followed === undefined && this.#start === undefined && this.out.pos === 0 &&
      this.#window.isShared;
  }

  /** Whether all whole entries of the batch that is followed have been passed over. */
  hasArrived(position: number): boolean {
    return this.#followed?.end.position === position;
  }

  /** The batch that is followed. */
  get arrival(): SharedBatch | undefined {
    return this.#followed;
  }

  /** Looks for a batch that begins here; where there is none, a batch is begun, for others too if they can want it. */
  async find(position: number, part: number): Promise<void> {
    const place = { position, part };
    for (;;) {
      const found = this.#window.at(place);
      if (found instanceof Promise) {
        this.isWaiting = true;
        await found;
        this.isWaiting = false;
        if (this.#left) return;
        continue;
      }
      if (found === undefined || this.#isPastEnd(found.end)) break;
      this.#window.take(found);
      this.#followed = found;
      this.#reached = found.end;
      return;
    }
    if (this.#window.startMaking(place)) this.#start = place;
  }

  /**
   * Its reader ends there. A batch that goes on past that is not taken: its end would never be reached, and none of its records delivered.
   * One that is being followed ends before, as its entries were in the journal already.
   */
  stopAt(position: number): void {
    this.#end = position;
  }

  #isPastEnd({ position, part }: Place): boolean {
    return position > this.#end || (position === this.#end && part > 0);
  }

  /** Notes an entry of a keyframe. */
  accept(entry: Entry): void {
    this.#filters?.acceptedBy(entry);
  }

  /** Passes over an entry whose records others have written: it is done. */
  passOver(entry: Entry): true {
    if (entry.kind !== EntryKind.frame) this.#filters?.acceptedBy(entry);
    if (changesPeers(entry)) this.#see(entry);
    return true;
  }

  /** Whether the first records of the entry at a position are written, by others. */
  mustBegin(position: number, part: number): boolean {
    return part > 0 && this.#seen !== position;
  }

  /** Lets the formatter begin such an entry: what it changes, it changes then. */
  begin(entry: Entry): void {
    this.#learn();
    const out = this.#oneRecord ??= new Output(1, false);
    try {
      this.#formatter.entry(entry, out, 0);
    } catch {
      // Fails again with the rest of its records.
    }
    out.clear();
  }

  /** Writes records of an entry, as {@linkcode Formatter.entry}; those that nobody wants are taken back. */
  format(entry: Entry, position: number, part: number): number {
    this.#learn();
    const filters = this.#filters;
    if (this.#seen !== position) {
      this.#seen = position;
      if (filters !== undefined) this.#accepted = filters.acceptedBy(entry);
    }
    if (filters === undefined) return this.#formatter.entry(entry, this.out, part);
    const { out } = this;
    const accepted = this.#accepted;
    const run = this.#runs.at(-1);
    // A record must not hold rows of entries that are accepted by different ones.
    if (run !== undefined && run.accepted !== accepted) {
      this.#formatter.flush(out);
      run.end = out.count;
    }
    const { pos, count } = out;
    const next = this.#formatter.entry(entry, out, part);
    if (accepted === 0 && !this.#window.isAllWanted) {
      this.#formatter.flush(out);
      out.cut(pos, count);
    } else if (run?.accepted === accepted) run.end = out.count;
    else this.#runs.push({ end: out.count, accepted });
    return next;
  }

  /** What was written last is for everybody. */
  noteForAll(): void {
    if (this.#filters !== undefined) this.#runs.push({ end: this.out.count, accepted: -1 });
  }

  /** Gives up what is followed, as its entries are lost, and makes the formatter know all. */
  goOnAlone(): void {
    if (this.#followed !== undefined) this.#window.release(this.#followed);
    this.#followed = undefined;
    this.#learn();
  }

  /** Delivers the batch that was followed or written; `end` is where it ends. */
  async deliver(progress: Progress, end: Place): Promise<void> {
    const window = this.#window;
    let batch = this.#followed;
    this.#reached = end;
    if (batch !== undefined) {
      this.#followed = undefined;
      this.#unlearned = batch.checkpoint;
    } else if (this.#start !== undefined) {
      const runs = this.#closedRuns();
      // An empty one needs no buffer of its own.
      const out = this.out.count > 0 ? this.out : window.empty;
      batch = { out, runs, start: this.#start, end, checkpoint: progress.checkpoint };
      this.#start = undefined;
      if (out === this.out) this.out = window.spare() ?? this.#newBatch();
      window.add(batch);
    }
    if (batch === undefined) return await this.#send(this.out, this.#closedRuns(), progress, true);
    const shared = batch;
    await this.#send(shared.out, shared.runs, progress, false, () => window.release(shared));
  }

  /** Nothing more is written or taken. */
  leave(): void {
    this.#left = true;
    if (this.#start !== undefined) this.#window.abandonMaking();
    if (this.#followed !== undefined) this.#window.release(this.#followed);
    this.#start = undefined;
    this.#followed = undefined;
    this.#window.leave(this.#reached);
  }

  async #send(
    out: Output,
    runs: readonly Run[],
    progress: Progress,
    isOwn: boolean,
    release: () => void = () => {},
  ): Promise<void> {
    if (this.#bit !== 0 && runs.some(({ accepted }) => (accepted & this.#bit) === 0)) {
      const chosen = this.#spares.pop() ?? this.#newBatch();
      this.#choose(out, runs, chosen);
      release();
      if (isOwn) out.clear();
      await this.#hand(chosen, progress, () => this.#recycle(chosen));
    } else if (isOwn && out.count > 0) {
      this.out = this.#spares.pop() ?? this.#newBatch();
      await this.#hand(out, progress, () => this.#recycle(out));
    } else {
      await this.#hand(out, progress, release);
    }
  }

  async #hand(out: Output, progress: Progress, release: () => void): Promise<void> {
    if (out.count === 0) {
      release();
      return this.#deliveries.pass(progress);
    }
    await this.#deliveries.room(out.pos);
    if (this.#left) return;
    this.#deliveries.send(out, progress, release);
  }

  /** Copies the records that this member's filter accepts. */
  #choose(out: Output, runs: readonly Run[], into: Output): void {
    let first = 0;
    for (const { end, accepted } of runs) {
      if (end > first && (accepted & this.#bit) !== 0) into.copyRecords(out, first, end);
      first = Math.max(first, end);
    }
  }

  /** The runs of the batch, which is then another's. */
  #closedRuns(): Run[] {
    const runs = this.#runs;
    if (runs.length > 0) runs.at(-1)!.end = this.out.count;
    this.#runs = [];
    return runs;
  }

  #recycle(out: Output): void {
    out.clear();
    this.#spares.push(out);
  }

  /** Gives the formatter what it would have learned. */
  #learn(): void {
    if (this.#unlearned === undefined) return;
    this.#formatter.restore(this.#unlearned.bytes);
    this.#unlearned = undefined;
  }

  /** Lets the formatter see an entry whose records are not wanted. */
  #see(entry: Entry): void {
    const scratch = this.#scratch ??= this.#newBatch();
    try {
      for (let part = 0; part !== ENTRY_DONE;) {
        const next = this.#formatter.entry(entry, scratch, part);
        this.#formatter.flush(scratch);
        if (next === part && scratch.count === 0) break;
        part = next;
        scratch.clear();
      }
    } catch {
      // Whoever has written its records has counted and logged it.
    }
    scratch.clear();
  }
}

/** Whether an entry changes what is known of sessions and peers; of what the others teach, the checkpoint tells. */
function changesPeers({ kind, bytes, start }: Entry): boolean {
  if (kind !== EntryKind.frame) return true;
  const type = bytes[start + 5];
  return type === MessageType.peerUp || type === MessageType.peerDown ||
    type === MessageType.initiation || type === MessageType.termination;
}

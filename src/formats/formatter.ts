/** What a format is: journal entries in, records out. Pure: counts leave as values, never as metrics or logs. */
import type { Entry, GapReason } from "../journal/types.ts";
import type { Output } from "./output.ts";

/** Returned by {@linkcode Formatter.entry} when the entry is finished. */
export const ENTRY_DONE = -1;

/** What happens to the collector itself. */
export type CollectorEvent = "started" | "heartbeat" | "stopped";

/** Entries that a formatter will not see. */
export interface LostEntries {
  readonly reason: GapReason;
  /** By the journal's number of the session; only sessions that have lost any. */
  readonly sessions: ReadonlyMap<number, LostOfSession>;
}

export interface LostOfSession {
  /** Sequence of the first lost entry, by which records of the loss are identified; of the last one if the first is not known. */
  readonly sequence: number;
  /** How many, undefined: not known. */
  readonly count: number | undefined;
}

/** What was known when it was made, whatever happens to the formatter later. */
export interface Checkpoint {
  /** Made when they are asked for. */
  readonly bytes: Uint8Array;
}

/**
 * A format. One instance serves one pipeline and sees its entries in order.
 *
 * What it knows of sessions and peers comes from the entries. Where a reader comes into the journal in the middle, it first gets a
 * keyframe: {@linkcode Formatter.take} for each of its entries, then {@linkcode Formatter.restore}. After a gap: {@linkcode Formatter.gap};
 * for each entry of the keyframe `take` if it was there before the gap, {@linkcode Formatter.entry} if it is among those that were missed;
 * then {@linkcode Formatter.endKeyframe}.
 */
export interface Formatter {
  /**
   * Writes the records of one entry, from the record with ordinal `part` on (0 at first).
   *
   * Returns {@linkcode ENTRY_DONE}, or, when `out` became full, the ordinal to go on with: the caller then delivers `out`, and
   * calls again with the same entry. So one hostile message (64 KiB of attributes on thousands of prefixes) costs bounded memory.
   * The state that an entry changes is changed once, whatever the number of calls.
   */
  entry(entry: Entry, out: Output, part: number): number;
  /** Writes what the format has kept back (a header that ends with its row count, say); called before a batch is delivered. */
  flush(out: Output): void;
  /** Writes what the format says of the collector itself, which no entry tells of: at least one record, or none. */
  writeCollector?(event: CollectorEvent, atUs: number, out: Output): void;
  /** Takes an entry of a keyframe in, without records. */
  take(entry: Entry): void;
  /** Begins a gap: what the keyframe that follows does not have has ended. */
  gap(): void;
  /**
   * Ends the keyframe after a gap: writes what was lost, and downs for the sessions and peers that the keyframe no longer has. Returns as
   * {@linkcode Formatter.entry}.
   */
  endKeyframe(lost: LostEntries, out: Output, part: number): number;
  /**
   * What was learned from the messages themselves and no keyframe says (AS width, ADD-PATH), so that another reader, or this one after a
   * restart, reads the same bytes alike. Called after each entry: the same object as long as nothing has changed; undefined: nothing.
   */
  checkpoint(): Checkpoint | undefined;
  /** Takes in the bytes that a {@linkcode Formatter.checkpoint} gave, after the keyframe of the same place. What it cannot read it leaves out. */
  restore(checkpoint: Uint8Array): void;
}

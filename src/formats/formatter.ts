/** What a format is: journal entries in, records out. Pure: counts leave as values, never as metrics or logs. */
import type { Entry } from "../journal/types.ts";
import type { Output } from "./output.ts";

/** Returned by {@linkcode Formatter.entry} when the entry is finished. */
export const ENTRY_DONE = -1;

/** A format. One instance serves one pipeline and sees its entries in order. */
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
}

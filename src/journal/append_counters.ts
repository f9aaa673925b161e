import type { Counter, Metrics } from "../ops/metrics.ts";

/** What a journal, wherever it keeps them, counts of the entries that sessions append. */
export class AppendCounters {
  readonly entriesTotal: Counter;
  readonly bytesTotal: Counter;
  readonly waitsTotal: Counter;

  constructor(metrics: Metrics) {
    this.entriesTotal = metrics.counter(
      "edgebmp_journal_entries_total",
      "Entries appended to the journal",
    ).with();
    this.bytesTotal = metrics.counter(
      "edgebmp_journal_bytes_total",
      "Bytes appended to the journal, headers included",
    ).with();
    this.waitsTotal = metrics.counter(
      "edgebmp_journal_full_total",
      "Appends that had to wait because the journal was full",
    ).with();
  }
}

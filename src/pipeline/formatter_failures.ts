/** Entries that a formatter could not cope with: a bug of ours, as faults in messages become records. */
import type { Log } from "../ops/log.ts";
import { toError } from "../runtime/error.ts";
import type { SinkMetrics } from "./sink_metrics.ts";

/** Which entry, as far as it is known. */
export interface FailedEntry {
  readonly session?: number;
  readonly sequence?: number;
  readonly part?: number;
}

export class FormatterFailures {
  readonly #sink: string;
  readonly #counts: SinkMetrics;
  readonly #log: Log;

  constructor(sink: string, counts: SinkMetrics, log: Log) {
    this.#sink = sink;
    this.#counts = counts;
    this.#log = log;
  }

  note(error: unknown, where: FailedEntry): void {
    this.#counts.formatterFailures.add(1);
    this.#log.limited("error", this.#sink, "formatter failed, entry skipped", {
      sink: this.#sink,
      ...where,
      error: toError(error).message,
    });
  }
}

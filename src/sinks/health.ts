/** How a sink gets on with where it writes to: counted for all sinks alike, and its last error kept as text. */
import type { Counter, Metrics } from "../ops/metrics.ts";

/** Characters of a text that a server may have written. */
const ERROR_LENGTH_MAX = 300;

export class SinkHealth {
  readonly #nowMs: () => number;
  readonly #retries: Counter;
  readonly #lastSuccess: Counter;
  readonly #lastErrorAt: Counter;
  #lastError: string | undefined = undefined;

  constructor(metrics: Metrics, sink: string, nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
    const labels = { sink };
    this.#retries = metrics.counter(
      "edgebmp_sink_retries_total",
      "Times that a sink had to try again",
    ).with(labels);
    this.#lastSuccess = metrics.gauge(
      "edgebmp_sink_last_success_timestamp_seconds",
      "When a server last acknowledged something, or a file took it",
    ).with(labels);
    this.#lastErrorAt = metrics.gauge(
      "edgebmp_sink_last_error_timestamp_seconds",
      "When something last failed",
    ).with(labels);
  }

  /** See {@linkcode Sink.lastError}. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Something is where it belongs. */
  succeeded(): void {
    this.#lastSuccess.set(this.#nowMs() / 1000);
  }

  /** Something has failed and is tried again. `error` must hold no secret: it is shown, as the log shows it. */
  failed(error: string): void {
    this.#retries.add(1);
    this.#lastErrorAt.set(this.#nowMs() / 1000);
    this.#lastError = error.slice(0, ERROR_LENGTH_MAX);
  }
}

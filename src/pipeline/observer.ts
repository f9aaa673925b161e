/**
 * The reader that decodes while no sink's pipeline is up to date: with raw messages only, or while the sinks are away.
 *
 * It begins at the newest entry, is overrun rather than waited for, works half of the time at most, and delivers to nobody: what it decodes
 * is for the counters and the live view. As soon as a sink's pipeline has caught up, it ends.
 */
import { setTimeout } from "node:timers";
import type { Output } from "../formats/output.ts";
import type { CountingFormatter } from "../formats/spec.ts";
import type { Journal } from "../journal/types.ts";
import { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Sink } from "../sinks/sink.ts";
import type { DecodeMeter } from "./decode_metrics.ts";
import { Pipeline } from "./pipeline.ts";
import { OBSERVER_NAME } from "./reader_names.ts";

/** A pipeline that waits for its sink this far from the end of the journal does not show what is. */
const BEHIND_BYTES = 1024 * 1024;
/** Checks in a row that find no pipeline up to date. */
const CHECKS_BEHIND = 3;

/** What is asked of a sink's pipeline. */
export interface Decoder {
  readonly decodes: boolean;
  readonly waitsFor: string | undefined;
  readonly lag: { readonly unreadBytes: number };
}

export interface ObserverOptions {
  readonly journal: Journal;
  readonly meter: DecodeMeter;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Makes what it decodes with. */
  readonly formatter: () => CountingFormatter;
  readonly decoders: () => Iterable<Decoder>;
  /** Called with what it has decoded. */
  readonly onBatch?: (batch: Output) => void;
}

interface Running {
  readonly pipeline: Pipeline;
  readonly end: AbortController;
  readonly run: Promise<void>;
}

export class Observer {
  readonly #options: ObserverOptions;
  #running: Running | undefined = undefined;
  #checksBehind = 0;
  #stopped = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
    const decoders = [...options.decoders()];
    // At once where nobody else ever will: what a session says first must not be missed.
    if (!decoders.some(({ decodes }) => decodes)) this.#start();
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** To be called every few seconds. */
  check(): void {
    let isAnyCurrent = false;
    for (const { decodes, waitsFor, lag } of this.#options.decoders()) {
      if (decodes && (waitsFor !== "sink" || lag.unreadBytes < BEHIND_BYTES)) isAnyCurrent = true;
    }
    this.#checksBehind = isAnyCurrent ? 0 : this.#checksBehind + 1;
    if (isAnyCurrent) this.#running?.pipeline.stopAtEnd();
    else if (this.#checksBehind >= CHECKS_BEHIND) this.#start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#running?.end.abort();
    await this.#running?.run;
  }

  #start(): void {
    if (this.#running !== undefined || this.#stopped) return;
    const { journal, meter, metrics, log, formatter, onBatch } = this.#options;
    const pipeline = new Pipeline({
      journal,
      meter,
      metrics,
      // That it is behind, overrun or cut off is nothing to report.
      log: new Log("error", "text", () => {}),
      formatter: formatter(),
      sink: new Nobody(onBatch),
      lines: false,
      from: "newest",
      whenFull: "drop-oldest",
      inFlightBytesMax: 1,
    });
    const end = new AbortController();
    this.#running = { pipeline, end, run: this.#run(pipeline, end.signal) };
    log.info("no sink's pipeline decodes, an observer does", { reader: OBSERVER_NAME });
  }

  async #run(pipeline: Pipeline, signal: AbortSignal): Promise<void> {
    await pipeline.run(signal);
    // The next one begins at the newest entry again.
    this.#options.journal.dropCursor?.(OBSERVER_NAME);
    this.#running = undefined;
  }
}

/** Takes everything, and as long for it as it took to make. */
class Nobody implements Sink {
  readonly name = OBSERVER_NAME;
  readonly inFlightMax = 1;
  readonly #onBatch: ((batch: Output) => void) | undefined;
  #deliveredAt = performance.now();

  constructor(onBatch: ((batch: Output) => void) | undefined) {
    this.#onBatch = onBatch;
  }

  async open(): Promise<void> {}

  async deliver(batch: Output): Promise<void> {
    this.#onBatch?.(batch);
    const ms = Math.min(50, performance.now() - this.#deliveredAt);
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#deliveredAt = performance.now();
  }

  async close(): Promise<void> {}
}

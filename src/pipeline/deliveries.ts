/**
 * The batches that a sink has under way: bounded in number and bytes, and committed in journal order, whatever the order in which they
 * are acknowledged.
 */
import type { Checkpoint } from "../formats/formatter.ts";
import type { Output } from "../formats/output.ts";
import type { Journal } from "../journal/types.ts";
import { toError } from "../runtime/error.ts";
import type { Sink } from "../sinks/sink.ts";
import type { SinkMetrics } from "./sink_metrics.ts";

/** A place between entries, up to which all of them are formatted. */
export interface Progress {
  /** In the journal. */
  readonly position: number;
  /** What the formatter had learned there. */
  readonly checkpoint: Checkpoint | undefined;
  /** When the last entry before it was received. */
  readonly receivedAtUs: number;
  /** Entries that the pipeline has read up to it. */
  readonly entries: number;
  /** Their bytes, headers included. */
  readonly bytes: number;
}

/** A batch that the sink has, or had while an earlier one is still under way. */
interface Batch {
  readonly out: Output;
  readonly records: number;
  readonly bytes: number;
  /** Up to which all entries are wholly in this batch and those before it. */
  progress: Progress;
  /** Undefined: done already. */
  release: (() => void) | undefined;
  acknowledged: boolean;
}

export const IN_FLIGHT_BYTES_MAX_DEFAULT = 16 * 1024 * 1024;

export interface DeliveriesOptions {
  readonly journal: Journal;
  readonly sink: Sink;
  readonly inFlightBytesMax?: number | undefined;
  readonly counts: SinkMetrics;
  /** The sink cannot go on. */
  readonly failed: (error: Error) => void;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  /** In journal order. */
  readonly #batches: Batch[] = [];
  #inFlight = 0;
  #inFlightBytes = 0;
  /** Up to where all is acknowledged. */
  #committed: Progress | undefined = undefined;
  /** Goes on with what waits for a batch to be acknowledged. */
  #wake: (() => void) | undefined = undefined;
  #ended = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** Whether nothing is under way, held records included. */
  get isIdle(): boolean {
    return this.#batches.length === 0;
  }

  /** Whether something waits for an acknowledgement. */
  get isWaiting(): boolean {
    return this.#wake !== undefined;
  }

  /** Up to where all is acknowledged; undefined: nothing yet. */
  get committed(): Progress | undefined {
    return this.#committed;
  }

  /** Resolves when the sink may have a batch of so many bytes more. */
  async room(bytes: number): Promise<void> {
    const { sink, inFlightBytesMax = IN_FLIGHT_BYTES_MAX_DEFAULT } = this.#options;
    while (
      !this.#ended && this.#inFlight > 0 &&
      (this.#inFlight >= sink.inFlightMax || this.#inFlightBytes + bytes > inFlightBytesMax)
    ) {
      await this.#acknowledgement();
    }
  }

  /** Hands a batch to the sink. `release` is called when the sink is done with it. */
  send(out: Output, progress: Progress, release: () => void): void {
    const { count: records, pos: bytes } = out;
    const batch = { out, records, bytes, progress, release, acknowledged: false };
    this.#batches.push(batch);
    this.#inFlight++;
    this.#inFlightBytes += bytes;
    void this.#deliver(batch);
  }

  /** Entries without records count as delivered when all before them are. */
  pass(progress: Progress): void {
    const last = this.#batches.at(-1);
    if (last === undefined) this.#commit(progress);
    else last.progress = progress;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (!this.isIdle && !this.#ended) await this.#acknowledgement();
  }

  /** Nothing is committed any more. */
  end(): void {
    this.#ended = true;
    this.#wakeUp();
  }

  async #deliver(batch: Batch): Promise<void> {
    const { sink, failed } = this.#options;
    try {
      await sink.deliver(batch.out, () => this.#release(batch));
    } catch (error) {
      if (this.#ended) return;
      failed(
        new Error(`Cannot deliver to sink "${sink.name}": ${toError(error).message}`, {
          cause: error,
        }),
      );
      return;
    }
    if (!this.#ended) this.#acknowledged(batch);
  }

  #acknowledged(batch: Batch): void {
    const { counts } = this.#options;
    batch.acknowledged = true;
    counts.records.add(batch.records);
    counts.bytes.add(batch.bytes);
    counts.batches.add(1);
    this.#release(batch);
    let last: Batch | undefined;
    while (this.#batches[0]?.acknowledged) last = this.#batches.shift();
    if (last !== undefined) this.#commit(last.progress);
    this.#wakeUp();
  }

  /** The buffer is not needed any more, and others may follow. */
  #release(batch: Batch): void {
    const { release, bytes } = batch;
    if (release === undefined || this.#ended) return;
    batch.release = undefined;
    this.#inFlight--;
    this.#inFlightBytes -= bytes;
    release();
    this.#wakeUp();
  }

  #commit(progress: Progress): void {
    const { journal, sink } = this.#options;
    this.#committed = progress;
    journal.commit(sink.name, progress.position, progress.checkpoint?.bytes);
  }

  #acknowledgement(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

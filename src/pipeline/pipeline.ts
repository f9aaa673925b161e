/**
 * One pipeline: journal reader -> formatter -> batches -> sink -> commit.
 *
 * A batch goes out when it is full, or when the journal has nothing more to read right now: records never wait for company.
 * While a sink works on its batches, the journal fills, so that the next batches are larger by themselves.
 *
 * The journal is committed up to the last entry whose records, and those of all entries before it, are acknowledged.
 */
import { setImmediate, setTimeout } from "node:timers";
import { ENTRY_DONE, type Formatter } from "../formats/formatter.ts";
import { Output } from "../formats/output.ts";
import {
  Entry,
  type EntryBlock,
  type Journal,
  type JournalReader,
  readEntry,
} from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { Counter, Metrics } from "../ops/metrics.ts";
import { toError } from "../runtime/error.ts";
import type { Sink } from "../sinks/sink.ts";

export interface PipelineOptions {
  journal: Journal;
  formatter: Formatter;
  /** Opened and closed by its owner. Its name is the name of the journal reader and the label of the metrics. */
  sink: Sink;
  /** Whether records are wrapped as lines, see {@linkcode Output}. */
  lines: boolean;
  from?: "oldest" | "newest";
  /** A batch is delivered once it is this large, in bytes. */
  batchBytes?: number;
  /** Bytes of batches under way at most, `max_in_flight_bytes`; a single larger batch passes alone. */
  inFlightBytesMax?: number;
  metrics: Metrics;
  log: Log;
}

/** From 128 KiB to 1 MiB a batch, journal to file measured the same within the noise (2-4 ms of CPU a MiB): the small end saves memory. */
export const BATCH_BYTES_DEFAULT = 256 * 1024;
export const IN_FLIGHT_BYTES_MAX_DEFAULT = 16 * 1024 * 1024;

const READ_BYTES_MAX = 256 * 1024;
/**
 * A turn of the event loop ends after this much work, bytes in and out. A journal that always has data and a sink that
 * resolves at once run in microtasks alone: seconds without sockets, timers and HTTP.
 */
const TURN_BYTES_MAX = 256 * 1024;
const TURN_MS_MAX = 5;
/**
 * So long a pipeline works before one of its turns ends by a timer. Deno looks at its sockets only in every 61st turn that ends
 * by `setImmediate`: with turns of 5 ms an answer to an HTTP request took 290 ms per step, with the timer 30 ms. It costs 1 ms.
 */
const PAUSE_AFTER_MS = 25;
/** The clock is read after this much work. */
const TURN_CHECK_BYTES = 16 * 1024;

/** A batch that the sink has, or had while an earlier one is still under way. */
interface Batch {
  readonly out: Output;
  /** Journal position up to which all entries are wholly in this batch and those before it. */
  position: number;
  acknowledged: boolean;
}

export class Pipeline {
  readonly #journal: Journal;
  readonly #reader: JournalReader;
  readonly #formatter: Formatter;
  readonly #sink: Sink;
  readonly #lines: boolean;
  readonly #batchBytes: number;
  readonly #inFlightBytesMax: number;
  readonly #log: Log;
  readonly #counts: Counts;

  #out: Output;
  /** Kept for reuse: as many as were under way at once, which the limits on batches and bytes in flight bound. */
  readonly #spares: Output[] = [];
  readonly #entry = new Entry();
  /** Journal position up to which all entries are formatted. */
  #position = 0;
  /** In journal order. */
  readonly #batches: Batch[] = [];
  #inFlight = 0;
  #inFlightBytes = 0;
  /** Goes on with what waits for a batch to be acknowledged. */
  #wake: (() => void) | undefined = undefined;
  #ended = false;
  #failure: Error | undefined = undefined;

  #turnStart = 0;
  #turnBytes = 0;
  #turnBytesChecked = 0;
  #lastPause = 0;

  /** Opens the journal reader, so that nothing that is appended from now on is missed. */
  constructor(options: PipelineOptions) {
    this.#journal = options.journal;
    this.#formatter = options.formatter;
    this.#sink = options.sink;
    this.#lines = options.lines;
    this.#batchBytes = options.batchBytes ?? BATCH_BYTES_DEFAULT;
    this.#inFlightBytesMax = options.inFlightBytesMax ?? IN_FLIGHT_BYTES_MAX_DEFAULT;
    this.#log = options.log;
    this.#counts = declareCounts(options.metrics, options.sink.name);
    this.#reader = options.journal.openReader(options.sink.name, options.from ?? "oldest");
    this.#out = new Output(this.#batchBytes, this.#lines);
  }

  /** Journal bytes that are not delivered yet. */
  get lagBytes(): number {
    return this.#reader.lagBytes;
  }

  /** Sets the gauges; called before the metrics are read. */
  updateGauges(): void {
    this.#counts.lagBytes.set(this.lagBytes);
    this.#counts.inFlightBytes.set(this.#inFlightBytes);
  }

  /**
   * Runs until the journal is closed and everything in it is delivered and committed, or until `signal` aborts or the sink cannot
   * go on: then it ends at once, and what is not delivered is logged and counted.
   *
   * @throws when the sink cannot go on
   */
  async run(signal?: AbortSignal): Promise<void> {
    const abort = () => this.#abort();
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    try {
      await this.#pump();
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#end();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #pump(): Promise<void> {
    await this.#nextTurn();
    while (!this.#ended) {
      let block = this.#reader.read(READ_BYTES_MAX);
      if (block instanceof Promise) {
        await this.#deliver();
        block = await block;
      }
      if (block === undefined) break;
      await this.#format(block);
      // Entries without records must not wait in the journal for a batch that they are not part of.
      if (this.#out.pos === 0) await this.#deliver();
    }
    await this.#deliver();
    while (this.#inFlight > 0 && !this.#ended) await this.#acknowledgement();
  }

  async #format(block: EntryBlock): Promise<void> {
    const entry = this.#entry;
    let offset = block.start;
    while (offset < block.end) {
      const next = readEntry(block, offset, entry);
      this.#turnBytes += next - offset;
      let part = 0;
      do {
        const pos = this.#out.pos;
        part = this.#formatEntry(entry, part);
        this.#turnBytes += this.#out.pos - pos;
        if (part === ENTRY_DONE) this.#position = block.cursor + (next - block.start);
        if (part !== ENTRY_DONE || this.#out.full) await this.#deliver();
        if (this.#turnIsOver()) await this.#nextTurn();
        if (this.#ended) return;
      } while (part !== ENTRY_DONE);
      offset = next;
    }
  }

  /** As `formatter.entry`; an entry that its code cannot cope with is left out, and the batch is as it was before. */
  #formatEntry(entry: Entry, part: number): number {
    const out = this.#out;
    const { pos, count } = out;
    try {
      const next = this.#formatter.entry(entry, out, part);
      if (next !== ENTRY_DONE && next === part && pos === 0 && out.pos === 0) {
        throw new Error(`Cannot format entry: no progress at part ${part} with an empty batch`);
      }
      return next;
    } catch (error) {
      for (let i = count; i <= out.count; i++) out.holds.delete(i);
      out.count = count;
      out.pos = pos;
      this.#formatterFailed(error, { session: entry.session, sequence: entry.sequence, part });
      return ENTRY_DONE;
    }
  }

  #flush(): void {
    const out = this.#out;
    try {
      this.#formatter.flush(out);
    } catch (error) {
      out.abandon(out.count === 0 ? 0 : out.endOf(out.count - 1));
      this.#formatterFailed(error, {});
    }
  }

  #formatterFailed(
    error: unknown,
    where: { session?: number; sequence?: number; part?: number },
  ): void {
    this.#counts.formatterFailures.add(1);
    this.#log.limited("error", this.#sink.name, "formatter failed, entry skipped", {
      sink: this.#sink.name,
      ...where,
      error: toError(error).message,
    });
  }

  /** Hands the batch to the sink as soon as it may have one more. */
  async #deliver(): Promise<void> {
    if (this.#ended) return;
    this.#flush();
    const out = this.#out;
    if (out.count === 0) {
      this.#passWithoutRecords();
      return;
    }
    while (
      this.#inFlight >= this.#sink.inFlightMax ||
      (this.#inFlight > 0 && this.#inFlightBytes + out.pos > this.#inFlightBytesMax)
    ) {
      await this.#acknowledgement();
      if (this.#ended) return;
    }
    const batch: Batch = { out, position: this.#position, acknowledged: false };
    this.#out = this.#spares.pop() ?? new Output(this.#batchBytes, this.#lines);
    this.#batches.push(batch);
    this.#inFlight++;
    this.#inFlightBytes += out.pos;
    void this.#send(batch);
  }

  async #send(batch: Batch): Promise<void> {
    try {
      await this.#sink.deliver(batch.out);
    } catch (error) {
      if (this.#ended) return;
      this.#failure = new Error(
        `Cannot deliver to sink "${this.#sink.name}": ${toError(error).message}`,
        { cause: error },
      );
      this.#abort();
      return;
    }
    if (!this.#ended) this.#acknowledged(batch);
  }

  #acknowledged(batch: Batch): void {
    const { out } = batch;
    batch.acknowledged = true;
    this.#inFlight--;
    this.#inFlightBytes -= out.pos;
    this.#counts.records.add(out.count);
    this.#counts.bytes.add(out.pos);
    this.#counts.batches.add(1);
    out.clear();
    this.#spares.push(out);
    let position = -1;
    while (this.#batches[0]?.acknowledged) position = this.#batches.shift()!.position;
    if (position >= 0) this.#journal.commit(this.#sink.name, position);
    this.#wakeUp();
  }

  /** Entries without records count as delivered when all before them are. */
  #passWithoutRecords(): void {
    const last = this.#batches.at(-1);
    if (last !== undefined) last.position = this.#position;
    else this.#journal.commit(this.#sink.name, this.#position);
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

  #abort(): void {
    if (this.#ended) return;
    const { lagBytes } = this;
    this.#end();
    if (lagBytes === 0) return;
    this.#counts.abandonedBytes.add(lagBytes);
    this.#log.error("pipeline ended before all was delivered", {
      sink: this.#sink.name,
      journal_bytes: lagBytes,
    });
  }

  /** No more is read, delivered or committed. */
  #end(): void {
    this.#ended = true;
    this.#reader.close();
    this.#wakeUp();
  }

  #turnIsOver(): boolean {
    if (this.#turnBytes - this.#turnBytesChecked < TURN_CHECK_BYTES) return false;
    this.#turnBytesChecked = this.#turnBytes;
    return this.#turnBytes >= TURN_BYTES_MAX || performance.now() - this.#turnStart >= TURN_MS_MAX;
  }

  async #nextTurn(): Promise<void> {
    if (performance.now() - this.#lastPause < PAUSE_AFTER_MS) {
      await new Promise((resolve) => setImmediate(resolve));
    } else {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#lastPause = performance.now();
    }
    this.#turnStart = performance.now();
    this.#turnBytes = 0;
    this.#turnBytesChecked = 0;
  }
}

interface Counts {
  readonly records: Counter;
  readonly bytes: Counter;
  readonly batches: Counter;
  readonly inFlightBytes: Counter;
  readonly lagBytes: Counter;
  readonly abandonedBytes: Counter;
  readonly formatterFailures: Counter;
}

function declareCounts(metrics: Metrics, sink: string): Counts {
  const labels = { sink };
  return {
    records: metrics.counter("edgebmp_sink_records_total", "Records that the sink has acknowledged")
      .with(labels),
    bytes: metrics.counter(
      "edgebmp_sink_bytes_total",
      "Bytes of records that the sink has acknowledged",
    ).with(labels),
    batches: metrics.counter("edgebmp_sink_batches_total", "Batches that the sink has acknowledged")
      .with(labels),
    inFlightBytes: metrics.gauge(
      "edgebmp_sink_in_flight_bytes",
      "Bytes of records that the sink has not acknowledged",
    )
      .with(labels),
    lagBytes: metrics.gauge(
      "edgebmp_sink_lag_bytes",
      "Journal bytes that are not delivered to the sink",
    ).with(labels),
    abandonedBytes: metrics.counter(
      "edgebmp_sink_abandoned_bytes_total",
      "Journal bytes that were not delivered when the collector had to stop",
    ).with(labels),
    formatterFailures: metrics.counter(
      "edgebmp_formatter_failures_total",
      "Journal entries skipped because the formatter failed (a bug: faults in messages become records)",
    ).with(labels),
  };
}

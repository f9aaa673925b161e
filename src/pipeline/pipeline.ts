/**
 * One pipeline: journal reader -> formatter -> batches -> sink -> commit.
 *
 * A batch goes out when it is full, or when the journal has nothing more to read right now: records never wait for company.
 * While a sink works on its batches, the journal fills, so that the next batches are larger by themselves.
 *
 * The journal is committed up to the last entry whose records, and those of all entries before it, are acknowledged.
 */
import { ENTRY_DONE, type Formatter } from "../formats/formatter.ts";
import { Output } from "../formats/output.ts";
import {
  Entry,
  type EntryBlock,
  EntryKind,
  type Journal,
  type JournalBlock,
  type JournalReader,
  type KeyframeEnd,
  readEntry,
  type WhenFull,
} from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { toError } from "../runtime/error.ts";
import type { Sink } from "../sinks/sink.ts";
import { Sequences } from "./sequences.ts";
import { declareSinkMetrics, type SinkMetrics } from "./sink_metrics.ts";
import { Turn } from "./turn.ts";

export interface PipelineOptions {
  journal: Journal;
  formatter: Formatter;
  /** Opened and closed by its owner. Its name is the name of the journal reader and the label of the metrics. */
  sink: Sink;
  /** Whether records are wrapped as lines, see {@linkcode Output}. */
  lines: boolean;
  /** Where it starts if the journal does not know its sink. */
  from?: "oldest" | "newest";
  /** Whether a full journal waits for it. */
  whenFull?: WhenFull;
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
/** A batch that the sink has, or had while an earlier one is still under way. */
interface Batch {
  readonly out: Output;
  /** Journal position up to which all entries are wholly in this batch and those before it. */
  position: number;
  /** What the formatter had learned there. */
  checkpoint: Uint8Array | undefined;
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
  readonly #counts: SinkMetrics;

  #out: Output;
  /** Kept for reuse: as many as were under way at once, which the limits on batches and bytes in flight bound. */
  readonly #spares: Output[] = [];
  readonly #entry = new Entry();
  /** Journal position up to which all entries are formatted. */
  #position = 0;
  /** What the formatter had learned there. */
  #checkpoint: Uint8Array | undefined = undefined;
  readonly #sequences = new Sequences();
  /** In journal order. */
  readonly #batches: Batch[] = [];
  #inFlight = 0;
  #inFlightBytes = 0;
  /** Goes on with what waits for a batch to be acknowledged. */
  #wake: (() => void) | undefined = undefined;
  #ended = false;
  #failure: Error | undefined = undefined;

  readonly #turn = new Turn();

  /** Opens the journal reader, so that nothing that is appended from now on is missed. */
  constructor(options: PipelineOptions) {
    this.#journal = options.journal;
    this.#formatter = options.formatter;
    this.#sink = options.sink;
    this.#lines = options.lines;
    this.#batchBytes = options.batchBytes ?? BATCH_BYTES_DEFAULT;
    this.#inFlightBytesMax = options.inFlightBytesMax ?? IN_FLIGHT_BYTES_MAX_DEFAULT;
    this.#log = options.log;
    this.#counts = declareSinkMetrics(options.metrics, options.sink.name);
    this.#reader = options.journal.openReader(
      options.sink.name,
      options.from ?? "oldest",
      options.whenFull,
    );
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
    await this.#turn.next();
    while (!this.#ended) {
      let block = this.#reader.read(READ_BYTES_MAX);
      if (block instanceof Promise) {
        await this.#deliver();
        block = await block;
      }
      if (block === undefined) break;
      await this.#readBlock(block);
      // Entries without records must not wait in the journal for a batch that they are not part of.
      if (this.#out.pos === 0) await this.#deliver();
    }
    await this.#deliver();
    while (this.#inFlight > 0 && !this.#ended) await this.#acknowledgement();
  }

  async #readBlock(block: JournalBlock): Promise<void> {
    switch (block.kind) {
      case "entries":
        return await this.#format(block);
      case "keyframe":
        return await this.#takeKeyframe(block);
      case "keyframe-end":
        return await this.#endKeyframe(block);
      case "gap":
        this.#sequences.startGap(block);
        return await this.#writeParts(() => (this.#formatter.gap(), ENTRY_DONE));
      case "border":
        if (this.#checkpoint) this.#reader.keepCheckpoint(block.cursor, this.#checkpoint);
    }
  }

  async #takeKeyframe(block: EntryBlock): Promise<void> {
    const entry = this.#entry;
    for (let offset = block.start; offset < block.end && !this.#ended;) {
      const next = readEntry(block, offset, entry);
      this.#turn.bytes += next - offset;
      if (entry.kind === EntryKind.open) this.#sequences.noteSource(entry);
      if (this.#sequences.isInGap && !this.#sequences.has(entry)) {
        this.#sequences.keep(entry);
        // One of the lost entries: here it is after all.
        await this.#writeParts((out, part) => this.#formatter.entry(entry, out, part));
      } else {
        await this.#writeParts(() => (this.#formatter.take(entry), ENTRY_DONE));
      }
      offset = next;
    }
  }

  async #endKeyframe({ cursor, checkpoint, sequences }: KeyframeEnd): Promise<void> {
    if (this.#sequences.isInGap) {
      const lost = this.#sequences.endGap(this.#sink.name, this.#counts, this.#log);
      await this.#writeParts((out, part) => this.#formatter.endKeyframe(lost, out, part));
    } else if (checkpoint !== undefined) {
      await this.#writeParts(() => (this.#formatter.restore(checkpoint), ENTRY_DONE));
    }
    this.#sequences.jump(sequences);
    this.#position = cursor;
    this.#checkpoint = this.#formatter.checkpoint();
  }

  /** Calls a method of the formatter until it is done, and delivers what becomes full. */
  async #writeParts(write: (out: Output, part: number) => number): Promise<void> {
    let part = 0;
    do {
      const { pos, count } = this.#out;
      try {
        part = write(this.#out, part);
      } catch (error) {
        this.#undo(pos, count);
        this.#formatterFailed(error, { part });
        part = ENTRY_DONE;
      }
      if (part !== ENTRY_DONE || this.#out.full) await this.#deliver();
      if (this.#turn.isOver) await this.#turn.next();
    } while (part !== ENTRY_DONE && !this.#ended);
  }

  async #format(block: EntryBlock): Promise<void> {
    const entry = this.#entry;
    let offset = block.start;
    while (offset < block.end) {
      const next = readEntry(block, offset, entry);
      this.#turn.bytes += next - offset;
      let part = 0;
      do {
        const pos = this.#out.pos;
        part = this.#formatEntry(entry, part);
        this.#turn.bytes += this.#out.pos - pos;
        if (part === ENTRY_DONE) {
          this.#position = block.cursor + (next - block.start);
          this.#checkpoint = this.#formatter.checkpoint();
          this.#sequences.note(entry);
        }
        if (part !== ENTRY_DONE || this.#out.full) await this.#deliver();
        if (this.#turn.isOver) await this.#turn.next();
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
      this.#undo(pos, count);
      this.#formatterFailed(error, { session: entry.session, sequence: entry.sequence, part });
      return ENTRY_DONE;
    }
  }

  /** Makes the batch what it was when it ended at `pos` with `count` records. */
  #undo(pos: number, count: number): void {
    const out = this.#out;
    for (let i = count; i <= out.count; i++) out.holds.delete(i);
    out.count = count;
    out.pos = pos;
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
    const batch: Batch = {
      out,
      position: this.#position,
      checkpoint: this.#checkpoint,
      acknowledged: false,
    };
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
    let last: Batch | undefined;
    while (this.#batches[0]?.acknowledged) last = this.#batches.shift();
    if (last !== undefined) {
      this.#journal.commit(this.#sink.name, last.position, last.checkpoint);
    }
    this.#wakeUp();
  }

  /** Entries without records count as delivered when all before them are. */
  #passWithoutRecords(): void {
    const last = this.#batches.at(-1);
    if (last === undefined) {
      this.#journal.commit(this.#sink.name, this.#position, this.#checkpoint);
      return;
    }
    last.position = this.#position;
    last.checkpoint = this.#checkpoint;
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
}

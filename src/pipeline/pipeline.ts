/**
 * One pipeline: journal reader -> formatter -> batches -> sink -> commit.
 *
 * A batch goes out when it is full, or when the journal has nothing more to read right now: records never wait for company, unless a sink
 * asks for it (`batch_ms`). While a sink works on its batches, the journal fills, so that the next batches are larger by themselves.
 *
 * The journal is committed up to the last entry whose records, and those of all entries before it, are acknowledged. Pipelines of one
 * format take each other's batches, see `window.ts`.
 */
import { type Checkpoint, type CollectorEvent, ENTRY_DONE } from "../formats/formatter.ts";
import { Output } from "../formats/output.ts";
import type { CountingFormatter } from "../formats/spec.ts";
import {
  Entry,
  type EntryBlock,
  EntryKind,
  type Journal,
  type JournalBlock,
  type JournalReader,
  type KeyframeEnd,
  readEntry,
} from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { Sink } from "../sinks/sink.ts";
import { DecodeMeter, DecodeShare } from "./decode_metrics.ts";
import { Deliveries } from "./deliveries.ts";
import { FormatterFailures } from "./formatter_failures.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Lag } from "./lag.ts";
import { Linger } from "./linger.ts";
import { Member } from "./member.ts";
import { BATCH_BYTES_DEFAULT, type PipelineOptions } from "./options.ts";
import { Sequences } from "./sequences.ts";
import { declareSinkMetrics, type SinkMetrics } from "./sink_metrics.ts";
import { Turn } from "./turn.ts";
import { Window } from "./window.ts";

const READ_BYTES_MAX = 256 * 1024;

export class Pipeline {
  readonly name: string;
  readonly decodes: boolean;
  readonly #journal: Journal;
  readonly #reader: JournalReader;
  readonly #formatter: CountingFormatter;
  readonly #sink: Sink;
  readonly #linger: Linger;
  readonly #log: Log;
  readonly #counts: SinkMetrics;
  readonly #failures: FormatterFailures;
  readonly #deliveries: Deliveries;
  readonly #member: Member;
  readonly #share: DecodeShare;
  readonly lag: Lag;

  readonly #entry = new Entry();
  /** Journal position up to which all entries are formatted. */
  #position = 0;
  /** Ordinal to go on with in the entry there. */
  #part = 0;
  /** What the formatter had learned there. */
  #checkpoint: Checkpoint | undefined = undefined;
  readonly #sequences = new Sequences();
  #begun = false;
  #reading = false;
  #ended = false;
  #failure: Error | undefined = undefined;
  readonly #turn = new Turn();
  readonly #heartbeat: Heartbeat;

  /** Opens the journal reader, so that nothing that is appended from now on is missed. */
  constructor(options: PipelineOptions) {
    const { journal, formatter, sink, lines, metrics, log, shared } = options;
    const { batchBytes = BATCH_BYTES_DEFAULT, inFlightBytesMax } = options;
    this.#journal = journal;
    this.#formatter = formatter;
    this.#sink = sink;
    this.name = sink.name;
    this.decodes = formatter.counts !== undefined;
    this.#heartbeat = new Heartbeat(options.heartbeatMs ?? 0, () => this.#beat());
    this.#linger = new Linger(options.batchMs ?? 0);
    this.#log = log;
    this.#counts = declareSinkMetrics(metrics, sink.name);
    this.#failures = new FormatterFailures(this.name, this.#counts, log);
    const meter = options.meter ?? new DecodeMeter();
    this.#share = new DecodeShare(meter, formatter.counts, metrics);
    this.#deliveries = new Deliveries({
      journal,
      sink,
      inFlightBytesMax,
      counts: this.#counts,
      failed: (error) => {
        this.#failure = error;
        this.#abort();
      },
    });
    this.#member = new Member({
      window: shared?.window ?? new Window({ filters: [undefined] }),
      index: shared?.member ?? 0,
      formatter,
      deliveries: this.#deliveries,
      newBatch: () => new Output(batchBytes, lines),
    });
    this.#reader = journal.openReader(sink.name, options.from ?? "oldest", options.whenFull);
    this.lag = new Lag(this.#reader, this.#deliveries, this.#counts);
  }

  /** Journal bytes that are not delivered yet. */
  get lagBytes(): number {
    return this.#reader.lagBytes;
  }

  /** What keeps it from going on: `journal` for entries, or a batch of them; `sink` for acknowledgements, or its turn; undefined: it works. */
  get waitsFor(): "journal" | "sink" | undefined {
    if (this.#deliveries.isWaiting || !this.#begun) return "sink";
    return this.#reading || this.#ended || this.#member.isWaiting ? "journal" : undefined;
  }

  /** Lets it end once it has delivered what is in the journal now. */
  stopAtEnd(): void {
    this.#member.stopAt(this.#reader.stopAtEnd());
  }

  /** Changes whenever it gets on. */
  get progress(): number {
    return this.#position + this.#part;
  }

  /** Sets the gauges; called before the metrics are read. */
  updateGauges(): void {
    this.lag.updateGauges();
  }

  /**
   * Runs until the journal is closed and everything in it is delivered and committed, or until `signal` aborts or the sink cannot
   * go on: then it ends at once, and what is not delivered is logged and counted.
   *
   * @throws when the sink cannot go on
   */
  async run(signal?: AbortSignal): Promise<void> {
    const abort = () => this.#abort();
    this.#begun = true;
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    this.#heartbeat.start();
    try {
      await this.#pump();
    } finally {
      this.#heartbeat.stop();
      signal?.removeEventListener("abort", abort);
      this.#end();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #pump(): Promise<void> {
    await this.#turn.next();
    await this.#writeCollector("started");
    while (!this.#ended) {
      if (this.#heartbeat.isDue) await this.#writeCollector("heartbeat");
      let block = this.#reader.read(READ_BYTES_MAX);
      if (block instanceof Promise) {
        this.#reading = true;
        if (this.#member.isEmpty || await this.#linger.isOver(block)) await this.#deliver();
        block = await block;
        this.#reading = false;
      }
      if (block === undefined) break;
      await this.#readBlock(block);
      // Entries without records must not wait in the journal for a batch that they are not part of.
      if (this.#member.isEmpty) await this.#deliver();
    }
    await this.#writeCollector("stopped");
    await this.#deliver();
    await this.#deliveries.idle();
  }

  /** Writes what no entry tells of, for this sink alone; not while it goes by another's batch. */
  async #writeCollector(event: CollectorEvent): Promise<void> {
    const formatter = this.#formatter;
    if (formatter.writeCollector === undefined || this.#member.isFollowing) return;
    this.#heartbeat.isDue = false;
    if (this.#member.isMaking) await this.#deliver();
    this.#member.goOnAlone();
    await this.#writeParts((out) => {
      formatter.writeCollector?.(event, Date.now() * 1000, out);
      return ENTRY_DONE;
    });
  }

  /** Hands a heartbeat on if nothing else is to be done; returns whether it did. */
  #beat(): boolean {
    if (!this.#reading || !this.#member.isEmpty || !this.#deliveries.isIdle) return false;
    const out = new Output(0, false);
    this.#formatter.writeCollector?.("heartbeat", Date.now() * 1000, out);
    const progress = this.lag.progress(this.#position, this.#checkpoint);
    if (out.count > 0) this.#deliveries.send(out, progress, () => {});
    return true;
  }

  async #readBlock(block: JournalBlock): Promise<void> {
    if (block.kind === "entries") return await this.#format(block);
    if (block.kind === "border") {
      const checkpoint = this.#member.isFollowing ? undefined : this.#checkpoint;
      if (checkpoint !== undefined) this.#reader.keepCheckpoint(block.cursor, checkpoint.bytes);
      return;
    }
    // What is written from here on is of this reader alone.
    if (this.#member.isMaking) await this.#deliver();
    this.#member.goOnAlone();
    switch (block.kind) {
      case "keyframe":
        return await this.#takeKeyframe(block);
      case "keyframe-end":
        return await this.#endKeyframe(block);
      case "gap":
        this.#part = 0;
        this.#share.gap(block.cursor);
        this.#sequences.startGap(block);
        return await this.#writeParts(() => (this.#formatter.gap(), ENTRY_DONE));
    }
  }

  async #takeKeyframe(block: EntryBlock): Promise<void> {
    const entry = this.#entry;
    for (let offset = block.start; offset < block.end && !this.#ended;) {
      const next = readEntry(block, offset, entry);
      this.#turn.bytes += next - offset;
      if (entry.kind === EntryKind.open) this.#sequences.noteSource(entry);
      this.#member.accept(entry);
      this.#share.keyframe(block.cursor, entry);
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
    this.#share.endKeyframe(cursor, this.#sequences.isInGap);
    if (this.#sequences.isInGap) {
      const lost = this.#sequences.endGap(this.name, this.#counts, this.#log);
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
      const { out } = this.#member;
      const { pos, count } = out;
      try {
        part = write(out, part);
      } catch (error) {
        out.cut(pos, count);
        this.#failures.note(error, { part });
        part = ENTRY_DONE;
      }
      this.#member.noteForAll();
      if (part !== ENTRY_DONE || out.full) await this.#deliver();
      if (this.#turn.isOver) await this.#turn.next();
    } while (part !== ENTRY_DONE && !this.#ended);
  }

  async #format(block: EntryBlock): Promise<void> {
    const entry = this.#entry;
    const member = this.#member;
    for (let offset = block.start; offset < block.end && !this.#ended;) {
      const next = readEntry(block, offset, entry);
      this.#turn.bytes += next - offset;
      this.#position = block.cursor + (offset - block.start);
      const end = block.cursor + (next - block.start);
      let isDone = false;
      while (!isDone && !this.#ended) {
        if (member.mayTake) await this.#takeShared();
        if (this.#ended) return;
        isDone = member.isFollowing ? member.passOver(entry) : this.#formatPart(entry, end);
        if (isDone) this.#finish(entry, end);
        if (!isDone || member.isFull || member.hasArrived(this.#position)) await this.#deliver();
        if (this.#turn.isOver) await this.#turn.next();
      }
      offset = next;
    }
  }

  /** Takes the batches that others have made from here on, as far as they end within the entry. */
  async #takeShared(): Promise<void> {
    const member = this.#member;
    do {
      await member.find(this.#position, this.#part);
      if (member.isFollowing) this.#share.skip();
      if (!member.hasArrived(this.#position)) return;
      await this.#deliver();
    } while (!this.#ended);
  }

  /** Writes records of an entry until the batch is full; returns whether it is finished. */
  #formatPart(entry: Entry, end: number): boolean {
    const pos = this.#member.out.pos;
    if (this.#member.mustBegin(this.#position, this.#part)) {
      this.#share.skip();
      this.#member.begin(entry);
    }
    this.#share.start(this.#position, this.#part, entry);
    const next = this.#formatEntry(entry, this.#part);
    this.#turn.bytes += this.#member.out.pos - pos;
    if (next !== ENTRY_DONE) {
      this.#part = next;
      this.#share.end(this.#position, next);
      return false;
    }
    this.#share.end(end, 0);
    this.#checkpoint = this.#formatter.checkpoint();
    return true;
  }

  #finish(entry: Entry, end: number): void {
    this.#part = 0;
    this.#position = end;
    this.#sequences.note(entry);
    this.lag.note(entry);
  }

  /** As `formatter.entry`; an entry that its code cannot cope with is left out, and the batch is as it was before. */
  #formatEntry(entry: Entry, part: number): number {
    const { out } = this.#member;
    const { pos, count } = out;
    try {
      const next = this.#member.format(entry, this.#position, part);
      if (next !== ENTRY_DONE && next === part && pos === 0 && out.pos === 0) {
        throw new Error(`Cannot format entry: no progress at part ${part} with an empty batch`);
      }
      return next;
    } catch (error) {
      out.cut(pos, count);
      this.#failures.note(error, { session: entry.session, sequence: entry.sequence, part });
      return ENTRY_DONE;
    }
  }

  #flush(): void {
    const { out } = this.#member;
    try {
      this.#formatter.flush(out);
    } catch (error) {
      out.abandon(out.count === 0 ? 0 : out.endOf(out.count - 1));
      this.#failures.note(error, {});
    }
  }

  /** Hands the batch to the sink as soon as it may have one more. */
  async #deliver(): Promise<void> {
    if (this.#ended) return;
    this.#linger.reset();
    const member = this.#member;
    const taken = member.hasArrived(this.#position);
    if (member.isFollowing && !taken) return;
    if (taken) {
      this.#part = member.arrival!.end.part;
      this.#checkpoint = member.arrival!.checkpoint;
    } else {
      this.#flush();
      this.#share.take();
    }
    const progress = this.lag.progress(this.#position, this.#checkpoint);
    await member.deliver(progress, { position: this.#position, part: this.#part });
  }

  #abort(): void {
    if (this.#ended) return;
    const { lagBytes } = this;
    this.#end();
    if (lagBytes === 0) return;
    const about = { sink: this.name, journal_bytes: lagBytes };
    if (this.#journal.isDurable) {
      return this.#log.info("the rest is delivered after the next start", about);
    }
    this.#counts.abandonedBytes.add(lagBytes);
    this.#log.error("pipeline ended before all was delivered", about);
  }

  /** No more is read, delivered or committed. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader.close();
    this.#deliveries.end();
    this.#member.leave();
  }
}

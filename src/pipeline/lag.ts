/** How far a sink is behind, in bytes, messages and seconds. */
import type { Checkpoint } from "../formats/formatter.ts";
import { type Entry, ENTRY_HEADER_BYTES, type JournalReader } from "../journal/types.ts";
import type { Deliveries, Progress } from "./deliveries.ts";
import type { SinkMetrics } from "./sink_metrics.ts";

/** What an entry is taken to have while none was read. */
const ENTRY_BYTES_GUESS = 256;

export class Lag {
  readonly #reader: JournalReader;
  readonly #deliveries: Deliveries;
  readonly #counts: SinkMetrics;
  #entries = 0;
  #bytes = 0;
  #receivedAtUs = 0;

  constructor(reader: JournalReader, deliveries: Deliveries, counts: SinkMetrics) {
    this.#reader = reader;
    this.#deliveries = deliveries;
    this.#counts = counts;
  }

  /** Notes an entry that was read. */
  note({ receivedAtUs, start, end }: Entry): void {
    this.#entries++;
    this.#bytes += ENTRY_HEADER_BYTES + end - start;
    this.#receivedAtUs = receivedAtUs;
  }

  /** How far the pipeline has come, at the end of the entry that was noted last. */
  progress(position: number, checkpoint: Checkpoint | undefined): Progress {
    return {
      position,
      checkpoint,
      receivedAtUs: this.#receivedAtUs,
      entries: this.#entries,
      bytes: this.#bytes,
    };
  }

  /** Journal bytes that the pipeline has not read. */
  get unreadBytes(): number {
    const read = this.#bytes - (this.#deliveries.committed?.bytes ?? 0);
    return Math.max(0, this.#reader.lagBytes - read);
  }

  updateGauges(): void {
    const { lagBytes } = this.#reader;
    const { committed, inFlightBytes } = this.#deliveries;
    const messages = this.#entries - (committed?.entries ?? 0) +
      Math.round(this.unreadBytes / this.#entryBytes);
    const sinceUs = committed?.receivedAtUs || this.#receivedAtUs;
    const counts = this.#counts;
    counts.inFlightBytes.set(inFlightBytes);
    counts.lagBytes.set(lagBytes);
    counts.lagMessages.set(lagBytes === 0 ? 0 : Math.max(1, messages));
    counts.lagSeconds.set(
      lagBytes === 0 || sinceUs === 0 ? 0 : Math.max(0, Date.now() / 1000 - sinceUs / 1_000_000),
    );
  }

  get #entryBytes(): number {
    return this.#entries === 0 ? ENTRY_BYTES_GUESS : this.#bytes / this.#entries;
  }
}

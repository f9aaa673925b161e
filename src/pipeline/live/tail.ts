/**
 * Records on their way to a sink, shown to whoever looks on.
 *
 * Nobody looks on: one comparison per batch. Else records are looked at up to a bound per second, whatever passes, so that looking on
 * does not slow down what is looked at; what was not looked at is counted, and the onlooker told.
 */
import { Buffer } from "node:buffer";
import { type Output, RecordIdentity } from "../../formats/output.ts";

/** Records that are looked at per second, for all onlookers together. */
const LOOKED_AT_MAX = 5000;
/** Another sink's batches are taken when those of the first have not come for so long. */
const SOURCE_MS = 2000;

/** What an onlooker wants; empty: all. */
export interface TailFilter {
  /** Part of the topic. */
  readonly topic: string;
  /** Id of a session. */
  readonly session: string;
  /** Texts that all stand in the record. */
  readonly texts: readonly string[];
}

export interface Onlooker {
  readonly filter: TailFilter;
  /** @param record JSON; its bytes are the batch's own, and change once this returns */
  take(topic: string, record: Buffer): void;
  /** Records that nobody has looked at, as there were too many. */
  skipped(count: number): void;
}

export class Tail {
  readonly #onlookers = new Map<Onlooker, readonly Buffer[]>();
  readonly #now: () => number;
  readonly #identity = new RecordIdentity();
  #source = "";
  #sourceAt = -Infinity;
  #second = -Infinity;
  #lookedAt = 0;

  /** @param now milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get size(): number {
    return this.#onlookers.size;
  }

  add(onlooker: Onlooker): void {
    const texts = onlooker.filter.texts.map((text) => Buffer.from(escaped(text)));
    this.#onlookers.set(onlooker, texts);
  }

  remove(onlooker: Onlooker): void {
    this.#onlookers.delete(onlooker);
  }

  /** Takes a batch of JSON records that a sink is about to get. */
  offer(source: string, batch: Output): void {
    if (this.#onlookers.size === 0) return;
    const now = this.#now();
    // Several sinks get the same records.
    if (source !== this.#source && now - this.#sourceAt < SOURCE_MS) return;
    this.#source = source;
    this.#sourceAt = now;
    if (now - this.#second >= 1000) {
      this.#second = now;
      this.#lookedAt = 0;
    }
    const count = Math.min(batch.count, LOOKED_AT_MAX - this.#lookedAt);
    this.#lookedAt += count;
    for (const [onlooker, texts] of this.#onlookers) {
      this.#show(batch, count, onlooker, texts);
      if (count < batch.count) onlooker.skipped(batch.count - count);
    }
  }

  #show(batch: Output, count: number, onlooker: Onlooker, texts: readonly Buffer[]): void {
    const { topic: wanted, session } = onlooker.filter;
    const identity = this.#identity;
    for (let i = 0; i < count; i++) {
      const topic = batch.topics[i]!.name;
      if (wanted !== "" && !topic.includes(wanted)) continue;
      if (session !== "" && !(batch.identity(i, identity) && identity.session === session)) {
        continue;
      }
      const start = batch.starts[i]!;
      const record = Buffer.from(
        batch.bytes.buffer,
        batch.bytes.byteOffset + start,
        batch.ends[i]! - start,
      );
      if (texts.every((text) => record.includes(text))) onlooker.take(topic, record);
    }
  }
}

/** As the text stands in JSON, without quotes. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

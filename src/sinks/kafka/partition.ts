/**
 * The queue of one partition: record batches in order, the first few of them under way.
 *
 * Order and completeness rest on these rules:
 *
 * - Batches leave the queue from its front only, when they are acknowledged or refused for good.
 * - After anything but an acknowledgement nothing more is sent until all that is under way is answered or lost with its
 *   connection. Then the first batch without an acknowledgement decides what to do, and everything from it on is sent again.
 *   What the broker has already, it knows by producer id and sequence, and acknowledges again.
 * - A batch that was sent keeps its id and sequence, unless the broker has lost track of them, or a batch before it is taken out,
 *   which leaves a gap. Then the partition goes on with a producer id of its own. Closing the gap under the old id would be wrong
 *   if the refused batch was in the log after all: the broker would take its successor for a repeat, and drop it.
 * - Under an id that the partition has not acknowledged a batch of yet, one batch is under way: of an id that it does not know, the
 *   broker takes a batch with any sequence (KIP-360), so that a second one would come before a first that was refused. That happens: a
 *   broker that has just made a topic answers for a moment that it does not lead it.
 * - Without an id (idempotence off) one batch is under way at a time: order is kept, a repeat is possible.
 */
import type { Output, RecordIdentity } from "../../formats/output.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import { Backoff } from "../../ops/backoff.ts";
import type { Broker, ProduceAnswer } from "./broker.ts";
import { KafkaError, MESSAGE_TOO_LARGE, verdictOf } from "./errors.ts";
import {
  type Codec,
  type Compression,
  NOT_IDEMPOTENT,
  type ProducerIdentity,
  RecordBatch,
} from "./record_batch.ts";

/** What waits for records to be acknowledged or given up. */
export interface Delivery {
  /** Called for as many records as were put, in any steps. */
  settled(records: number): void;
}

/** What a partition needs of the producer that it is part of. */
export interface PartitionHost {
  readonly compression: Compression;
  readonly codec: Codec | undefined;
  readonly inFlightMax: number;
  readonly isClosed: boolean;
  nowMs(): number;
  /** Waits, at most until the producer is closed. */
  sleep(delayMs: number): Promise<void>;
  takeWriter(partition: Partition): ByteWriter;
  returnWriter(partition: Partition, writer: ByteWriter): void;
  /** An id to send under: the one that all partitions begin with, or another one than `spent`. */
  identity(spent: ProducerIdentity | undefined): Promise<ProducerIdentity>;
  /**
   * Connection to the leader; undefined when the topic does not have the partition any more.
   *
   * @param isFresh whether metadata from before the call will not do
   */
  leader(partition: Partition, isFresh: boolean): Promise<Broker | undefined>;
  /** Takes over what a partition that is gone has not sent. */
  moved(partition: Partition, batches: QueuedBatch[]): void;
  /** A batch was acknowledged. */
  acknowledged(records: number, bytes: number): void;
  /** An answer with an error code, or none (`error`). */
  failed(partition: Partition, answer: ProduceAnswer | undefined, error: unknown): void;
  /** A batch that will never be taken; its deliveries are settled by the host. */
  refused(partition: Partition, batch: QueuedBatch, answer: ProduceAnswer): void;
  sending(batches: number): void;
}

/** Beyond this a batch, one record then, is not even offered: brokers close the connection for requests of 100 MiB. */
const REQUEST_BYTES_MAX = 64 * 1024 * 1024;
const TOO_LARGE: ProduceAnswer = { code: MESSAGE_TOO_LARGE, message: null };
const SEQUENCE_MASK = 0x7fffffff;

/** Records of one delivery in a batch. */
interface Share {
  readonly delivery: Delivery;
  count: number;
}

/** A batch in a partition's queue. */
export class QueuedBatch {
  readonly records: RecordBatch;
  /** In the order of the records. */
  readonly #shares: Share[] = [];
  /** What it was sent under last. */
  identity: ProducerIdentity | undefined = undefined;
  /** Since the last settlement of the partition; undefined: not yet. */
  answer: ProduceAnswer | "lost" | undefined = undefined;

  constructor(writer: ByteWriter, timestampMs: number) {
    this.records = new RecordBatch(writer, timestampMs);
  }

  put(
    key: string,
    source: Uint8Array,
    start: number,
    end: number,
    identity: RecordIdentity | undefined,
    delivery: Delivery,
  ): void {
    this.records.put(key, source, start, end, identity);
    this.owe(delivery, 1);
  }

  /** Says whose the last `count` records are. */
  owe(delivery: Delivery, count: number): void {
    const last = this.#shares.at(-1);
    if (last?.delivery === delivery) last.count += count;
    else if (count > 0) this.#shares.push({ delivery, count });
  }

  settle(): void {
    for (const { delivery, count } of this.#shares) delivery.settled(count);
  }

  /** Whose record each is, in order. */
  *deliveries(): Generator<Delivery> {
    for (const { delivery, count } of this.#shares) {
      for (let i = 0; i < count; i++) yield delivery;
    }
  }
}

export class Partition {
  readonly #host: PartitionHost;
  readonly #backoff = new Backoff();
  readonly #queue: QueuedBatch[] = [];
  /** Batches from the front that were sent since the last settlement. */
  #sent = 0;
  /** Those of them that are not answered. */
  #underWay = 0;
  #isFailing = false;
  #isRecovering = false;
  #broker: Broker | undefined = undefined;
  #identity: ProducerIdentity | undefined = undefined;
  #isIdentitySpent = false;
  /** Whether the broker has acknowledged a batch under the identity. */
  #isIdentityKnown = false;
  #sequence = 0;

  constructor(readonly topic: string, readonly index: number, host: PartitionHost) {
    this.#host = host;
  }

  /** Adds a record to the last batch, or to a new one; {@linkcode Partition.send} follows. */
  put(
    key: string,
    source: Uint8Array,
    start: number,
    end: number,
    identity: RecordIdentity | undefined,
    delivery: Delivery,
    batchBytesMax: number,
  ): void {
    let batch = this.#queue.at(-1);
    if (
      batch === undefined || batch.records.isSealed ||
      !batch.records.hasRoom(key, end - start, identity, batchBytesMax)
    ) {
      batch = this.#startBatch();
    }
    batch.put(key, source, start, end, identity, delivery);
  }

  /** Adds the records [first, end) of a batch of the pipeline, all of which have this key, without headers; likewise. */
  putRun(
    key: string,
    source: Output,
    first: number,
    end: number,
    delivery: Delivery,
    batchBytesMax: number,
  ): void {
    let batch = this.#queue.at(-1);
    if (batch === undefined || batch.records.isSealed) batch = this.#startBatch();
    for (let i = first; i < end;) {
      const next = batch.records.putRun(key, source, i, end, batchBytesMax);
      batch.owe(delivery, next - i);
      i = next;
      if (i < end) batch = this.#startBatch();
    }
  }

  #startBatch(): QueuedBatch {
    const batch = new QueuedBatch(this.#host.takeWriter(this), this.#host.nowMs());
    this.#queue.push(batch);
    return batch;
  }

  /** Takes over batches of a partition that is gone. */
  adopt(batches: readonly QueuedBatch[]): void {
    for (const batch of batches) batch.identity = undefined;
    this.#queue.push(...batches);
    this.send();
  }

  /** Sends what may be sent now. */
  send(): void {
    if (this.#isFailing || this.#isRecovering || this.#sent === this.#queue.length) return;
    const broker = this.#broker;
    const identity = this.#identity;
    if (!broker?.isOpen || identity === undefined || this.#isIdentitySpent) {
      // What is under way on a closed connection is still to be answered as lost.
      if (this.#underWay === 0) void this.#recover(0);
      return;
    }
    const inFlightMax = this.#isIdentityKnown ? this.#host.inFlightMax : 1;
    while (this.#sent < this.#queue.length && this.#underWay < inFlightMax) {
      void this.#sendOne(this.#queue[this.#sent++]!, broker, identity);
    }
  }

  async #sendOne(batch: QueuedBatch, broker: Broker, identity: ProducerIdentity): Promise<void> {
    const { records } = batch;
    if (!records.isSealed) records.seal(this.#host.compression, this.#host.codec);
    if (batch.identity !== identity) {
      const isIdempotent = identity !== NOT_IDEMPOTENT;
      records.stamp(identity, isIdempotent ? this.#sequence : -1);
      this.#sequence = (this.#sequence + records.count) & SEQUENCE_MASK;
      batch.identity = identity;
    }
    this.#underWay++;
    this.#host.sending(1);
    let answer: ProduceAnswer | undefined;
    let error: unknown;
    try {
      answer = await this.#offer(broker, records);
    } catch (caught) {
      error = caught;
    }
    this.#host.sending(-1);
    this.#underWay--;
    if (this.#host.isClosed) return;
    batch.answer = answer ?? "lost";
    if (answer === undefined || verdictOf(answer.code) !== "ok") {
      this.#isFailing = true;
      this.#host.failed(this, answer, error);
    }
    if (!this.#isFailing) this.#acknowledge();
    else if (this.#underWay === 0) this.#settle();
    this.send();
  }

  #offer(broker: Broker, records: RecordBatch): Promise<ProduceAnswer> {
    if (records.bytesLength > REQUEST_BYTES_MAX) return Promise.resolve(TOO_LARGE);
    return broker.produce(this.topic, this.index, records.wire());
  }

  /** Takes what is acknowledged from the front of the queue. */
  #acknowledge(): void {
    const queue = this.#queue;
    for (let head = queue[0]; isAcknowledged(head); head = queue[0]) {
      queue.shift();
      this.#sent--;
      this.#isIdentityKnown = head.identity === this.#identity &&
        head.identity !== NOT_IDEMPOTENT;
      this.#backoff.reset();
      this.#host.acknowledged(head.records.count, head.records.bytesLength);
      this.#host.returnWriter(this, head.records.release());
      head.settle();
    }
  }

  /** Everything is answered, not all of it well: decides by the first batch that is not in the log. */
  #settle(): void {
    this.#acknowledge();
    const head = this.#queue[0]!;
    const answer = head.answer!;
    for (const batch of this.#queue) batch.answer = undefined;
    this.#sent = 0;
    this.#isFailing = false;
    const verdict = answer === "lost" ? "retry" : verdictOf(answer.code);
    if (answer !== "lost" && (verdict === "record" || verdict === "topic")) {
      this.#queue.shift();
      this.#isIdentitySpent = true;
      if (verdict === "record" && head.records.count > 1) this.#divide(head);
      else this.#host.refused(this, head, answer);
      if (this.#queue.length > 0) void this.#recover(0);
      return;
    }
    if (verdict === "identity") this.#isIdentitySpent = true;
    this.#broker = undefined;
    void this.#recover(this.#backoff.next());
  }

  /** Puts two batches of half the records in place of one. */
  #divide(batch: QueuedBatch): void {
    const host = this.#host;
    const { records } = batch;
    const first = new QueuedBatch(host.takeWriter(this), records.timestampMs);
    const second = new QueuedBatch(host.takeWriter(this), records.timestampMs);
    const deliveries = batch.deliveries();
    const half = records.count >> 1;
    for (const { key, bytes, start, end, identity } of records.records(host.codec)) {
      const part = first.records.count < half ? first : second;
      part.put(key, bytes, start, end, identity, deliveries.next().value!);
    }
    // Nothing is added to them: they may be larger than batches are now.
    first.records.seal(host.compression, host.codec);
    second.records.seal(host.compression, host.codec);
    this.#queue.unshift(first, second);
    host.returnWriter(this, records.release());
  }

  /** Finds the leader, and an id where there is none, for as long as it takes. */
  async #recover(delayMs: number): Promise<void> {
    const host = this.#host;
    this.#isRecovering = true;
    for (let delay = delayMs;; delay = this.#backoff.next()) {
      if (delay > 0) await host.sleep(delay);
      if (host.isClosed) return;
      try {
        if (this.#identity === undefined || this.#isIdentitySpent) await this.#changeIdentity();
        this.#broker = await host.leader(this, delay > 0);
        break;
      } catch (error) {
        host.failed(this, undefined, error);
        if (error instanceof KafkaError && verdictOf(error.code) === "topic") {
          this.#isRecovering = false;
          this.#refuseAll({ code: error.code, message: null });
          return;
        }
      }
    }
    this.#isRecovering = false;
    if (this.#broker === undefined) host.moved(this, this.#queue.splice(0));
    else this.send();
  }

  #refuseAll(answer: ProduceAnswer): void {
    if (this.#queue.some((batch) => batch.identity !== undefined)) this.#isIdentitySpent = true;
    for (const batch of this.#queue.splice(0)) {
      if (!batch.records.isSealed) batch.records.seal(this.#host.compression, this.#host.codec);
      this.#host.refused(this, batch, answer);
    }
  }

  async #changeIdentity(): Promise<void> {
    this.#identity = await this.#host.identity(this.#identity);
    this.#isIdentitySpent = false;
    this.#isIdentityKnown = false;
    this.#sequence = 0;
    for (const batch of this.#queue) batch.identity = undefined;
  }
}

function isAcknowledged(batch: QueuedBatch | undefined): batch is QueuedBatch {
  const answer = batch?.answer;
  return answer !== undefined && answer !== "lost" && verdictOf(answer.code) === "ok";
}

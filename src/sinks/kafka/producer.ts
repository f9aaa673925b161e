/** Batches of records to partitions: who goes where, under which producer id, and when a batch is through. */
import { RecordIdentity } from "../../formats/output.ts";
import type { Output, Topic } from "../../formats/output.ts";
import type { Log } from "../../ops/log.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import { sleep } from "../../ops/backoff.ts";
import type { DeadLetters } from "../dead_letter.ts";
import type { Address, Broker, Dialer, ProduceAnswer } from "./broker.ts";
import { Cluster } from "./cluster.ts";
import {
  CLUSTER_AUTHORIZATION_FAILED,
  codeName,
  KafkaError,
  MESSAGE_TOO_LARGE,
  NONE,
  rootMessage,
} from "./errors.ts";
import type { KafkaMetrics } from "./metrics.ts";
import type { Delivery, Partition, QueuedBatch } from "./partition.ts";
import { type Partitioner, partitionOf } from "./partitioner.ts";
import {
  type Codec,
  type Compression,
  NOT_IDEMPOTENT,
  type ProducerIdentity,
} from "./record_batch.ts";
import { type TopicOptions, Topics, type TopicsHost, type TopicState } from "./topics.ts";
import { WriterPool } from "./writer_pool.ts";

/** `auto`: as long as the brokers allow it. */
export const IDEMPOTENCE = ["auto", "on", "off"] as const;
export type Idempotence = typeof IDEMPOTENCE[number];

export interface ProducerOptions {
  /** Label in logs. */
  readonly name: string;
  readonly bootstrap: readonly Address[];
  readonly topics: TopicOptions;
  readonly partitioner: Partitioner;
  readonly compression: Compression;
  readonly idempotence: Idempotence;
  /** Whether session, sequence and part of a record go out as headers too. */
  readonly identityHeaders: boolean;
  /** Batches under way per partition; brokers remember the last 5 of a producer id. */
  readonly inFlightMax: number;
}

export interface ProducerParts {
  readonly dialer: Dialer;
  readonly codec: Codec | undefined;
  readonly deadLetters: Pick<DeadLetters, "write">;
  readonly metrics: KafkaMetrics;
  readonly log: Log;
  readonly nowMs?: () => number;
  /** Waits, and ends early when the signal aborts. */
  readonly sleep?: typeof sleep;
}

/** A batch of the pipeline, until all its records are acknowledged or refused. */
class BatchDelivery implements Delivery {
  #pending: number;
  readonly #resolve: () => void;

  constructor(readonly batch: Output, resolve: () => void) {
    this.#pending = batch.count;
    this.#resolve = resolve;
    if (this.#pending === 0) resolve();
  }

  settled(records: number): void {
    this.#pending -= records;
    if (this.#pending === 0) this.#resolve();
  }
}

export class Producer implements TopicsHost {
  readonly sinkName: string;
  readonly log: Log;
  readonly compression: Compression;
  readonly codec: Codec | undefined;
  readonly inFlightMax: number;
  readonly nowMs: () => number;
  readonly #options: ProducerOptions;
  readonly #parts: ProducerParts;
  readonly #metrics: KafkaMetrics;
  readonly #cluster: Cluster;
  readonly #topics: Topics;
  readonly #closed = new AbortController();
  /** What waits for a topic to be known; in order. */
  readonly #waiting: BatchDelivery[] = [];
  readonly #writers = new WriterPool();
  readonly #recordIdentity = new RecordIdentity();
  /** What all partitions begin with. */
  #identity: Promise<ProducerIdentity> | undefined = undefined;
  #isIdempotenceRefused = false;
  /** When the first failure since the last acknowledgement was; 0: none. */
  #troubleSinceMs = 0;

  constructor(options: ProducerOptions, parts: ProducerParts) {
    this.#options = options;
    this.#parts = parts;
    this.#metrics = parts.metrics;
    this.log = parts.log;
    this.sinkName = options.name;
    this.compression = options.compression;
    this.codec = parts.codec;
    this.inFlightMax = options.inFlightMax;
    this.nowMs = parts.nowMs ?? Date.now;
    this.#cluster = new Cluster({
      dialer: parts.dialer,
      bootstrap: options.bootstrap,
      autoCreate: !options.topics.create,
      onMetadata: (metadata) => this.#topics.update(metadata),
    });
    this.#topics = new Topics(options.topics, this.#cluster, this);
  }

  /** Starts to look for the brokers and to make the topics. */
  start(topics: readonly Topic[]): void {
    for (const topic of topics) this.#topics.state(topic);
    void this.#topics.learn();
  }

  /** Resolves when all records are acknowledged or refused for good. */
  deliver(batch: Output): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(new BatchDelivery(batch, resolve));
      this.settled();
    });
  }

  /** Asks for new partitions and leaders; once in a while. */
  refresh(): void {
    this.#cluster.refresh().catch((error) => this.unreachable(error));
  }

  close(): void {
    this.#closed.abort();
    this.#cluster.close();
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  sleep(delayMs: number): Promise<void> {
    return (this.#parts.sleep ?? sleep)(delayMs, this.#closed.signal);
  }

  /** Takes what waits, in order, up to the first batch with a topic that is not known. */
  settled(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#isReady(next.batch)) {
        void this.#topics.learn();
        return;
      }
      this.#waiting.shift();
      this.#put(next);
    }
  }

  #isReady({ topics, count }: Output): boolean {
    let last: Topic | undefined;
    for (let i = 0; i < count; i++) {
      const topic = topics[i]!;
      if (topic === last) continue;
      last = topic;
      if (!this.#topics.state(topic).isSettled) return false;
    }
    return true;
  }

  #put(delivery: BatchDelivery): void {
    const { batch } = delivery;
    const touched = new Set<Partition>();
    for (let i = 0; i < batch.count;) {
      const end = endOfRun(batch, i);
      const key = batch.keys[i]!;
      const state = this.#topics.state(batch.topics[i]!);
      const { partitions, refusal } = state;
      if (refusal === undefined) {
        const partition = partitions[
          partitionOf(this.#options.partitioner, key, partitions.length)
        ]!;
        touched.add(partition);
        this.#putRun(partition, key, delivery, i, end, state.batchBytesMax);
      } else {
        for (let k = i; k < end; k++) this.#refuse(state, delivery, k);
      }
      i = end;
    }
    for (const partition of touched) partition.send();
  }

  #putRun(
    partition: Partition,
    key: string,
    delivery: BatchDelivery,
    first: number,
    end: number,
    batchBytesMax: number,
  ): void {
    const { batch } = delivery;
    if (!this.#options.identityHeaders) {
      partition.putRun(key, batch, first, end, delivery, batchBytesMax);
      return;
    }
    const identity = this.#recordIdentity;
    for (let i = first; i < end; i++) {
      const start = batch.starts[i]!;
      const hasIdentity = batch.identity(i, identity);
      partition.put(
        key,
        batch.bytes,
        start,
        batch.ends[i]!,
        hasIdentity ? identity : undefined,
        delivery,
        batchBytesMax,
      );
    }
  }

  /** A record of a topic that takes none. */
  #refuse({ name, isOwn, refusal }: TopicState, delivery: BatchDelivery, i: number): void {
    const { bytes, keys, starts, ends } = delivery.batch;
    if (isOwn) {
      this.#metrics.ownRecordsDropped.add(1);
      delivery.settled(1);
      return;
    }
    const value = bytes.subarray(starts[i]!, ends[i]!);
    const letter = { topic: name, key: keys[i]!, reason: refusal!, value };
    void this.#parts.deadLetters.write(letter).then(() => delivery.settled(1));
  }

  // What partitions and topics ask for.

  takeWriter(partition: Partition): ByteWriter {
    return this.#writers.take(partition);
  }

  returnWriter(partition: Partition, writer: ByteWriter): void {
    this.#writers.giveBack(partition, writer);
  }

  async identity(spent: ProducerIdentity | undefined): Promise<ProducerIdentity> {
    if (this.#options.idempotence === "off" || this.#isIdempotenceRefused) return NOT_IDEMPOTENT;
    if (spent !== undefined) return await this.#newIdentity();
    try {
      return await (this.#identity ??= this.#newIdentity());
    } catch (error) {
      this.#identity = undefined;
      throw error;
    }
  }

  async #newIdentity(): Promise<ProducerIdentity> {
    try {
      const identity = await this.#cluster.ask((broker) => broker.newIdentity());
      this.#metrics.producerIds.add(1);
      return identity;
    } catch (error) {
      const isRefused = error instanceof KafkaError && error.code === CLUSTER_AUTHORIZATION_FAILED;
      if (!isRefused || this.#options.idempotence === "on") throw error;
      if (!this.#isIdempotenceRefused) {
        this.#isIdempotenceRefused = true;
        this.log.warn("Kafka allows no idempotent producer, one batch at a time per partition", {
          sink: this.sinkName,
          error: codeName(error.code),
        });
      }
      return NOT_IDEMPOTENT;
    }
  }

  async leader({ topic, index }: Partition, isFresh: boolean): Promise<Broker | undefined> {
    const known = isFresh ? undefined : this.#cluster.metadata;
    const { brokers, topics } = known ?? await this.#cluster.refresh();
    const { code, partitions } = topics.get(topic) ?? { code: NONE, partitions: [] };
    if (code !== NONE) {
      // Deleted, perhaps: it is made again.
      void this.#topics.learn();
      throw new KafkaError(code, `topic ${topic}`);
    }
    if (index >= partitions.length) return undefined;
    const address = brokers.get(partitions[index]?.leader ?? -1);
    if (address === undefined) throw new Error(`topic ${topic} has no leader for ${index}`);
    return await this.#cluster.connect(address);
  }

  moved(partition: Partition, batches: QueuedBatch[]): void {
    const { partitions } = this.#topics.stateOf(partition);
    partitions[partition.index % partitions.length]!.adopt(batches);
  }

  sending(batches: number): void {
    this.#metrics.inFlight.add(batches);
  }

  acknowledged(records: number, bytes: number): void {
    const metrics = this.#metrics;
    const nowMs = this.nowMs();
    metrics.batches.add(1);
    metrics.batchRecords.add(records);
    metrics.batchBytes.add(bytes);
    metrics.health.succeeded();
    if (this.#troubleSinceMs === 0) return;
    this.log.limited("info", this.sinkName, "Kafka takes records again", {
      sink: this.sinkName,
      after_ms: nowMs - this.#troubleSinceMs,
    });
    this.#troubleSinceMs = 0;
  }

  failed(partition: Partition, answer: ProduceAnswer | undefined, error: unknown): void {
    const code = answer?.code ?? (error instanceof KafkaError ? error.code : undefined);
    // The others of the answers are told to the log where it is decided what they lead to.
    const reason = code === undefined ? rootMessage(error) : codeName(code);
    const to = `${partition.topic} ${partition.index}`;
    this.#count(code === undefined ? "CONNECTION" : reason, `${to}: ${reason}`);
    this.log.limited("warn", this.sinkName, "Kafka did not take records, trying again", {
      sink: this.sinkName,
      topic: partition.topic,
      partition: partition.index,
      error: reason,
      message: answer?.message ?? undefined,
    });
    if (code === MESSAGE_TOO_LARGE) void this.#topics.learnSizes();
  }

  unreachable(error: unknown): void {
    if (this.isClosed) return;
    const reason = rootMessage(error);
    this.#count(error instanceof KafkaError ? codeName(error.code) : "CONNECTION", reason);
    this.log.limited("warn", this.sinkName, "cannot reach Kafka, trying again", {
      sink: this.sinkName,
      error: reason,
    });
  }

  topicFailed(topic: string, error: string): void {
    this.#count(error, `${topic}: ${error}`);
  }

  topicsMissing(count: number): void {
    this.#metrics.missingTopics.set(count);
  }

  /** @param text what failed and why, for people */
  #count(error: string, text: string): void {
    const metrics = this.#metrics;
    metrics.errors.with({ sink: this.sinkName, error }).add(1);
    metrics.health.failed(text);
    this.#troubleSinceMs ||= this.nowMs();
  }

  refused(partition: Partition, batch: QueuedBatch, { code, message }: ProduceAnswer): void {
    const topic = this.#topics.stateOf(partition);
    if (topic.isOwn) {
      this.#topics.refuseOwn(codeName(code));
      this.#metrics.ownRecordsDropped.add(batch.records.count);
      batch.settle();
    } else {
      const reason = codeName(code);
      const written = [...batch.records.records(this.codec)].map(({ key, bytes, start, end }) =>
        this.#parts.deadLetters.write({
          topic: topic.name,
          key,
          reason,
          message,
          value: bytes.subarray(start, end),
        })
      );
      void Promise.all(written).then(() => batch.settle());
    }
    this.returnWriter(partition, batch.records.release());
  }

  ownRefused(reason: string): void {
    this.log.error("Kafka topics edgebmp.* cannot be made or written, their records are left out", {
      sink: this.sinkName,
      error: reason,
    });
  }
}

/** Where the records with the topic and key of record `first` end: mostly there are thousands. */
function endOfRun({ topics, keys, count }: Output, first: number): number {
  const topic = topics[first];
  const key = keys[first];
  let end = first + 1;
  while (end < count && topics[end] === topic && keys[end] === key) end++;
  return end;
}

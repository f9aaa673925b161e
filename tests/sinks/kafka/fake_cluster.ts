/**
 * A cluster of brokers in memory, for the producer's tests: it reads the batches, keeps a log per partition, knows producer ids as
 * Kafka does, and fails where it is told to.
 */
import type {
  Address,
  Broker,
  Dialer,
  KafkaProblem,
  Metadata,
  NewTopic,
  ProduceAnswer,
} from "../../../src/sinks/kafka/broker.ts";
import { KafkaError } from "../../../src/sinks/kafka/errors.ts";
import type { ProducerIdentity } from "../../../src/sinks/kafka/record_batch.ts";
import { readReferenceBatch, type ReferenceBatch } from "./reference_batch.ts";

/** What may happen to one request. */
export type Fault =
  | "none"
  /** The connection breaks before the broker has the request. */
  | "lost"
  /** The broker does it, the connection breaks before the answer. */
  | "answer-lost"
  /** The connection breaks; what was sent on it may still be done later. */
  | "frozen"
  /** The partition has another leader from now on; the old one says so. */
  | "moved"
  /** The broker forgets what it knew of producer ids in that partition. */
  | "forgotten"
  /** An error code; `appended`: although it is in the log. */
  | { readonly code: number; readonly appended: boolean };

/** As many batches of a producer id a broker remembers. */
const REMEMBERED_BATCHES = 5;

interface ProducerState {
  epoch: number;
  next: number;
  readonly batches: { base: number; count: number }[];
}

class FakePartition {
  readonly values: string[] = [];
  readonly producers = new Map<bigint, ProducerState>();
  readonly #forgotten = new Set<bigint>();
  leader = 1;

  forget(): void {
    for (const id of this.producers.keys()) this.#forgotten.add(id);
    this.producers.clear();
  }

  /** Kafka's error code. */
  append(batch: ReferenceBatch): number {
    const { producerId, producerEpoch, baseSequence, records } = batch;
    if (producerId >= 0n) {
      const code = this.#check(producerId, producerEpoch, baseSequence, records.length);
      if (code !== 0) return code;
    }
    this.values.push(...records.map((record) => record.value));
    return 0;
  }

  #check(id: bigint, epoch: number, base: number, count: number): number {
    let state = this.producers.get(id);
    if (state === undefined) {
      // Brokers take any batch of an id that they do not know (KIP-360). What they knew they forget after a day without batches; here,
      // where it happens at any time, only a first one can be right, as with older brokers.
      if (base !== 0 && this.#forgotten.has(id)) return 59;
      state = { epoch, next: base, batches: [] };
      this.producers.set(id, state);
    }
    if (epoch < state.epoch) return 47;
    if (state.batches.some((known) => known.base === base && known.count === count)) return 46;
    if (base !== state.next) return 45;
    state.next = (base + count) & 0x7fffffff;
    state.batches.push({ base, count });
    if (state.batches.length > REMEMBERED_BATCHES) state.batches.shift();
    return 0;
  }
}

export interface FakeClusterOptions {
  readonly brokers?: number;
  readonly partitions?: number;
  /** 0 to 1, for delays and for what a frozen broker still does. */
  readonly random?: () => number;
  /** Decides about each produce request, numbered from 0. */
  readonly produceFault?: (request: number, batch: ReferenceBatch) => Fault;
  /** Whether a connection, or a request beside Produce, fails. */
  readonly otherFault?: () => boolean;
  /** Code with which a batch is refused, whatever else; 0: none. */
  readonly refuse?: (topic: string, batch: ReferenceBatch) => number;
}

export class FakeCluster implements Dialer {
  readonly topics = new Map<string, FakePartition[]>();
  /** Codes with which making a topic is refused. */
  readonly forbidden = new Map<string, number>();
  readonly made: NewTopic[] = [];
  readonly sizes = new Map<string, number>();
  /** Code that the request for a producer id is answered with. */
  identityCode = 0;
  isDown = false;
  produced = 0;
  /** Most batches of one partition at once. */
  inFlightMax = 0;
  readonly options: Required<FakeClusterOptions>;
  #nextId = 1n;
  readonly #connections = new Set<FakeBroker>();

  constructor(options: FakeClusterOptions = {}) {
    this.options = {
      brokers: 3,
      partitions: 1,
      random: () => 0,
      produceFault: () => "none",
      otherFault: () => false,
      refuse: () => 0,
      ...options,
    };
  }

  partition(topic: string, index: number): FakePartition {
    return this.topics.get(topic)![index]!;
  }

  make(name: string, partitions = this.options.partitions): void {
    this.topics.set(name, Array.from({ length: partitions }, () => new FakePartition()));
  }

  async dial({ port }: Address): Promise<Broker> {
    await this.delay();
    if (this.isDown || this.options.otherFault()) throw new Error("connection refused");
    const broker = new FakeBroker(this, port);
    this.#connections.add(broker);
    return broker;
  }

  /** Everything is cut off at once. */
  disconnectAll(): void {
    for (const broker of this.#connections) broker.kill(0);
    this.#connections.clear();
  }

  newId(): bigint {
    return this.#nextId++;
  }

  async delay(): Promise<void> {
    const turns = Math.floor(this.options.random() * 4);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    if (this.options.random() > 0.7) await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Request {
  readonly run: () => Promise<void>;
  readonly reject: (error: Error) => void;
  isDone: boolean;
}

/** One connection: requests are done one after another. */
class FakeBroker implements Broker {
  isOpen = true;
  readonly #cluster: FakeCluster;
  readonly #id: number;
  readonly #requests: Request[] = [];
  readonly #inFlight = new Map<string, number>();
  /** Of a killed connection: as many requests are still done. */
  #rest = Infinity;
  #isBusy = false;

  constructor(cluster: FakeCluster, id: number) {
    this.#cluster = cluster;
    this.#id = id;
  }

  /** The connection is gone, `rest` of what was sent on it is done nevertheless. */
  kill(rest: number): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#rest = rest;
    for (const request of this.#requests) request.reject(new Error("connection closed"));
  }

  produce(topic: string, partition: number, bytes: Uint8Array): Promise<ProduceAnswer> {
    const batch = readReferenceBatch(bytes.slice(), false);
    const name = `${topic} ${partition}`;
    const inFlight = (this.#inFlight.get(name) ?? 0) + 1;
    this.#inFlight.set(name, inFlight);
    this.#cluster.inFlightMax = Math.max(this.#cluster.inFlightMax, inFlight);
    return this.#request(async () => {
      const { options } = this.#cluster;
      const fault = options.produceFault(this.#cluster.produced++, batch);
      const code = await this.#produce(topic, partition, batch, fault);
      return { code, message: code === 0 ? null : "said by the broker" };
    }).finally(() => this.#inFlight.set(name, this.#inFlight.get(name)! - 1));
  }

  async #produce(topic: string, index: number, batch: ReferenceBatch, fault: Fault) {
    const cluster = this.#cluster;
    const partition = cluster.topics.get(topic)?.[index];
    if (fault === "lost") return this.#lose(0);
    if (partition === undefined) return 3;
    if (partition.leader !== this.#id) return 6;
    if (fault === "moved") {
      partition.leader = partition.leader % cluster.options.brokers + 1;
      return 6;
    }
    if (fault === "forgotten") partition.forget();
    const refusal = cluster.options.refuse(topic, batch);
    if (refusal !== 0) return refusal;
    if (typeof fault === "object" && !fault.appended) return fault.code;
    if (fault === "frozen") {
      this.kill(Math.floor(cluster.options.random() * this.#requests.length));
      await cluster.delay();
    }
    const code = partition.append(batch);
    if (fault === "answer-lost") return this.#lose(0);
    return typeof fault === "object" && code === 0 ? fault.code : code;
  }

  #lose(rest: number): never {
    this.kill(rest);
    throw new Error("connection closed");
  }

  #request<T>(run: () => Promise<T>): Promise<T> {
    if (!this.isOpen) return Promise.reject(new Error("connection closed"));
    return new Promise((resolve, reject) => {
      this.#requests.push({
        run: async () => {
          try {
            resolve(await run());
          } catch (error) {
            reject(error);
          }
        },
        reject,
        isDone: false,
      });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#requests.length > 0) {
      await this.#cluster.delay();
      if (!this.isOpen && this.#rest-- <= 0) break;
      await this.#requests[0]!.run();
      this.#requests.shift();
    }
    this.#isBusy = false;
  }

  #ask<T>(answer: () => T): Promise<T> {
    return this.#request(() => {
      if (this.#cluster.options.otherFault()) this.#lose(0);
      return Promise.resolve(answer());
    });
  }

  metadata(topics: readonly string[], _create: boolean): Promise<Metadata> {
    return this.#ask(() => {
      const { brokers } = this.#cluster.options;
      return {
        controller: 1,
        brokers: new Map(
          Array.from({ length: brokers }, (_, i) => [i + 1, { host: "broker", port: i + 1 }]),
        ),
        topics: new Map(topics.map((name) => {
          const partitions = this.#cluster.topics.get(name);
          return [name, {
            code: partitions === undefined ? 3 : 0,
            partitions: partitions?.map(({ leader }) => ({ leader })) ?? [],
          }];
        })),
      };
    });
  }

  createTopics(topics: readonly NewTopic[]): Promise<Map<string, KafkaProblem>> {
    return this.#ask(() => {
      const problems = new Map<string, KafkaProblem>();
      for (const topic of topics) {
        const code = this.#cluster.forbidden.get(topic.name);
        if (code !== undefined) {
          problems.set(topic.name, { code, message: null });
          continue;
        }
        this.#cluster.made.push(topic);
        const { partitions } = topic;
        if (!this.#cluster.topics.has(topic.name)) {
          this.#cluster.make(topic.name, partitions > 0 ? partitions : undefined);
        }
      }
      return problems;
    });
  }

  messageBytesMax(): Promise<Map<string, number>> {
    return this.#ask(() => this.#cluster.sizes);
  }

  newIdentity(): Promise<ProducerIdentity> {
    return this.#ask(() => {
      if (this.#cluster.identityCode !== 0) throw new KafkaError(this.#cluster.identityCode);
      return { id: this.#cluster.newId(), epoch: 0 };
    });
  }

  close(): void {
    this.kill(0);
  }
}

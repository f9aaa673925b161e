/** The topics of a sink: which there are, with how many partitions, and making those that are missing. */
import type { Topic } from "../../formats/output.ts";
import type { Log } from "../../ops/log.ts";
import { Backoff } from "../../ops/backoff.ts";
import type { KafkaProblem, Metadata, NewTopic } from "./broker.ts";
import type { Cluster } from "./cluster.ts";
import {
  CLUSTER_AUTHORIZATION_FAILED,
  codeName,
  NONE,
  UNKNOWN_TOPIC_OR_PARTITION,
  verdictOf,
} from "./errors.ts";
import { Partition, type PartitionHost } from "./partition.ts";

/** How topics are made. */
export interface TopicOptions {
  /** Stands before the names, with a dot; empty: nothing does. */
  readonly prefix: string;
  readonly create: boolean;
  /** -1: the broker's default. */
  readonly partitions: number;
  /** -1: the broker's default. */
  readonly replicationFactor: number;
  /** Of topics that are made; -1: for ever. */
  readonly retentionMs: number;
  /** Of a batch, unless the topic allows less. */
  readonly batchBytesMax: number;
}

/** One topic. */
export class TopicState {
  partitions: readonly Partition[] = [];
  /** Why no record of it will be taken; undefined: none is known. */
  refusal: string | undefined = undefined;
  isMissing = false;

  constructor(
    readonly name: string,
    /** Whether it is one of `edgebmp.*`, which a consumer of goBMP's records can do without. */
    readonly isOwn: boolean,
    public batchBytesMax: number,
  ) {}

  /** Whether it is known what to do with records. */
  get isSettled(): boolean {
    return this.partitions.length > 0 || this.refusal !== undefined;
  }
}

export interface TopicsHost extends PartitionHost {
  readonly log: Log;
  readonly sinkName: string;
  /** A topic may be settled now that was not. */
  settled(): void;
  /** Own topics are given up. */
  ownRefused(reason: string): void;
  /** A topic is missing, or could not be made. */
  topicFailed(topic: string, error: string): void;
  /** So many topics are missing now. */
  topicsMissing(count: number): void;
  /** The cluster could not be asked. */
  unreachable(error: unknown): void;
}

/** So often an own topic that the broker may make by itself is looked for; brokers say "unknown" while they make it. */
const OWN_ROUNDS_MAX = 5;

export class Topics {
  readonly #options: TopicOptions;
  readonly #cluster: Cluster;
  readonly #host: TopicsHost;
  readonly #states = new Map<Topic, TopicState>();
  readonly #byName = new Map<string, TopicState>();
  #learning: Promise<void> | undefined = undefined;
  #ownRefusal: string | undefined = undefined;

  constructor(options: TopicOptions, cluster: Cluster, host: TopicsHost) {
    this.#options = options;
    this.#cluster = cluster;
    this.#host = host;
  }

  /** The state of a topic, a new one for one that was not announced. */
  state(topic: Topic): TopicState {
    let state = this.#states.get(topic);
    if (state === undefined) {
      const { prefix, batchBytesMax } = this.#options;
      const name = prefix === "" ? topic.name : `${prefix}.${topic.name}`;
      state = new TopicState(name, topic.name.startsWith("edgebmp."), batchBytesMax);
      if (state.isOwn) state.refusal = this.#ownRefusal;
      this.#states.set(topic, state);
      this.#byName.set(name, state);
      this.#cluster.topics.add(name);
    }
    return state;
  }

  stateOf(partition: Partition): TopicState {
    return this.#byName.get(partition.topic)!;
  }

  /** Asks, and makes what is missing, until all topics are settled or the sink is closed. Calls at the same time share one run. */
  learn(): Promise<void> {
    return this.#learning ??= this.#learn();
  }

  /** Takes in what a broker says. */
  update(metadata: Metadata): void {
    for (const [name, { code, partitions }] of metadata.topics) {
      const topic = this.#byName.get(name);
      if (topic === undefined) continue;
      topic.isMissing = code === UNKNOWN_TOPIC_OR_PARTITION;
      if (verdictOf(code) === "topic") {
        if (topic.isOwn) this.refuseOwn(codeName(code));
        topic.refusal = codeName(code);
      } else if (code === NONE && partitions.length > 0) {
        topic.refusal = topic.isOwn ? this.#ownRefusal : undefined;
        topic.partitions = Array.from(
          partitions,
          (_, index) => topic.partitions[index] ?? new Partition(name, index, this.#host),
        );
      }
    }
    this.#host.settled();
  }

  /** From now on no records of our own topics are taken. */
  refuseOwn(reason: string): void {
    if (this.#ownRefusal !== undefined) return;
    this.#ownRefusal = reason;
    for (const topic of this.#byName.values()) {
      if (topic.isOwn) topic.refusal = reason;
    }
    this.#host.ownRefused(reason);
    this.#host.settled();
  }

  /** Asks again how large a batch may be, after one was refused as too large. */
  async learnSizes(): Promise<void> {
    try {
      const names = [...this.#byName.values()].filter((topic) => topic.partitions.length > 0)
        .map((topic) => topic.name);
      const sizes = await this.#cluster.ask((broker) => broker.messageBytesMax(names));
      for (const [name, size] of sizes) {
        const topic = this.#byName.get(name);
        if (topic !== undefined) topic.batchBytesMax = Math.min(size, this.#options.batchBytesMax);
      }
    } catch {
      // Without it, a batch that is too large costs an answer more: it is divided then.
    }
  }

  async #learn(): Promise<void> {
    const host = this.#host;
    const backoff = new Backoff();
    let hasSizes = false;
    for (let round = 1; !host.isClosed; round++) {
      try {
        await this.#cluster.refresh();
        if (await this.#makeMissing(round)) backoff.reset();
        host.topicsMissing(this.#missing.length);
        if (this.#isDone && !hasSizes) {
          await this.learnSizes();
          hasSizes = true;
        }
        // Looked at again: meanwhile a topic may have been added.
        if (this.#isDone) break;
      } catch (error) {
        host.unreachable(error);
      }
      await host.sleep(backoff.next());
    }
    // Not in a callback: whoever asks in the same turn would get a run that is over.
    this.#learning = undefined;
  }

  get #isDone(): boolean {
    return [...this.#byName.values()].every(({ isSettled, isMissing, refusal }) =>
      refusal !== undefined || (isSettled && !isMissing)
    );
  }

  get #missing(): TopicState[] {
    return [...this.#byName.values()]
      .filter((topic) => topic.isMissing && topic.refusal === undefined);
  }

  /** Makes the topics that are missing, if that is allowed. Returns whether any was made. */
  async #makeMissing(round: number): Promise<boolean> {
    const missing = this.#missing;
    if (missing.length === 0) return false;
    const { create, partitions, replicationFactor, retentionMs } = this.#options;
    if (!create) {
      this.#missed(missing, round);
      return false;
    }
    const wanted: NewTopic[] = missing
      .map(({ name }) => ({ name, partitions, replicationFactor, retentionMs }));
    const { controller, brokers } = this.#cluster.metadata!;
    const address = brokers.get(controller);
    const problems = address === undefined
      ? await this.#cluster.ask((broker) => broker.createTopics(wanted))
      : await (await this.#cluster.connect(address)).createTopics(wanted);
    for (const topic of missing) {
      const problem = problems.get(topic.name);
      if (problem === undefined) continue;
      const reason = codeName(problem.code);
      const isForbidden = problem.code === CLUSTER_AUTHORIZATION_FAILED ||
        verdictOf(problem.code) === "topic";
      if (!isForbidden) {
        this.#complain("cannot make Kafka topic, trying again", topic.name, problem);
      } else if (topic.isOwn) {
        this.refuseOwn(reason);
      } else {
        this.#complain("cannot make Kafka topic, its records are refused", topic.name, problem);
        topic.refusal = reason;
        this.#host.settled();
      }
    }
    return problems.size < missing.length;
  }

  #missed(missing: readonly TopicState[], round: number): void {
    for (const topic of missing) {
      if (topic.isOwn && round >= OWN_ROUNDS_MAX) {
        this.refuseOwn(codeName(UNKNOWN_TOPIC_OR_PARTITION));
      } else if (!topic.isOwn) {
        this.#complain("Kafka topic is missing, waiting for it", topic.name, {
          code: UNKNOWN_TOPIC_OR_PARTITION,
          message: null,
        });
      }
    }
  }

  #complain(event: string, topic: string, { code, message }: KafkaProblem): void {
    const { log, sinkName } = this.#host;
    const error = codeName(code);
    this.#host.topicFailed(topic, error);
    log.limited("error", sinkName, event, {
      sink: sinkName,
      topic,
      error,
      message: message ?? undefined,
    });
  }
}

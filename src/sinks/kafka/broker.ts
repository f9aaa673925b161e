/** What the producer needs of a broker: few requests over one connection, so that tests can be one. */
import type { ProducerIdentity } from "./record_batch.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The answer to a batch. */
export interface ProduceAnswer {
  /** Kafka's error code, 0: it is in the log. */
  readonly code: number;
  /** What the broker says about it, if anything. */
  readonly message: string | null;
}

export interface PartitionMetadata {
  /** Broker id; negative: there is no leader now. */
  readonly leader: number;
}

export interface TopicMetadata {
  readonly code: number;
  /** By partition number; a number that the broker leaves out is undefined. */
  readonly partitions: readonly (PartitionMetadata | undefined)[];
}

export interface Metadata {
  readonly brokers: ReadonlyMap<number, Address>;
  /** Id of the broker that makes topics. */
  readonly controller: number;
  readonly topics: ReadonlyMap<string, TopicMetadata>;
}

export interface NewTopic {
  readonly name: string;
  /** -1: the broker's default. */
  readonly partitions: number;
  /** -1: the broker's default. */
  readonly replicationFactor: number;
  readonly retentionMs: number;
}

/**
 * A connection to one broker. All requests reject when it is lost or an answer does not come in time; it is closed then.
 * Answers come in the order of the requests.
 */
export interface Broker {
  readonly isOpen: boolean;
  /** Sends one batch with acks=all; `batch` may be used again once it is settled. */
  produce(topic: string, partition: number, batch: Uint8Array): Promise<ProduceAnswer>;
  /** @param create whether the broker may make topics that it does not know, if it is set up so */
  metadata(topics: readonly string[], create: boolean): Promise<Metadata>;
  /** Code and message of each topic that could not be made; those that exist count as made. */
  createTopics(topics: readonly NewTopic[]): Promise<Map<string, KafkaProblem>>;
  /** `max.message.bytes` of each topic that the broker tells it of. */
  messageBytesMax(topics: readonly string[]): Promise<Map<string, number>>;
  /** @throws {KafkaError} */
  newIdentity(): Promise<ProducerIdentity>;
  close(): void;
}

export interface KafkaProblem {
  readonly code: number;
  readonly message: string | null;
}

/** Opens connections: TCP, TLS, SASL. */
export interface Dialer {
  dial(address: Address): Promise<Broker>;
}

/** The Kafka sink as the configuration sees it. */
import { FlagError, type FlagSource, nameAndKey } from "../../cli/flag.ts";
import { askFor, isGiven, secretOf } from "../../cli/secret.ts";
import { deadLetterFileFlag, deadLetterMaxBytesFlag, deadLetterPath } from "../dead_letter.ts";
import type { SinkSpec } from "../spec.ts";
import { kafkaTopicPrefixFlag } from "../topic_prefix.ts";
import { nameOf } from "./cluster.ts";
import {
  KAFKA_FLAGS,
  kafkaBatchBytesFlag,
  kafkaClientIdFlag,
  kafkaCompressionFlag,
  kafkaCreateTopicsFlag,
  kafkaIdempotenceFlag,
  kafkaIdentityHeadersFlag,
  kafkaPartitionerFlag,
  kafkaRequestTimeoutFlag,
  kafkaSaslMechanismFlag,
  kafkaSaslPasswordFlags,
  kafkaSaslUsernameFlag,
  kafkaServerFlag,
  kafkaTlsCaFlag,
  kafkaTlsCertFlag,
  kafkaTlsFlag,
  kafkaTlsKeyFlag,
  kafkaTopicPartitionsFlag,
  kafkaTopicReplicationFlag,
  kafkaTopicRetentionFlag,
  parseBrokers,
} from "./flags.ts";
import { KafkaSink, type KafkaSinkOptions, type SaslOptions, type TlsFiles } from "./sink.ts";

/** Brokers remember this many batches of a producer id. */
const IN_FLIGHT_MAX = 5;

/** What is set; the rest comes from the collector. */
export type KafkaOptions = Omit<KafkaSinkOptions, "name" | "identityHeaders"> & {
  /** Undefined: when records do not carry their identity. */
  readonly identityHeaders: boolean | undefined;
};

export const KAFKA: SinkSpec<KafkaOptions> = {
  type: "kafka",
  flags: [...KAFKA_FLAGS, kafkaTopicPrefixFlag, deadLetterFileFlag, deadLetterMaxBytesFlag],
  namedBy: kafkaServerFlag,
  wrapped: false,
  topicPrefix: kafkaTopicPrefixFlag,
  options: readOptions,
  servers: ({ bootstrap }) => bootstrap.map(nameOf),
  create: (options, { name, topics, topicPrefix, identityInHeaders, stateDir, metrics, log }) =>
    new KafkaSink({
      ...options,
      name,
      identityHeaders: options.identityHeaders ?? identityInHeaders,
      topics: { ...options.topics, prefix: topicPrefix },
      deadLetterFile: deadLetterPath(options.deadLetterFile, name, stateDir),
    }, { topics, metrics, log }),
};

function readOptions(values: FlagSource): KafkaOptions {
  const brokers = values.get(kafkaServerFlag);
  if (brokers === "") throw new FlagError("found no brokers, expected HOST:PORT,...");
  return {
    bootstrap: parseBrokers(brokers),
    clientId: values.get(kafkaClientIdFlag),
    requestTimeoutMs: values.get(kafkaRequestTimeoutFlag),
    topics: {
      prefix: "",
      create: values.get(kafkaCreateTopicsFlag),
      partitions: values.get(kafkaTopicPartitionsFlag),
      replicationFactor: values.get(kafkaTopicReplicationFlag),
      retentionMs: values.get(kafkaTopicRetentionFlag),
      batchBytesMax: values.get(kafkaBatchBytesFlag),
    },
    partitioner: values.get(kafkaPartitionerFlag),
    compression: values.get(kafkaCompressionFlag),
    idempotence: values.get(kafkaIdempotenceFlag),
    identityHeaders: values.get(kafkaIdentityHeadersFlag),
    inFlightMax: IN_FLIGHT_MAX,
    tls: readTls(values),
    sasl: readSasl(values),
    deadLetterFile: values.get(deadLetterFileFlag),
    deadLetterBytesMax: values.get(deadLetterMaxBytesFlag),
  };
}

function readTls(values: FlagSource): TlsFiles | undefined {
  const ca = values.get(kafkaTlsCaFlag);
  const cert = values.get(kafkaTlsCertFlag);
  const key = values.get(kafkaTlsKeyFlag);
  if ((cert === "") !== (key === "")) {
    const given = cert === "" ? kafkaTlsKeyFlag : kafkaTlsCertFlag;
    throw new FlagError(
      `found ${nameAndKey(given)} alone, expected certificate and key together`,
    );
  }
  if (!values.get(kafkaTlsFlag) && ca === "" && cert === "") return undefined;
  return { ca, cert, key };
}

function readSasl(values: FlagSource): SaslOptions | undefined {
  const mechanism = values.get(kafkaSaslMechanismFlag);
  const username = values.get(kafkaSaslUsernameFlag);
  const password = secretOf(values, kafkaSaslPasswordFlags);
  if (mechanism === undefined) {
    if (username === "" && !isGiven(password)) return undefined;
    throw new FlagError(
      `found a user name or password, expected --${kafkaSaslMechanismFlag.name} with it`,
    );
  }
  if (username === "" && mechanism !== "OAUTHBEARER") {
    throw new FlagError(`found ${mechanism}, expected --${kafkaSaslUsernameFlag.name} with it`);
  }
  if (!isGiven(password)) {
    throw new FlagError(
      `found ${mechanism} without a password, expected ${askFor(kafkaSaslPasswordFlags)}`,
    );
  }
  return { mechanism, username, password };
}

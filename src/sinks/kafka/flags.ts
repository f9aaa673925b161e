/** What can be set about the Kafka sink: goBMP's flags, and ours beside them. */
import {
  anyText,
  type Flag,
  FlagError,
  integer,
  oneOf,
  parseBoolean,
  size,
  withoutLogin,
} from "../../cli/flag.ts";
import { type SecretFlags, secretFlags } from "../../cli/secret.ts";
import type { Address } from "./broker.ts";
import { type Partitioner, PARTITIONERS } from "./partitioner.ts";
import { IDEMPOTENCE, type Idempotence } from "./producer.ts";
import { type Compression, COMPRESSIONS } from "./record_batch.ts";

const PORT_DEFAULT = 9092;
/** Brokers' default for a batch is 1,048,588 bytes. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;
const COMPRESSION_NAMES = Object.keys(COMPRESSIONS) as Compression[];

/** Reads `HOST:PORT,…`; the port may be missing, IPv6 addresses stand in brackets. @throws {FlagError} */
export function parseBrokers(text: string): Address[] {
  return text.split(",").map((part) => {
    const [, host, digits] = /^(\[[^\]]+\]|[^:@[\]\s]+)(?::(\d+))?$/.exec(part.trim()) ?? [];
    const port = digits === undefined ? PORT_DEFAULT : Number(digits);
    if (host === undefined || port < 1 || port > 65535) {
      throw new FlagError(`found "${withoutLogin(part)}", expected HOST:PORT, HOST or [IPV6]:PORT`);
    }
    return { host: host.replace(/^\[|\]$/g, ""), port };
  });
}

export const kafkaServerFlag: Flag<string> = {
  name: "kafka-server",
  key: "sinks[].brokers",
  gobmpKey: "kafka_config.kafka_srv",
  placeholder: "HOST:PORT,...",
  default: "",
  example: "kafka1:9092,kafka2:9092",
  help: "Kafka brokers to begin with; the others are found through them",
  parse(text) {
    if (text !== "") parseBrokers(text);
    return text;
  },
};

export const kafkaTopicRetentionFlag: Flag<number> = {
  name: "kafka-topic-retention-time-ms",
  key: "sinks[].retention_ms",
  gobmpKey: "kafka_config.kafka_tp_retn_time_ms",
  placeholder: "MS",
  default: "900000",
  help: "Retention of topics that are made; -1: for ever",
  parse: integer(-1, Number.MAX_SAFE_INTEGER),
};

export const kafkaCreateTopicsFlag: Flag<boolean> = {
  name: "kafka-create-topics",
  key: "sinks[].create_topics",
  placeholder: "BOOL",
  default: "true",
  help:
    "Make topics that are missing; if not, somebody else has to, or the brokers do so by themselves",
  parse: parseBoolean,
};

export const kafkaTopicPartitionsFlag: Flag<number> = {
  name: "kafka-topic-partitions",
  key: "sinks[].partitions",
  placeholder: "N",
  default: "-1",
  help: "Partitions of topics that are made; -1: the brokers' default",
  parse: countOrDefault(100_000),
};

export const kafkaTopicReplicationFlag: Flag<number> = {
  name: "kafka-topic-replication-factor",
  key: "sinks[].replication_factor",
  placeholder: "N",
  default: "-1",
  help: "Replication factor of topics that are made; -1: the brokers' default",
  parse: countOrDefault(32_767),
};

export const kafkaPartitionerFlag: Flag<Partitioner> = {
  name: "kafka-partitioner",
  key: "sinks[].partitioner",
  placeholder: "NAME",
  default: "fnv1a",
  help: "Hash of the key that chooses the partition: fnv1a, as goBMP, or murmur2, as Java clients",
  parse: oneOf(PARTITIONERS),
};

export const kafkaCompressionFlag: Flag<Compression> = {
  name: "kafka-compression",
  key: "sinks[].compression",
  placeholder: "CODEC",
  default: "none",
  help: `Compression of record batches: ${COMPRESSION_NAMES.join(", ")}`,
  parse: oneOf(COMPRESSION_NAMES),
};

export const kafkaIdempotenceFlag: Flag<Idempotence> = {
  name: "kafka-idempotence",
  key: "sinks[].idempotence",
  placeholder: "MODE",
  default: "auto",
  help:
    "auto, on or off: whether brokers drop repeats. Where they do not, one batch at a time goes to a partition, and a repeat is possible after a lost connection. auto: as the brokers allow",
  parse: oneOf(IDEMPOTENCE),
};

export const kafkaIdentityHeadersFlag: Flag<boolean | undefined> = {
  name: "kafka-identity-headers",
  key: "sinks[].identity_headers",
  placeholder: "BOOL",
  default: "",
  initial: undefined,
  help:
    "Send session, sequence and part of each record as record headers too. Default: when records do not carry them (--extra-fields=false)",
  parse: parseBoolean,
};

export const kafkaBatchBytesFlag: Flag<number> = {
  name: "kafka-batch-bytes",
  key: "sinks[].record_batch_bytes",
  placeholder: "SIZE",
  default: "900000",
  help: "Size of a record batch before compression, unless the topic's max.message.bytes is less",
  parse: size(1024, BATCH_BYTES_MAX),
};

export const kafkaRequestTimeoutFlag: Flag<number> = {
  name: "kafka-request-timeout-ms",
  key: "sinks[].request_timeout_ms",
  placeholder: "MS",
  default: "15000",
  help:
    "A connection on which an answer takes longer is given up, and what was sent on it is sent again",
  parse: integer(100, 600_000),
};

export const kafkaClientIdFlag: Flag<string> = {
  name: "kafka-client-id",
  key: "sinks[].client_id",
  placeholder: "ID",
  default: "edgebmp",
  help: "What the brokers' logs and quotas call this collector",
  parse: anyText,
};

export const kafkaTlsFlag: Flag<boolean> = {
  name: "kafka-tls",
  key: "sinks[].tls",
  placeholder: "BOOL",
  default: "false",
  help: "Connect by TLS. The files below switch it on too",
  parse: parseBoolean,
};

export const kafkaTlsCaFlag: Flag<string> = {
  name: "kafka-tls-ca",
  key: "sinks[].tls_ca",
  placeholder: "PATH",
  default: "",
  help: "Certificates (PEM) that brokers' certificates must lead to. Default: the system's",
  parse: anyText,
};

export const kafkaTlsCertFlag: Flag<string> = {
  name: "kafka-tls-cert",
  key: "sinks[].tls_cert",
  placeholder: "PATH",
  default: "",
  help: "Certificate (PEM) that says who we are",
  parse: anyText,
};

export const kafkaTlsKeyFlag: Flag<string> = {
  name: "kafka-tls-key",
  key: "sinks[].tls_key",
  placeholder: "PATH",
  default: "",
  help: "Its private key (PEM). Default: the credential kafka-tls-key of systemd's",
  credential: "kafka-tls-key",
  parse: anyText,
};

/** `""`: no authentication. */
export const SASL_MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] as const;
export type SaslMechanism = typeof SASL_MECHANISMS[number];

export const kafkaSaslMechanismFlag: Flag<SaslMechanism | undefined> = {
  name: "kafka-sasl-mechanism",
  key: "sinks[].sasl_mechanism",
  placeholder: "NAME",
  default: "",
  initial: undefined,
  help: `${SASL_MECHANISMS.join(", ")}. Default: no authentication`,
  parse: (text) => oneOf(SASL_MECHANISMS)(text.toUpperCase()),
};

export const kafkaSaslUsernameFlag: Flag<string> = {
  name: "kafka-sasl-username",
  key: "sinks[].sasl_username",
  placeholder: "NAME",
  default: "",
  help: "User name for PLAIN and SCRAM",
  parse: anyText,
};

export const kafkaSaslPasswordFlags: SecretFlags = secretFlags(
  "kafka-sasl-password",
  "sinks[].sasl_password",
  "Password, or token for OAUTHBEARER",
);

export const KAFKA_FLAGS: readonly Flag[] = [
  kafkaServerFlag,
  kafkaTopicRetentionFlag,
  kafkaCreateTopicsFlag,
  kafkaTopicPartitionsFlag,
  kafkaTopicReplicationFlag,
  kafkaPartitionerFlag,
  kafkaCompressionFlag,
  kafkaIdempotenceFlag,
  kafkaIdentityHeadersFlag,
  kafkaBatchBytesFlag,
  kafkaRequestTimeoutFlag,
  kafkaClientIdFlag,
  kafkaTlsFlag,
  kafkaTlsCaFlag,
  kafkaTlsCertFlag,
  kafkaTlsKeyFlag,
  kafkaSaslMechanismFlag,
  kafkaSaslUsernameFlag,
  kafkaSaslPasswordFlags.value,
  kafkaSaslPasswordFlags.file,
];

/** A parser for a count from 1, or -1. */
function countOrDefault(max: number): (text: string) => number {
  const parse = integer(-1, max);
  return (text) => {
    const count = parse(text);
    if (count === 0) throw new FlagError(`found "0", expected -1 or 1 to ${max}`);
    return count;
  };
}

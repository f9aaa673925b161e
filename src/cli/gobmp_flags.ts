/** goBMP's flags and configuration keys for what this version cannot do: read and checked, so that it can be refused by name. */
import { anyText, type Flag, integer, parseBoolean } from "./flag.ts";

export const kafkaServerFlag: Flag<string> = {
  name: "kafka-server",
  gobmpKey: "kafka_config.kafka_srv",
  placeholder: "HOST:PORT,...",
  default: "",
  help: "Kafka brokers; not in this version",
  parse: anyText,
};

export const kafkaTopicRetentionFlag: Flag<number> = {
  name: "kafka-topic-retention-time-ms",
  gobmpKey: "kafka_config.kafka_tp_retn_time_ms",
  placeholder: "MS",
  default: "900000",
  help: "Retention of the Kafka topics; -1: for ever",
  parse: integer(-1, Number.MAX_SAFE_INTEGER),
};

export const kafkaTopicPrefixFlag: Flag<string> = {
  name: "kafka-topic-prefix",
  gobmpKey: "kafka_config.kafka_topic_prefix",
  placeholder: "PREFIX",
  default: "",
  help: "Put before the names of the Kafka topics, with a dot",
  parse: anyText,
};

export const natsServerFlag: Flag<string> = {
  name: "nats-server",
  gobmpKey: "nats_config.nats_srv",
  placeholder: "URL,...",
  default: "",
  help: "NATS servers; not in this version",
  parse: anyText,
};

export const bmpRawFlag: Flag<boolean> = {
  name: "bmp-raw",
  gobmpKey: "kafka_config.bmp_raw",
  placeholder: "BOOL",
  default: "false",
  help: "OpenBMP raw messages to Kafka; not in this version",
  parse: parseBoolean,
};

export const interceptFlag: Flag<boolean> = {
  name: "intercept",
  placeholder: "BOOL",
  default: "false",
  help: "Forward each session to another collector; not in this version",
  parse: parseBoolean,
};

export const destinationPortFlag: Flag<number> = {
  name: "destination-port",
  placeholder: "PORT",
  default: "5050",
  help: "Port of the other collector for --intercept",
  parse: integer(0, 65535),
};

/** Only in goBMP's file: dial the speakers of `speakers_list` instead of listening. */
export const activeMode: Flag<boolean> = {
  name: "active_mode",
  gobmpKey: "active_mode",
  placeholder: "BOOL",
  default: "false",
  help: "Connect to the routers; not in this version",
  parse: parseBoolean,
};

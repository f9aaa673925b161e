/** Prefixes of topics, for the sinks that have topics. */
import type { Flag } from "../cli/flag.ts";

export const kafkaTopicPrefixFlag: Flag<string> = {
  name: "kafka-topic-prefix",
  key: "sinks[].topic_prefix",
  gobmpKey: "kafka_config.kafka_topic_prefix",
  placeholder: "PREFIX",
  default: "",
  help: "Put before the names of the Kafka topics, with a dot",
  parse: parseTopicPrefix,
};

/** A parser for prefixes; as goBMP's it takes off white space, then dots, at both ends. */
export function parseTopicPrefix(text: string): string {
  return text.trim().replace(/^\.+|\.+$/g, "");
}

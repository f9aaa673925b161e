/** What a NATS sink is told. */
import type { Topic } from "../../formats/output.ts";
import type { Log } from "../../ops/log.ts";
import type { Metrics } from "../../ops/metrics.ts";
import type { Backoff } from "../../ops/backoff.ts";
import type { NatsLink } from "./link.ts";
import type { StreamOptions } from "./stream.ts";

export interface NatsSinkOptions {
  /** Label in logs and metrics. */
  name: string;
  /** Name of the format of its records, and the topics that they may have. */
  format: string;
  topics: readonly Topic[];
  /** Stands before all subjects, with a dot; empty: nothing does. */
  topicPrefix: string;
  /** Undefined: core NATS. */
  jetStream: StreamOptions | undefined;
  /** Whether the stream may be made, and its subjects completed. */
  makeStream: boolean;
  /** Whether keys are bytes and not text. */
  binaryKeys: boolean;
  identityHeaders: boolean;
  /** Records that are sent and not acknowledged, at most: a power of two. */
  inFlightMax: number;
  /** Nothing acknowledged for so long: the connection is given up. */
  ackTimeoutMs: number;
  /** Empty: records that are refused for good are logged and counted only. */
  deadLetterFile: string;
  deadLetterBytesMax: number;
  /** Finds out whether what was configured can work at all, e.g. reads the files. @throws if not */
  check(): Promise<void>;
  /** Opens a connection to the next of the servers. Errors say which one, and no secrets. */
  connect(): Promise<{ link: NatsLink; server: string }>;
  metrics: Metrics;
  log: Log;
  backoff?: Pick<Backoff, "next" | "reset">;
  /** So long the server has to read what is left of a lost connection, before the same records come by the next one. */
  settleMs?: number;
}

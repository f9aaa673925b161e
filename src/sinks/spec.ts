/** What a kind of sink says about itself, so that the configuration, the help and the start know it by its line in the registry. */
import type { Flag, FlagSource } from "../cli/flag.ts";
import type { Topic } from "../formats/output.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Runtime } from "../runtime/types.ts";
import type { Sink } from "./sink.ts";

/** What a sink gets beside its own options. */
export interface SinkContext {
  /** Label in log and metrics, unique. */
  readonly name: string;
  /** Name of the format of its records. */
  readonly format: string;
  /** Topics that its records may have; others are none of its format's. */
  readonly topics: readonly Topic[];
  /** Stands before the name of each topic, with a dot; empty: nothing does. */
  readonly topicPrefix: string;
  /** Whether records are lines of text; else they are bytes, and their keys may be. */
  readonly lines: boolean;
  /** Whether, unless told otherwise, headers say who a record is, as it does not say so itself. */
  readonly identityInHeaders: boolean;
  /** Whether it takes the place of a sink with the same output, in which the records of that one stay. */
  readonly goesOn?: boolean;
  /** Directory for what must survive the process; undefined or empty: there is none. */
  readonly stateDir?: string;
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** One kind of sink. `Options` is plain data. */
export interface SinkSpec<Options = unknown> {
  /** What `sinks[].type` and `--dump` say. */
  readonly type: string;
  /** Its keys `sinks[].x`, and the command-line flags that stand for them: those with a key like that only are for files only. */
  readonly flags: readonly Flag[];
  /** The flag that asks for such a sink without `--dump`, e.g. `--kafka-server`. */
  readonly namedBy?: Flag<string>;
  /** Whether the whole {@linkcode Output} is written, so that lines have to be wrapped in it already. */
  readonly wrapped: boolean;
  /** Whether it takes lines of text only: people read it. */
  readonly textOnly?: boolean;
  /** The flag for a prefix of its topics; undefined: it has none. */
  readonly topicPrefix?: Flag<string>;
  /** Reads its options. @throws {FlagError} when they do not fit together. */
  options(values: FlagSource): Options;
  /** What no other sink may write to, for log and errors, e.g. the path of the file; undefined: any number may share. */
  output?(options: Options): string;
  /** Servers that it sends to, for log and status, without secrets; undefined: see {@linkcode SinkSpec.output}. */
  servers?(options: Options): readonly string[];
  /** Makes the sink; connects nothing yet. */
  create(options: Options, context: SinkContext): Sink;
}

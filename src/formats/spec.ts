/** What a format says about itself, so that the configuration, the help and the start know it by its line in the registry. */
import type { Flag, FlagSource } from "../cli/flag.ts";
import type { DecodeCounts } from "./counts.ts";
import type { Formatter } from "./formatter.ts";
import type { Topic } from "./output.ts";

/** One format. `Options` is plain data. */
export interface FormatSpec<Options = unknown> {
  /** What `sinks[].format` says. */
  readonly name: string;
  /** Its keys `sinks[].x`, and the command-line flags that stand for them. */
  readonly flags: readonly Flag[];
  /** Whether records are lines of text; else they are bytes. */
  readonly lines: boolean;
  /** Reads its options. @throws {FlagError} when they do not fit together. */
  options(values: FlagSource): Options;
  /** Topics that its records may have, for a sink that has to create them. */
  topics(options: Options): readonly Topic[];
  /** Whether records lack their identity, which headers then should have. */
  lacksIdentity(options: Options): boolean;
  /** So often the collector says that it lives, in milliseconds; 0, or without this: never. */
  heartbeatMs?(options: Options): number;
  /** Whether a sink may have records to hold back until others are there, see `Hold`. */
  readonly holds?: boolean;
  /** Makes a formatter for one pipeline of the collector with this name. */
  create(options: Options, collector: string): CountingFormatter;
}

/** A formatter; one that decodes counts what it meets. */
export interface CountingFormatter extends Formatter {
  readonly counts?: DecodeCounts;
}

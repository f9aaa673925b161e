/** What a command of the program is: `edgebmp NAME [flags] [words]`. One file per command in `commands/`, one line in `commands.ts`. */
import type { Log } from "../ops/log.ts";
import type { Runtime } from "../runtime/types.ts";
import type { Flag, FlagValues } from "./flag.ts";

export interface CommandContext {
  /** Read with the flag object: `context.flags.get(rateFlag)`. */
  readonly flags: FlagValues;
  /** What is not a flag, e.g. file names. */
  readonly words: readonly string[];
  /** TCP, and standard output for records; everything else of a command's output goes to the log or to standard error. */
  readonly runtime: Runtime;
  /** Standard error. */
  readonly log: Log;
  /** Aborts at the first SIGINT or SIGTERM: finish what is under way and return. A second signal ends the process. */
  readonly signal: AbortSignal;
  /** All commands, for those that describe them. */
  readonly loadCommands: () => Promise<readonly Command[]>;
}

export interface Command {
  readonly name: string;
  /** One line for `edgebmp help`, without a final period. */
  readonly summary: string;
  /** What follows the name, e.g. `FILE... --to HOST:PORT`. */
  readonly usage: string;
  /** In the order of the help text. Flags and words may be mixed. */
  readonly flags: readonly Flag[];
  /** Flags that it takes too, whose help stands elsewhere: those of the collector. */
  readonly inherits?: readonly Flag[];
  /**
   * Does the work; returns the exit code: 0, or 1 when it failed and has said why.
   *
   * @throws {UsageError} when words or flags do not fit together (exit code 2); any other error is logged and ends with 1
   */
  run(context: CommandContext): Promise<number>;
}

/** The console sink: records to standard output, nothing else goes there. */
import type { Output } from "../formats/output.ts";
import { errorCode, toError } from "../runtime/error.ts";
import type { Runtime } from "../runtime/types.ts";
import type { Sink } from "./sink.ts";
import type { SinkSpec } from "./spec.ts";

export interface ConsoleSinkOptions {
  /** Label in logs and metrics. */
  name?: string;
  runtime: Pick<Runtime, "writeStdout">;
}

export class ConsoleSink implements Sink {
  readonly name: string;
  readonly inFlightMax = 1;
  readonly #runtime: Pick<Runtime, "writeStdout">;

  constructor(options: ConsoleSinkOptions) {
    this.name = options.name ?? "console";
    this.#runtime = options.runtime;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  /** Rejects when the reader of the pipe is gone, or when standard output is a file on a full disk: nobody is there to retry for. */
  async deliver(batch: Output): Promise<void> {
    try {
      await this.#runtime.writeStdout(batch.written());
    } catch (error) {
      const reason = errorCode(error) === "EPIPE"
        ? "its reader is gone (EPIPE)"
        : toError(error).message;
      throw new Error(`Cannot write to standard output: ${reason}`, { cause: error });
    }
  }

  /** Standard output belongs to the process and stays open. */
  close(_signal: AbortSignal): Promise<void> {
    return Promise.resolve();
  }
}

export const CONSOLE: SinkSpec<Record<string, never>> = {
  type: "console",
  flags: [],
  wrapped: true,
  textOnly: true,
  options: () => ({}),
  output: () => "console",
  create: (_options, { name, runtime }) => new ConsoleSink({ name, runtime }),
};

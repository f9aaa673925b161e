/**
 * Lines of the log on their way to standard error.
 *
 * Whoever reads them may be slow or stuck, and must not hold up the sessions: Deno's `process.stderr` writes to a pipe in the
 * event loop's thread, Bun's keeps all that the pipe does not take. So lines wait here, up to a bound; those beyond it are counted.
 */

const ENCODER = new TextEncoder();

/** Characters that wait at most, beside those that are being written. */
const WAITING_MAX = 4 * 1024 * 1024;

export class LogWriter {
  readonly #writeAll: (bytes: Uint8Array) => Promise<void>;
  readonly #onDropped: (lines: number) => void;
  #waiting = "";
  #dropped = 0;
  #writing: Promise<void> | undefined = undefined;

  /**
   * @param writeAll writes all bytes to standard error; its failures are passed over, as there is nowhere to report them
   * @param onDropped announces, by a line of its own, how many lines have been dropped
   */
  constructor(writeAll: (bytes: Uint8Array) => Promise<void>, onDropped: (lines: number) => void) {
    this.#writeAll = writeAll;
    this.#onDropped = onDropped;
  }

  readonly write = (line: string): void => {
    if (this.#waiting.length + line.length > WAITING_MAX) this.#dropped++;
    else this.#waiting += line;
    this.#writing ??= this.#writeWaiting();
  };

  /** Resolves when the lines so far are written; never, if nobody reads them. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting !== "") {
      const bytes = ENCODER.encode(this.#waiting);
      const dropped = this.#dropped;
      this.#waiting = "";
      this.#dropped = 0;
      await this.#writeAll(bytes).catch(() => {});
      if (dropped > 0) this.#onDropped(dropped);
    }
    this.#writing = undefined;
  }
}

/** Signals of the process: the first SIGINT or SIGTERM asks for a clean stop, a second one ends at once, SIGHUP reopens files. */
import process from "node:process";

export class Signals {
  readonly #stop = new AbortController();
  /** What SIGHUP does. */
  reopen: () => void = () => {};

  constructor() {
    process.on("SIGINT", this.#onStop);
    process.on("SIGTERM", this.#onStop);
    process.on("SIGHUP", this.#onReopen);
  }

  /** Aborts at the first SIGINT or SIGTERM; the reason is the signal's name. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Gives the signals back to the system. */
  close(): void {
    process.off("SIGINT", this.#onStop);
    process.off("SIGTERM", this.#onStop);
    process.off("SIGHUP", this.#onReopen);
  }

  readonly #onStop = (signal: NodeJS.Signals): void => {
    // Whoever asks twice does not want to wait for the drain.
    if (this.#stop.signal.aborted) process.exit(1);
    this.#stop.abort(signal);
  };

  readonly #onReopen = (): void => this.reopen();
}

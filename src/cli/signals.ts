/** Signals of the process: the first SIGINT or SIGTERM asks for a clean stop, a second one ends at once, SIGHUP reads the configuration again. */
import process from "node:process";

/**
 * A repeat within this time is the same wish come twice: `timeout` signals the process and then its group, and a terminal's
 * Ctrl-C reaches the process directly and through wrappers such as npx that pass it on.
 */
const REPEAT_MS = 100;

export class Signals {
  readonly #stop = new AbortController();
  #stopAskedAt = 0;
  /** What SIGHUP does. */
  onHangup: () => void = () => {};

  constructor() {
    process.on("SIGINT", this.#onStop);
    process.on("SIGTERM", this.#onStop);
    process.on("SIGHUP", this.#onSighup);
  }

  /** Aborts at the first SIGINT or SIGTERM; the reason is the signal's name. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  readonly #onStop = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (!this.#stop.signal.aborted) {
      this.#stopAskedAt = now;
      this.#stop.abort(signal);
    } else if (now - this.#stopAskedAt > REPEAT_MS) {
      // Whoever asks twice does not want to wait for the drain.
      process.exit(1);
    }
  };

  readonly #onSighup = (): void => this.onHangup();
}

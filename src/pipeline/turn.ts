/** How a pipeline shares the event loop with the rest of the process. */
import { setImmediate, setTimeout } from "node:timers";

/**
 * A turn of the event loop ends after this much work, bytes in and out. A journal that always has data and a sink that
 * resolves at once run in microtasks alone: seconds without sockets, timers and HTTP.
 */
const TURN_BYTES_MAX = 256 * 1024;
const TURN_MS_MAX = 5;
/**
 * So long a pipeline works before one of its turns ends by a timer. Deno looks at its sockets only in every 61st turn that ends
 * by `setImmediate`: with turns of 5 ms an answer to an HTTP request took 290 ms per step, with the timer 30 ms. It costs 1 ms.
 */
const PAUSE_AFTER_MS = 25;
/** The clock is read after this much work. */
const TURN_CHECK_BYTES = 16 * 1024;

/** The turn of the event loop that a pipeline is in. */
export class Turn {
  /** Work done in it, bytes in and out. */
  bytes = 0;
  #bytesChecked = 0;
  #start = 0;
  #lastPause = 0;

  get isOver(): boolean {
    if (this.bytes - this.#bytesChecked < TURN_CHECK_BYTES) return false;
    this.#bytesChecked = this.bytes;
    return this.bytes >= TURN_BYTES_MAX || performance.now() - this.#start >= TURN_MS_MAX;
  }

  async next(): Promise<void> {
    if (performance.now() - this.#lastPause < PAUSE_AFTER_MS) {
      await new Promise((resolve) => setImmediate(resolve));
    } else {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#lastPause = performance.now();
    }
    this.#start = performance.now();
    this.bytes = 0;
    this.#bytesChecked = 0;
  }
}

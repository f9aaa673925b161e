/** How long to wait before something that failed is tried again. */
import { clearTimeout, setTimeout } from "node:timers";

const DELAY_MS_MIN = 250;
const DELAY_MS_MAX = 30_000;

/** Doubles from a quarter of a second to half a minute, with jitter: many collectors must not come back in step. */
export class Backoff {
  #failures = 0;

  /** Counts a failure. Milliseconds to wait now, between half of the step and all of it. */
  next(): number {
    const step = Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** Math.min(this.#failures++, 10));
    return step * (1 + Math.random()) / 2;
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** Waits; resolves early when `signal` aborts. */
export function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    signal.addEventListener("abort", end);
  });
}

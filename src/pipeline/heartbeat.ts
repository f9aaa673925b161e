/**
 * When the collector says that it lives: at once while there is nothing else to do, which may last for hours; else before the next
 * reading.
 */
import { clearInterval, setInterval } from "node:timers";

export class Heartbeat {
  /** Whether it was to be said, and was not. */
  isDue = false;
  readonly #intervalMs: number;
  readonly #beat: () => boolean;
  #timer: ReturnType<typeof setInterval> | undefined = undefined;

  /**
   * @param intervalMs 0: never
   * @param beat says it if it can be said now, and returns whether it was
   */
  constructor(intervalMs: number, beat: () => boolean) {
    this.#intervalMs = intervalMs;
    this.#beat = beat;
  }

  start(): void {
    if (this.#intervalMs === 0) return;
    this.#timer = setInterval(() => this.isDue = !this.#beat(), this.#intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

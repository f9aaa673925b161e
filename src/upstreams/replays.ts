/** What keeps an upstream that comes back from getting everything at once. */
import { setTimeout } from "node:timers";

/** A bound on the sessions that catch up at one time, and a pace for resets of routers. */
export class Replays {
  readonly #max: number;
  readonly #intervalMs: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #nextResetMs = 0;

  constructor(max: number, intervalMs: number) {
    this.#max = max;
    this.#intervalMs = intervalMs;
  }

  /** Waits for a turn; returns how to end it, which may be called more than once. */
  async begin(): Promise<() => void> {
    if (this.#running < this.#max) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = this.#waiting.shift();
      // Its turn goes over to the next.
      if (next === undefined) this.#running--;
      else next();
    };
  }

  /** Waits for the next time at which a router may be reset. */
  async pace(nowMs: number): Promise<void> {
    const at = Math.max(nowMs, this.#nextResetMs);
    this.#nextResetMs = at + this.#intervalMs;
    if (at > nowMs) await new Promise<void>((resolve) => setTimeout(resolve, at - nowMs).unref());
  }
}

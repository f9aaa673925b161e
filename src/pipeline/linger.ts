/** How long a batch that is not full waits for more. */
import { clearTimeout, setTimeout } from "node:timers";

export class Linger {
  readonly #ms: number;
  /** When it goes out; undefined: it has not begun to wait. */
  #untilMs: number | undefined = undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Waits for what may make the batch larger; returns whether the time is over. */
  async isOver(more: Promise<unknown>): Promise<boolean> {
    if (this.#ms === 0) return true;
    this.#untilMs ??= performance.now() + this.#ms;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), Math.max(0, this.#untilMs! - performance.now()));
    });
    const first = await Promise.race([more, over]);
    clearTimeout(timer);
    return first === true;
  }

  /** The batch has gone out. */
  reset(): void {
    this.#untilMs = undefined;
  }
}

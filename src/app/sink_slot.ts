/**
 * The place of a sink, in which another one can be put while batches are under way: with other brokers, another password or path.
 *
 * What the one has not acknowledged goes to the next, in order. So nothing is lost that only the memory holds, also when the change
 * is made because the servers are gone for good.
 */
import type { Output } from "../formats/output.ts";
import { toError } from "../runtime/error.ts";
import type { Sink } from "../sinks/sink.ts";

/** A batch whose acknowledgement somebody waits for. */
interface Pending {
  readonly batch: Output;
  /** Gives the buffer back before the acknowledgement. */
  readonly release: (() => void) | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Who has it. */
  sink: Sink | undefined;
  /** The buffer is another's already: it cannot be sent again. */
  isReleased: boolean;
}

export class SinkSlot implements Sink {
  readonly name: string;
  #sink: Sink;
  /** In journal order. */
  readonly #pending = new Set<Pending>();
  #isExchanging = false;
  /** Why there is no sink any more. */
  #failure: Error | undefined = undefined;

  /** @param onBatch called with each batch that the sink is given */
  constructor(sink: Sink, readonly onBatch?: (batch: Output) => void) {
    this.name = sink.name;
    this.#sink = sink;
  }

  get inFlightMax(): number {
    return this.#sink.inFlightMax;
  }

  get lastError(): string | undefined {
    return this.#sink.lastError;
  }

  open(): Promise<void> {
    return this.#sink.open();
  }

  deliver(batch: Output, release?: () => void): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.onBatch?.(batch);
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        batch,
        release,
        resolve,
        reject,
        sink: undefined,
        isReleased: false,
      };
      this.#pending.add(pending);
      if (!this.#isExchanging) this.#send(pending);
    });
  }

  async reopen(): Promise<void> {
    await this.#sink.reopen?.();
  }

  close(signal: AbortSignal): Promise<void> {
    return this.#sink.close(signal);
  }

  /**
   * Closes the sink and takes the one that `open` gives, which may open only then: the one before may have had the same file.
   * Until then nothing is delivered.
   *
   * @param signal ends the time that the sink has to finish what is under way
   * @returns batches that only the sink before had, and that it has not delivered
   * @throws when `open` does: there is no sink then, and deliveries reject
   */
  async exchange(open: () => Promise<Sink>, signal: AbortSignal): Promise<number> {
    this.#isExchanging = true;
    // How it ends is no matter any more: what it has not acknowledged, the next one gets.
    await this.#sink.close(signal).catch(() => {});
    try {
      this.#sink = await open();
    } catch (error) {
      this.#failure = toError(error);
      for (const { reject } of this.#pending) reject(error);
      this.#pending.clear();
      throw error;
    }
    this.#isExchanging = false;
    let lost = 0;
    for (const pending of this.#pending) {
      if (!pending.isReleased) {
        this.#send(pending);
        continue;
      }
      lost++;
      this.#pending.delete(pending);
      pending.resolve();
    }
    return lost;
  }

  #send(pending: Pending): void {
    const sink = this.#sink;
    pending.sink = sink;
    const { batch, release, resolve, reject } = pending;
    const releaseOnce = release && (() => {
      if (pending.sink !== sink || pending.isReleased) return;
      pending.isReleased = true;
      release();
    });
    sink.deliver(batch, releaseOnce).then(
      () => {
        // One that another has by now: it still reads the buffer.
        if (pending.sink === sink && this.#pending.delete(pending)) resolve();
      },
      (error) => {
        // The next one gets it.
        if (this.#isExchanging || pending.sink !== sink) return;
        this.#pending.delete(pending);
        reject(error);
      },
    );
  }
}

/**
 * Records that wait for others before they go to Kafka, while everything else goes on.
 *
 * ```
 * batch   P:r1 Q:r2 [P:down] Q:r3 P:up P:r4     at once: P:r1 Q:r2 Q:r3
 * waits   [P:down] P:up P:r4                    until all of that is acknowledged, and the delay has passed
 * ```
 *
 * A consumer of several topics reads them in no certain order: what must not overtake goes late. Records with the key of one that waits wait
 * behind it, whatever their topic: routes of the next session of a peer must not come before the end of the last one.
 */
import { Output } from "../../formats/output.ts";
import { sleep } from "../../ops/backoff.ts";

/** What waits is kept beside the batches up to this many bytes; beyond, batches stay under way, which holds back all that follows. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;

export interface HoldsOptions {
  /** Hands a batch on, in order; resolves when it is acknowledged. */
  readonly deliver: (batch: Output) => Promise<void>;
  /** Ends all waiting: what waits then is never sent. */
  readonly signal: AbortSignal;
  /** How many records wait. */
  readonly count?: (records: number) => void;
  readonly heldBytesMax?: number;
}

export class Holds {
  readonly #options: HoldsOptions;
  /** How many records wait, by key. */
  readonly #waiting = new Map<string, number>();
  /** Resolves when all that was handed on is acknowledged. */
  #acknowledged: Promise<unknown> = Promise.resolve();
  /** Resolves when all that waits is handed on. */
  #passed: Promise<unknown> = Promise.resolve();
  #bytes = 0;

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  /**
   * Delivers a batch. Resolves when all its records are acknowledged.
   *
   * @param release called when nothing but records that wait is missing for that, and the batch's buffer is not needed any more
   */
  async deliver(batch: Output, release: () => void): Promise<void> {
    if (batch.holds.size === 0 && this.#waiting.size === 0) return await this.#send(batch);
    const { now, held, delayMs } = this.#divide(batch);
    if (held === undefined) return await this.#send(batch);
    const sent = this.#send(now);
    const due = this.#due(delayMs);
    this.#bytes += held.bytes.length;
    const passed = Promise.all([this.#passed, due]).then(() => this.#pass(held));
    this.#passed = passed;
    await sent;
    if (this.#bytes <= (this.#options.heldBytesMax ?? HELD_BYTES_MAX)) release();
    await (await passed).sent;
  }

  /** The records of a batch that go at once, and those that wait; the latter undefined: none does. */
  #divide(batch: Output): { now: Output; held: Output | undefined; delayMs: number } {
    const now = new Output(0, false);
    let held: Output | undefined;
    let delayMs = 0;
    let first = 0;
    for (let i = 0; i < batch.count; i++) {
      const key = batch.keys[i]!;
      const hold = batch.holds.get(i);
      if (hold === undefined && !this.#waiting.has(key)) continue;
      if (i > first) now.copyRecords(batch, first, i);
      first = i + 1;
      held ??= new Output(0, false);
      held.copyRecords(batch, i, i + 1);
      delayMs = Math.max(delayMs, hold?.delayMs ?? 0);
      this.#note(key, 1);
    }
    if (held !== undefined && first < batch.count) now.copyRecords(batch, first, batch.count);
    return { now, held, delayMs };
  }

  async #due(delayMs: number): Promise<void> {
    const { signal } = this.#options;
    await this.#acknowledged;
    if (delayMs > 0) await sleep(delayMs, signal);
    // Never: whoever waits for it is told by the signal too.
    if (signal.aborted) await new Promise(() => {});
  }

  /** Hands on what waited. In an object, so that whoever comes next need not wait for the acknowledgement. */
  #pass(held: Output): { sent: Promise<void> } {
    this.#bytes -= held.bytes.length;
    for (let i = 0; i < held.count; i++) this.#note(held.keys[i]!, -1);
    return { sent: this.#send(held) };
  }

  #note(key: string, records: 1 | -1): void {
    this.#options.count?.(records);
    const count = (this.#waiting.get(key) ?? 0) + records;
    if (count > 0) this.#waiting.set(key, count);
    else this.#waiting.delete(key);
  }

  #send(batch: Output): Promise<void> {
    if (batch.count === 0) return Promise.resolve();
    const sent = this.#options.deliver(batch);
    this.#acknowledged = Promise.all([this.#acknowledged, sent]).then(() => {});
    return sent;
  }
}

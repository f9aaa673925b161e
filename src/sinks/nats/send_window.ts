/**
 * The records of all batches under way, numbered in their order: which are sent, which are settled (acknowledged or given up), and
 * from where on they have to be sent again.
 *
 * ```
 *    settled, forgotten | sent, some settled | to be sent
 *                       base                 next        end
 * ```
 */
import type { Output } from "../../formats/output.ts";

interface Batch {
  readonly out: Output;
  /** Number of its first record. */
  readonly first: number;
  readonly settled: () => void;
}

const OPEN = 0;
const ACKNOWLEDGED = 1;
/** Going to the dead letters, and there. Neither is sent again. */
const GIVING_UP = 2;
const GIVEN_UP = 3;

export class SendWindow {
  /** In order, from the one that holds `base` on. */
  readonly #batches: Batch[] = [];
  /** States of the records from `base` to `next`, by number modulo its length. */
  readonly #states: Uint8Array;
  readonly #bytesMax: number;
  /** Which batch `next` is in. */
  #sending = 0;
  #base = 0;
  #next = 0;
  #end = 0;
  #bytes = 0;
  /** Below this number, records have been sent before. */
  #sentBelow = 0;

  /** @param recordsMax a power of two */
  constructor(recordsMax: number, bytesMax: number) {
    this.#states = new Uint8Array(recordsMax);
    this.#bytesMax = bytesMax;
  }

  /** Number of the first record that is not settled. */
  get base(): number {
    return this.#base;
  }

  /** Number of the next record to be sent. */
  get next(): number {
    return this.#next;
  }

  /** Records that are sent and not settled, and those settled that stand behind one. */
  get inFlight(): number {
    return this.#next - this.#base;
  }

  /** Adds a batch; resolves when all its records are settled. */
  add(out: Output): Promise<void> {
    if (out.count === 0) return Promise.resolve();
    return new Promise((settled) => {
      this.#batches.push({ out, first: this.#end, settled });
      this.#end += out.count;
    });
  }

  /** Whether there is a record to be sent, and room for it. One that is larger than the window passes alone. */
  get hasNext(): boolean {
    return this.#next < this.#end && this.inFlight < this.#states.length &&
      (this.#bytes < this.#bytesMax);
  }

  /** The batch with the next record. */
  get nextBatch(): Output {
    return this.#nextIn().out;
  }

  /** The next record's place in its batch. */
  get nextIndex(): number {
    return this.#next - this.#nextIn().first;
  }

  #nextIn(): Batch {
    return this.#batches[this.#sending]!;
  }

  /** Whether the next record has been sent before. */
  get isRepeat(): boolean {
    return this.#next < this.#sentBelow;
  }

  /** Whether the next record is given up, so that it has to be passed over. */
  get isGivenUp(): boolean {
    return this.#states[this.#next & (this.#states.length - 1)]! >= GIVING_UP;
  }

  /** The next record is sent, or passed over: on to the one behind it. */
  advance(): void {
    const { out } = this.#nextIn();
    const i = this.nextIndex;
    this.#bytes += out.ends[i]! - out.starts[i]!;
    this.#next++;
    if (this.#next > this.#sentBelow) this.#sentBelow = this.#next;
    if (i + 1 === out.count) this.#sending++;
    this.#shift();
  }

  /** A sent record is acknowledged. Numbers that are settled already or not sent are passed over: returns whether it was news. */
  acknowledge(number: number): boolean {
    const mask = this.#states.length - 1;
    if (!(number >= this.#base && number < this.#next) || this.#states[number & mask] !== OPEN) {
      return false;
    }
    this.#states[number & mask] = ACKNOWLEDGED;
    this.#shift();
    return true;
  }

  /** All records before this one are acknowledged. */
  acknowledgeBefore(number: number): void {
    for (let each = this.#base; each < number; each++) this.acknowledge(each);
  }

  /**
   * A record, sent or next, will never be sent again; `done` resolves when it is safe elsewhere.
   *
   * @returns false if it is settled or given up already
   */
  giveUp(number: number, done: Promise<void>, moved: () => void): boolean {
    const at = number & (this.#states.length - 1);
    if (number < this.#base || number > this.#next || this.#states[at] !== OPEN) return false;
    this.#states[at] = GIVING_UP;
    void done.then(() => {
      this.#states[at] = GIVEN_UP;
      this.#shift();
      moved();
    });
    return true;
  }

  /** The batch and place of a record that is not settled. */
  find(number: number): { out: Output; index: number } | undefined {
    for (const { out, first } of this.#batches) {
      if (number >= first && number < first + out.count) return { out, index: number - first };
    }
    return undefined;
  }

  /** Forgets what was settled at the start of the window, and resolves batches that end there. */
  #shift(): void {
    const mask = this.#states.length - 1;
    while (this.#base < this.#next) {
      const state = this.#states[this.#base & mask];
      if (state !== ACKNOWLEDGED && state !== GIVEN_UP) return;
      this.#states[this.#base & mask] = OPEN;
      const { out, first, settled } = this.#batches[0]!;
      const i = this.#base - first;
      this.#bytes -= out.ends[i]! - out.starts[i]!;
      this.#base++;
      if (i + 1 < out.count) continue;
      this.#batches.shift();
      this.#sending--;
      settled();
    }
  }

  /** Back to the first record that is not settled: all that follow it are sent again, in order. Returns how many. */
  rewind(): number {
    const mask = this.#states.length - 1;
    const count = this.inFlight;
    for (let number = this.#base; number < this.#next; number++) {
      if (this.#states[number & mask] === ACKNOWLEDGED) this.#states[number & mask] = OPEN;
    }
    this.#next = this.#base;
    this.#sending = 0;
    this.#bytes = 0;
    return count;
  }
}

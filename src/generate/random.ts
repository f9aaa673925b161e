/** Random numbers that are the same for the same seed on every machine and runtime. */

/** A small generator (mulberry32: one 32-bit counter, then mixed). Never for secrets. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A number from 0 up to, not including, 1. */
  fraction(): number {
    return this.next() / 4294967296;
  }

  /** An integer from 0 to `count - 1`; `count` at most 2^53. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 4294967296;
  }
}

/** A seed for one of several independent streams under one seed. */
export function subSeed(seed: number, stream: number): number {
  return new Random(seed ^ Math.imul(stream + 1, 0x9e3779b1)).next();
}

const SLOTS = 65536;

/** Draws values with given weights in one array access. */
export class Weighted {
  readonly #slots = new Uint16Array(SLOTS);

  /** @param table pairs of value (below 65536) and weight */
  constructor(table: readonly (readonly [value: number, weight: number])[]) {
    let total = 0;
    for (const [, weight] of table) total += weight;
    let sum = 0;
    let slot = 0;
    for (const [value, weight] of table) {
      sum += weight;
      const end = Math.round(sum / total * SLOTS);
      this.#slots.fill(value, slot, end);
      slot = end;
    }
  }

  draw(random: Random): number {
    return this.#slots[random.next() >>> 16]!;
  }
}

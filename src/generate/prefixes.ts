/**
 * The prefixes of a made-up Internet table, in the order of a RIB dump, without holding the table.
 *
 * Each prefix length walks through the address space by itself, with gaps drawn so that it arrives at the end about when
 * its share of the table is used up. So no prefix comes twice, neighbours in the table are neighbours in the address space,
 * and memory is one number per length, whatever the size of the table.
 */
import { Random, Weighted } from "./random.ts";

/** What a family's table looks like. Shares of lengths and sizes are those of public tables of 2024/25, rounded. */
interface TableShape {
  /** Bits of an address that the walk sets; the rest of a longer address stays zero. */
  readonly bits: number;
  /** Leading bits given by `blocks`. */
  readonly blockBits: number;
  /** Values of the leading bits, in address order. */
  readonly blocks: readonly number[];
  readonly lengths: readonly (readonly [length: number, weight: number])[];
}

/** First octets that hold special-purpose addresses (RFC 6890), left out whole. */
const SPECIAL_OCTETS: readonly number[] = [10, 100, 127, 169, 172, 192, 198, 203];

// deno-fmt-ignore
const IPV4: TableShape = {
  bits: 32,
  blockBits: 8,
  blocks: range(1, 223).filter((octet) => !SPECIAL_OCTETS.includes(octet)),
  lengths: [
    [24, 6000], [22, 1180], [23, 1000], [21, 520], [20, 460], [19, 290], [18, 140], [16, 135], [17, 80], [15, 20], [14, 12],
    [13, 6], [12, 3], [11, 1], [10, 0.4], [9, 0.2], [8, 0.2],
  ],
};

// deno-fmt-ignore
const IPV6: TableShape = {
  bits: 48,
  blockBits: 16,
  blocks: [
    ...range(0x2400, 0x240f), ...range(0x2600, 0x2607), 0x2610, 0x2620, ...range(0x2800, 0x2806), ...range(0x2a00, 0x2a12), 0x2c0f,
  ],
  lengths: [
    [48, 460], [32, 115], [44, 112], [40, 92], [36, 42], [46, 36], [47, 31], [29, 23], [45, 21], [33, 16], [42, 16], [38, 15],
    [34, 13], [35, 8], [37, 6], [39, 6], [41, 6], [43, 6], [30, 3], [28, 2], [31, 1], [24, 0.5], [20, 0.2],
  ],
};

/** Prefixes that share their attributes, hence one UPDATE: half of the groups have one or two, few have many. */
// deno-fmt-ignore
const GROUP_SIZES = new Weighted([
  [1, 400], [2, 160], [3, 92], [4, 64], [5, 42], [6, 30], [7, 22], [8, 18], [10, 32], [14, 26], [20, 20], [30, 11], [45, 6], [70, 3],
  [120, 1.2], [200, 0.5],
]);

/** No more prefixes than this in one group, so that a group with path identifiers and labels fits into 4,096 octets. */
export const GROUP_SIZE_MAX = 200;

const LENGTH_MAX = 48;
/** Share of gaps that are 1: more-specifics announced side by side. */
const ADJACENT_SHARE = 0.75;
/** How much of the space the average walk uses; the rest is for walks with long gaps. */
const SPACE_USED = 0.9;
/** No gap is longer than this share of the space that is left, so that a small table, too, stays inside. */
const SPACE_PER_GAP = 1 / 8;

/** Walks through one family's table, one group of prefixes after the other. */
export class TableWalk {
  /** AS that originates the current group. */
  origin = 0;
  /** Prefixes in the current group. */
  count = 0;
  /** NLRI of the current group without path identifiers or labels (RFC 4271 section 4.3), back to back. */
  readonly nlri = new Uint8Array(GROUP_SIZE_MAX * 7);
  /** Where NLRI i ends in {@linkcode TableWalk.nlri}. */
  readonly ends = new Uint16Array(GROUP_SIZE_MAX);

  readonly #shape: TableShape;
  readonly #lengths: Weighted;
  readonly #random: Random;
  #left: number;
  #originGroupsLeft = 0;
  /** By length: number of the next prefix of this length in the usable space. */
  readonly #next = new Float64Array(LENGTH_MAX + 1);
  /** By length: prefixes of this length in the usable space. */
  readonly #space = new Float64Array(LENGTH_MAX + 1);
  /** By length: the longest gap. */
  readonly #gapMax = new Float64Array(LENGTH_MAX + 1);

  /** @param size prefixes in the table */
  constructor(family: "ipv4" | "ipv6", size: number, seed: number) {
    this.#shape = family === "ipv4" ? IPV4 : IPV6;
    this.#lengths = new Weighted(this.#shape.lengths);
    this.#random = new Random(seed);
    this.#left = size;
    const { blockBits, bits, blocks, lengths } = this.#shape;
    for (let length = blockBits; length <= bits; length++) {
      this.#space[length] = blocks.length * 2 ** (length - blockBits);
      this.#gapMax[length] = 1;
    }
    const total = lengths.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [length, weight] of lengths) {
      const gap = Math.max(
        1,
        this.#space[length]! * SPACE_USED / Math.max(1, size * weight / total),
      );
      const longGap = (gap - ADJACENT_SHARE) / (1 - ADJACENT_SHARE);
      this.#gapMax[length] = Math.floor(2 * longGap - 1);
    }
  }

  /** Moves on to the next group; false at the end of the table. */
  next(): boolean {
    if (this.#left === 0) return false;
    const random = this.#random;
    if (this.#originGroupsLeft === 0) {
      this.origin = drawOrigin(random);
      // Heavy tail: most origins announce one or two groups, a few announce hundreds.
      this.#originGroupsLeft = Math.min(
        400,
        Math.ceil(1.25 * (1 - random.fraction()) ** (-1 / 1.5)),
      );
    }
    this.#originGroupsLeft--;
    this.count = Math.min(GROUP_SIZES.draw(random), this.#left);
    this.#left -= this.count;
    let end = 0;
    for (let i = 0; i < this.count; i++) {
      end = this.#putPrefix(end);
      this.ends[i] = end;
    }
    return true;
  }

  /** Draws a prefix and writes its NLRI at `pos`; returns the position after it. */
  #putPrefix(pos: number): number {
    const { bits, blockBits, blocks } = this.#shape;
    const random = this.#random;
    let length = this.#lengths.draw(random);
    // A length that has used up its space passes its place on to the next longer one.
    while (this.#next[length]! >= this.#space[length]! && length < bits) length++;
    const number = this.#next[length]!;
    const gapMax = Math.min(
      this.#gapMax[length]!,
      (this.#space[length]! - number) * SPACE_PER_GAP,
    );
    const gap = random.chance(ADJACENT_SHARE) ? 1 : 1 + random.below(gapMax);
    this.#next[length] = number + gap;
    const perBlock = 2 ** (length - blockBits);
    const block = Math.floor(number / perBlock);
    const address = blocks[block]! * 2 ** (bits - blockBits) +
      (number - block * perBlock) * 2 ** (bits - length);
    const nlri = this.nlri;
    nlri[pos] = length;
    const octets = (length + 7) >> 3;
    const high = Math.floor(address / 65536);
    for (let i = 0; i < octets; i++) {
      const shift = bits - 8 * (i + 1);
      nlri[pos + 1 + i] = shift >= 16 ? high >>> (shift - 16) : (address % 65536) >>> shift;
    }
    return pos + 1 + octets;
  }
}

/** An AS number of the ranges that the registries give out, half of them 16 bits wide. */
export function drawOrigin(random: Random): number {
  const share = random.fraction();
  if (share < 0.5) return random.between(1000, 64495);
  if (share < 0.62) return random.between(131072, 153913);
  if (share < 0.85) return random.between(196608, 215599);
  if (share < 0.95) return random.between(262144, 274799);
  return random.between(393216, 402399);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MISSES_MAX, NAP_BLOCKS } from "../../../src/bgp/attributes/cache.ts";
import { Random } from "../../../src/generate/random.ts";
import {
  attribute,
  MANDATORY,
  mpReach,
  mpUnreach,
  NEXT_HOP,
  ORIGIN,
  uint,
} from "../../building.ts";
import { fromHex } from "../../decoding.ts";
import { type Block, type BlockOptions, BlockRenderer } from "./blocks.ts";
import { VECTORS } from "./vectors.ts";

/** Renders each block with and without a cache and expects the same; `block` is that without. */
class Comparison {
  readonly #cached = new BlockRenderer(true);
  readonly #plain = new BlockRenderer(false);

  check(attributes: Uint8Array, options: BlockOptions = {}): Block {
    const expected = this.#plain.render(attributes, options);
    // A block is kept when it comes the second time; the third is a hit.
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(this.#cached.render(attributes, options), expected);
    }
    return expected;
  }

  once(attributes: Uint8Array, options: BlockOptions = {}): void {
    assert.deepEqual(
      this.#cached.render(attributes, options),
      this.#plain.render(attributes, options),
    );
  }
}

const OPTIONS: readonly BlockOptions[] = ([2, 4] as const).flatMap((asWidth) =>
  [false, true].map((external) => ({ asWidth, external }))
);

describe("the cache of attribute blocks", () => {
  it("finds a block from the third time on", () => {
    const renderer = new BlockRenderer(true);
    const block = fromHex(MANDATORY);
    const hits = [1, 2, 3, 4].map(() => {
      renderer.render(block);
      return renderer.hits;
    });
    assert.deepEqual(hits, [0, 0, 1, 2]);
  });

  it("keeps thousands of blocks of one kind", () => {
    const renderer = new BlockRenderer(true);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 2000; i++) {
        renderer.render(fromHex(MANDATORY + attribute(0x80, 4, uint(i + 1, 4))));
      }
    }
    assert.ok(renderer.hits > 1200, `${renderer.hits} of 2000`);
  });

  it("tells AS widths and kinds of peers apart", () => {
    // With two octets 0, 65001 and 65002; with four 65001 and 33684970.
    const both = attribute(0x40, 2, "0202 0000fde9 0201fdea");
    const malformedForInternal = attribute(0x40, 5, "0064");
    const comparison = new Comparison();
    for (let round = 0; round < 3; round++) {
      for (const options of OPTIONS) {
        comparison.check(fromHex(ORIGIN + both + NEXT_HOP), options);
        comparison.check(fromHex(ORIGIN + malformedForInternal), options);
      }
    }
  });

  it("makes the hash anew where MP attributes differ", () => {
    const comparison = new Comparison();
    const seen = new Set<unknown>();
    for (const nlri of ["2020010db8", "2020010db9", ""]) {
      for (
        const hex of [
          mpReach(2, 1, "20010db8".padEnd(32, "0"), nlri) + MANDATORY,
          MANDATORY + mpReach(2, 1, "20010db8".padEnd(32, "0"), nlri),
          ORIGIN + mpUnreach(2, 1, nlri) + mpReach(1, 4, "c0000201", "") + NEXT_HOP,
        ]
      ) seen.add(comparison.check(fromHex(hex)).base["base_attr_hash"]);
    }
    assert.equal(seen.size, 9);
  });

  it("does not forget the flags of MP attributes", () => {
    const comparison = new Comparison();
    const sound = fromHex(MANDATORY + mpUnreach(2, 1, ""));
    const wrong = fromHex(MANDATORY + attribute(0xc0, 15, "000201"));
    assert.equal(comparison.check(sound).outcome, "none");
    assert.equal(comparison.check(wrong).outcome, "treatAsWithdraw");
    assert.equal(comparison.check(sound).outcome, "none");
  });

  it("many MP attributes between the others", () => {
    const comparison = new Comparison();
    const one = Array.from(
      { length: 50 },
      (_, i) => mpUnreach(2, 1, "") + attribute(0xc0, 200, uint(i, 1)),
    );
    comparison.check(fromHex(one.join("")));
    comparison.check(fromHex(one.join("") + mpUnreach(1, 1, "")));
    comparison.check(fromHex(mpUnreach(2, 1, "")));
    comparison.check(fromHex(""));
  });

  it("blocks of every size up to one that is not kept", () => {
    const comparison = new Comparison();
    for (const size of [0, 1, 2, 3, 4, 5, 7, 8, 255, 256, 4095, 8000, 12_000, 20_000, 60_000]) {
      comparison.check(fromHex(attribute(0xc0, 200, "ab".repeat(size))));
    }
  });

  it("likely collisions: blocks that differ in one octet, in order or in length", () => {
    const comparison = new Comparison();
    const random = new Random(1);
    for (let i = 0; i < 2500; i++) {
      // Communities out of a handful of values: many blocks share most of their words.
      const count = 1 + random.below(3);
      const values = Array.from({ length: count }, () => uint(random.below(8) * 0x01010101, 4));
      const hex = attribute(0xc0, 8, values.join("")) + attribute(0xc0, 200, uint(i & 63, 1));
      comparison.once(fromHex(hex), OPTIONS[random.below(4)]!);
    }
  });

  it("more blocks than it holds, more than once", () => {
    const comparison = new Comparison();
    const block = fromHex(attribute(0xc0, 200, "00".repeat(4000)));
    const view = new DataView(block.buffer);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 1200; i++) {
        view.setUint32(4, i);
        comparison.once(block);
      }
    }
  });

  it("a rest from looking begins and ends with nothing mixed up", () => {
    const renderer = new BlockRenderer(true);
    const numbered = fromHex(attribute(0x80, 4, "00000000"));
    const view = new DataView(numbered.buffer);
    const [before, during] = [fromHex(ORIGIN), fromHex(MANDATORY)];
    const expected = new BlockRenderer(false).render(before);
    // The last block that is looked for comes the second time, so that it would be kept.
    for (let i = 1; i <= MISSES_MAX - 2; i++) {
      view.setUint32(3, i);
      renderer.render(numbered);
    }
    renderer.render(before);
    renderer.render(before);
    for (let i = 0; i < NAP_BLOCKS; i++) renderer.render(during);
    for (let i = 0; i < 3; i++) assert.deepEqual(renderer.render(before), expected);
  });

  it("any blocks, sound and broken", () => {
    const sound = Object.entries(VECTORS).flatMap(([code, { flags, good, malformed }]) =>
      [...good, ...malformed.slice(0, 1)].map(({ value }) => attribute(flags, Number(code), value))
    );
    const flagged = Object.entries(VECTORS).map(([code, { good }]) =>
      attribute(0x00, Number(code), good[0]!.value)
    );
    const part = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...sound.slice(0, 12)) },
      { weight: 4, arbitrary: fc.constantFrom(...sound) },
      { weight: 1, arbitrary: fc.constantFrom(...flagged) },
      { weight: 1, arbitrary: fc.constantFrom("40", "4001", "400105") },
    );
    const comparison = new Comparison();
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 5 }),
        fc.constantFrom(...OPTIONS),
        (parts, options) => {
          comparison.check(fromHex(parts.join("")), options);
        },
      ),
      { numRuns: 500 },
    );
  });
});

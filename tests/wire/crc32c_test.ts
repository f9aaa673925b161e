import { describe, it } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { crc32c } from "../../src/wire/crc32c.ts";
import { utf8 } from "../../src/wire/writer.ts";

const ASCENDING = Uint8Array.from({ length: 32 }, (_, i) => i);

/** RFC 3720 appendix B.4, and the check value of the catalogues of CRCs. */
const KNOWN: readonly [string, Uint8Array, number][] = [
  ["nothing", new Uint8Array(0), 0],
  ["123456789", utf8("123456789"), 0xe3069283],
  ["32 zeroes", new Uint8Array(32), 0x8a9136aa],
  ["32 times 0xff", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["0 to 31", ASCENDING, 0x46dd794e],
  ["31 to 0", ASCENDING.toReversed(), 0x113fdb5c],
];

/** Bit by bit, as the polynomial says. */
function reference(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of bytes) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("crc32c()", () => {
  for (const [name, bytes, expected] of KNOWN) {
    it(`of ${name}`, () => {
      assert.equal(crc32c(bytes), expected);
    });
  }

  it("of any range, whole or in two steps", () => {
    const lengths = fc.nat(2000);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000, size: "max" }),
        lengths,
        lengths,
        (bytes, a, b) => {
          const [start, end] = [a, b].map((at) => at % (bytes.length + 1)).sort((x, y) =>
            x - y
          ) as [
            number,
            number,
          ];
          const middle = (start + end) >> 1;
          const expected = reference(bytes.subarray(start, end));
          assert.equal(crc32c(bytes, start, end), expected);
          assert.equal(crc32c(bytes, middle, end, crc32c(bytes, start, middle)), expected);
        },
      ),
    );
  });

  it("of long ranges, folded by vectors, whole or in two steps", () => {
    const bytes = Uint8Array.from({ length: 150_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
    for (const [start, end] of [[0, 2124], [1, 2318], [3, 49_155], [5, 49_352], [7, 150_000]]) {
      const expected = reference(bytes.subarray(start, end));
      assert.equal(crc32c(bytes, start, end), expected);
      assert.equal(crc32c(bytes, 1100, end, crc32c(bytes, start, 1100)), expected, `from ${start}`);
    }
  });
});

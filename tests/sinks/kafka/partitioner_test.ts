import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { fnv1a, murmur2, partitionOf } from "../../../src/sinks/kafka/partitioner.ts";

/** Go's hash/fnv New32a (its own test values, and the FNV authors'). */
const FNV1A: readonly [string, number][] = [
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["ab", 0x4d2505ca],
  ["abc", 0x1a47e90b],
  ["foobar", 0xbf9cf968],
];

/** Kafka's own test of its Java client (UtilsTest.testMurmur2). */
const MURMUR2: readonly [string, number][] = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
];

describe("fnv1a()", () => {
  for (const [key, hash] of FNV1A) {
    it(`of "${key}"`, () => assert.equal(fnv1a(key) >>> 0, hash));
  }
});

describe("murmur2()", () => {
  for (const [key, hash] of MURMUR2) {
    it(`of "${key}"`, () => assert.equal(murmur2(key), hash));
  }
});

describe("partitionOf()", () => {
  it("takes the hash as signed, and the remainder without its sign, as the Go client", () => {
    // int32(0xe40c292c) = -468965076; its remainder by 7 in Go is -2.
    assert.equal(partitionOf("fnv1a", "a", 7), 468965076 % 7);
    assert.equal(partitionOf("fnv1a", "abc", 7), 0x1a47e90b % 7);
  });

  it("takes the hash without its sign bit, as the Java client", () => {
    assert.equal(partitionOf("murmur2", "21", 7), (-973932308 & 0x7fffffff) % 7);
    assert.equal(partitionOf("murmur2", "abc", 7), 479470107 % 7);
  });

  it("keeps records without a key together, and finds the one partition there is", () => {
    for (const partitioner of ["fnv1a", "murmur2"] as const) {
      assert.equal(partitionOf(partitioner, "", 12), partitionOf(partitioner, "", 12));
      assert.equal(partitionOf(partitioner, "any", 1), 0);
      for (let i = 0; i < 100; i++) {
        const partition = partitionOf(partitioner, `key ${i}`, 12);
        assert.ok(Number.isInteger(partition) && partition >= 0 && partition < 12);
      }
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { attribute, uint } from "../../building.ts";
import { type Block, renderBlock } from "./blocks.ts";

type Segment = readonly [type: number, asns: readonly number[]];

const SET = 1;
const SEQUENCE = 2;
const CONFED_SEQUENCE = 3;
const CONFED_SET = 4;
const AS_TRANS = 23456;

function pathHex(segments: readonly Segment[], width: 2 | 4): string {
  return segments.map(([type, asns]) =>
    uint(type, 1) + uint(asns.length, 1) + asns.map((as) => uint(as, width)).join("")
  ).join("");
}

function segmentsOf(block: Block): Segment[] {
  const segments = (block.base["as_path_segments"] ?? []) as { type: number; asns: number[] }[];
  return segments.map(({ type, asns }) => [type, asns]);
}

/** A two-octet AS_PATH with its AS4_PATH, and aggregators. */
function merge(
  path: readonly Segment[],
  as4: readonly Segment[],
  aggregator?: number,
  as4Aggregator?: number,
): Block {
  const hex = attribute(0x40, 2, pathHex(path, 2)) +
    (aggregator === undefined ? "" : attribute(0xc0, 7, `${uint(aggregator, 2)}c0000201`)) +
    attribute(0xc0, 17, pathHex(as4, 4)) +
    (as4Aggregator === undefined ? "" : attribute(0xc0, 18, `${uint(as4Aggregator, 4)}c0000201`));
  return renderBlock(hex, { asWidth: 2 });
}

describe("AS_PATH merged with AS4_PATH (RFC 6793 section 4.2.3)", () => {
  const cases: [name: string, path: Segment[], as4: Segment[], expected: Segment[]][] = [
    [
      "the same length: AS4_PATH takes the place",
      [[SEQUENCE, [AS_TRANS, 65002]]],
      [[SEQUENCE, [65546, 65002]]],
      [[SEQUENCE, [65546, 65002]]],
    ],
    [
      "longer: leading numbers of AS_PATH come first",
      [[SEQUENCE, [1, 2, AS_TRANS, 65002]]],
      [[SEQUENCE, [65546, 65002]]],
      [[SEQUENCE, [1, 2, 65546, 65002]]],
    ],
    [
      "an AS_TRANS that AS4_PATH does not reach stays",
      [[SEQUENCE, [AS_TRANS, AS_TRANS]]],
      [[SEQUENCE, [65546]]],
      [[SEQUENCE, [AS_TRANS, 65546]]],
    ],
    [
      "shorter than AS4_PATH: that is ignored",
      [[SEQUENCE, [1]]],
      [[SEQUENCE, [65546, 65547]]],
      [[SEQUENCE, [1]]],
    ],
    [
      "a set counts one (RFC 4271 section 9.1.2.2)",
      [[SEQUENCE, [1, AS_TRANS]], [SET, [3, AS_TRANS]]],
      [[SEQUENCE, [65546]], [SET, [3, 65547]]],
      [[SEQUENCE, [1, 65546]], [SET, [3, 65547]]],
    ],
    [
      "a set among the leading segments is taken whole",
      [[SET, [7, 8]], [SEQUENCE, [AS_TRANS]]],
      [[SEQUENCE, [65546]]],
      [[SET, [7, 8]], [SEQUENCE, [65546]]],
    ],
    [
      "a leading confederation segment counts nothing and stays (RFC 5065)",
      [[CONFED_SEQUENCE, [64512, 64513]], [SEQUENCE, [AS_TRANS, 2]]],
      [[SEQUENCE, [65546, 2]]],
      [[CONFED_SEQUENCE, [64512, 64513]], [SEQUENCE, [65546, 2]]],
    ],
    [
      "a confederation segment beside one that is taken stays",
      [[SEQUENCE, [1]], [CONFED_SET, [64512]], [SEQUENCE, [AS_TRANS]]],
      [[SEQUENCE, [65546]]],
      [[SEQUENCE, [1]], [CONFED_SET, [64512]], [SEQUENCE, [65546]]],
    ],
    [
      "a confederation segment behind one that is taken in part does not move before its rest",
      [[SEQUENCE, [1, AS_TRANS]], [CONFED_SET, [64512]], [SEQUENCE, [3]]],
      [[SEQUENCE, [65546, 3]]],
      [[SEQUENCE, [1, 65546, 3]]],
    ],
    [
      "confederation segments in AS4_PATH are discarded (section 6)",
      [[SEQUENCE, [1, AS_TRANS]]],
      [[CONFED_SEQUENCE, [64512]], [SEQUENCE, [65546]]],
      [[SEQUENCE, [1]], [SEQUENCE, [65546]]],
    ],
    [
      "a sequence of more than 255 stays in two segments",
      [[SEQUENCE, new Array(200).fill(1)], [SEQUENCE, new Array(100).fill(AS_TRANS)]],
      [[SEQUENCE, new Array(100).fill(65546)]],
      [[SEQUENCE, new Array(200).fill(1)], [SEQUENCE, new Array(100).fill(65546)]],
    ],
  ];
  for (const [name, path, as4, expected] of cases) {
    it(name, () => {
      const block = merge(path, as4);
      assert.deepEqual(segmentsOf(block), expected);
      assert.deepEqual(block.base["as_path"], expected.flatMap(([, asns]) => asns));
      assert.equal(block.base["as_path_count"], expected.flatMap(([, asns]) => asns).length);
      assert.deepEqual(block.base["as4_path"], as4.flatMap(([, asns]) => asns));
    });
  }

  const path: Segment[] = [[SEQUENCE, [1, AS_TRANS]]];
  const as4: Segment[] = [[SEQUENCE, [65546]]];
  const aggregators: [
    name: string,
    aggregator: number,
    as4: number | undefined,
    isMerged: boolean,
  ][] = [
    ["AGGREGATOR alone has no say", 65001, undefined, true],
    ["AGGREGATOR with a real AS beside AS4_AGGREGATOR voids both", 65001, 65546, false],
    ["AGGREGATOR with AS_TRANS beside AS4_AGGREGATOR", AS_TRANS, 65546, true],
  ];
  for (const [name, aggregator, as4Aggregator, isMerged] of aggregators) {
    it(name, () => {
      const expected = isMerged ? [1, 65546] : [1, AS_TRANS];
      assert.deepEqual(merge(path, as4, aggregator, as4Aggregator).base["as_path"], expected);
    });
  }

  it("an AS 0 in AS4_PATH makes it malformed, one in AS_PATH the path (RFC 7607 section 2)", () => {
    const isVoid = merge(path, [[SEQUENCE, [0]]]);
    assert.deepEqual(isVoid.base["as_path"], [1, AS_TRANS]);
    assert.deepEqual(isVoid.base["as4_path"], undefined);
    assert.equal(isVoid.outcome, "attributeDiscard");
    // Also where AS4_PATH stands for the number that is 0.
    const malformed = merge([[SEQUENCE, [1, 0]]], as4);
    assert.equal(malformed.base["as_path"], undefined);
    assert.equal(malformed.outcome, "treatAsWithdraw");
    assert.deepEqual(malformed.faults.map((it) => it.split("@")[0]), ["as-zero"]);
  });

  it("a malformed AS4_PATH is ignored, whatever stands behind it (section 6)", () => {
    const sound = attribute(0x40, 2, pathHex(path, 2));
    // An empty one too: what follows must not be taken for a segment of it.
    for (const value of ["", "0201", "02ff00000001", "0200", "090100000001"]) {
      for (const behind of [attribute(0x02, 250, "00"), attribute(0x02, 255, ""), "02", "02ff"]) {
        const block = renderBlock(sound + attribute(0xc0, 17, value) + behind, { asWidth: 2 });
        assert.deepEqual(block.base["as_path"], [1, AS_TRANS]);
        assert.equal(block.base["as4_path"], undefined);
      }
      for (const around of [0x02, 0xff]) {
        const hex = sound + attribute(0xc0, 17, value);
        const block = renderBlock(hex, { asWidth: 2, around });
        assert.deepEqual(block.base["as_path"], [1, AS_TRANS]);
        assert.equal(block.outcome, "attributeDiscard");
      }
    }
  });

  it("a four-octet AS_PATH is not merged", () => {
    const hex = attribute(0x40, 2, pathHex([[SEQUENCE, [1, 2]]], 4)) +
      attribute(0xc0, 17, pathHex([[SEQUENCE, [3]]], 4));
    assert.deepEqual(renderBlock(hex).base["as_path"], [1, 2]);
  });

  it("what a two-octet speaker makes of any path is undone", () => {
    const as = fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 65536, max: 1e9 }));
    const sequence = fc.array(as, { minLength: 1, maxLength: 6 });
    const before = fc.array(fc.integer({ min: 1, max: 22000 }), { maxLength: 4 });
    fc.assert(fc.property(before, sequence, (prepended, original) => {
      const narrow = original.map((it) => it > 65535 ? AS_TRANS : it);
      const block = merge([[SEQUENCE, [...prepended, ...narrow]]], [[SEQUENCE, original]]);
      assert.deepEqual(block.base["as_path"], [...prepended, ...original]);
    }));
  });
});

describe("the origin AS", () => {
  const cases: [name: string, segments: Segment[], originAs: number][] = [
    ["is the last of a sequence", [[SEQUENCE, [1, 2, 4294967295]]], 4294967295],
    ["is unknown behind a set", [[SEQUENCE, [1, 2]], [SET, [3]]], -1],
    ["is unknown in an empty path", [], -1],
    ["is unknown in a confederation", [[CONFED_SEQUENCE, [64512]]], -1],
    ["is unknown behind a confederation", [[SEQUENCE, [1]], [CONFED_SET, [64512]]], -1],
  ];
  for (const [name, segments, originAs] of cases) {
    it(name, () => {
      assert.equal(renderBlock(attribute(0x40, 2, pathHex(segments, 4))).originAs, originAs);
    });
  }

  it("is that of the merged path", () => {
    assert.equal(merge([[SEQUENCE, [1, AS_TRANS]]], [[SEQUENCE, [65546]]]).originAs, 65546);
  });

  it("does not outlive its UPDATE", () => {
    const malformed = attribute(0x40, 2, "0202");
    assert.equal(renderBlock(malformed).originAs, -1);
  });
});

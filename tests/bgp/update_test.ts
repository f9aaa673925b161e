import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { layOutUpdate, UpdateLayout } from "../../src/bgp/update.ts";
import { attribute, mpReach, mpUnreach, ORIGIN, updateBody } from "../building.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  decodeHex,
  thrownFault,
} from "../decoding.ts";

interface Layout {
  readonly withdrawn: readonly [number, number];
  readonly attributes: readonly [number, number];
  readonly nlri: readonly [number, number];
  /** `[code, flags, start, end]` */
  readonly found: readonly (readonly [number, number, number, number])[];
  readonly repeated: readonly boolean[];
  readonly multiprotocolCount: number;
  readonly faults: readonly NonNullable<UpdateLayout["fault"]>[];
}

/** Reused over all tests, as in the program. */
const layout = new UpdateLayout();

function layOut(bytes: Uint8Array, view: DataView, start: number, end: number): Layout {
  layOutUpdate(layout, bytes, view, start, end);
  const found = Array.from({ length: layout.count }, (_, i) =>
    [
      layout.codes[i]!,
      layout.flags[i]!,
      layout.starts[i]! - start,
      layout.ends[i]! - start,
    ] as const);
  return {
    withdrawn: [layout.withdrawnStart - start, layout.withdrawnEnd - start],
    attributes: [layout.attributesStart - start, layout.attributesEnd - start],
    nlri: [layout.nlriStart - start, layout.nlriEnd - start],
    found,
    repeated: found.map((_, i) => layout.isRepeated(i)),
    multiprotocolCount: layout.multiprotocolCount,
    faults: layout.fault === undefined ? [] : [layout.fault],
  };
}

const FULL = updateBody({
  withdrawn: "180a0000",
  attributes: ORIGIN + attribute(0x50, 2, "") + mpUnreach(2, 1, "") + attribute(0xc0, 99, "abcd"),
  nlri: "080b",
});

describe("layout of an UPDATE", () => {
  it("an empty one", () => {
    assert.deepEqual(decodeHex(layOut, "0000 0000"), {
      withdrawn: [2, 2],
      attributes: [4, 4],
      nlri: [4, 4],
      found: [],
      repeated: [],
      multiprotocolCount: 0,
      faults: [],
    });
  });

  it("all parts", () => {
    const { withdrawn, attributes, nlri, found, multiprotocolCount } = decodeHex(layOut, FULL);
    assert.deepEqual(withdrawn, [2, 6]);
    assert.deepEqual(attributes, [8, 27]);
    assert.deepEqual(nlri, [27, 29]);
    assert.deepEqual(found, [
      [1, 0x40, 11, 12],
      [2, 0x50, 16, 16],
      [15, 0x80, 19, 22],
      [99, 0xc0, 25, 27],
    ]);
    assert.equal(multiprotocolCount, 1);
  });

  const broken: [name: string, hex: string, fault: string][] = [
    ["nothing", "", "update-length@0"],
    ["no room for the second length", "000000", "update-length@0"],
    ["withdrawn routes up to the end", "0002 0000", "withdrawn-routes-length@0"],
    ["withdrawn routes past the end", "ffff 0000 00", "withdrawn-routes-length@0"],
    ["attributes past the end", "0000 0001", "path-attribute-length@2"],
    [
      "attributes past the end, behind withdrawn routes",
      "0001 00 0003 4001",
      "path-attribute-length@3",
    ],
  ];
  for (const [name, hex, fault] of broken) {
    it(`refuses ${name}`, () => assert.equal(thrownFault(layOut, hex), fault));
  }

  const partial: [name: string, attributes: string, fault: string, count: number][] = [
    ["a header cut short", "4001", "attribute-header@8", 1],
    ["an extended header cut short", "500200", "attribute-header@8", 1],
    ["a value past the end", "40020302", "attribute-length@8", 1],
    ["an extended value past the end", "5002ffff02", "attribute-length@8", 1],
  ];
  for (const [name, attributes, code, count] of partial) {
    it(`finds attributes and NLRI around ${name} (RFC 7606 section 4)`, () => {
      const hex = updateBody({ attributes: ORIGIN + attributes, nlri: "080a" });
      const { found, nlri, faults } = decodeHex(layOut, hex);
      assert.equal(found.length, count);
      assert.equal(nlri[1] - nlri[0], 2);
      assert.deepEqual(faults.map((it) => `${it.code}@${it.offset - 7}`), [code]);
    });
  }

  it("starts over with each UPDATE", () => {
    decodeHex(layOut, updateBody({ attributes: ORIGIN + mpUnreach(1, 1, "") + "40" }));
    const { faults, multiprotocolCount, repeated } = decodeHex(
      layOut,
      updateBody({ attributes: ORIGIN }),
    );
    assert.deepEqual(faults, []);
    assert.equal(multiprotocolCount, 0);
    assert.deepEqual(repeated, [false]);
    assert.equal(layout.first[15], -1);
  });

  it("knows repeated attributes; those of MP all count", () => {
    const attributes = ORIGIN + mpReach(2, 1, "", "") + ORIGIN + mpReach(2, 1, "", "") +
      mpUnreach(2, 1, "") + mpUnreach(1, 4, "") + attribute(0xc0, 99, "") +
      attribute(0xc0, 99, "");
    const { repeated, multiprotocolCount } = decodeHex(layOut, updateBody({ attributes }));
    assert.deepEqual(repeated, [false, false, true, false, false, false, false, true]);
    assert.equal(multiprotocolCount, 4);
  });

  it("finds as many attributes as fit 64 KiB", () => {
    const count = 21_800;
    const attributes = "c06300".repeat(count);
    const { found } = decodeHex(layOut, updateBody({ attributes }));
    assert.equal(found.length, count);
    assert.deepEqual(found[count - 1], [99, 0xc0, 4 + 3 * count, 4 + 3 * count]);
  });

  it("survives cuts, mutations and noise", () => {
    checkTruncations(layOut, FULL);
    checkMutations(layOut, FULL);
    checkNoise(layOut);
  });
});

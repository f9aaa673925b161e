import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readTlvs, readTrailingTlvs, TLV_COUNT_MAX, type TlvList } from "../../src/bmp/tlv.ts";
import type { DecodeFault } from "../../src/wire/fault.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  type Decode,
  decodeHex,
  faultList,
  rangeHex,
} from "../decoding.ts";

const decodeTlvs: Decode<TlvList & { faults: DecodeFault[] }> = (_bytes, view, start, end) => {
  const faults: DecodeFault[] = [];
  return { ...readTlvs(view, start, end, faults), faults };
};

describe("TLVs", () => {
  it("are read in order, empty and repeated ones too", () => {
    const hex = "0001 0002 aabb 0002 0000 0001 0001 cc";
    const { tlvs, malformed, faults } = decodeHex(decodeTlvs, hex);
    assert.deepEqual(tlvs.map(({ type }) => type), [1, 2, 1]);
    assert.deepEqual(tlvs.map((tlv) => rangeHex(hex, tlv)), ["aabb", "", "cc"]);
    assert.equal(malformed, undefined);
    assert.deepEqual(faults, []);
  });

  const malformed: [name: string, hex: string, count: number, fault: string, rest: string][] = [
    ["a length past the end", "0001 0001 aa 0002 0003 bbbb", 1, "tlv-length@7", "00020003bbbb"],
    ["half a header", "0001 0001 aa 0002 00", 1, "tlv-header@5", "000200"],
    ["a maximal length", "0001 ffff aa", 0, "tlv-length@2", "0001ffffaa"],
  ];
  for (const [name, hex, count, fault, rest] of malformed) {
    it(`${name} costs the rest only`, () => {
      const list = decodeHex(decodeTlvs, hex);
      assert.equal(list.tlvs.length, count);
      assert.equal(rangeHex(hex, list.malformed), rest);
      assert.deepEqual(faultList(list.faults), [fault]);
    });
  }

  it("are bounded in number", () => {
    const { tlvs, malformed, faults } = decodeHex(decodeTlvs, "00000000".repeat(TLV_COUNT_MAX + 2));
    assert.equal(tlvs.length, TLV_COUNT_MAX);
    assert.equal(malformed!.end - malformed!.start, 8);
    assert.deepEqual(faultList(faults), [`tlv-count@${4 * TLV_COUNT_MAX}`]);
  });

  it("survive cuts, mutations and noise", () => {
    checkTruncations(decodeTlvs, "0001 0002 aabb 0002 0000 0001 0001 cc");
    checkMutations(decodeTlvs, "0001 0002 aabb 0002 0000 0001 0001 cc");
    checkNoise(decodeTlvs);
  });
});

describe("TLVs after a version 3 UPDATE", () => {
  it("are read when they fill the rest exactly", () => {
    const hex = "ea62 0006 00000004 000e";
    const tlvs = decodeHex(readTrailingTlvs, hex);
    assert.equal(tlvs!.length, 1);
    assert.equal(tlvs![0]!.type, 0xea62);
    assert.equal(rangeHex(hex, tlvs![0]), "00000004000e");
  });

  for (const hex of ["", "00", "ea62 0006 00000004", "ea62 0000 00"]) {
    it(`are not made out of "${hex}"`, () => {
      assert.equal(decodeHex(readTrailingTlvs, hex), undefined);
    });
  }
});

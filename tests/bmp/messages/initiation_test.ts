import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeInitiation } from "../../../src/bmp/messages/initiation.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  decodeHex,
  faultList,
  rangeHex,
} from "../../decoding.ts";

const GOOD = "0002 0002 7231 0001 0004 64657363 0000 0001 61 0000 0001 62 0063 0001 ff";

describe("Initiation", () => {
  it("decodes all TLVs", () => {
    const initiation = decodeHex(decodeInitiation, GOOD);
    assert.equal(initiation.sysName, "r1");
    assert.equal(initiation.sysDescr, "desc");
    assert.deepEqual(initiation.strings, ["a", "b"]);
    assert.deepEqual(initiation.tlvs.map(({ name }) => name), [
      "sysName",
      "sysDescr",
      "String",
      "String",
      undefined,
    ]);
    assert.equal(initiation.tlvs[4]!.text, undefined);
    assert.equal(rangeHex(GOOD, initiation.tlvs[4]), "ff");
    assert.equal(initiation.malformed, undefined);
    assert.deepEqual(initiation.faults, []);
  });

  it("tells an empty sysName from none, and keeps the first of two", () => {
    assert.equal(decodeHex(decodeInitiation, "0002 0000").sysName, "");
    assert.equal(decodeHex(decodeInitiation, "").sysName, undefined);
    assert.equal(decodeHex(decodeInitiation, "0002 0001 61 0002 0001 62").sysName, "a");
  });

  it("replaces invalid UTF-8", () => {
    assert.equal(decodeHex(decodeInitiation, "0002 0003 61fffe").sysName, "a\ufffd\ufffd");
  });

  it("keeps what stands before a TLV that runs past the end", () => {
    const hex = "0002 0002 7231 0001 0009 6465";
    const initiation = decodeHex(decodeInitiation, hex);
    assert.equal(initiation.sysName, "r1");
    assert.equal(rangeHex(hex, initiation.malformed), "000100096465");
    assert.deepEqual(faultList(initiation.faults), ["tlv-length@8"]);
  });

  it("survives cuts, mutations and noise", () => {
    checkTruncations(decodeInitiation, GOOD);
    checkMutations(decodeInitiation, GOOD);
    checkNoise(decodeInitiation);
  });
});

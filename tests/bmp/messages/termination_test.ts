import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeTermination } from "../../../src/bmp/messages/termination.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  decodeHex,
  faultList,
} from "../../decoding.ts";

const GOOD = "0000 0003 627965 0001 0002 0003";

describe("Termination", () => {
  it("decodes texts and reason", () => {
    const termination = decodeHex(decodeTermination, GOOD);
    assert.deepEqual(termination.strings, ["bye"]);
    assert.equal(termination.reason, 3);
    assert.equal(termination.reasonName, "Redundant connection");
    assert.deepEqual(termination.tlvs.map(({ name }) => name), ["String", "Reason"]);
    assert.deepEqual(termination.faults, []);
  });

  it("takes an empty one and an unknown reason", () => {
    assert.equal(decodeHex(decodeTermination, "").reason, undefined);
    const termination = decodeHex(decodeTermination, "0001 0002 0063");
    assert.equal(termination.reason, 99);
    assert.equal(termination.reasonName, undefined);
  });

  it("lists a reason of the wrong length and takes the next", () => {
    const termination = decodeHex(decodeTermination, "0001 0001 02 0001 0002 0002");
    assert.equal(termination.reasonName, "Out of resources");
    assert.deepEqual(faultList(termination.faults), ["termination-reason-length@4"]);
  });

  it("survives cuts, mutations and noise", () => {
    checkTruncations(decodeTermination, GOOD);
    checkMutations(decodeTermination, GOOD);
    checkNoise(decodeTermination);
  });
});

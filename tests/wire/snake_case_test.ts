import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { putSnakeCased, snakeCasedName } from "../../src/wire/snake_case.ts";
import { ByteWriter } from "../../src/wire/writer.ts";

function written(value: unknown): string {
  const out = new ByteWriter(1);
  putSnakeCased(out, value);
  return new TextDecoder().decode(out.written());
}

describe("putSnakeCased()", () => {
  it("writes member names in snake_case, at every depth, and leaves out what is undefined", () => {
    const value = { peerAs: 1, subTlvs: [{ sidValue: [], none: undefined }], last: {} };
    assert.equal(written(value), '{"peer_as":1,"sub_tlvs":[{"sid_value":[]}],"last":{}}');
    assert.equal(written(value), written(value));
  });

  it("writes numbers as JSON has them, and larger ones exactly", () => {
    const numbers = [0, -1, 255, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -(2 ** 31) - 1, 0.1, 1e300, -0.5];
    for (const number of numbers) assert.equal(written(number), JSON.stringify(number));
    assert.equal(written([2n ** 64n - 1n, 0n]), "[18446744073709551615,0]");
  });

  it("escapes texts", () => {
    for (const text of ["", 'a"b\\', "\u0000\u2028é", "\ud800"]) {
      assert.equal(JSON.parse(written(text)), text);
    }
  });

  it("writes true, false and null", () => {
    assert.equal(written([true, false, null]), "[true,false,null]");
  });
});

describe("snakeCasedName()", () => {
  it("puts an underscore before each capital", () => {
    assert.equal(snakeCasedName("peerBgpId"), "peer_bgp_id");
    assert.equal(snakeCasedName("sid"), "sid");
  });
});

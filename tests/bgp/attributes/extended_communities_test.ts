import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  EXTENDED_COMMUNITY_TYPES,
  findExtendedCommunity,
  putExtendedCommunity,
} from "../../../src/bgp/communities/mod.ts";
import { ByteWriter } from "../../../src/wire/writer.ts";
import { attribute } from "../../building.ts";
import { fromHex } from "../../decoding.ts";
import { COMMUNITIES } from "../../vectors/attributes/016_extended_communities.ts";
import { renderBlock } from "./blocks.ts";

function text(hex: string): string {
  const bytes = fromHex(`5a5a5a ${hex}`);
  const out = new ByteWriter();
  putExtendedCommunity(out, bytes, new DataView(bytes.buffer), 3);
  return new TextDecoder().decode(out.written());
}

describe("extended communities as text", () => {
  it("every subtype with a word has a vector", () => {
    const covered = new Set(COMMUNITIES.map(({ hex }) => hex.slice(0, 4)));
    for (const [type, { subtypes }] of Object.entries(EXTENDED_COMMUNITY_TYPES)) {
      subtypes.forEach((row, subtype) => {
        const key = (Number(type) * 256 + subtype).toString(16).padStart(4, "0");
        if (row !== undefined) assert.ok(covered.has(key), key);
      });
    }
  });

  it("every type and subtype has a text that needs no escape", () => {
    for (const value of ["000000000000", "ffffffffffff", "00007fc00000", "0000ff800000"]) {
      const texts: string[] = [];
      for (let type = 0; type < 0x10000; type++) {
        texts.push(text(type.toString(16).padStart(4, "0") + value));
      }
      assert.deepEqual(texts.filter((it) => JSON.stringify(it) !== `"${it}"`), []);
    }
  });

  it("finds the first of a type", () => {
    const bytes = fromHex("5a 0002fde900000064 800a130005dc0000 800a130005dc0001 800a");
    const view = new DataView(bytes.buffer);
    assert.equal(findExtendedCommunity(view, 1, 25, 0x800a), 9);
    assert.equal(findExtendedCommunity(view, 17, 25, 0x800a), 17);
    assert.equal(findExtendedCommunity(view, 25, bytes.length, 0x800a), -1);
    assert.equal(findExtendedCommunity(view, 1, 25, 0x0003), -1);
  });
});

describe("what routes take from extended communities", () => {
  const list = (...hex: string[]): ReturnType<typeof renderBlock> =>
    renderBlock(attribute(0xc0, 16, hex.join("")));

  it("the first colour", () => {
    assert.equal(list("0002fde900000001", "030b000000000000", "030b000000000007").color, 0);
    assert.equal(list("0002fde900000001").color, -1);
  });

  it("the first known validation state", () => {
    const states = ["4300000000000009", "4300000000000002", "4300000000000000"];
    assert.equal(list(...states).originValidation, 2);
    assert.equal(list("4300000000000009").originValidation, -1);
  });

  it("nothing from a malformed list", () => {
    assert.equal(list("030b000000000007", "030b").color, -1);
  });
});

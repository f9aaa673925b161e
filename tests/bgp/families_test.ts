import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { afiName, familyKey, familyName } from "../../src/bgp/families.ts";
import { FAMILY_BY_KEY } from "../../src/bgp/nlri/registry.ts";

describe("address families", () => {
  it("have a key each", () => {
    assert.equal(familyKey(1, 1), 257);
    assert.equal(familyKey(65535, 255), 0xffffff);
  });

  it("have names", () => {
    assert.equal(familyName(1, 1), "ipv4-unicast");
    assert.equal(familyName(16388, 71), "bgp-ls");
    assert.equal(familyName(57, 65), "afi-57-safi-65");
    assert.equal(afiName(2), "IP6 (IP version 6)");
    assert.equal(afiName(57), undefined);
  });

  it("have one name, decoded or kept as bytes", () => {
    for (const { afi, safi, name } of FAMILY_BY_KEY.values()) {
      assert.equal(name, familyName(afi, safi));
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeRouteRefresh } from "../../src/bgp/route_refresh.ts";
import { checkNoise, checkTruncations, decodeHex, rangeHex, thrownFault } from "../decoding.ts";

describe("ROUTE-REFRESH", () => {
  it("decodes family and subtype and keeps the filters", () => {
    const hex = "0019 01 46 01 4003";
    const refresh = decodeHex(decodeRouteRefresh, hex);
    assert.equal(refresh.afi, 25);
    assert.equal(refresh.safi, 70);
    assert.equal(refresh.subtype, 1);
    assert.equal(refresh.subtypeName, "BoRR");
    assert.equal(rangeHex(hex, refresh.filters), "014003");
  });

  it("leaves an unknown subtype without a name", () => {
    assert.equal(decodeHex(decodeRouteRefresh, "0001 09 01").subtypeName, undefined);
  });

  it("refuses a short one", () => {
    assert.equal(thrownFault(decodeRouteRefresh, "000100"), "route-refresh-length@0");
  });

  it("survives cuts and noise", () => {
    checkTruncations(decodeRouteRefresh, "0019 01 46 01 4003");
    checkNoise(decodeRouteRefresh);
  });
});

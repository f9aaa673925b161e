import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeRouteMirroring } from "../../../src/bmp/messages/route_mirroring.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  decodeHex,
  faultList,
  rangeHex,
} from "../../decoding.ts";

const KEEPALIVE = `${"ff".repeat(16)} 0013 04`;
const GOOD = `0001 0002 0000 0000 0013 ${KEEPALIVE} 0001 0002 0001 0063 0001 aa`;

describe("Route Mirroring", () => {
  it("decodes its TLVs in order", () => {
    const mirroring = decodeHex(decodeRouteMirroring, GOOD);
    assert.deepEqual(
      mirroring.tlvs.map((tlv) => tlv.kind === "information" ? tlv.name : tlv.kind),
      ["Errored PDU", "bgp-message", "Messages Lost", "unknown"],
    );
    assert.equal(rangeHex(GOOD, mirroring.tlvs[1]), KEEPALIVE.replaceAll(" ", ""));
    assert.equal(rangeHex(GOOD, mirroring.tlvs[3]), "aa");
    assert.deepEqual(mirroring.faults, []);
  });

  it("keeps an unknown code and lists one of the wrong length", () => {
    const mirroring = decodeHex(decodeRouteMirroring, "0001 0002 0009 0001 0001 00");
    const [first, second] = mirroring.tlvs;
    assert.ok(first?.kind === "information");
    assert.equal(first.code, 9);
    assert.equal(first.name, undefined);
    assert.equal(second!.kind, "unknown");
    assert.deepEqual(faultList(mirroring.faults), ["mirroring-information-length@10"]);
  });

  it("keeps a TLV that runs past the end", () => {
    const hex = "0001 0002 0001 0000 0013 ffff";
    const mirroring = decodeHex(decodeRouteMirroring, hex);
    assert.equal(mirroring.tlvs.length, 1);
    assert.equal(rangeHex(hex, mirroring.malformed), "00000013ffff");
    assert.deepEqual(faultList(mirroring.faults), ["tlv-length@8"]);
  });

  it("survives cuts, mutations and noise", () => {
    checkTruncations(decodeRouteMirroring, GOOD);
    checkMutations(decodeRouteMirroring, GOOD);
    checkNoise(decodeRouteMirroring);
  });
});

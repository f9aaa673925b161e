import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addPathModes, decodeOpen } from "../../src/bgp/open.ts";
import { familyKey } from "../../src/bgp/families.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  decodeHex,
  faultList,
  rangeHex,
  thrownFault,
} from "../decoding.ts";

const FIXED = "04 fde9 00b4 0a000001";
const PLAIN = `${FIXED} 00`;
const MANY =
  `${FIXED} 1e 02 1c 0104 0001 00 01 0104 0002 00 01 4104 0001 0000 4508 0001 01 03 0002 01 01`;
/** RFC 9072 with two parameters of capabilities and one of another type. */
const EXTENDED = `${FIXED} ff ff 0015 02 0006 4104 fa56ea01 02 0002 0200 63 0004 aabbccdd`;

describe("OPEN", () => {
  it("decodes the fixed part", () => {
    const open = decodeHex(decodeOpen, PLAIN);
    assert.deepEqual(open, {
      version: 4,
      myAs: 65001,
      asn: 65001,
      fourOctetAs: false,
      holdTimeSeconds: 180,
      bgpIdentifier: "10.0.0.1",
      extendedParameters: false,
      capabilities: [],
      parameters: [],
      faults: [],
    });
  });

  it("decodes capabilities in order, and takes the AS number from capability 65", () => {
    const open = decodeHex(decodeOpen, MANY);
    assert.deepEqual(faultList(open.faults), []);
    assert.deepEqual(open.capabilities.map(({ code }) => code), [1, 1, 65, 69]);
    assert.equal(open.asn, 65536);
    assert.equal(open.myAs, 65001);
    assert.equal(open.fourOctetAs, true);
    assert.equal(rangeHex(MANY, open.capabilities[3]), "0001010300020101");
  });

  it("decodes the extended parameters of RFC 9072", () => {
    const open = decodeHex(decodeOpen, EXTENDED);
    assert.deepEqual(faultList(open.faults), []);
    assert.equal(open.extendedParameters, true);
    assert.deepEqual(open.capabilities.map(({ code }) => code), [65, 2]);
    assert.equal(open.asn, 4200000001);
    assert.equal(open.parameters[0]!.type, 99);
    assert.equal(rangeHex(EXTENDED, open.parameters[0]), "aabbccdd");
  });

  it("knows the extended form by its type octet, not by the short length", () => {
    const open = decodeHex(decodeOpen, EXTENDED.replace("ff ff 0015", "09 ff 0015"));
    assert.equal(open.asn, 4200000001);
    assert.deepEqual(faultList(open.faults), []);
  });

  it("reads more than 255 bytes of extended parameters", () => {
    const capability = `c8 fa ${"00".repeat(250)}`;
    const open = decodeHex(decodeOpen, `${FIXED} ff ff 01fb 02 01f8 ${capability} ${capability}`);
    assert.deepEqual(faultList(open.faults), []);
    assert.equal(open.capabilities.length, 2);
  });

  const listed: [name: string, hex: string, faults: string[], codes: number[]][] = [
    ["hold time 1", "04 fde9 0001 0a000001 00", ["open-hold-time@3"], []],
    ["hold time 2", "04 fde9 0002 0a000001 00", ["open-hold-time@3"], []],
    ["identifier 0", "04 fde9 00b4 00000000 00", ["open-bgp-identifier@5"], []],
    ["version 3", "03 fde9 00b4 0a000001 00", ["open-version@0"], []],
    [
      "parameters cut short",
      `${FIXED} 0a 02 08 0200`,
      ["open-parameters-length@9", "open-parameter-length@11"],
      [],
    ],
    ["bytes after the parameters", `${FIXED} 04 02 02 0200 00`, ["open-parameters-length@9"], [2]],
    ["half a parameter header", `${FIXED} 05 02 02 0200 02`, ["open-parameter-header@14"], [2]],
    [
      "a capability past its parameter",
      `${FIXED} 06 02 04 0200 0104`,
      ["capability-length@15"],
      [2],
    ],
    ["half a capability header", `${FIXED} 05 02 03 0200 01`, ["capability-header@14"], [2]],
    [
      "a short capability between good ones",
      `${FIXED} 0b 02 09 0200 4103 000001 4600`,
      ["capability-value-length@16"],
      [2, 65, 70],
    ],
    ["an extended form without its length", `${FIXED} ff ff 00`, ["open-parameters-length@12"], []],
    ["a wrong extended length", `${FIXED} ff ff 0006 02 0002 0200`, ["open-parameters-length@11"], [
      2,
    ]],
  ];
  for (const [name, hex, faults, codes] of listed) {
    it(`lists ${name} and keeps the rest`, () => {
      const open = decodeHex(decodeOpen, hex);
      assert.deepEqual(faultList(open.faults), faults);
      assert.deepEqual(open.capabilities.map(({ code }) => code), codes);
    });
  }

  it("names the place of a fault", () => {
    const open = decodeHex(decodeOpen, `${FIXED} 07 02 05 4103 000001`);
    assert.equal(
      open.faults[0]!.within,
      "in capability 65 (Support for 4-octet AS number capability)",
    );
    assert.equal(open.asn, 65001);
    assert.equal(open.fourOctetAs, false);
  });

  it("refuses an incomplete fixed part", () => {
    assert.equal(thrownFault(decodeOpen, FIXED), "open-length@0");
  });

  it("survives cuts, mutations and noise", () => {
    for (const hex of [PLAIN, MANY, EXTENDED]) {
      checkTruncations(decodeOpen, hex);
      checkMutations(decodeOpen, hex);
    }
    checkNoise(decodeOpen);
  });
});

describe("addPathModes", () => {
  it("gives the modes by family and leaves out what means nothing", () => {
    const hex = `${FIXED} 10 02 0e 450c 0001 01 03 0002 01 00 0019 46 04`;
    assert.deepEqual([...addPathModes(decodeHex(decodeOpen, hex))], [[familyKey(1, 1), 3]]);
    assert.deepEqual(
      [...addPathModes(decodeHex(decodeOpen, MANY))],
      [[familyKey(1, 1), 3], [familyKey(2, 1), 1]],
    );
    assert.equal(addPathModes(decodeHex(decodeOpen, PLAIN)).size, 0);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Capability,
  CAPABILITY_SPECS,
  decodeCapabilities,
} from "../../src/bgp/capabilities/registry.ts";
import type { DecodeFault } from "../../src/wire/fault.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  type Decode,
  decodeHex,
  faultList,
} from "../decoding.ts";
import { GOOD_CAPABILITIES, MALFORMED_CAPABILITIES } from "../vectors/capabilities.ts";

const decodeList: Decode<{ capabilities: Capability[]; faults: DecodeFault[] }> = (
  bytes,
  view,
  start,
  end,
) => {
  const faults: DecodeFault[] = [];
  return { capabilities: decodeCapabilities(bytes, view, start, end, faults), faults };
};

function capability(code: number, value: string): string {
  const length = value.replace(/\s/g, "").length / 2;
  return [code, length].map((byte) => byte.toString(16).padStart(2, "0")).join("") + value;
}

describe("capabilities", () => {
  it("are registered in order, once each, with vectors", () => {
    const codes = CAPABILITY_SPECS.map((spec) => spec.code);
    assert.deepEqual(codes, [...new Set(codes)].sort((a, b) => a - b));
    assert.deepEqual(Object.keys(GOOD_CAPABILITIES).map(Number), codes);
  });

  for (const spec of CAPABILITY_SPECS) {
    it(`decodes ${spec.code} ${spec.name}`, () => {
      for (const [hex, value] of GOOD_CAPABILITIES[spec.code]!) {
        const list = capability(spec.code, hex);
        const { capabilities, faults } = decodeHex(decodeList, list);
        assert.deepEqual(faultList(faults), []);
        assert.equal(capabilities.length, 1);
        assert.equal(capabilities[0]!.code, spec.code);
        assert.equal(capabilities[0]!.name, spec.name);
        assert.deepEqual(capabilities[0]!.value, value);
        checkTruncations(decodeList, list);
        checkMutations(decodeList, list);
      }
    });
  }

  for (const [code, hex, fault] of MALFORMED_CAPABILITIES) {
    it(`keeps a malformed ${code} as hex: ${hex === "" ? "nothing" : hex}`, () => {
      const list = capability(code, hex) + "0200";
      const { capabilities, faults } = decodeHex(decodeList, list);
      assert.deepEqual(faultList(faults), [fault]);
      assert.match(faults[0]!.within, new RegExp(`^in capability ${code} `));
      assert.deepEqual(capabilities[0]!.value, { kind: "opaque", hex: hex.replace(/\s/g, "") });
      assert.equal(capabilities[1]!.code, 2, "the neighbour is lost");
    });
  }

  it("keeps an unknown code as hex", () => {
    const { capabilities, faults } = decodeHex(decodeList, "c80101");
    assert.deepEqual(faultList(faults), []);
    assert.equal(capabilities[0]!.name, undefined);
    assert.equal(capabilities[0]!.description, "Unknown capability 200");
    assert.deepEqual(capabilities[0]!.value, { kind: "opaque", hex: "01" });
  });

  it("survives noise", () => checkNoise(decodeList));
});

describe("capability descriptions", () => {
  const cases: [hex: string, description: string][] = [
    ["0104 0001 0001", "Multiprotocol Extensions for BGP-4 : afi=1 safi=1 Unicast IPv4"],
    ["0104 4004 0047", "Multiprotocol Extensions for BGP-4 : afi=16388 safi=71 BGP-LS BGP-LS"],
    ["0104 0019 0046", "Multiprotocol Extensions for BGP-4 : afi=25 safi=70 BGP EVPN "],
    ["0104 0001 0085", "Multiprotocol Extensions for BGP-4 : afi=1 safi=133  IPv4"],
    ["0104 0039 0041", "Multiprotocol Extensions for BGP-4 : afi=57 safi=65  "],
    ["0103 000100", "Multiprotocol Extensions for BGP-4"],
    ["0901 04", "BGP Role (TEMPORARY) : Peer"],
    ["0901 05", "BGP Role (TEMPORARY) : Unknown(5)"],
    ["4000", "Graceful Restart Capability"],
    ["4b00", "Unknown capability 75"],
    ["b900", "Prestandard OPERATIONAL message (deprecated)"],
  ];
  for (const [hex, description] of cases) {
    it(`"${description}"`, () => {
      assert.equal(decodeHex(decodeList, hex).capabilities[0]!.description, description);
    });
  }
});

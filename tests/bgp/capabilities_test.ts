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

const decodeList: Decode<{ capabilities: Capability[]; faults: DecodeFault[] }> = (
  bytes,
  view,
  start,
  end,
) => {
  const faults: DecodeFault[] = [];
  return { capabilities: decodeCapabilities(bytes, view, start, end, faults), faults };
};

/** Every registered capability has good values here. */
const GOOD: Readonly<Record<number, readonly (readonly [hex: string, value: object])[]>> = {
  1: [["0001 00 01", { kind: "multiprotocol", afi: 1, safi: 1 }]],
  2: [["", { kind: "empty" }]],
  3: [
    ["0001 00 01 02 40 03 80 01 0002 00 01 00", {
      kind: "outbound-route-filtering",
      entries: [
        { afi: 1, safi: 1, filters: [{ type: 64, mode: 3 }, { type: 128, mode: 1 }] },
        { afi: 2, safi: 1, filters: [] },
      ],
    }],
    ["", { kind: "outbound-route-filtering", entries: [] }],
  ],
  4: [["0102", { kind: "opaque", hex: "0102" }]],
  5: [["0001 0001 0002 0001 0080 0002", {
    kind: "extended-next-hop",
    entries: [{ afi: 1, safi: 1, nextHopAfi: 2 }, { afi: 1, safi: 128, nextHopAfi: 2 }],
  }]],
  6: [["", { kind: "empty" }]],
  7: [
    ["08 0002", { kind: "bgpsec", version: 0, direction: "send", afi: 2 }],
    ["10 0001", { kind: "bgpsec", version: 1, direction: "receive", afi: 1 }],
  ],
  8: [["0001 04 ff 0002 80 02", {
    kind: "multiple-labels",
    entries: [{ afi: 1, safi: 4, count: 255 }, { afi: 2, safi: 128, count: 2 }],
  }]],
  9: [
    ["03", { kind: "role", role: 3, name: "Customer" }],
    ["07", { kind: "role", role: 7, name: undefined }],
  ],
  64: [
    ["c078 0001 01 80 0002 01 00", {
      kind: "graceful-restart",
      restarted: true,
      notification: true,
      restartTimeSeconds: 120,
      entries: [{ afi: 1, safi: 1, forwarding: true }, { afi: 2, safi: 1, forwarding: false }],
    }],
    ["0fff", {
      kind: "graceful-restart",
      restarted: false,
      notification: false,
      restartTimeSeconds: 4095,
      entries: [],
    }],
  ],
  65: [["fa56ea01", { kind: "four-octet-as", asn: 4200000001 }]],
  66: [["01", { kind: "opaque", hex: "01" }]],
  67: [["0140", { kind: "dynamic", codes: [1, 64] }]],
  68: [["80 01", { kind: "multisession", grouping: true, codes: [1] }]],
  69: [["0001 01 03 0002 01 00", {
    kind: "add-path",
    entries: [{ afi: 1, safi: 1, mode: 3 }, { afi: 2, safi: 1, mode: 0 }],
  }]],
  70: [["", { kind: "empty" }]],
  71: [["0001 01 80 fffffe 0002 01 00 000001", {
    kind: "long-lived-graceful-restart",
    entries: [
      { afi: 1, safi: 1, forwarding: true, staleTimeSeconds: 16777214 },
      { afi: 2, safi: 1, forwarding: false, staleTimeSeconds: 1 },
    ],
  }]],
  72: [["0001 01 03", { kind: "opaque", hex: "00010103" }]],
  73: [
    ["03 616263 00", { kind: "fqdn", host: "abc", domain: "" }],
    ["02 61ff 03 782e79", { kind: "fqdn", host: "a\ufffd", domain: "x.y" }],
  ],
  74: [["", { kind: "empty" }]],
  75: [
    ["04 46525238", { kind: "software-version", version: "FRR8" }],
    ["46525238", { kind: "software-version", version: "FRR8" }],
    ["", { kind: "software-version", version: "" }],
    ["00", { kind: "software-version", version: "" }],
  ],
  76: [["0001 01 0008", { kind: "paths-limit", entries: [{ afi: 1, safi: 1, limit: 8 }] }]],
  77: [["", { kind: "empty" }]],
  78: [["0a", { kind: "opaque", hex: "0a" }]],
  128: [["", { kind: "empty" }]],
  129: [["", { kind: "opaque", hex: "" }]],
  130: [["0001 00 01 01 80 03", {
    kind: "outbound-route-filtering",
    entries: [{ afi: 1, safi: 1, filters: [{ type: 128, mode: 3 }] }],
  }]],
  131: [["00", { kind: "opaque", hex: "00" }]],
  184: [["01", { kind: "opaque", hex: "01" }]],
  185: [["01", { kind: "opaque", hex: "01" }]],
};

/** Values that their decoders refuse; offsets from the start of the capability. */
const MALFORMED: readonly (readonly [code: number, hex: string, fault: string])[] = [
  [1, "000100", "capability-value-length@2"],
  [1, "0001000100", "capability-value-length@2"],
  [2, "00", "capability-value-length@2"],
  [3, "00010001", "orf-entry-length@2"],
  [3, "0001000102 4003", "orf-count@6"],
  [5, "0001000100", "capability-value-length@2"],
  [7, "08", "capability-value-length@2"],
  [8, "00010102 00", "capability-value-length@2"],
  [9, "", "capability-value-length@2"],
  [64, "00", "capability-value-length@2"],
  [64, "0078 0001", "capability-value-length@2"],
  [65, "", "capability-value-length@2"],
  [65, "000001", "capability-value-length@2"],
  [68, "", "capability-value-length@2"],
  [69, "000101", "capability-value-length@2"],
  [71, "00010180", "capability-value-length@2"],
  [73, "", "fqdn-length@2"],
  [73, "04 616263", "fqdn-length@2"],
  [73, "03 616263", "fqdn-length@6"],
  [73, "03 616263 00 00", "fqdn-length@7"],
  [76, "00010100", "capability-value-length@2"],
];

function capability(code: number, value: string): string {
  const length = value.replace(/\s/g, "").length / 2;
  return [code, length].map((byte) => byte.toString(16).padStart(2, "0")).join("") + value;
}

describe("capabilities", () => {
  it("are registered in order, once each, with vectors", () => {
    const codes = CAPABILITY_SPECS.map((spec) => spec.code);
    assert.deepEqual(codes, [...new Set(codes)].sort((a, b) => a - b));
    assert.deepEqual(Object.keys(GOOD).map(Number), codes);
  });

  for (const spec of CAPABILITY_SPECS) {
    it(`decodes ${spec.code} ${spec.name}`, () => {
      for (const [hex, value] of GOOD[spec.code]!) {
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

  for (const [code, hex, fault] of MALFORMED) {
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

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addPathModes } from "../../../src/bgp/open.ts";
import {
  type BmpTlvRevision,
  decodeRouteMonitoringV4,
  type RouteMonitoringTlv,
  type RouteMonitoringV4,
} from "../../../src/bmp/messages/route_monitoring_v4.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  type Decode,
  decodeHex,
  faultList,
  rangeHex,
  thrownFault,
} from "../../decoding.ts";

const END_OF_RIB = `${"ff".repeat(16)} 0017 02 0000 0000`;
const ADD_PATH = "45 04 0001 01 03";

function tlv(type: string, value: string, index = "0000"): string {
  const length = value.replaceAll(" ", "").length / 2;
  return `${type} ${length.toString(16).padStart(4, "0")} ${index} ${value} `;
}

/** All TLVs of each revision. */
const MESSAGES: Readonly<Record<BmpTlvRevision, string>> = {
  19: tlv("0001", ADD_PATH) + tlv("0002", "0001 0002", "8001") + tlv("0003", "676c6f62616c") +
    tlv("0004", END_OF_RIB) + tlv("0005", "00000802 0003", "8001"),
  20: tlv("0001", "0000000000000009") + tlv("0002", "80") + tlv("0003", "01 5e7231f2 0001bf06") +
    tlv("0004", "0001 0002", "8001") + tlv("0005", "676c6f62616c") + tlv("0006", ADD_PATH) +
    tlv("0007", END_OF_RIB),
  21: tlv("0001", "0001 0002", "8001") + tlv("0002", "676c6f62616c") + tlv("0003", ADD_PATH) +
    tlv("0004", END_OF_RIB) + tlv("0005", "0000000000000009") + tlv("0006", "80") +
    tlv("0007", "01 5e7231f2 0001bf06"),
};

const decodeRevision20: Decode<RouteMonitoringV4> = (bytes, view, start, end) =>
  decodeRouteMonitoringV4(bytes, view, start, end, 20);

function find<K extends RouteMonitoringTlv["kind"]>(
  { tlvs }: RouteMonitoringV4,
  kind: K,
): RouteMonitoringTlv & { kind: K } {
  const found = tlvs.find((tlv) => tlv.kind === kind);
  assert.ok(found !== undefined, `no ${kind}`);
  return found as RouteMonitoringTlv & { kind: K };
}

describe("Route Monitoring of version 4", () => {
  for (const revision of [19, 20, 21] as const) {
    it(`decodes all TLVs of revision ${revision} and knows it by itself`, () => {
      const hex = MESSAGES[revision];
      const message = decodeHex(decodeRouteMonitoringV4, hex);
      assert.equal(message.revision, revision);
      assert.equal(rangeHex(hex, message.pdu), END_OF_RIB.replaceAll(" ", ""));
      assert.equal(find(message, "table-name").text, "global");
      assert.deepEqual([...addPathModes(message)], [[257, 3]]);
      const group = find(message, "group");
      assert.deepEqual(group.members, [1, 2]);
      assert.deepEqual([group.index, group.isGroupIndex], [1, true]);
      assert.deepEqual(message.tlvs.filter(({ kind }) => kind === "unknown"), []);
      assert.deepEqual(message.faults, []);
      if (revision === 19) {
        const marking = find(message, "path-marking");
        assert.equal(marking.status, 0x802);
        assert.deepEqual(marking.statusNames, ["Best", "Suppressed"]);
        assert.equal(marking.reasonName, "Not preferred for local preference");
      } else {
        assert.equal(find(message, "sequence-number").value, 9);
        assert.equal(rangeHex(hex, find(message, "extended-flags")), "80");
        const { timestampType, seconds, microseconds } = find(message, "timestamp");
        assert.deepEqual([timestampType, seconds, microseconds], [1, 0x5e7231f2, 114438]);
      }
    });
  }

  const clues: [name: string, hex: string, revision: number | undefined][] = [
    ["the UPDATE alone", tlv("0004", END_OF_RIB), 19],
    ["a type 1 without G bit", tlv("0001", ADD_PATH) + tlv("0004", END_OF_RIB), 19],
    ["a type 1 with G bit", tlv("0001", "00010002", "8001") + tlv("0004", END_OF_RIB), 21],
    ["a type 2 with G bit", tlv("0002", "00010002", "8001") + tlv("0004", END_OF_RIB), 19],
    ["a type 2 without G bit", tlv("0002", "726564") + tlv("0004", END_OF_RIB), 21],
    ["a name of type 3", tlv("0003", "726564") + tlv("0004", END_OF_RIB), 19],
    ["a capability of type 3", tlv("0003", ADD_PATH) + tlv("0004", END_OF_RIB), 21],
    ["a path status of type 5", tlv("0004", END_OF_RIB) + tlv("0005", "00000002"), 19],
    ["a sequence number of type 5", tlv("0004", END_OF_RIB) + tlv("0005", "00".repeat(8)), 21],
    ["a type 6", tlv("0004", END_OF_RIB) + tlv("0006", "80"), 21],
    ["an UPDATE of type 7", tlv("0007", END_OF_RIB), 20],
    ["an UPDATE of another type", tlv("0000", END_OF_RIB) + tlv("0001", ADD_PATH), undefined],
  ];
  for (const [name, hex, revision] of clues) {
    it(`tells the revision by ${name}`, () => {
      assert.equal(decodeHex(decodeRouteMonitoringV4, hex).revision, revision);
    });
  }

  it("takes the revision that it is told", () => {
    const message = decodeHex(decodeRevision20, tlv("0005", "726564") + tlv("0004", END_OF_RIB));
    assert.equal(message.revision, 20);
    assert.equal(find(message, "table-name").text, "red");
    assert.equal(message.tlvs[1]!.kind, "bgp-message");
  });

  it("takes the enterprise number out of the value", () => {
    const hex = tlv("8005", "000007db aabb") + tlv("ffff", "cc") + tlv("0004", END_OF_RIB);
    const [vendor, reserved] = decodeHex(decodeRouteMonitoringV4, hex).tlvs;
    assert.deepEqual([vendor!.type, vendor!.enterprise, vendor!.kind], [5, 2011, "unknown"]);
    assert.equal(rangeHex(hex, vendor), "aabb");
    assert.deepEqual([reserved!.type, reserved!.enterprise], [0xffff, undefined]);
    assert.equal(rangeHex(hex, reserved), "cc");
  });

  it("does not take a vendor's bytes for the UPDATE", () => {
    const hex = tlv("8004", `000007db ${END_OF_RIB}`) + tlv("0003", "61");
    assert.equal(thrownFault(decodeRouteMonitoringV4, hex), "bgp-message-tlv@0");
  });

  const malformed: [name: string, hex: string, fault: string][] = [
    ["a path status of 3 bytes", tlv("0005", "000002"), "path-marking-length@35"],
    ["an odd group", tlv("0002", "000100", "8001"), "group-length@35"],
    ["a second BGP message without marker", tlv("0004", "00"), "bgp-message-tlv@35"],
    ["a cut capability", tlv("0001", "45 04 0001"), "capability-length@36"],
    ["a TLV past the end", "0003 0009 0000 61", "tlv-length@31"],
    ["half a header", "0003 0009", "tlv-header@29"],
    ["a vendor without number", tlv("8001", "000007"), "tlv-length@31"],
  ];
  for (const [name, hex, fault] of malformed) {
    it(`lists ${name} and keeps the UPDATE`, () => {
      const message = decodeHex(decodeRouteMonitoringV4, tlv("0004", END_OF_RIB) + hex);
      assert.deepEqual(faultList(message.faults), [fault]);
      assert.equal(message.pdu.end - message.pdu.start, 23);
    });
  }

  it("refuses a message without BGP message", () => {
    assert.equal(thrownFault(decodeRouteMonitoringV4, ""), "bgp-message-tlv@0");
    assert.equal(thrownFault(decodeRouteMonitoringV4, tlv("0003", "61")), "bgp-message-tlv@0");
  });

  it("survives cuts, mutations and noise", () => {
    for (const hex of Object.values(MESSAGES)) {
      checkTruncations(decodeRouteMonitoringV4, hex);
      checkMutations(decodeRouteMonitoringV4, hex);
      checkMutations(decodeRevision20, hex);
    }
    checkNoise(decodeRouteMonitoringV4);
  });
});

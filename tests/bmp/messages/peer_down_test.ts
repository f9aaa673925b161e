import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodePeerDown } from "../../../src/bmp/messages/peer_down.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  decodeHex,
  faultList,
  rangeHex,
  thrownFault,
} from "../../decoding.ts";

const MARKER = "ff".repeat(16);
const SHUTDOWN = `${MARKER} 0018 03 0602 02 6f6b`;
const TABLE = "0003 0003 726564";

describe("Peer Down", () => {
  it("decodes the NOTIFICATION of reasons 1 and 3", () => {
    for (const [reason, name] of [["01", "Local"], ["03", "Remote"]] as const) {
      const hex = `${reason} ${SHUTDOWN}`;
      const down = decodeHex(decodePeerDown, hex);
      assert.equal(down.reasonName, `${name} system closed, NOTIFICATION PDU follows`);
      assert.equal(down.notification!.subcodeName, "Administrative Shutdown");
      assert.equal(down.notification!.shutdownText, "ok");
      assert.equal(rangeHex(hex, down.data), SHUTDOWN.replaceAll(" ", ""));
      assert.equal(down.malformed, undefined);
      assert.deepEqual(down.faults, []);
    }
  });

  it("decodes the FSM event of reason 2", () => {
    const down = decodeHex(decodePeerDown, "02 0010");
    assert.equal(down.fsmEvent, 16);
    assert.equal(down.fsmEventName, "Tcp_CR_Acked");
    const none = decodeHex(decodePeerDown, "02 0000");
    assert.equal(none.fsmEvent, 0);
    assert.equal(none.fsmEventName, undefined);
  });

  it("decodes reasons without data", () => {
    assert.equal(decodeHex(decodePeerDown, "04").reasonName, "Remote system closed, no data");
    assert.equal(decodeHex(decodePeerDown, "05").reasonName, "Peer de-configured");
  });

  it("decodes the TLVs of reason 6", () => {
    const down = decodeHex(decodePeerDown, `06 ${TABLE}`);
    assert.equal(down.tableName, "red");
    assert.deepEqual(down.faults, []);
  });

  it("decodes TLVs that version 4 puts after the other reasons", () => {
    for (
      const hex of [`01 ${SHUTDOWN} ${TABLE}`, `02 0010 ${TABLE}`, `04 ${TABLE}`, `05 ${TABLE}`]
    ) {
      const down = decodeHex(decodePeerDown, hex);
      assert.equal(down.tableName, "red", hex);
      assert.deepEqual(down.faults, []);
    }
  });

  it("keeps the bytes of an unknown reason", () => {
    for (
      const [hex, name] of [["63 0003000172", undefined], ["00 0003000172", "Reserved"]] as const
    ) {
      const down = decodeHex(decodePeerDown, hex);
      assert.equal(down.reasonName, name);
      assert.equal(rangeHex(hex, down.data), "0003000172");
      assert.deepEqual(down.tlvs, []);
      assert.equal(down.malformed, undefined);
      assert.deepEqual(down.faults, []);
    }
  });

  const malformed: [name: string, hex: string, fault: string][] = [
    ["no NOTIFICATION", "01", "bgp-length@1"],
    ["a cut NOTIFICATION", `03 ${MARKER} 0015 03 06`, "bgp-length@17"],
    ["a broken marker", `01 00${MARKER.slice(2)} 0015 03 0602`, "bgp-marker@1"],
    ["an OPEN for a NOTIFICATION", `01 ${MARKER} 0015 01 0602`, "notification-type@19"],
    ["a NOTIFICATION without code", `01 ${MARKER} 0013 03`, "notification-length@20"],
    [
      "a wrong text length",
      `01 ${MARKER} 0018 03 0602 09 6f6b`,
      "shutdown-communication-length@22",
    ],
    ["half an FSM event", "02 00", "fsm-event-length@1"],
    ["a TLV past the end", "06 0003 0009 72", "tlv-length@3"],
  ];
  for (const [name, hex, fault] of malformed) {
    it(`lists ${name}`, () => {
      const down = decodeHex(decodePeerDown, hex);
      assert.deepEqual(faultList(down.faults), [fault]);
    });
  }

  it("refuses to be empty", () => {
    assert.equal(thrownFault(decodePeerDown, ""), "peer-down-length@0");
  });

  it("survives cuts, mutations and noise", () => {
    for (const hex of [`01 ${SHUTDOWN} ${TABLE}`, `02 0010 ${TABLE}`, `06 ${TABLE}`]) {
      checkTruncations(decodePeerDown, hex);
      checkMutations(decodePeerDown, hex);
    }
    checkNoise(decodePeerDown);
  });
});

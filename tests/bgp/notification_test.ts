import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeNotification } from "../../src/bgp/notification.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  decodeHex,
  faultList,
  rangeHex,
  thrownFault,
} from "../decoding.ts";

describe("NOTIFICATION", () => {
  const names: [hex: string, code: string | undefined, subcode: string | undefined][] = [
    ["0102", "Message Header Error", "Bad Message Length"],
    ["020b", "OPEN Message Error", "Role Mismatch"],
    ["0400", "Hold Timer Expired", "Unspecific"],
    ["0602", "Cease", "Administrative Shutdown"],
    ["060a", "Cease", "BFD Down"],
    ["06ff", "Cease", undefined],
    ["0800", "Send Hold Timer Expired", "Send Hold Timer Expired"],
    ["6301", undefined, undefined],
  ];
  for (const [hex, code, subcode] of names) {
    it(`names ${hex}`, () => {
      const notification = decodeHex(decodeNotification, hex);
      assert.equal(notification.codeName, code);
      assert.equal(notification.subcodeName, subcode);
      assert.equal(rangeHex(hex, notification.data), "");
      assert.deepEqual(faultList(notification.faults), []);
    });
  }

  const texts: [name: string, hex: string, text: string | undefined, faults: string[]][] = [
    ["a text", "0602 05 68656c6c6f", "hello", []],
    ["a text with a reset", "0604 02 6f6b", "ok", []],
    ["no data", "0602", undefined, []],
    ["length 0", "0602 00", undefined, []],
    ["255 octets", `0602 ff ${"61".repeat(255)}`, "a".repeat(255), []],
    ["a length past the end", "0602 09 6f6b", "ok", ["shutdown-communication-length@2"]],
    ["bytes after the text", "0602 02 6f6b 00", "ok", ["shutdown-communication-length@2"]],
    ["invalid UTF-8", "0602 02 61ff", "a\ufffd", []],
    ["the text of another subcode", "0603 02 6f6b", undefined, []],
    ["the text of another code", "0302 02 6f6b", undefined, []],
  ];
  for (const [name, hex, text, faults] of texts) {
    it(`reads a shutdown communication: ${name}`, () => {
      const notification = decodeHex(decodeNotification, hex);
      assert.equal(notification.shutdownText, text);
      assert.deepEqual(faultList(notification.faults), faults);
    });
  }

  it("reads the exceeded prefix limit", () => {
    const notification = decodeHex(decodeNotification, "0601 0002 01 000003e8");
    assert.deepEqual(notification.prefixLimit, { afi: 2, safi: 1, limit: 1000 });
    assert.equal(decodeHex(decodeNotification, "0601").prefixLimit, undefined);
    const short = decodeHex(decodeNotification, "0601 000201");
    assert.equal(short.prefixLimit, undefined);
    assert.deepEqual(faultList(short.faults), ["prefix-limit-length@2"]);
  });

  it("reads what a hard reset encloses, one level deep", () => {
    const hex = "0609 0602 02 6f6b";
    const { enclosed } = decodeHex(decodeNotification, hex);
    assert.equal(enclosed!.subcodeName, "Administrative Shutdown");
    assert.equal(enclosed!.shutdownText, "ok");
    const nested = decodeHex(decodeNotification, "0609".repeat(30_000));
    assert.equal(nested.enclosed!.subcodeName, "Hard Reset");
    assert.equal(nested.enclosed!.enclosed, undefined);
    const empty = decodeHex(decodeNotification, "0609");
    assert.equal(empty.enclosed, undefined);
    assert.deepEqual(faultList(empty.faults), ["notification-length@2"]);
    assert.equal(empty.faults[0]!.within, "in hard reset");
  });

  it("lists the faults of what a hard reset encloses", () => {
    const notification = decodeHex(decodeNotification, "0609 0602 09 6f6b");
    assert.deepEqual(faultList(notification.faults), ["shutdown-communication-length@4"]);
  });

  it("refuses less than code and subcode", () => {
    assert.equal(thrownFault(decodeNotification, ""), "notification-length@0");
    assert.equal(thrownFault(decodeNotification, "06"), "notification-length@0");
  });

  it("survives cuts, mutations and noise", () => {
    for (const hex of ["0602 05 68656c6c6f", "0601 0002 01 000003e8", "0609 0602 02 6f6b"]) {
      checkTruncations(decodeNotification, hex);
      checkMutations(decodeNotification, hex);
    }
    checkNoise(decodeNotification);
  });
});

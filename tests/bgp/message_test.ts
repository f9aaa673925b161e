import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bgpMessageTypeName, readBgpMessage } from "../../src/bgp/message.ts";
import { checkMutations, checkTruncations, decodeHex, thrownFault } from "../decoding.ts";

const MARKER = "ff".repeat(16);

describe("BGP header", () => {
  it("says where the message ends, whatever follows", () => {
    const message = decodeHex(readBgpMessage, `${MARKER} 0015 03 0602 ffff`);
    assert.equal(message.type, 3);
    assert.equal(message.bodyStart - message.start, 19);
    assert.equal(message.end - message.start, 21);
  });

  it("takes the longest extended message", () => {
    const message = decodeHex(readBgpMessage, `${MARKER} ffff 02 ${"00".repeat(65535 - 19)}`);
    assert.equal(message.end - message.start, 65535);
  });

  const malformed: [name: string, hex: string, fault: string][] = [
    ["nothing", "", "bgp-length@0"],
    ["18 bytes", `${MARKER} 0013`, "bgp-length@0"],
    ["length 18", `${MARKER} 0012 04`, "bgp-length@16"],
    ["length 0", `${MARKER} 0000 04`, "bgp-length@16"],
    ["a length past the end", `${MARKER} 0014 04`, "bgp-length@16"],
    ["a broken marker", `${"ff".repeat(15)} fe 0013 04`, "bgp-marker@0"],
  ];
  for (const [name, hex, fault] of malformed) {
    it(`refuses ${name}`, () => assert.equal(thrownFault(readBgpMessage, hex), fault));
  }

  it("survives cuts and mutations", () => {
    checkTruncations(readBgpMessage, `${MARKER} 0015 03 0602`);
    checkMutations(readBgpMessage, `${MARKER} 0015 03 0602`);
  });

  it("names types", () => {
    assert.equal(bgpMessageTypeName(4), "KEEPALIVE");
    assert.equal(bgpMessageTypeName(6), undefined);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodePeerUp, type PeerUp } from "../../../src/bmp/messages/peer_up.ts";
import { PeerFlag, PeerType } from "../../../src/bmp/peer_header.ts";
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

const MARKER = "ff".repeat(16);
const PORTS = "00b3 b01d";
const LOCAL_V4 = `000000000000000000000000 0a000002 ${PORTS}`;
const LOCAL_V6 = `20010db8000000000000000000000002 ${PORTS}`;
const SENT = `${MARKER} 001d 01 04 fde8 00b4 0a000002 00`;
const RECEIVED = `${MARKER} 001d 01 04 fde9 005a 0a000001 00`;
const CAPABILITIES =
  `2f 022d 010400010001 010400020001 010440040047 0200 41040000fde9 450400010101 4905036162630009 0103c80101`;
const SENT_CAPABLE = `${MARKER} 004c 01 04 fde8 00b4 0a000002 ${CAPABILITIES}`;
const RECEIVED_CAPABLE = `${MARKER} 004c 01 04 fde9 005a 0a000001 ${CAPABILITIES}`;
const TLVS = "0003 0006 676c6f62616c 0000 0005 68656c6c6f 0004 0002 6162 0001 0001 63";
const EXTENDED = `${MARKER} 0026 01 04 fde8 00b4 0a000002 ff ff 0009 02 0006 4104 fa56ea01`.replace(
  "0026",
  "0029",
);

function peerOf(type: number, flags: number): Decode<PeerUp> {
  return (bytes, view, start, end) => decodePeerUp(bytes, view, start, end, type, flags);
}

const decodeGlobal = peerOf(PeerType.global, 0);

describe("Peer Up", () => {
  it("decodes addresses, ports and both OPENs", () => {
    const hex = LOCAL_V4 + SENT_CAPABLE + RECEIVED_CAPABLE;
    const up = decodeHex(decodeGlobal, hex);
    assert.equal(up.localAddress, "10.0.0.2");
    assert.equal(up.localAddressIsIpv4, true);
    assert.equal(up.localPort, 179);
    assert.equal(up.remotePort, 45085);
    assert.equal(rangeHex(hex, up.sent), SENT_CAPABLE.replaceAll(" ", ""));
    assert.equal(rangeHex(hex, up.received), RECEIVED_CAPABLE.replaceAll(" ", ""));
    const { open: sent } = up.sent!;
    assert.equal(sent!.asn, 65001);
    assert.equal(sent!.holdTimeSeconds, 180);
    assert.equal(sent!.bgpIdentifier, "10.0.0.2");
    assert.deepEqual(sent!.capabilities.map(({ code }) => code), [1, 1, 1, 2, 65, 69, 73, 9, 200]);
    assert.equal(sent!.capabilities[7]!.description, "BGP Role (TEMPORARY) : Customer");
    assert.equal(up.received!.open!.holdTimeSeconds, 90);
    assert.deepEqual(up.tlvs, []);
    assert.equal(up.malformed, undefined);
    assert.deepEqual(up.faults, []);
  });

  it("reads the local address by the V flag", () => {
    const v6 = peerOf(PeerType.routeDistinguisher, PeerFlag.ipv6 | PeerFlag.postPolicy);
    assert.equal(decodeHex(v6, LOCAL_V6 + SENT + RECEIVED).localAddress, "2001:db8::2");
    assert.equal(decodeHex(v6, LOCAL_V4 + SENT + RECEIVED).localAddress, "::a00:2");
  });

  it("decodes the TLVs of a Loc-RIB, whose F flag is not V", () => {
    const zero = "00".repeat(20);
    const up = decodeHex(peerOf(PeerType.locRib, PeerFlag.filtered), zero + SENT + SENT + TLVS);
    assert.equal(up.localAddress, "0.0.0.0");
    assert.equal(up.tableName, "global");
    assert.equal(up.adminLabel, "ab");
    assert.deepEqual(up.strings, ["hello"]);
    assert.deepEqual(up.tlvs.map(({ name }) => name), [
      "VRF/Table Name",
      "String",
      "Admin Label",
      undefined,
    ]);
    assert.deepEqual(up.faults, []);
  });

  it("decodes two OPENs with the extended parameters of RFC 9072", () => {
    const up = decodeHex(decodeGlobal, LOCAL_V4 + EXTENDED + EXTENDED + TLVS);
    assert.deepEqual(faultList(up.faults), []);
    assert.equal(up.sent!.open!.asn, 4200000001);
    assert.equal(up.received!.open!.asn, 4200000001);
    assert.equal(up.tableName, "global");
  });

  const broken: [name: string, sent: string, received: string, faults: string[]][] = [
    ["hold time 1", SENT.replace("00b4", "0001"), RECEIVED, ["open-hold-time@42"]],
    ["BGP identifier 0", SENT, RECEIVED.replace("0a000001", "00000000"), [
      "open-bgp-identifier@73",
    ]],
    [
      "a short capability 65 in the sent OPEN",
      `${MARKER} 0023 01 04 fde8 00b4 0a000002 06 0204 4102 fde8`,
      RECEIVED,
      ["capability-value-length@53"],
    ],
    [
      "truncated options",
      `${MARKER} 0020 01 04 fde8 00b4 0a000002 09 0207 41`,
      RECEIVED,
      ["open-parameters-length@48", "open-parameter-length@50"],
    ],
    ["a broken marker", SENT.replace("ff", "fe"), RECEIVED, ["bgp-marker@20"]],
    ["a NOTIFICATION for an OPEN", SENT.replace(" 01 04", " 03 04"), RECEIVED, ["open-type@38"]],
    ["an OPEN without fields", `${MARKER} 0013 01`, RECEIVED, ["open-length@39"]],
  ];
  for (const [name, sent, received, faults] of broken) {
    it(`lists ${name} and yields the rest`, () => {
      const up = decodeHex(decodeGlobal, LOCAL_V4 + sent + received + TLVS);
      assert.deepEqual(faultList(up.faults), faults);
      assert.match(up.faults[0]!.within, /^in (sent|received) OPEN/);
      assert.equal(up.localAddress, "10.0.0.2");
      assert.equal(up.received!.open!.asn, 65001);
      assert.equal(up.tableName, "global");
      assert.equal(up.malformed, undefined);
    });
  }

  it("keeps what follows an OPEN whose length is wrong", () => {
    const hex = LOCAL_V4 + SENT + RECEIVED.replace("001d", "ffff");
    const up = decodeHex(decodeGlobal, hex);
    assert.deepEqual(faultList(up.faults), ["bgp-length@65"]);
    assert.equal(up.sent!.open!.asn, 65000);
    assert.equal(up.received, undefined);
    assert.equal(rangeHex(hex, up.malformed), RECEIVED.replace("001d", "ffff").replaceAll(" ", ""));
    const first = decodeHex(decodeGlobal, LOCAL_V4 + SENT.replace("001d", "0012") + RECEIVED);
    assert.deepEqual(faultList(first.faults), ["bgp-length@36"]);
    assert.equal(first.sent, undefined);
    assert.equal(first.malformed!.end - first.malformed!.start, 58);
  });

  it("keeps what stands before a TLV that runs past the end", () => {
    const up = decodeHex(decodeGlobal, `${LOCAL_V4}${SENT}${RECEIVED} 0003 0001 61 0004 0009 62`);
    assert.equal(up.tableName, "a");
    assert.deepEqual(faultList(up.faults), ["tlv-length@85"]);
  });

  it("refuses incomplete addresses and ports", () => {
    assert.equal(thrownFault(decodeGlobal, "00".repeat(19)), "peer-up-length@0");
  });

  it("survives cuts, mutations and noise", () => {
    for (
      const hex of [
        LOCAL_V4 + SENT_CAPABLE + RECEIVED_CAPABLE + TLVS,
        LOCAL_V4 + EXTENDED + EXTENDED + TLVS,
      ]
    ) {
      checkTruncations(decodeGlobal, hex);
      checkMutations(decodeGlobal, hex);
    }
    checkNoise(decodeGlobal);
  });
});

/** Streams of BMP messages of every kind, for properties that hold for all of them. */
import { readFileSync } from "node:fs";
import { GENERATE_DEFAULTS, type GenerateOptions } from "../../src/generate/options.ts";
import { generateSession } from "../../src/generate/session.ts";
import {
  addPath,
  attribute,
  bmp,
  indexedTlv,
  initiation,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerDown,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
  update,
} from "../building.ts";
import { VECTORS } from "../bgp/attributes/vectors.ts";
import { fromHex } from "../decoding.ts";

const NEXT_HOP_V6 = "20010db8000000000000000000000001";
const MODES = addPath([1, 1, 3], [2, 1, 3], [1, 4, 3]);
const ALL_ATTRIBUTES = Object.entries(VECTORS)
  .filter(([code]) => !["1", "2", "3", "14", "15"].includes(code))
  .map(([code, { flags, good }]) => attribute(flags, Number(code), good.at(-1)!.value))
  .join("");

/** A message of every kind, in an order that a router could send. */
export const EVERY_KIND: readonly Uint8Array[] = [
  initiation("r1"),
  peerUp({}, { tlvs: tlv(3, "626c7565") + tlv(4, "6c61") }),
  peerUp({ address: "c0000203", flags: 0x40 }, { sent: MODES, received: MODES }),
  peerUp({ type: 3, address: "00000000" }, { tlvs: tlv(3, "626c7565") }),
  routeMonitoring({ attributes: MANDATORY + ALL_ATTRIBUTES, nlri: "18c63364 00 20c6336401" }),
  routeMonitoring({ attributes: MANDATORY, nlri: "00000001 18c63364 00000002 08 0a" }, {
    address: "c0000203",
    flags: 0x40,
  }),
  routeMonitoring({
    withdrawn: "080a",
    attributes: MANDATORY + mpReach(2, 1, NEXT_HOP_V6, "2020010db8 00") +
      mpUnreach(2, 4, "38800000 20010db8") + mpReach(1, 4, "c0000201", "30003e81c63364") +
      mpReach(25, 70, NEXT_HOP_V6, "0001"),
    nlri: "18c63364",
  }),
  routeMonitoring({
    attributes: attribute(0x40, 1, "00") + attribute(0x40, 2, "0202 fde9 5ba0") +
      attribute(0x40, 3, "c0000201") + attribute(0xc0, 7, "fde9 c0000201") +
      attribute(0xc0, 17, "0201 0001000a"),
    nlri: "18c63364",
  }, { flags: 0x20 }),
  routeMonitoring({}),
  routeMonitoring({ attributes: mpUnreach(2, 1, "") }),
  bmp(
    0,
    perPeer() + update({ attributes: MANDATORY, nlri: "18c63364" }) + tlv(0xea62, "00000001"),
  ),
  bmp(
    0,
    perPeer() + indexedTlv(3, 0, "626c7565") + indexedTlv(1, 0, MODES) +
      indexedTlv(4, 0, update({ attributes: MANDATORY, nlri: "0000000718c63364" })),
    4,
  ),
  bmp(
    1,
    `${perPeer()}00000003${tlv(1, "00000009")}${tlv(7, "ffffffffffffffff")}${
      tlv(9, "0001010000000000000007")
    }`,
  ),
  bmp(6, perPeer() + tlv(0, update({ attributes: MANDATORY, nlri: "18c63364" })) + tlv(1, "0001")),
  bmp(100, "0102030405"),
  peerDown({}, `01${"ff".repeat(16)}0015030602`),
  peerDown({ address: "c0000203" }, "020018"),
  peerDown({ type: 3, address: "00000000" }, `06${tlv(3, "626c7565")}`),
  bmp(5, tlv(1, "0000") + tlv(0, "627965")),
].map((hex) => fromHex(hex.replace(/\s/g, "")));

/** A small generated session. */
export function generated(options: Partial<GenerateOptions>): Uint8Array {
  const chunks: Uint8Array[] = [];
  const session = generateSession({
    ...GENERATE_DEFAULTS,
    prefixesV4: 120,
    prefixesV6: 60,
    withdraw: 0.3,
    terminate: true,
    ...options,
  });
  for (const chunk of session) chunks.push(chunk.slice());
  return joined(chunks);
}

/** Streams of routers: generated ones of different kinds, a recorded one, and a message of every kind. */
export function streams(): ReadonlyMap<string, Uint8Array> {
  const recorded = new URL("../data/gobgpd-session.bmp", import.meta.url);
  return new Map([
    ["every kind", joined(EVERY_KIND)],
    ["gobgpd", new Uint8Array(readFileSync(recorded))],
    ["plain", generated({ seed: 1 })],
    ["path identifiers", generated({ seed: 2, addPath: true, views: ["pre-policy", "loc-rib"] })],
    ["two-octet AS numbers", generated({ seed: 3, twoOctetAs: true, peers: 2 })],
    ["labels", generated({ seed: 4, families: ["labelled-unicast"], views: ["adj-rib-out"] })],
  ]);
}

/** The messages of a stream. */
export function messagesOf(stream: Uint8Array): Uint8Array[] {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const messages = [];
  for (let pos = 0; pos + 5 <= stream.length;) {
    const end = pos + view.getUint32(pos + 1);
    if (end > stream.length) break;
    messages.push(stream.subarray(pos, end));
    pos = end;
  }
  return messages;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The message with the length in its header set to what it is. */
export function withLength(message: Uint8Array): Uint8Array {
  new DataView(message.buffer, message.byteOffset).setUint32(1, message.length);
  return message;
}

/** Vectors of BMP messages, TLVs, reasons and statistics. */
import { readFileSync } from "node:fs";
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  MessageType,
  PEER_HEADER_BYTES,
} from "../../src/bmp/peer_header.ts";
import { readTlvs } from "../../src/bmp/tlv.ts";
import { decodePeerUp } from "../../src/bmp/messages/peer_up.ts";
import { peerDown, uint } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { EVERY_KIND, messagesOf } from "../property/streams.ts";
import { MESSAGE_VECTORS } from "../vectors/bmp_messages.ts";
import type { Vector } from "./vectors.ts";

const RECORDED = new Uint8Array(
  readFileSync(new URL("../data/gobgpd-session.bmp", import.meta.url)),
);
const EVERY_RECORD = new Uint8Array(
  readFileSync(new URL("../data/every-record.bmp", import.meta.url)),
);

const MESSAGES: readonly Vector[] = [
  ...MESSAGE_VECTORS.map(({ source, hex }) => ({ source, bytes: fromHex(hex), value: undefined })),
  ...messagesOf(RECORDED).map((bytes) => ({ source: "gobgpd 3.10.0", bytes, value: undefined })),
  ...[...EVERY_KIND, ...messagesOf(EVERY_RECORD), fromHex(peerDown({}, "05"))].map((bytes) => ({
    bytes,
    value: undefined,
  })),
];

/** Messages of a type; with a code: those that have this TLV, reason or statistic. */
export function messageVectors(type: number, code?: number): Vector[] {
  return MESSAGES.filter(({ bytes }) =>
    bytes[5] === type && (code === undefined || codesIn(bytes).has(code))
  );
}

/** Messages that have a statistic. The tests make one of each type too. */
export function statisticVectors(type: number): Vector[] {
  const made = { bytes: fromHex(uint(type, 2)), value: undefined };
  return [...messageVectors(MessageType.statisticsReport, type), made];
}

/** Types of the TLVs and statistics of a message, or its reason. */
function codesIn(bytes: Uint8Array): Set<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes[5]!;
  const start = COMMON_HEADER_BYTES + (hasPeerHeader(type) ? PEER_HEADER_BYTES : 0);
  const typesFrom = (at: number): Set<number> =>
    new Set(readTlvs(view, at, bytes.length, []).tlvs.map((it) => it.type));
  switch (type) {
    case MessageType.peerDown:
      return new Set([bytes[start]!]);
    case MessageType.peerUp: {
      const header = COMMON_HEADER_BYTES;
      const up = decodePeerUp(bytes, view, start, bytes.length, bytes[header]!, bytes[header + 1]!);
      return new Set(up.tlvs.map((it) => it.type));
    }
    case MessageType.statisticsReport:
      return typesFrom(start + 4);
    default:
      return typesFrom(start);
  }
}

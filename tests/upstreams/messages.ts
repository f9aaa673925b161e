/** BMP messages of the tests on upstreams, and how to take streams of them apart. */
import assert from "node:assert/strict";
import { initiation, MANDATORY, peerUp, routeMonitoring, uint } from "../building.ts";
import { fromHex } from "../decoding.ts";

export const INITIATION = fromHex(initiation("r1"));
export const PEER_UP = fromHex(peerUp());
export const SECOND = { address: "c0000203", as: 65009, bgpId: "c0000203" };
export const SECOND_UP = fromHex(peerUp(SECOND));

const ROUTE = fromHex(routeMonitoring({ attributes: MANDATORY, nlri: `18${uint(0, 3)}` }));

/** Route Monitoring that announces one prefix, told apart by its number. */
export function route(number: number): Uint8Array {
  const bytes = ROUTE.slice();
  bytes[bytes.length - 3] = number >> 16;
  bytes[bytes.length - 2] = number >> 8;
  bytes[bytes.length - 1] = number;
  return bytes;
}

/** A message of any type and length, told apart by its number. */
export function message(type: number, length: number, number = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 3;
  view.setUint32(1, length);
  bytes[5] = type;
  if (length >= 10) view.setUint32(length - 4, number);
  return bytes;
}

/** A router's session: Initiation, two Peer Ups, and so many routes. */
export function sessionOf(routes: number): Uint8Array[] {
  return [
    INITIATION,
    PEER_UP,
    SECOND_UP,
    ...Array.from({ length: routes }, (_, i) => route(i + 1)),
  ];
}

/** A session of more than a kernel takes on its own for who does not read, which may be 40 MB (`tcp_rmem`, `tcp_wmem`), and what waits in memory. */
export function endlessStream(): Uint8Array {
  const messages = sessionOf(20_000);
  const routes = concatenated(messages.slice(3));
  return concatenated([...messages.slice(0, 3), ...Array<Uint8Array>(35).fill(routes)]);
}

/** The whole messages of a stream; what is cut off at its end is left out. */
export function split(stream: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let offset = 0; offset + 6 <= stream.length;) {
    const length = view.getUint32(offset + 1);
    assert.ok(stream[offset]! >= 1 && stream[offset]! <= 4 && length >= 6, "a message border");
    if (offset + length > stream.length) break;
    messages.push(stream.slice(offset, offset + length));
    offset += length;
  }
  return messages;
}

/** Where each of the messages stands in `sent`; messages that are there more than once count as the next of them. */
export function placesIn(sent: readonly Uint8Array[], received: readonly Uint8Array[]): number[] {
  const places = new Map<string, number>();
  sent.forEach((bytes, i) => places.set(Buffer.from(bytes).toString("hex"), i));
  return received.map((bytes) => {
    const place = places.get(Buffer.from(bytes).toString("hex"));
    assert.notEqual(place, undefined, "a message that the router has sent");
    return place!;
  });
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

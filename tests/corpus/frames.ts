/**
 * What the tests must know of a stream's bytes without the code under test: where messages start, and which of them
 * goBMP is known to misread.
 */
export interface Frame {
  readonly start: number;
  readonly end: number;
  readonly type: number;
}

export const FRAME_TYPE = { routeMonitoring: 0, statistics: 1, peerDown: 2, peerUp: 3 } as const;

/** Route Mirroring does not: it also shows messages of peers that are not up (RFC 7854 section 4.7). */
const SHOWS_PEER_UP: ReadonlySet<number> = new Set([
  FRAME_TYPE.routeMonitoring,
  FRAME_TYPE.statistics,
  FRAME_TYPE.peerUp,
]);

const COMMON_HEADER_BYTES = 6;
const PER_PEER_HEADER_BYTES = 42;
const BGP_HEADER_BYTES = 19;

/** The whole messages of a stream; a rest that is not a whole message is left out. */
export function splitFrames(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  for (let start = 0; start + COMMON_HEADER_BYTES <= bytes.length;) {
    const end = start + u32(bytes, start + 1);
    if (end > bytes.length) break;
    frames.push({ start, end, type: bytes[start + 5]! });
    start = end;
  }
  return frames;
}

/** Facts on a stream that explain what goBMP made of it. */
export interface StreamFacts {
  /** Local addresses of the Peer Ups, as hexadecimal. */
  readonly localAddresses: ReadonlySet<string>;
  /** By {@linkcode messageKey}: number of UPDATEs that withdraw legacy IPv4 routes and have nothing else. */
  readonly withdrawOnly: ReadonlyMap<string, number>;
  /** {@linkcode messageKey}s of Route Monitoring messages with bytes after the UPDATE. */
  readonly bytesAfterUpdate: ReadonlySet<string>;
  /** Number of peers (type, distinguisher, address) that came up, had routes or statistics, and did not go down since. */
  readonly peersAtEnd: number;
}

export function streamFacts(bytes: Uint8Array): StreamFacts {
  const localAddresses = new Set<string>();
  const withdrawOnly = new Map<string, number>();
  const bytesAfterUpdate = new Set<string>();
  const peers = new Set<string>();
  for (const { start, end, type } of splitFrames(bytes)) {
    const key = () =>
      messageKey(u32(bytes, start + 40), u32(bytes, start + 44), u32(bytes, start + 32));
    const body = start + COMMON_HEADER_BYTES + PER_PEER_HEADER_BYTES;
    // The peer type at 6, distinguisher and address at 8; the flags between them are no part of a peer's identity.
    const peer = () => hexOf(bytes, start + 6, start + 7) + hexOf(bytes, start + 8, start + 32);
    if (SHOWS_PEER_UP.has(type)) peers.add(peer());
    if (type === FRAME_TYPE.peerDown) peers.delete(peer());
    if (type === FRAME_TYPE.peerUp) localAddresses.add(hexOf(bytes, body, body + 16));
    if (type !== FRAME_TYPE.routeMonitoring || bytes[start] !== 3) continue;
    const updateEnd = body + u16(bytes, body + 16);
    if (updateEnd < end) bytesAfterUpdate.add(key());
    const withdrawn = u16(bytes, body + BGP_HEADER_BYTES);
    if (withdrawn > 0 && body + BGP_HEADER_BYTES + 4 + withdrawn === updateEnd) {
      withdrawOnly.set(key(), (withdrawOnly.get(key()) ?? 0) + 1);
    }
  }
  return { localAddresses, withdrawOnly, bytesAfterUpdate, peersAtEnd: peers.size };
}

/** Names the messages of one peer and one moment, from the bytes as from a record: timestamp and AS number of the per-peer header. */
export function messageKey(seconds: number, micros: number, peerAs: number): string {
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z ${peerAs}`;
}

function u16(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! * 256 + bytes[offset + 1]!;
}

function u32(bytes: Uint8Array, offset: number): number {
  return u16(bytes, offset) * 65536 + u16(bytes, offset + 2);
}

function hexOf(bytes: Uint8Array, start: number, end: number): string {
  return Array.from(bytes.subarray(start, end), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

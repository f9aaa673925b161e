/** A small reader of generated sessions, written from the RFCs alone: it shares nothing with the generator or the decoder. */

/** One Route Monitoring message. */
export interface WalkedUpdate {
  readonly peerType: number;
  readonly peerFlags: number;
  readonly peerAs: number;
  /** e.g. `1/1`; End-of-RIBs have no NLRI at all. */
  readonly family: string;
  /** Each NLRI in hex, with what precedes the prefix (path identifier, label). */
  readonly announced: readonly string[];
  readonly withdrawn: readonly string[];
  /** Attribute value in hex by code. */
  readonly attributes: ReadonlyMap<number, string>;
}

export interface WalkedSession {
  /** BMP message types in order. */
  readonly types: readonly number[];
  readonly updates: readonly WalkedUpdate[];
  /** OPENs of the Peer Ups, in hex without the marker. */
  readonly opens: readonly string[];
}

/** Reads a session. @param addPath path identifiers on the NLRI of peer type 0 @throws at anything that is not whole */
export function walkSession(bytes: Uint8Array, addPath = false): WalkedSession {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const types: number[] = [];
  const updates: WalkedUpdate[] = [];
  const opens: string[] = [];
  for (let pos = 0; pos < bytes.length;) {
    const length = data.getUint32(pos + 1);
    const type = data.getUint8(pos + 5);
    expect(
      data.getUint8(pos) === 3 && length >= 6 && pos + length <= bytes.length,
      "BMP header",
      pos,
    );
    types.push(type);
    const message = bytes.subarray(pos, pos + length);
    if (type === 0) updates.push(readUpdate(message, addPath));
    if (type === 3) opens.push(...readOpens(message));
    pos += length;
  }
  return { types, updates, opens };
}

function readOpens(message: Uint8Array): string[] {
  const opens: string[] = [];
  let pos = 48 + 20;
  for (let i = 0; i < 2; i++) {
    const length = bgpLength(message, pos, 1);
    opens.push(toHex(message.subarray(pos + 19, pos + length)));
    pos += length;
  }
  return opens;
}

function readUpdate(message: Uint8Array, addPath: boolean): WalkedUpdate {
  const data = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const peerType = message[6]!;
  const withPathId = addPath && peerType === 0;
  const length = bgpLength(message, 48, 2);
  expect(48 + length === message.length, "one UPDATE", 48);
  const withdrawnEnd = 69 + data.getUint16(67);
  const attributesEnd = withdrawnEnd + 2 + data.getUint16(withdrawnEnd);
  expect(attributesEnd <= message.length, "attributes", withdrawnEnd);
  const attributes = new Map<number, string>();
  let family = "1/1";
  let withdrawn = readNlri(message.subarray(69, withdrawnEnd), withPathId);
  let announced = readNlri(message.subarray(attributesEnd), withPathId);
  for (let pos = withdrawnEnd + 2; pos < attributesEnd;) {
    const isLong = (message[pos]! & 0x10) !== 0;
    const code = message[pos + 1]!;
    const start = pos + (isLong ? 4 : 3);
    const end = start + (isLong ? data.getUint16(pos + 2) : message[pos + 2]!);
    expect(end <= attributesEnd && !attributes.has(code), `attribute ${code}`, pos);
    const value = message.subarray(start, end);
    attributes.set(code, toHex(value));
    if (code === 14 || code === 15) family = `${data.getUint16(start)}/${message[start + 2]}`;
    if (code === 14) announced = readNlri(value.subarray(5 + value[3]!), withPathId);
    if (code === 15) withdrawn = readNlri(value.subarray(3), withPathId);
    pos = end;
  }
  const peerAs = data.getUint32(6 + 26);
  return { peerType, peerFlags: message[7]!, peerAs, family, announced, withdrawn, attributes };
}

function readNlri(bytes: Uint8Array, withPathId: boolean): string[] {
  const found: string[] = [];
  for (let pos = 0; pos < bytes.length;) {
    const start = pos;
    if (withPathId) pos += 4;
    pos += 1 + Math.ceil(bytes[pos]! / 8);
    expect(pos <= bytes.length, "NLRI", start);
    found.push(toHex(bytes.subarray(start, pos)));
  }
  return found;
}

function bgpLength(message: Uint8Array, pos: number, type: number): number {
  const marker = toHex(message.subarray(pos, pos + 16));
  const length = message[pos + 16]! * 256 + message[pos + 17]!;
  expect(
    marker === "f".repeat(32) && length <= 4096 && message[pos + 18] === type,
    "BGP header",
    pos,
  );
  return length;
}

function expect(holds: boolean, what: string, pos: number): void {
  if (!holds) throw new Error(`Cannot read the generated session: found no ${what} at byte ${pos}`);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

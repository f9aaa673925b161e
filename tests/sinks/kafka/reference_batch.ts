/** A record batch read as Kafka's protocol guide describes it, without any of the code under test. */
import assert from "node:assert/strict";
import { gunzipSync, zstdDecompressSync } from "node:zlib";

export interface ReferenceRecord {
  readonly key: string | null;
  readonly value: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface ReferenceBatch {
  readonly bytesLength: number;
  readonly baseOffset: bigint;
  readonly compression: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly timestampMs: number;
  /** Whether that is the time of all records. */
  readonly hasOneTimestamp: boolean;
  readonly records: readonly ReferenceRecord[];
}

/** Text of keys and values. */
export type Decode = (bytes: Uint8Array) => string;

function utf8Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

class Bytes {
  pos = 0;
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array, readonly decode: Decode = utf8Text) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  int(size: 1 | 2 | 4): number {
    this.pos += size;
    const at = this.pos - size;
    if (size === 1) return this.view.getInt8(at);
    return size === 2 ? this.view.getInt16(at) : this.view.getInt32(at);
  }

  long(): bigint {
    this.pos += 8;
    return this.view.getBigInt64(this.pos - 8);
  }

  varint(): number {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      const octet = BigInt(this.view.getUint8(this.pos++));
      value |= (octet & 0x7fn) << shift;
      if (octet < 0x80n) break;
    }
    return Number((value >> 1n) ^ -(value & 1n));
  }

  text(length: number): string {
    this.pos += length;
    assert.ok(this.pos <= this.bytes.length, "a length points beyond the end");
    return this.decode(this.bytes.subarray(this.pos - length, this.pos));
  }
}

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const octet of bytes) {
    sum ^= octet;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  }
  return ~sum >>> 0;
}

export type Decompress = (compression: number, bytes: Uint8Array) => Uint8Array;

/** The batch at the start of `bytes`. `checkCrc`: bit by bit, which is slow. */
export function readReferenceBatch(
  bytes: Uint8Array,
  checkCrc = true,
  decompress: Decompress = unpack,
  decode: Decode = utf8Text,
): ReferenceBatch {
  const reader = new Bytes(bytes);
  const baseOffset = reader.long();
  const bytesLength = 12 + reader.int(4);
  assert.ok(bytesLength <= bytes.length, "the batch is longer than its bytes");
  reader.int(4);
  assert.equal(reader.int(1), 2, "magic");
  const sum = reader.int(4) >>> 0;
  if (checkCrc) assert.equal(sum, crc(bytes.subarray(reader.pos, bytesLength)), "CRC");
  const attributes = reader.int(2);
  assert.equal(attributes & ~7, 0, "attributes beside compression");
  const lastOffsetDelta = reader.int(4);
  const timestamp = reader.long();
  const maxTimestamp = reader.long();
  const producerId = reader.long();
  const producerEpoch = reader.int(2);
  const baseSequence = reader.int(4);
  const count = reader.int(4);
  assert.equal(lastOffsetDelta, count - 1);
  const { records, deltas } = readRecords(
    decompress(attributes, bytes.subarray(reader.pos, bytesLength)),
    count,
    decode,
  );
  return {
    bytesLength,
    baseOffset,
    compression: attributes,
    producerId,
    producerEpoch,
    baseSequence,
    timestampMs: Number(timestamp),
    hasOneTimestamp: maxTimestamp === timestamp && deltas.every((delta) => delta === 0),
    records,
  };
}

/** The codecs that both runtimes have. */
export function unpack(compression: number, bytes: Uint8Array): Uint8Array {
  switch (compression) {
    case 0:
      return bytes;
    case 1:
      return gunzipSync(bytes);
    case 4:
      return zstdDecompressSync(bytes);
  }
  throw new Error(`Cannot decompress with codec ${compression}`);
}

function readRecords(
  bytes: Uint8Array,
  count: number,
  decode: Decode,
): { records: ReferenceRecord[]; deltas: number[] } {
  const reader = new Bytes(bytes, decode);
  const records: ReferenceRecord[] = [];
  const deltas: number[] = [];
  for (let i = 0; i < count; i++) {
    const length = reader.varint();
    const start = reader.pos;
    assert.equal(reader.int(1), 0, "attributes of a record");
    deltas.push(reader.varint());
    assert.equal(reader.varint(), i, "offsetDelta");
    const keyLength = reader.varint();
    const key = keyLength < 0 ? null : reader.text(keyLength);
    const value = reader.text(reader.varint());
    const headers: [string, string][] = [];
    for (let rest = reader.varint(); rest > 0; rest--) {
      headers.push([reader.text(reader.varint()), reader.text(reader.varint())]);
    }
    assert.equal(reader.pos - start, length, "length of a record");
    records.push({ key, value, headers });
  }
  assert.equal(reader.pos, bytes.length, "bytes behind the last record");
  return { records, deltas };
}

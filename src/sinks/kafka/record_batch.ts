/**
 * Kafka's record batch, version 2 (KIP-98, "Message Format" in Kafka's protocol guide), written straight from byte ranges.
 *
 * ```
 *  0 baseOffset      int64   0; the broker sets it
 *  8 batchLength     int32   of all that follows
 * 12 leaderEpoch     int32   -1
 * 16 magic           int8    2
 * 17 crc             uint32  CRC-32C of all that follows
 * 21 attributes      int16   bits 0-2: compression
 * 23 lastOffsetDelta int32   records - 1
 * 27 baseTimestamp   int64   milliseconds
 * 35 maxTimestamp    int64
 * 43 producerId      int64   -1: not idempotent
 * 51 producerEpoch   int16
 * 53 baseSequence    int32
 * 57 recordCount     int32
 * 61 records, compressed as one
 *
 * record: length, attributes int8 0, timestampDelta 0, offsetDelta, keyLength (-1: none), key, valueLength, value,
 *         headerCount, headers: keyLength, key, valueLength, value
 * ```
 *
 * All lengths and deltas of a record are zigzag varints. All records of a batch have the time at which it was begun.
 */
import type { Output, RecordIdentity } from "../../formats/output.ts";
import { crc32c } from "../../wire/crc32c.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";

/** Numbers are the compression bits of the attributes. */
export const COMPRESSIONS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
export type Compression = keyof typeof COMPRESSIONS;

/** Compresses and decompresses in one go. */
export interface Codec {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(bytes: Uint8Array): Uint8Array;
}

/** Who the broker takes us for: it drops a batch whose sequence it has seen, and refuses one that leaves a gap. */
export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
}

export const NOT_IDEMPOTENT: ProducerIdentity = { id: -1n, epoch: -1 };

export const BATCH_HEADER_BYTES = 61;
/** What a record takes beside key, value and headers, at most. */
const RECORD_OVERHEAD_BYTES_MAX = 5 + 1 + 1 + 5 + 5 + 5 + 1;

const LENGTH_OFFSET = 8;
const LEADER_EPOCH_OFFSET = 12;
const MAGIC_OFFSET = 16;
const CRC_OFFSET = 17;
const ATTRIBUTES_OFFSET = 21;
const LAST_OFFSET_DELTA_OFFSET = 23;
const BASE_TIMESTAMP_OFFSET = 27;
const MAX_TIMESTAMP_OFFSET = 35;
const PRODUCER_ID_OFFSET = 43;
const PRODUCER_EPOCH_OFFSET = 51;
const BASE_SEQUENCE_OFFSET = 53;
const RECORD_COUNT_OFFSET = 57;

const SESSION_HEADER = headerName("session");
const SEQUENCE_HEADER = headerName("sequence");
const PART_HEADER = headerName("part");
/** The three names with their lengths, three lengths of values, two numbers. */
const IDENTITY_BYTES_MAX = SESSION_HEADER.length + SEQUENCE_HEADER.length + PART_HEADER.length +
  3 * 5 + 2 * 16;

function headerName(name: string): Uint8Array {
  return Uint8Array.from([name.length << 1, ...utf8(name)]);
}

/** A batch under construction, and then until it is acknowledged. */
export class RecordBatch {
  readonly #out: ByteWriter;
  /** Set by {@linkcode RecordBatch.seal}. */
  #view: DataView | undefined = undefined;
  readonly timestampMs: number;
  count = 0;
  /** The last key, and where it stands with its length: mostly the next record's too. */
  #key = "";
  #keyStart = 0;
  #keyEnd = 0;

  /** @param out where it is written to, from its start */
  constructor(out: ByteWriter, timestampMs: number) {
    this.#out = out;
    this.timestampMs = timestampMs;
    out.reset();
    out.ensure(BATCH_HEADER_BYTES);
    out.pos = BATCH_HEADER_BYTES;
  }

  /** Size so far, header included; after sealing, size on the wire. */
  get bytesLength(): number {
    return this.#out.pos;
  }

  /** Whether a record of this size can be added without growing past `bytesMax`. */
  hasRoom(
    key: string,
    valueLength: number,
    identity: RecordIdentity | undefined,
    bytesMax: number,
  ) {
    const headers = identity === undefined ? 0 : IDENTITY_BYTES_MAX + identity.session.length;
    return this.#out.pos + RECORD_OVERHEAD_BYTES_MAX + key.length + valueLength + headers <=
      bytesMax;
  }

  /**
   * Adds a record.
   *
   * @param key one octet a character; empty: none
   * @param identity written as the record headers `session`, `sequence` and `part`
   */
  put(
    key: string,
    source: Uint8Array,
    start: number,
    end: number,
    identity: RecordIdentity | undefined,
  ): void {
    const out = this.#out;
    const offsetDelta = this.count++;
    const valueLength = end - start;
    const keyLength = key.length;
    const sequence = identity === undefined ? "" : String(identity.sequence);
    const part = identity === undefined ? "" : String(identity.part);
    const headersLength = identity === undefined
      ? 1
      : identityLength(identity.session.length, sequence.length, part.length);
    const length = 2 + varintLength(offsetDelta) +
      (keyLength === 0 ? 1 : varintLength(keyLength) + keyLength) +
      varintLength(valueLength) + valueLength + headersLength;
    out.ensure(5 + length);
    putVarint(out, length);
    out.bytes[out.pos++] = 0;
    out.bytes[out.pos++] = 0;
    putVarint(out, offsetDelta);
    if (keyLength === 0) putVarint(out, -1);
    else this.#putKey(key);
    putVarint(out, valueLength);
    out.range(source, start, end);
    if (identity === undefined) {
      out.bytes[out.pos++] = 0;
      return;
    }
    putVarint(out, 3);
    putHeader(out, SESSION_HEADER, identity.session);
    putHeader(out, SEQUENCE_HEADER, sequence);
    putHeader(out, PART_HEADER, part);
  }

  /**
   * Adds the records [first, end) of a batch of the pipeline, as many as there is room for, but to an empty batch one in any case.
   * They have this key, and no headers.
   *
   * @returns number of the first record that was not added
   */
  putRun(
    key: string,
    { bytes, starts, ends }: Output,
    first: number,
    end: number,
    bytesMax: number,
  ): number {
    const out = this.#out;
    const room = bytesMax - RECORD_OVERHEAD_BYTES_MAX - key.length;
    for (let i = first; i < end; i++) {
      const from = starts[i]!;
      const to = ends[i]!;
      if (out.pos + to - from > room && this.count > 0) return i;
      this.put(key, bytes, from, to, undefined);
    }
    return end;
  }

  #putKey(key: string): void {
    const out = this.#out;
    const start = out.pos;
    if (key === this.#key) {
      out.bytes.copyWithin(start, this.#keyStart, this.#keyEnd);
      out.pos = start + this.#keyEnd - this.#keyStart;
      return;
    }
    putVarint(out, key.length);
    out.ascii(key);
    this.#key = key;
    this.#keyStart = start;
    this.#keyEnd = out.pos;
  }

  /** Ends the batch: compresses it and writes its header, but for what {@linkcode RecordBatch.stamp} writes. */
  seal(compression: Compression, codec: Codec | undefined): void {
    const out = this.#out;
    if (codec !== undefined) {
      const compressed = codec.compress(out.bytes.subarray(BATCH_HEADER_BYTES, out.pos));
      out.pos = BATCH_HEADER_BYTES;
      out.raw(compressed);
    }
    const view = new DataView(out.bytes.buffer, out.bytes.byteOffset, out.bytes.length);
    const timestamp = BigInt(this.timestampMs);
    view.setBigInt64(0, 0n);
    view.setInt32(LENGTH_OFFSET, out.pos - LEADER_EPOCH_OFFSET);
    view.setInt32(LEADER_EPOCH_OFFSET, -1);
    view.setInt8(MAGIC_OFFSET, 2);
    view.setInt16(ATTRIBUTES_OFFSET, COMPRESSIONS[compression]);
    view.setInt32(LAST_OFFSET_DELTA_OFFSET, this.count - 1);
    view.setBigInt64(BASE_TIMESTAMP_OFFSET, timestamp);
    view.setBigInt64(MAX_TIMESTAMP_OFFSET, timestamp);
    view.setInt32(RECORD_COUNT_OFFSET, this.count);
    this.#view = view;
  }

  get isSealed(): boolean {
    return this.#view !== undefined;
  }

  /** Writes who sends the batch as the how-manieth record, and the checksum; again before each sending under another identity. */
  stamp({ id, epoch }: ProducerIdentity, baseSequence: number): void {
    const view = this.#view!;
    view.setBigInt64(PRODUCER_ID_OFFSET, id);
    view.setInt16(PRODUCER_EPOCH_OFFSET, epoch);
    view.setInt32(BASE_SEQUENCE_OFFSET, baseSequence);
    view.setUint32(CRC_OFFSET, crc32c(this.#out.bytes, ATTRIBUTES_OFFSET, this.#out.pos));
  }

  /** The batch as it goes out; valid until its writer is used again. */
  wire(): Uint8Array<ArrayBuffer> {
    return this.#out.written();
  }

  /** The writer, to be used for another batch; this one ends here. */
  release(): ByteWriter {
    return this.#out;
  }

  /** The records of a sealed batch, to divide it, or to say what was refused. */
  *records(codec: Codec | undefined): Generator<BatchRecord> {
    const packed = this.#out.bytes.subarray(BATCH_HEADER_BYTES, this.#out.pos);
    const bytes = codec === undefined ? packed : codec.decompress(packed);
    const reader = new VarintReader(bytes);
    for (let i = 0; i < this.count; i++) {
      const length = reader.read();
      const end = reader.pos + length;
      reader.pos += 2;
      reader.read();
      const key = reader.text(Math.max(0, reader.read()));
      const valueLength = reader.read();
      const start = reader.pos;
      reader.pos += valueLength;
      const headers: string[] = [];
      for (let rest = reader.read() * 2; rest > 0; rest--) headers.push(reader.text(reader.read()));
      const identity = headers.length === 0
        ? undefined
        : { session: headers[1]!, sequence: Number(headers[3]), part: Number(headers[5]) };
      reader.pos = end;
      yield { key, bytes, start, end: start + valueLength, identity };
    }
  }
}

/** One record of a batch; `bytes[start, end)` is its value. */
export interface BatchRecord {
  /** Empty: none. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly identity: RecordIdentity | undefined;
}

class VarintReader {
  pos = 0;

  constructor(readonly bytes: Uint8Array) {}

  read(): number {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const octet = this.bytes[this.pos++]!;
      value |= (octet & 0x7f) << shift;
      if (octet < 0x80) return (value >>> 1) ^ -(value & 1);
    }
  }

  text(length: number): string {
    this.pos += length;
    return String.fromCharCode(...this.bytes.subarray(this.pos - length, this.pos));
  }
}

function identityLength(session: number, sequence: number, part: number): number {
  return 1 + SESSION_HEADER.length + varintLength(session) + session +
    SEQUENCE_HEADER.length + varintLength(sequence) + sequence +
    PART_HEADER.length + varintLength(part) + part;
}

function putHeader(out: ByteWriter, name: Uint8Array, value: string): void {
  out.raw(name);
  putVarint(out, value.length);
  out.ascii(value);
}

/** Bytes of a non-negative number as a zigzag varint. */
function varintLength(value: number): number {
  if (value < 1 << 6) return 1;
  if (value < 1 << 13) return 2;
  if (value < 1 << 20) return 3;
  return value < 1 << 27 ? 4 : 5;
}

/** Without making room. */
function putVarint(out: ByteWriter, value: number): void {
  const bytes = out.bytes;
  let pos = out.pos;
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes[pos++] = rest & 0x7f | 0x80;
    rest >>>= 7;
  }
  bytes[pos++] = rest;
  out.pos = pos;
}

/** Headers of segments and blocks, see mod.ts for the format. */
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { crc32c } from "../../wire/crc32c.ts";

export const SPOOL_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 40;
export const BLOCK_HEADER_BYTES = 32;

/** Entries of a block at most, in bytes; a single larger entry has a block for itself. */
export const BLOCK_BYTES = 256 * 1024;
/** Payloads that are longer are not believed. */
export const BLOCK_BYTES_MAX = 256 * 1024 * 1024;

const SEGMENT_MAGIC = new TextEncoder().encode("edgebmp\n");
const BLOCK_MAGIC = 0xedb3105c;

export const BlockKind = { entries: 1, keyframe: 2, keyframeEnd: 3 } as const;
export type BlockKind = typeof BlockKind[keyof typeof BlockKind];

const Compression = { none: 0, zstd: 1 } as const;

export interface SegmentHeader {
  /** Of the segment; each is one more than the one before. */
  readonly number: number;
  /** Journal position of its first entry. */
  readonly base: number;
  /** Highest number of a session so far. */
  readonly sessions: number;
}

/** Why a segment or block cannot be read. */
export class SpoolError extends Error {
  /** @param kind `version`: of another version of the program; `damaged`: not what was written; `missing`: not there */
  constructor(readonly kind: "version" | "damaged" | "missing", message: string) {
    super(message);
  }
}

export function segmentName(number: number): string {
  return `${String(number).padStart(12, "0")}.segment`;
}

/** Name of what readers had learned where a segment starts. */
export function learnedName(number: number): string {
  return `${String(number).padStart(12, "0")}.learned`;
}

/** The number of a segment by its file's name; undefined: not a segment. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^(\d{12})\.segment$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function writeSegmentHeader({ number, base, sessions }: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(SEGMENT_MAGIC);
  view.setUint32(8, SPOOL_VERSION);
  view.setUint32(12, SEGMENT_HEADER_BYTES);
  view.setBigUint64(16, BigInt(number));
  view.setBigUint64(24, BigInt(base));
  view.setUint32(32, sessions);
  view.setUint32(36, crc32c(bytes, 0, 36));
  return bytes;
}

/** @throws {SpoolError} */
export function readSegmentHeader(bytes: Uint8Array, name: string): SegmentHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || SEGMENT_MAGIC.some((octet, i) => bytes[i] !== octet)) {
    throw new SpoolError("damaged", `Cannot read segment "${name}": its header is damaged`);
  }
  const version = view.getUint32(8);
  if (version !== SPOOL_VERSION) {
    throw new SpoolError(
      "version",
      `Cannot read segment "${name}": found version ${version}, expected ${SPOOL_VERSION}`,
    );
  }
  if (bytes.length < SEGMENT_HEADER_BYTES || view.getUint32(36) !== crc32c(bytes, 0, 36)) {
    throw new SpoolError("damaged", `Cannot read segment "${name}": its header is damaged`);
  }
  return {
    number: Number(view.getBigUint64(16)),
    base: Number(view.getBigUint64(24)),
    sessions: view.getUint32(32),
  };
}

/** Writes the header of a block whose payload `[offset + 32, end)` is in place. */
export function sealBlock(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  end: number,
  kind: BlockKind,
  position: number,
  rawLength = end - offset - BLOCK_HEADER_BYTES,
): void {
  const length = end - offset - BLOCK_HEADER_BYTES;
  const compression = rawLength === length ? Compression.none : Compression.zstd;
  view.setUint32(offset, BLOCK_MAGIC);
  view.setUint32(offset + 4, (kind << 24) | (compression << 16));
  view.setUint32(offset + 8, length);
  view.setUint32(offset + 12, rawLength);
  view.setUint32(offset + 16, Math.floor(position / 4294967296));
  view.setUint32(offset + 20, position >>> 0);
  view.setUint32(offset + 24, crc32c(bytes, offset + BLOCK_HEADER_BYTES, end));
  view.setUint32(offset + 28, crc32c(bytes, offset, offset + 28));
}

/** A block with this payload, compressed if that makes it smaller. */
export function packBlock(kind: BlockKind, position: number, payload: Uint8Array): Uint8Array {
  const packed = zstdCompressSync(payload);
  const stored = packed.length < payload.length ? packed : payload;
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES + stored.length);
  bytes.set(stored, BLOCK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  sealBlock(bytes, view, 0, bytes.length, kind, position, payload.length);
  return bytes;
}

/** What the header of a block says. */
export interface BlockHeader {
  readonly kind: BlockKind;
  /** Bytes behind the header. */
  readonly length: number;
  readonly rawLength: number;
  readonly isCompressed: boolean;
  readonly position: number;
}

/** The header at `offset`; undefined: there is none, or a damaged one. */
export function readBlockHeader(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
): BlockHeader | undefined {
  if (view.getUint32(offset) !== BLOCK_MAGIC) return undefined;
  if (view.getUint32(offset + 28) !== crc32c(bytes, offset, offset + 28)) return undefined;
  const length = view.getUint32(offset + 8);
  const rawLength = view.getUint32(offset + 12);
  const compression = bytes[offset + 5]!;
  if (length > BLOCK_BYTES_MAX || rawLength > BLOCK_BYTES_MAX || compression > Compression.zstd) {
    return undefined;
  }
  return {
    kind: bytes[offset + 4]! as BlockKind,
    length,
    rawLength,
    isCompressed: compression === Compression.zstd,
    position: view.getUint32(offset + 16) * 4294967296 + view.getUint32(offset + 20),
  };
}

/** Whether the payload of the block at `offset`, which is all there, is what was written. */
export function isIntact(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  length: number,
): boolean {
  const start = offset + BLOCK_HEADER_BYTES;
  return view.getUint32(offset + 24) === crc32c(bytes, start, start + length);
}

/** @throws {SpoolError} */
export function unpack(stored: Uint8Array, rawLength: number): Uint8Array {
  const raw = zstdDecompressSync(stored, { maxOutputLength: Math.max(1, rawLength) });
  if (raw.length !== rawLength) {
    throw new SpoolError(
      "damaged",
      `Cannot unpack a block: found ${raw.length} bytes, expected ${rawLength}`,
    );
  }
  return new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
}

export const LEARNED_BYTES_MAX = 16 * 1024 * 1024;

/** The contents of a file of what readers had learned: its checksum, then that. */
export function packLearned(learned: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + learned.length);
  bytes.set(learned, 4);
  new DataView(bytes.buffer).setUint32(0, crc32c(learned));
  return bytes;
}

/** Undefined: the file is damaged. */
export function unpackLearned(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 4) return undefined;
  const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return sum === crc32c(bytes, 4) ? bytes.subarray(4) : undefined;
}

const SEQUENCE_BYTES = 12;

/** The payload of a keyframe's end: last sequence by number of the session. */
export function packSequences(sequences: ReadonlyMap<number, number>): Uint8Array {
  const bytes = new Uint8Array(SEQUENCE_BYTES * sequences.size);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const [session, sequence] of sequences) {
    view.setUint32(offset, session);
    view.setBigUint64(offset + 4, BigInt(sequence));
    offset += SEQUENCE_BYTES;
  }
  return bytes;
}

export function unpackSequences(
  view: DataView,
  start: number,
  end: number,
): Map<number, number> {
  const sequences = new Map<number, number>();
  for (let offset = start; offset + SEQUENCE_BYTES <= end; offset += SEQUENCE_BYTES) {
    sequences.set(view.getUint32(offset), Number(view.getBigUint64(offset + 4)));
  }
  return sequences;
}

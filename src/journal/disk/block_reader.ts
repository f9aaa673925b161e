/** Reads the blocks of one segment, one after the other, and checks them. */
import {
  BLOCK_HEADER_BYTES,
  type BlockKind,
  isIntact,
  readBlockHeader,
  SpoolError,
  unpack,
} from "./format.ts";
import type { StorageFile } from "./storage.ts";

const READ_BYTES = 1024 * 1024;

/** A block; its buffer is valid until the next one is read. */
export interface Block {
  readonly kind: BlockKind;
  /** Journal position of its first entry. */
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

export class BlockReader {
  readonly #file: StorageFile;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** What is read and not yet given is `#bytes[#start, #end)`. */
  #start = 0;
  #end = 0;
  /** Where `#bytes[#start]` is in the file. */
  #offset: number;

  constructor(file: StorageFile, offset: number) {
    this.#file = file;
    this.#offset = offset;
  }

  /** Where the next block starts in the file. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The next block if all of it has been read from the file; undefined: call {@linkcode BlockReader.fill}.
   *
   * @throws {SpoolError} the block is damaged
   */
  take(): Block | undefined {
    const offset = this.#start;
    if (this.#end - offset < BLOCK_HEADER_BYTES) return undefined;
    const header = readBlockHeader(this.#bytes, this.#view, offset);
    if (header === undefined) throw this.#damaged("no block header");
    const next = offset + BLOCK_HEADER_BYTES + header.length;
    if (next > this.#end) return undefined;
    if (!isIntact(this.#bytes, this.#view, offset, header.length)) {
      throw this.#damaged("a wrong checksum");
    }
    const { kind, position, rawLength, isCompressed } = header;
    let bytes: Uint8Array = this.#bytes;
    let view: DataView = this.#view;
    let start = offset + BLOCK_HEADER_BYTES;
    let end = next;
    if (isCompressed) {
      bytes = unpack(bytes.subarray(start, end), rawLength);
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      start = 0;
      end = rawLength;
    }
    this.#start = next;
    this.#offset += next - offset;
    return { kind, position, bytes, view, start, end };
  }

  /** Reads on, up to byte `limit` of the file; false: there is no more. What {@linkcode BlockReader.take} gave last is no longer valid. */
  async fill(limit: number): Promise<boolean> {
    const held = this.#end - this.#start;
    const header = held < BLOCK_HEADER_BYTES
      ? undefined
      : readBlockHeader(this.#bytes, this.#view, this.#start);
    const needed = BLOCK_HEADER_BYTES + (header?.length ?? 0);
    // From here to the limit, if that is less than what is read at once: most segments of a quiet journal are small.
    const wanted = Math.min(Math.max(READ_BYTES, needed), Math.max(held, limit - this.#offset));
    if (wanted > this.#bytes.length || this.#bytes.length > Math.max(READ_BYTES, needed)) {
      const bytes = new Uint8Array(wanted);
      bytes.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
    } else {
      this.#bytes.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = held;
    const length = Math.min(this.#bytes.length - held, limit - this.#offset - held);
    if (length <= 0) return false;
    const read = await this.#file.read(this.#bytes, held, length, this.#offset + held);
    this.#end += read;
    return read > 0;
  }

  /**
   * The next block; undefined at the end, byte `limit` of the file.
   *
   * @throws {SpoolError} the block is damaged, or ends behind the end
   */
  async next(limit: number): Promise<Block | undefined> {
    for (;;) {
      const block = this.take();
      if (block !== undefined) return block;
      if (await this.fill(limit)) continue;
      if (this.#end === this.#start) return undefined;
      throw this.#damaged("an incomplete block");
    }
  }

  #damaged(found: string): SpoolError {
    return new SpoolError("damaged", `Cannot read block at byte ${this.#offset}: found ${found}`);
  }
}

/** Where the next block with an intact header and payload starts, from byte `offset` on; undefined: nowhere. */
export async function findBlock(
  file: StorageFile,
  offset: number,
  limit: number,
): Promise<number | undefined> {
  const bytes = new Uint8Array(Math.max(0, Math.min(READ_BYTES, limit - offset)));
  const view = new DataView(bytes.buffer);
  for (let at = offset; at + BLOCK_HEADER_BYTES <= limit;) {
    const length = await file.read(bytes, 0, Math.min(bytes.length, limit - at), at);
    if (length < BLOCK_HEADER_BYTES) return undefined;
    for (let i = 0; i + BLOCK_HEADER_BYTES <= length; i++) {
      if (readBlockHeader(bytes, view, i) === undefined) continue;
      try {
        if (await new BlockReader(file, at + i).next(limit) !== undefined) return at + i;
      } catch (error) {
        if (!(error instanceof SpoolError)) throw error;
      }
    }
    at += length - BLOCK_HEADER_BYTES + 1;
  }
  return undefined;
}

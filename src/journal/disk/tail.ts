/**
 * The newest entries of the journal on disk, in memory: what is still to be written, and what readers that keep up need not read back.
 *
 * ```
 * chunk   [header entries][header entries][header entries      ]
 *         written, readable               ^ open: appends go here
 * ```
 *
 * Chunks hold blocks as they are on disk, so that writing copies nothing. A chunk whose blocks are written gives way when its room is
 * needed; a reader that is still in it goes on from the file.
 */
import { copyRun, endOfRun } from "../copy_run.ts";
import { ENTRY_HEADER_BYTES, type EntryBatch } from "../types.ts";
import { BLOCK_BYTES, BLOCK_HEADER_BYTES, BlockKind, sealBlock } from "./format.ts";

const CHUNK_BYTES_MAX = 1024 * 1024;
/** More than one, so that one can be written while another is filled. */
const CHUNKS_MIN = 4;
const SPARES_MAX = 2;

export class Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly base: number;
  /** Bytes that hold blocks. */
  used = 0;
  /** Blocks before this are on disk. */
  written = 0;
  /** Journal position behind the last entry. */
  end: number;
  /** It is no longer part of the journal: a reader may still look at its last block, but go on in the file. */
  isEvicted = false;
  /** How many readers are in it. */
  readers = 0;

  constructor(bytes: Uint8Array, base: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.base = base;
    this.end = base;
  }
}

export class Tail {
  readonly #bytesMax: number;
  readonly #chunkBytes: number;
  /** In journal order; positions have no gaps. */
  readonly #chunks: Chunk[] = [];
  readonly #spares: Uint8Array[] = [];
  #bytes = 0;
  /** Where the header of the open block goes; -1: none is open. */
  #open = -1;
  #openPosition = 0;
  #end: number;

  constructor(bytesMax: number, position: number) {
    this.#bytesMax = bytesMax;
    this.#chunkBytes = Math.min(CHUNK_BYTES_MAX, Math.floor(bytesMax / CHUNKS_MIN));
    this.#end = position;
  }

  /** Journal position behind the last entry. */
  get end(): number {
    return this.#end;
  }

  get usedBytes(): number {
    return this.#bytes;
  }

  /** Copies entries of a batch in, from entry `first` on, while there is room; returns the first entry that is not in. */
  take(batch: EntryBatch, first: number): number {
    const { starts, ends, count } = batch;
    let i = first;
    while (i < count) {
      const chunk = this.#chunks.at(-1);
      if (this.#open >= 0 && chunk!.used - this.#open >= BLOCK_BYTES) this.seal();
      const header = this.#open < 0 ? BLOCK_HEADER_BYTES : 0;
      const room = chunk === undefined ? 0 : chunk.bytes.length - chunk.used - header;
      const length = ENTRY_HEADER_BYTES + ends[i]! - starts[i]!;
      let end = length > room ? i : endOfRun(batch, i, Math.min(room, BLOCK_BYTES));
      if (end === i && length <= room) end++;
      if (end > i) {
        if (this.#open < 0) this.#openBlock(chunk!);
        const used = chunk!.used;
        chunk!.used = copyRun(chunk!.bytes, chunk!.view, used, batch, i, end);
        this.#end += chunk!.used - used;
        chunk!.end = this.#end;
        i = end;
      } else if (!this.#grow(BLOCK_HEADER_BYTES + length)) {
        break;
      }
    }
    return i;
  }

  /** Ends the open block; what is appended from now on goes into another. */
  seal(): void {
    if (this.#open < 0) return;
    const { bytes, view, used } = this.#chunks.at(-1)!;
    sealBlock(bytes, view, this.#open, used, BlockKind.entries, this.#openPosition);
    this.#open = -1;
  }

  /** The first chunk that has blocks to be written, `bytes[written, used)`, none of them open. */
  unwritten(): Chunk | undefined {
    const chunk = this.#chunks.find((chunk) => chunk.written < chunk.used);
    if (chunk !== undefined && chunk === this.#chunks.at(-1)) this.seal();
    return chunk;
  }

  /** The chunk that has the entry at a journal position; undefined: it is not in memory. */
  find(position: number): Chunk | undefined {
    return this.#chunks.find((chunk) => chunk.base <= position && position < chunk.end);
  }

  #openBlock(chunk: Chunk): void {
    this.#open = chunk.used;
    this.#openPosition = this.#end;
    chunk.used += BLOCK_HEADER_BYTES;
  }

  /** Makes a new chunk with room for `length` bytes; false: the memory is full of what is not written. */
  #grow(length: number): boolean {
    const size = Math.max(this.#chunkBytes, length);
    while (this.#chunks.length > 0 && this.#bytes + size > this.#bytesMax) {
      const oldest = this.#chunks[0]!;
      if (oldest.written < oldest.used) return false;
      this.#chunks.shift();
      oldest.isEvicted = true;
      this.#bytes -= oldest.bytes.length;
      const isSpare = oldest.readers === 0 && oldest.bytes.length === this.#chunkBytes;
      if (isSpare && this.#spares.length < SPARES_MAX) this.#spares.push(oldest.bytes);
    }
    this.seal();
    const bytes = (size === this.#chunkBytes ? this.#spares.pop() : undefined) ??
      new Uint8Array(size);
    this.#chunks.push(new Chunk(bytes, this.#end));
    this.#bytes += size;
    return true;
  }
}

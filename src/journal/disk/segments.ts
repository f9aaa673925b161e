/** The segments of a journal, oldest first. The last one is written to. A new journal has none until its writer comes to it. */
import {
  BlockKind,
  learnedName,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentName,
  SpoolError,
  unpackSequences,
} from "./format.ts";
import { BlockReader } from "./block_reader.ts";
import { removeIfThere, type Storage, type StorageFile } from "./storage.ts";

export interface Segment {
  readonly number: number;
  /** Journal position of its first entry. */
  readonly base: number;
  /** Journal position behind its last entry that is on disk. */
  end: number;
  /** Bytes of the file that are written. */
  bytes: number;
  /** Whether the file beside it says what readers had learned at its start. */
  hasLearned: boolean;
}

export class Segments {
  readonly #storage: Storage;
  readonly #all: Segment[];
  /** Of the oldest, those that are to be removed from the disk still. */
  readonly #going: Segment[] = [];

  constructor(storage: Storage, all: Segment[]) {
    this.#storage = storage;
    this.#all = all;
  }

  get all(): readonly Segment[] {
    return this.#all;
  }

  /** Journal position of the first entry that is on disk. */
  get start(): number {
    return this.#all[0]?.base ?? 0;
  }

  get newest(): Segment {
    return this.#all.at(-1)!;
  }

  /** Journal position behind the last entry that is on disk. */
  get end(): number {
    return this.#all.at(-1)?.end ?? 0;
  }

  get bytes(): number {
    return [...this.#going, ...this.#all].reduce((sum, segment) => sum + segment.bytes, 0);
  }

  add(segment: Segment): void {
    this.#all.push(segment);
  }

  /** The segment with the entry at a position, or, at the end of all, the newest. */
  find(position: number): Segment | undefined {
    for (let i = this.#all.length - 1; i >= 0; i--) {
      const segment = this.#all[i]!;
      if (segment.base > position) continue;
      return position < segment.end || segment === this.newest ? segment : undefined;
    }
    return undefined;
  }

  /** The first segment that starts behind a position. */
  after(position: number): Segment | undefined {
    return this.#all.find((segment) => segment.base > position);
  }

  /** Removes the oldest segment: at once from here, so that no reader starts in it, then from the disk. */
  async removeOldest(): Promise<void> {
    this.#going.push(this.#all.shift()!);
    await this.removeGone();
  }

  /** Removes from the disk what is no longer here; what failed before, too. */
  async removeGone(): Promise<void> {
    for (let next = this.#going[0]; next !== undefined; next = this.#going[0]) {
      await removeIfThere(this.#storage, learnedName(next.number));
      await removeIfThere(this.#storage, segmentName(next.number));
      this.#going.shift();
    }
  }
}

/** What the start of a segment says. */
export interface KeyframeOnDisk {
  /** Entries, headers included, in order. */
  readonly entries: readonly Uint8Array[];
  readonly sequences: ReadonlyMap<number, number>;
  /** Behind the keyframe. */
  readonly blocks: BlockReader;
}

/**
 * Reads the keyframe of a segment.
 *
 * @param limit bytes of the file at most
 * @throws {SpoolError} header or keyframe are damaged, incomplete, or of another version
 */
export async function readKeyframe(
  file: StorageFile,
  number: number,
  limit: number,
): Promise<KeyframeOnDisk> {
  const name = segmentName(number);
  const head = new Uint8Array(SEGMENT_HEADER_BYTES);
  const length = await file.read(head, 0, head.length, 0);
  const header = readSegmentHeader(head.subarray(0, length), name);
  if (header.number !== number) {
    throw new SpoolError(
      "damaged",
      `Cannot read segment "${name}": found number ${header.number} in its header`,
    );
  }
  const blocks = new BlockReader(file, SEGMENT_HEADER_BYTES);
  const entries: Uint8Array[] = [];
  for (;;) {
    const block = await blocks.next(limit);
    if (block?.kind === BlockKind.keyframe) {
      for (let offset = block.start; offset < block.end;) {
        const next = offset + block.view.getUint32(offset);
        entries.push(block.bytes.slice(offset, next));
        offset = next;
      }
    } else if (block?.kind === BlockKind.keyframeEnd) {
      return { entries, sequences: unpackSequences(block.view, block.start, block.end), blocks };
    } else {
      throw new SpoolError("damaged", `Cannot read segment "${name}": its keyframe is incomplete`);
    }
  }
}

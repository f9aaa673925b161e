/**
 * One reader of the journal on disk: from memory as long as it keeps up, from the files otherwise.
 *
 * It starts with the keyframe of its segment, brought up to its place by the entries between. Where entries are gone, it goes on at the
 * start of the next segment, which has a keyframe of its own: a damaged block costs the rest of its segment, because what the
 * block may have said of sessions and peers is known again only there.
 */
import { setTimeout } from "node:timers";
import { Keyframe, LiveSessions } from "../live_sessions.ts";
import type { EntryBlock, GapReason, JournalBlock, JournalReader, KeyframeEnd } from "../types.ts";
import { errorCode, toError } from "../../runtime/error.ts";
import type { Block, BlockReader } from "./block_reader.ts";
import type { Cursor } from "./cursors.ts";
import {
  BLOCK_HEADER_BYTES,
  BlockKind,
  LEARNED_BYTES_MAX,
  learnedName,
  readBlockHeader,
  segmentName,
  SpoolError,
  unpackLearned,
} from "./format.ts";
import type { ReaderContext } from "./reader_context.ts";
import { readKeyframe, type Segment } from "./segments.ts";
import { readFile, type StorageFile } from "./storage.ts";
import type { Chunk } from "./tail.ts";

/** A segment that is being read. */
interface OpenSegment {
  readonly segment: Segment;
  readonly file: StorageFile;
  readonly blocks: BlockReader;
}

export class DiskReader implements JournalReader {
  readonly #context: ReaderContext;
  readonly cursor: Cursor;
  /** Next entry. */
  #position: number;
  /** Whether the keyframe of its place has been read, or is not wanted. */
  #isPlaced: boolean;
  /** Why the entries at the position are not there, as far as that is known before. */
  #isOverrun = false;
  #isOpen = true;
  #end = Infinity;
  #chunk: Chunk | undefined = undefined;
  #chunkOffset = 0;
  #open: OpenSegment | undefined = undefined;
  /** The last one that was to be opened. */
  #opening: Segment | undefined = undefined;
  #keyframe: Keyframe | undefined = undefined;
  #keyframeEnd: KeyframeEnd | undefined = undefined;
  /** Number of the last segment that turned out to be damaged. */
  #damaged = 0;
  /** The last border that was told. */
  #border: number;
  #wake: (() => void) | undefined = undefined;

  constructor(context: ReaderContext, cursor: Cursor, isPlaced = false) {
    this.#context = context;
    this.cursor = cursor;
    this.#isPlaced = isPlaced;
    this.#position = cursor.position;
    this.#border = cursor.position;
  }

  get position(): number {
    return this.#position;
  }

  get lagBytes(): number {
    return this.#context.tail.end - this.cursor.position;
  }

  openAt(position: number): JournalReader {
    return this.#context.openAt(position);
  }

  keepCheckpoint(border: number, checkpoint: Uint8Array): void {
    this.#context.keepCheckpoint(border, checkpoint);
  }

  /** Its entries are given up: it goes on behind them. */
  overrun(): void {
    this.#isOverrun = true;
  }

  stopAtEnd(): number {
    this.#end = this.#context.tail.end;
    this.wake();
    return this.#end;
  }

  /** There may be something to read. */
  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#leaveChunk();
    void this.#closeFile();
    this.wake();
    this.#context.onClosed(this);
  }

  read(bytesMax: number): Promise<JournalBlock | undefined> | JournalBlock | undefined {
    if (!this.#isOpen) return undefined;
    if (this.#keyframe !== undefined) return this.#readKeyframe(bytesMax);
    const { segments, tail, isClosed } = this.#context;
    if (segments.all.length === 0) {
      // What was appended is still to be written.
      return isClosed() && tail.end === segments.end ? undefined : this.#waitToRead(bytesMax);
    }
    if (!this.#isPlaced) return this.#retry(() => this.#place(), bytesMax);
    if (this.#position < segments.start) {
      return this.#retry(() => this.#jump("missing"), bytesMax);
    }
    const border = this.#borderHere();
    if (border !== undefined) return border;
    if (this.#position === segments.end) {
      const isEnd = this.#position >= this.#end || (isClosed() && tail.end === segments.end);
      return isEnd ? undefined : this.#waitToRead(bytesMax);
    }
    return this.#fromMemory() ?? this.#fromBuffer() ??
      this.#retry(() => this.#fromFile(), bytesMax);
  }

  #waitToRead(bytesMax: number): Promise<JournalBlock | undefined> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(this.read(bytesMax));
    });
  }

  /** Does what needs the disk until it succeeds; undefined of it: read on. */
  async #retry(
    act: () => Promise<JournalBlock | undefined>,
    bytesMax: number,
  ): Promise<JournalBlock | undefined> {
    while (this.#isOpen) {
      try {
        return await act() ?? await this.read(bytesMax);
      } catch (error) {
        const { log, retryMs } = this.#context.settings;
        await this.#closeFile();
        if (!this.#isOpen) break;
        if (error instanceof SpoolError && this.#isPlaced) {
          const { kind, message } = error;
          // Removed while it was opened, being empty: its place is in the next one now.
          if (kind === "missing" && !this.#context.segments.all.includes(this.#opening!)) continue;
          const reason = kind === "missing" ? "missing" : "corrupt";
          this.#damaged = this.#context.segments.find(this.#position)?.number ?? this.#damaged;
          return await this.#retry(() => this.#jump(reason, message), bytesMax);
        }
        log.limited("error", this.cursor.name, "cannot read the spool, trying again", {
          sink: this.cursor.name,
          error: toError(error).message,
        });
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    return undefined;
  }

  #readKeyframe(bytesMax: number): JournalBlock {
    const end = this.#keyframeEnd!;
    const block = this.#keyframe!.take(bytesMax, end.cursor);
    if (block !== undefined) return block;
    this.#keyframe = undefined;
    return end;
  }

  /** Reads what is to be known where the reader starts. */
  async #place(): Promise<JournalBlock | undefined> {
    const { segments } = this.#context;
    if (this.#position > segments.end) {
      // The disk has lost what was delivered already: a power cut without fsync.
      this.#position = segments.end;
    }
    const segment = segments.find(this.#position);
    this.#isPlaced = true;
    if (segment === undefined) return await this.#jump("missing");
    try {
      const open = await this.#openSegment(segment);
      const live = new LiveSessions();
      for (const bytes of open.entries) live.take(bytes, viewOf(bytes), 0, bytes.length);
      for (const [session, last] of open.sequences) live.setLastSequence(session, last);
      let position = segment.base;
      while (position < this.#position) {
        const block = await open.blocks.next(segment.bytes);
        if (block === undefined) throw new SpoolError("damaged", "its entries are incomplete");
        const end = Math.min(block.end, block.start + this.#position - block.position);
        live.take(block.bytes, block.view, block.start, end);
        position = block.position + block.end - block.start;
      }
      // The last block may have more: it is read once more.
      if (position > this.#position) await this.#closeFile();
      const checkpoint = await this.#checkpoint(segment, this.#position);
      this.#startKeyframe(live.entries(), live.sequences(), checkpoint);
    } catch (error) {
      if (!(error instanceof SpoolError)) this.#isPlaced = false;
      throw error;
    }
    return undefined;
  }

  /** What had been learned at a position. */
  async #checkpoint(segment: Segment, position: number): Promise<Uint8Array | undefined> {
    const { cursor } = this;
    if (position === cursor.position && cursor.checkpoint !== undefined) return cursor.checkpoint;
    if (position !== segment.base || !segment.hasLearned) return undefined;
    const name = learnedName(segment.number);
    const bytes = await readFile(this.#context.storage, name, LEARNED_BYTES_MAX);
    const learned = bytes && unpackLearned(bytes);
    if (bytes !== undefined && learned === undefined) {
      const { log } = this.#context.settings;
      log.limited("warn", name, "file of the spool is damaged, readers learn anew", { file: name });
    }
    return learned;
  }

  /** Goes on at the next segment. */
  async #jump(cause: GapReason, detail = ""): Promise<JournalBlock | undefined> {
    const { segments, settings, roll, isClosed } = this.#context;
    const from = this.#position;
    const reason = this.#isOverrun ? "dropped" : cause;
    const segment = segments.all.find(({ number, base }) => number > this.#damaged && base >= from);
    if (segment === undefined) {
      if (isClosed()) this.close();
      if (!this.#isOpen) return undefined;
      const started = new Promise<void>((resolve) => this.#wake = resolve);
      roll();
      await started;
      return await this.#jump(cause, detail);
    }
    this.#leaveChunk();
    await this.#closeFile();
    const keyframe = await this.#openSegment(segment).catch((error) => {
      if (!(error instanceof SpoolError)) throw error;
      this.#damaged = segment.number;
      return undefined;
    });
    if (keyframe === undefined) return await this.#jump(cause, detail);
    settings.log.limited("error", reason, "spool has a gap", {
      sink: this.cursor.name,
      reason,
      detail: detail || undefined,
      position: from,
      goes_on_at: segment.base,
    });
    const { entries, sequences } = keyframe;
    const checkpoint = await this.#checkpoint(segment, segment.base);
    this.#isOverrun = false;
    this.#position = segment.base;
    this.#border = segment.base;
    this.#startKeyframe(entries, sequences, checkpoint);
    return {
      kind: "gap",
      cursor: segment.base,
      reason,
      lostBytes: segment.base - from,
      sequences,
    };
  }

  #startKeyframe(
    entries: readonly Uint8Array[],
    sequences: ReadonlyMap<number, number>,
    checkpoint: Uint8Array | undefined,
  ): void {
    this.#keyframe = new Keyframe(entries);
    this.#keyframeEnd = { kind: "keyframe-end", cursor: this.#position, checkpoint, sequences };
  }

  #borderHere(): JournalBlock | undefined {
    const position = this.#position;
    if (position === this.#border) return undefined;
    const segment = this.#context.segments.find(position);
    if (segment === undefined || segment.base !== position || segment.hasLearned) return undefined;
    this.#border = position;
    return { kind: "border", cursor: position };
  }

  #fromMemory(): EntryBlock | undefined {
    const position = this.#position;
    let chunk = this.#chunk;
    if (chunk === undefined || chunk.isEvicted || this.#chunkOffset >= chunk.written) {
      this.#leaveChunk();
      chunk = this.#context.tail.find(position);
      if (chunk === undefined) return undefined;
      this.#chunkOffset = 0;
      chunk.readers++;
      this.#chunk = chunk;
    }
    for (let offset = this.#chunkOffset; offset < chunk.written;) {
      const { length, position: base } = readBlockHeader(chunk.bytes, chunk.view, offset)!;
      const next = offset + BLOCK_HEADER_BYTES + length;
      this.#chunkOffset = next;
      if (base + length > position) {
        const start = offset + BLOCK_HEADER_BYTES + position - base;
        void this.#closeFile();
        this.#position = base + length;
        const { bytes, view } = chunk;
        return { kind: "entries", bytes, view, start, end: next, cursor: position };
      }
      offset = next;
    }
    return undefined;
  }

  #leaveChunk(): void {
    if (this.#chunk !== undefined) this.#chunk.readers--;
    this.#chunk = undefined;
  }

  /** The next block, if it has been read from the file. */
  #fromBuffer(): EntryBlock | undefined {
    const open = this.#open;
    if (open === undefined || this.#position >= open.segment.end) return undefined;
    try {
      const block = open.blocks.take();
      return block && this.#entries(block);
    } catch (error) {
      if (error instanceof SpoolError) return undefined; // met again by who can wait
      throw error;
    }
  }

  async #fromFile(): Promise<JournalBlock | undefined> {
    const { segments } = this.#context;
    const segment = segments.find(this.#position);
    if (segment === undefined) return await this.#jump("missing");
    let open = this.#open;
    if (open?.segment !== segment) {
      await this.#closeFile();
      await this.#openSegment(segment);
      open = this.#open!;
    }
    for (;;) {
      const block = await open.blocks.next(segment.bytes);
      if (block === undefined) throw new SpoolError("damaged", "its entries are incomplete");
      const entries = this.#entries(block);
      if (entries !== undefined) return entries;
    }
  }

  /** The entries of a block from the reader's position on; undefined: they are all before it. */
  #entries({ kind, position, bytes, view, start, end }: Block): EntryBlock | undefined {
    if (kind !== BlockKind.entries) throw new SpoolError("damaged", "a keyframe among entries");
    const cursor = this.#position;
    const blockEnd = position + end - start;
    if (blockEnd <= cursor) return undefined;
    if (position > cursor) throw new SpoolError("damaged", "blocks are missing");
    this.#position = blockEnd;
    return { kind: "entries", bytes, view, start: start + cursor - position, end, cursor };
  }

  async #openSegment(segment: Segment) {
    const { storage } = this.#context;
    this.#opening = segment;
    let file: StorageFile;
    try {
      file = await storage.open(segmentName(segment.number), "read");
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      throw new SpoolError("missing", `Cannot open segment ${segment.number}: it is missing`);
    }
    try {
      const keyframe = await readKeyframe(file, segment.number, segment.bytes);
      if (!this.#isOpen) throw new Error("The reader was closed");
      this.#open = { segment, file, blocks: keyframe.blocks };
      return keyframe;
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
  }

  async #closeFile(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.file.close().catch(() => {});
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

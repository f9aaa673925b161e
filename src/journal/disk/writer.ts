/**
 * Brings what is appended to the disk: one write at a time, of all that has come meanwhile, whichever sessions it is from.
 *
 * What fails is tried again, from the same bytes to the same place: nothing is given up, and appends wait once the memory is full.
 */
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import type { Counter } from "../../ops/metrics.ts";
import { errorCode, toError } from "../../runtime/error.ts";
import { Keyframe, type LiveSessions } from "../live_sessions.ts";
import {
  BLOCK_BYTES,
  BLOCK_HEADER_BYTES,
  BlockKind,
  packBlock,
  packSequences,
  readBlockHeader,
  SEGMENT_HEADER_BYTES,
  segmentName,
  writeSegmentHeader,
} from "./format.ts";
import type { Settings } from "./options.ts";
import type { Segment, Segments } from "./segments.ts";
import { type Storage, type StorageFile, writeAll } from "./storage.ts";
import type { Chunk, Tail } from "./tail.ts";

/** A keyframe is at most this share of its segment. */
const KEYFRAME_SHARE = 8;
/** Several segments, or whole ones could never go. */
const SEGMENTS_MIN = 4;
/** The file system is asked for its free bytes after this many were written. */
const FREE_CHECK_BYTES = 16 * 1024 * 1024;

/** Of a file system, or a quota, that is full. */
const FULL_CODES: readonly string[] = ["ENOSPC", "EDQUOT"];

/** What the writer asks of the journal. */
export interface WriterContext {
  readonly storage: Storage;
  readonly settings: Settings;
  readonly tail: Tail;
  readonly segments: Segments;
  /** At the end of what is written. */
  readonly live: LiveSessions;
  readonly highestSession: () => number;
  /** Called when entries have become readable. */
  readonly onWritten: () => void;
  /** Frees what it can of the disk; false: nothing, for now. */
  readonly makeRoom: () => Promise<boolean>;
}

export class Writer {
  readonly #context: WriterContext;
  /** Of the newest segment; undefined before there is one. */
  #file: StorageFile | undefined = undefined;
  /** Bytes at which the newest segment ends. */
  #segmentBytesMax = 0;
  #isRollWanted = false;
  #running: Promise<void> | undefined = undefined;
  #isDirty = false;
  #syncTimer: NodeJS.Timeout | undefined = undefined;
  #syncing: Promise<void> = Promise.resolve();
  /** Ends a wait for room or for the next try. */
  #wake: (() => void) | undefined = undefined;
  /** Bytes of all segments that the free bytes of the file system allow. */
  #bytesAllowed = Infinity;
  #bytesUnchecked = Infinity;
  #isFull = false;
  /** Nothing is tried again any more. */
  #isEnding = false;
  readonly #errors: (operation: string) => Counter;
  readonly #fullTotal: Counter;
  readonly #syncsTotal: Counter;

  constructor(context: WriterContext) {
    this.#context = context;
    const { metrics } = context.settings;
    const errors = metrics.counter(
      "edgebmp_spool_errors_total",
      "Operations on the spool that failed and were tried again",
    );
    this.#errors = (operation) => errors.with({ operation });
    this.#fullTotal = metrics.counter(
      "edgebmp_spool_full_total",
      "How often the spool became full",
    ).with();
    this.#syncsTotal = metrics.counter(
      "edgebmp_spool_fsyncs_total",
      "How often what is written was made to survive a power cut",
    ).with();
  }

  /** Writes what there is, now or as soon as it can. */
  kick(): void {
    if (this.#running !== undefined || this.#isEnding) return;
    // Not at once: what other sessions append in this turn goes along.
    this.#running = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#run())
      .finally(() => {
        this.#running = undefined;
        if (this.#hasWork()) this.kick();
      });
  }

  /** Starts a new segment as soon as it can. */
  roll(): void {
    this.#isRollWanted = true;
    this.kick();
  }

  /** Room may have become free. */
  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Writes what there is, without a second try, makes it durable, and closes the file. Returns the bytes that could not be written. */
  async finish(): Promise<number> {
    this.#isEnding = true;
    this.wake();
    await this.#running?.catch(() => {});
    let lost = 0;
    try {
      await this.#run();
      if (this.#isDirty && this.#context.settings.fsync !== "never") await this.#sync();
    } catch {
      lost = this.#context.tail.end - this.#context.segments.end;
    }
    clearTimeout(this.#syncTimer);
    await this.#syncing;
    await this.#file?.close().catch(() => {});
    return lost;
  }

  #hasWork(): boolean {
    return !this.#isEnding &&
      (this.#isRollWanted || this.#context.tail.end > this.#context.segments.end);
  }

  async #run(): Promise<void> {
    for (;;) {
      if (this.#file === undefined || this.#isRollWanted) await this.#startSegment();
      const chunk = this.#context.tail.unwritten();
      if (chunk === undefined) return;
      const end = chunk.used;
      const bytes = end - chunk.written;
      const { segments, live } = this.#context;
      const { newest } = segments;
      const isLast = newest.end > newest.base && newest.bytes + bytes > this.#segmentBytesMax;
      await this.#waitForRoom(isLast ? bytes + live.bytes + SEGMENT_HEADER_BYTES : bytes);
      // It may have started one to make room.
      if (isLast && segments.newest === newest) await this.#startSegment();
      await this.#write(chunk, end);
    }
  }

  async #write(chunk: Chunk, end: number): Promise<void> {
    const { segments, settings } = this.#context;
    const segment = segments.newest;
    const start = chunk.written;
    const packed = settings.isCompressed ? pack(chunk, start, end) : undefined;
    const length = packed?.length ?? end - start;
    await this.#retry("write", async () => {
      if (packed === undefined) {
        await writeAll(this.#file!, chunk.bytes, start, end, segment.bytes);
      } else await writeAll(this.#file!, packed, 0, packed.length, segment.bytes);
      if (settings.fsync === "always") await this.#sync();
    });
    chunk.written = end;
    segment.bytes += length;
    segment.end += this.#takeLive(chunk, start, end);
    this.#bytesUnchecked += length;
    if (settings.fsync === "interval") this.#syncLater();
    this.#context.onWritten();
  }

  /** Returns the bytes of entries in the blocks. */
  #takeLive({ bytes, view }: Chunk, start: number, end: number): number {
    let sum = 0;
    for (let offset = start; offset < end;) {
      const { length } = readBlockHeader(bytes, view, offset)!;
      const next = offset + BLOCK_HEADER_BYTES + length;
      this.#context.live.take(bytes, view, offset + BLOCK_HEADER_BYTES, next);
      sum += length;
      offset = next;
    }
    return sum;
  }

  /** Starts a segment where the entries that are on disk end. */
  async #startSegment(): Promise<void> {
    const { segments, storage, live, settings, highestSession } = this.#context;
    const last = segments.all.at(-1);
    const number = last === undefined ? 1 : last.number + 1;
    const base = last?.end ?? 0;
    const header = writeSegmentHeader({ number, base, sessions: highestSession() });
    const isSynced = settings.fsync !== "never";
    const [file, bytes] = await this.#retry("start a segment", async () => {
      const file = await storage.open(segmentName(number), "write");
      try {
        await this.#syncing;
        if (this.#isDirty && isSynced) await this.#sync();
        await file.truncate(0);
        await writeAll(file, header, 0, header.length, 0);
        let bytes = header.length;
        const write = async (block: Uint8Array) => {
          await writeAll(file, block, 0, block.length, bytes);
          bytes += block.length;
        };
        const keyframe = new Keyframe(live.entries());
        for (;;) {
          const block = keyframe.take(BLOCK_BYTES, base);
          if (block === undefined) break;
          await write(packBlock(BlockKind.keyframe, base, block.bytes));
        }
        await write(packBlock(BlockKind.keyframeEnd, base, packSequences(live.sequences())));
        if (isSynced) {
          await file.sync();
          await storage.syncNames();
        }
        return [file, bytes] as const;
      } catch (error) {
        await file.close().catch(() => {});
        throw error;
      }
    });
    await this.#file?.close().catch(() => {});
    this.#file = file;
    this.#isRollWanted = false;
    this.#segmentBytesMax = Math.min(
      Math.max(settings.segmentBytes, bytes * KEYFRAME_SHARE),
      settings.bytesMax / SEGMENTS_MIN,
    );
    const segment: Segment = { number, base, end: base, bytes, hasLearned: false };
    segments.add(segment);
    // It may have waited for room: what was free before says nothing.
    this.#bytesUnchecked = Infinity;
    this.#context.onWritten();
  }

  async #waitForRoom(bytes: number): Promise<void> {
    const { segments, settings, storage, makeRoom } = this.#context;
    for (;;) {
      if (this.#bytesUnchecked >= FREE_CHECK_BYTES || this.#isFull) {
        const free = await this.#retry("ask for free space", async () => await storage.freeBytes());
        this.#bytesAllowed = segments.bytes + free - settings.freeBytesMin;
        this.#bytesUnchecked = 0;
      }
      const allowed = Math.min(settings.bytesMax, this.#bytesAllowed);
      if (segments.bytes + bytes <= allowed) break;
      if (await makeRoom()) continue;
      if (segments.all.length === 1) {
        // What is written can only go as a whole segment; and an empty one takes a block whatever its size.
        if (segments.end === segments.start) break;
        await this.#startSegment();
        continue;
      }
      if (!this.#isFull) {
        this.#isFull = true;
        this.#fullTotal.add(1);
        settings.log.warn("spool is full, reading from the routers stops", {
          bytes: segments.bytes,
          bytes_max: allowed,
        });
      }
      if (this.#isEnding) throw new Error("Cannot write to the spool: it is full");
      await this.#wait(settings.retryMs);
    }
    if (!this.#isFull) return;
    this.#isFull = false;
    settings.log.info("spool has room again", { bytes: segments.bytes });
  }

  #syncLater(): void {
    this.#isDirty = true;
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      this.#syncing = this.#sync().catch((error) => this.#failed("fsync", error));
    }, this.#context.settings.intervalMs).unref();
  }

  async #sync(): Promise<void> {
    this.#isDirty = false;
    try {
      await this.#file!.sync();
      this.#syncsTotal.add(1);
    } catch (error) {
      this.#isDirty = true;
      throw error;
    }
  }

  /** Does it until it succeeds. */
  async #retry<T>(operation: string, act: () => Promise<T>): Promise<T> {
    for (let failures = 0;; failures++) {
      try {
        const result = await act();
        if (failures > 0) {
          this.#context.settings.log.info("spool works again", { operation, failures });
        }
        return result;
      } catch (error) {
        this.#failed(operation, error);
        if (this.#isEnding) throw error;
        if (FULL_CODES.includes(errorCode(error)) && await this.#context.makeRoom()) continue;
      }
      await this.#wait(this.#context.settings.retryMs);
    }
  }

  #failed(operation: string, error: unknown): void {
    this.#errors(operation).add(1);
    this.#context.settings.log.limited("error", operation, "spool fails, trying again", {
      operation,
      code: errorCode(error) || undefined,
      error: toError(error).message,
    });
  }

  /** Waits for a call of {@linkcode Writer.wake}, or so long. */
  async #wait(ms: number): Promise<void> {
    if (this.#isEnding) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }
}

/** The blocks `[start, end)` of a chunk, compressed. */
function pack({ bytes, view }: Chunk, start: number, end: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let offset = start; offset < end;) {
    const { kind, position, length } = readBlockHeader(bytes, view, offset)!;
    const next = offset + BLOCK_HEADER_BYTES + length;
    blocks.push(packBlock(kind, position, bytes.subarray(offset + BLOCK_HEADER_BYTES, next)));
    offset = next;
  }
  const packed = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let offset = 0;
  for (const block of blocks) {
    packed.set(block, offset);
    offset += block.length;
  }
  return packed;
}

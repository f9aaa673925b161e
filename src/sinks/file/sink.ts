/**
 * The file sink: records are appended to a file, one line each.
 *
 * The file holds whole lines only. Behind a failed write, what stands there of an unfinished record is cut off at once; after
 * a crash, when the file is opened again. A write that fails (disk full, I/O error) is tried again until it works or the
 * collector has to stop: nothing is lost, and the journal holds the routers back meanwhile.
 *
 * A delivered batch is in the kernel: it survives the end of the process. `fsync` says when it is on the disk too, so that it survives a
 * power cut: `always`, before the batch counts as delivered; `interval`, within a second; `never`, when the system sees fit.
 *
 * Regular files are rotated between two batches, see `rotation.ts`.
 *
 * Beside regular files, these work: `/dev/null`; `/dev/stdout` and `/dev/stderr`; a FIFO, whose reader is waited for when it
 * is opened, and whose reader's end is the end of the sink, as with the console.
 */
import { access, constants, lstat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Output } from "../../formats/output.ts";
import type { Log } from "../../ops/log.ts";
import type { Counter, Metrics } from "../../ops/metrics.ts";
import { errorCode, toError } from "../../runtime/error.ts";
import type { AppendFile, Runtime } from "../../runtime/types.ts";
import type { Sink } from "../sink.ts";
import { findLinesEnd, wholeRecords } from "./lines.ts";
import { SinkHealth } from "../health.ts";
import { Rotation, type RotationOptions } from "./rotation.ts";

export const FSYNCS = ["never", "interval", "always"] as const;
export type Fsync = typeof FSYNCS[number];

export interface FileSinkOptions {
  /** Label in logs and metrics. */
  name?: string;
  path: string;
  /** Empties the file at the start; otherwise records are appended. Reopening never empties. */
  truncate?: boolean;
  /** Whether records are lines of text. Other records stand behind one another as they are, and cannot be repaired after a crash. */
  lines?: boolean;
  fsync?: Fsync;
  rotation?: RotationOptions;
  metrics: Metrics;
  log: Log;
  nowMs?: () => number;
  openFile: Runtime["openAppend"];
}

const FSYNC_INTERVAL_MS = 1_000;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 5_000;
/** Longer, and a timer would fire at once. */
const TIMER_MS_MAX = 2_147_483_647;
const NEWLINE = 0x0a;

export class FileSink implements Sink {
  readonly name: string;
  readonly inFlightMax = 1;
  readonly #path: string;
  readonly #truncate: boolean;
  readonly #lines: boolean;
  readonly #log: Log;
  readonly #failures: Counter;
  readonly #health: SinkHealth;
  readonly #openFile: Runtime["openAppend"];
  readonly #fsync: Fsync;
  readonly #nowMs: () => number;
  readonly #rotation: Rotation | undefined;
  /** Of a rotation that is due by the time. */
  #rotationTimer: NodeJS.Timeout | undefined = undefined;
  #fsyncTimer: NodeJS.Timeout | undefined = undefined;

  #file: AppendFile | undefined = undefined;
  #isRegular = false;
  /** Where the current batch begins in a regular file. */
  #batchStart = 0;
  /** Bytes of the current batch that are in the file. */
  #written = 0;
  /** Whether a failed write may have left part of a record behind. */
  #isTorn = false;

  /** The last task; tasks do not overlap. */
  #task: Promise<unknown> = Promise.resolve();
  #reopenAsked = false;
  #retryNow: (() => void) | undefined = undefined;
  #stop: AbortSignal | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  constructor(options: FileSinkOptions) {
    this.name = options.name ?? "file";
    this.#path = options.path;
    this.#truncate = options.truncate ?? false;
    this.#lines = options.lines ?? true;
    this.#log = options.log;
    this.#openFile = options.openFile;
    this.#fsync = options.fsync ?? "never";
    this.#nowMs = options.nowMs ?? Date.now;
    const { rotation, path, metrics, log } = options;
    if (rotation !== undefined) {
      this.#rotation = new Rotation(rotation, { path, name: this.name, metrics, log });
    }
    this.#health = new SinkHealth(metrics, this.name, options.nowMs);
    this.#failures = metrics.counter(
      "edgebmp_file_write_failures_total",
      "Writes to a file that failed and were tried again",
    ).with({ sink: this.name });
  }

  get lastError(): string | undefined {
    return this.#health.lastError;
  }

  /** Whether the file, or one in its directory, may be written; makes none. */
  async check(): Promise<void> {
    const isThere = await lstat(this.#path).then(() => true, () => false);
    const place = isThere ? this.#path : dirname(this.#path);
    await access(place, constants.W_OK).catch((cause) => {
      throw new Error(`Cannot write to "${place}": ${toError(cause).message}`, { cause });
    });
  }

  async open(): Promise<void> {
    await this.#openPath();
    if (this.#truncate && this.#isRegular) {
      await this.#file!.truncate(0);
      this.#batchStart = 0;
    }
    await this.#cutTornLine();
    if (!this.#isRegular) return;
    await this.#rotation?.open(this.#nowMs());
    this.#setRotationTimer();
  }

  deliver(batch: Output): Promise<void> {
    return this.#enqueue(() => this.#deliver(batch));
  }

  /** Closes the file and opens the path again, between two records. When that fails, it is logged and the old file stays in use. */
  reopen(): Promise<void> {
    this.#reopenAsked = true;
    this.#retryNow?.();
    return this.#enqueue(() => this.#reopenIfAsked());
  }

  close(signal: AbortSignal): Promise<void> {
    this.#closing ??= this.#close(signal);
    return this.#closing;
  }

  async #close(signal: AbortSignal): Promise<void> {
    this.#stop = signal;
    clearTimeout(this.#rotationTimer);
    clearTimeout(this.#fsyncTimer);
    const aborted = new Promise<"aborted">((resolve) => {
      if (signal.aborted) resolve("aborted");
      signal.addEventListener("abort", () => resolve("aborted"), { once: true });
    });
    void aborted.then(() => this.#retryNow?.());
    // A write to a FIFO that nobody empties cannot be called off, and its file not be closed: the end of the process does it.
    const closed = this.#enqueue(async () => {
      await this.#sync().catch((error) => this.#fsyncFailed(error));
      await this.#file?.close();
      this.#file = undefined;
      await this.#rotation?.idle();
    });
    await Promise.race([
      closed,
      aborted.then(() => new Promise((resolve) => setTimeout(resolve, RETRY_MS_MIN))),
    ]);
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#task.then(task);
    this.#task = result.catch(() => {});
    return result;
  }

  async #deliver(batch: Output): Promise<void> {
    if (this.#rotation?.isDue(this.#batchStart, batch.pos, this.#nowMs())) await this.#rotate();
    for (let failures = 0;; failures++) {
      try {
        await this.#write(batch);
        if (this.#fsync === "always") await this.#sync();
        this.#batchStart += batch.pos;
        this.#written = 0;
        this.#health.succeeded();
        if (this.#fsync === "interval") this.#syncSoon();
        if (failures > 0) {
          this.#log.warn("file can be written again", {
            sink: this.name,
            path: this.#path,
            failures,
          });
        }
        return;
      } catch (error) {
        if (errorCode(error) === "EPIPE") {
          throw new Error(`Cannot write to "${this.#path}": its reader is gone (EPIPE)`, {
            cause: error,
          });
        }
        this.#isTorn = true;
        await this.#cutTornRecord(batch).catch(() => {
          this.#written = wholeRecords(batch, this.#written);
        });
        if (this.#stop?.aborted) {
          const { message } = toError(error);
          throw new Error(`Cannot write to "${this.#path}" before the stop: ${message}`, {
            cause: error,
          });
        }
        await this.#waitForRetry(error, failures);
        await this.#reopenIfAsked();
      }
    }
  }

  async #write(batch: Output): Promise<void> {
    if (this.#isTorn) await this.#cutTornRecord(batch);
    while (this.#written < batch.pos) {
      const { bytesWritten } = await this.#file!.write(
        batch.bytes,
        this.#written,
        batch.pos - this.#written,
      );
      if (bytesWritten === 0) throw new Error("the system took no bytes");
      this.#written += bytesWritten;
    }
  }

  /**
   * Brings the file back to the last whole record after a failed write. How much of the batch got into the file is asked of
   * the file: Deno's write throws ENOSPC also when part of the bytes were taken.
   */
  async #cutTornRecord(batch: Output): Promise<void> {
    if (this.#isRegular) {
      const { size } = await this.#file!.stat();
      const taken = size - this.#batchStart;
      if (taken >= 0 && taken <= batch.pos) {
        const whole = wholeRecords(batch, taken);
        if (whole < taken) await this.#file!.truncate(this.#batchStart + whole);
        this.#written = whole;
      } else {
        // Somebody else has shortened the file (copytruncate).
        await this.#cutTornLine();
        this.#written = wholeRecords(batch, this.#written);
        this.#batchStart -= this.#written;
      }
    }
    this.#isTorn = false;
  }

  /** Brings the file back to its last whole line, and the start of the batch to its end. */
  async #cutTornLine(): Promise<void> {
    if (!this.#isRegular) return;
    const { size } = await this.#file!.stat();
    this.#batchStart = size;
    if (!this.#lines || size === 0) return;
    const end = await findLinesEnd(this.#path, size);
    const fields = { sink: this.name, path: this.#path, bytes: size - end };
    if (end === size) return;
    if (end > 0) {
      await this.#file!.truncate(end);
      this.#batchStart = end;
      this.#log.warn("file did not end with a whole line, its last bytes were cut off", fields);
      return;
    }
    // Without a single line it may be anybody's file: it is kept, and our records begin on a line of their own.
    await this.#file!.write(new Uint8Array([NEWLINE]), 0, 1);
    this.#batchStart = size + 1;
    this.#log.warn("file has no line end, its contents are kept as its first line", fields);
  }

  /** Ends the file: it is renamed, and the next records go to a new one. */
  async #rotate(): Promise<void> {
    const rotation = this.#rotation!;
    const nowMs = this.#nowMs();
    try {
      await this.#sync();
      await rotation.rename(nowMs);
    } catch (error) {
      // Tried again when it is due the next time.
      this.#log.limited("error", this.name, "cannot rotate file, it stays in use", {
        sink: this.name,
        path: this.#path,
        error: toError(error).message,
      });
      rotation.start(nowMs);
      this.#setRotationTimer();
      return;
    }
    this.#reopenAsked = true;
    await this.#reopenIfAsked();
  }

  #setRotationTimer(): void {
    clearTimeout(this.#rotationTimer);
    const endMs = this.#rotation?.endMs ?? Infinity;
    if (endMs === Infinity || this.#stop !== undefined) return;
    const waitMs = Math.min(Math.max(endMs - this.#nowMs(), 0), TIMER_MS_MAX);
    this.#rotationTimer = setTimeout(() => {
      void this.#enqueue(async () => {
        const nowMs = this.#nowMs();
        if (this.#rotation!.isDue(this.#batchStart, 0, nowMs)) return await this.#rotate();
        // Without records there is no file to end, or the timer was early.
        if (nowMs >= this.#rotation!.endMs) this.#rotation!.start(nowMs);
        this.#setRotationTimer();
      });
    }, waitMs).unref();
  }

  async #sync(): Promise<void> {
    if (this.#isRegular && this.#fsync !== "never") await this.#file?.sync();
  }

  #syncSoon(): void {
    this.#fsyncTimer ??= setTimeout(() => {
      this.#fsyncTimer = undefined;
      void this.#enqueue(() => this.#sync()).catch((error) => this.#fsyncFailed(error));
    }, FSYNC_INTERVAL_MS).unref();
  }

  #fsyncFailed(error: unknown): void {
    this.#failed("cannot bring file to the disk", error);
  }

  #failed(event: string, error: unknown, retryMs?: number): void {
    const { message } = toError(error);
    this.#failures.add(1);
    this.#health.failed(message);
    this.#log.limited("error", this.name, event, {
      sink: this.name,
      path: this.#path,
      error: message,
      retry_ms: retryMs,
    });
  }

  async #waitForRetry(error: unknown, failures: number): Promise<void> {
    const retryMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(failures, 10));
    this.#failed("cannot write to file, trying again", error, retryMs);
    if (this.#reopenAsked) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, retryMs);
      this.#retryNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#retryNow = undefined;
  }

  /** In the middle of a batch its whole records stay in the old file, the others go to the new one. */
  async #reopenIfAsked(): Promise<void> {
    const old = this.#file;
    if (!this.#reopenAsked || old === undefined) return;
    this.#reopenAsked = false;
    const oldIsRegular = this.#isRegular;
    const oldBatchStart = this.#batchStart;
    try {
      await this.#openPath();
      await this.#cutTornLine();
    } catch (error) {
      if (this.#file !== old) await this.#file?.close().catch(() => {});
      this.#file = old;
      this.#isRegular = oldIsRegular;
      this.#batchStart = oldBatchStart;
      this.#log.error("cannot reopen file, the old one stays in use", {
        sink: this.name,
        error: toError(error).message,
      });
      return;
    }
    this.#batchStart -= this.#written;
    this.#isTorn = false;
    await old.close().catch(() => {});
    this.#log.info("file reopened", { sink: this.name, path: this.#path });
    if (this.#rotation === undefined || !this.#isRegular) return;
    const nowMs = this.#nowMs();
    this.#rotation.start(nowMs);
    this.#rotation.tidy(nowMs);
    this.#setRotationTimer();
  }

  async #openPath(): Promise<void> {
    const path = this.#path;
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFIFO()) {
      this.#log.info("file sink waits for a reader of the FIFO", { sink: this.name, path });
    }
    try {
      const file = await this.#openFile(path);
      this.#isRegular = (await file.stat()).isFile();
      this.#file = file;
    } catch (error) {
      const reason = errorCode(error) === "ENOENT"
        ? `the folder "${dirname(path)}" does not exist`
        : toError(error).message;
      throw new Error(`Cannot open "${path}" for appending: ${reason}`, { cause: error });
    }
  }
}

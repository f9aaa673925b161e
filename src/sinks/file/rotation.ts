/**
 * The files that a message file leaves behind: renamed when it is large or old enough, compressed beside the records' way, and deleted
 * when there are too many of them.
 *
 * ```
 * messages.json                               written to; ends with a whole line between two writes
 * messages-20261122T110000Z-000041.json       renamed, about to be compressed
 * messages-20261122T110000Z-000040.json.zst   whole and final; the time is that of its rotation, UTC
 * messages-20261122T100000Z-000039.json.zst.part   being made; what a crash leaves of it is made anew
 * ```
 *
 * Sequence numbers go on where the folder's files end. Whoever takes files by their names alone, without `.part`, never sees half of one.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { open, readdir, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";
import type { Log } from "../../ops/log.ts";
import type { Counter, Metrics } from "../../ops/metrics.ts";
import { toError } from "../../runtime/error.ts";

export const COMPRESSIONS = ["none", "gzip", "zstd"] as const;
export type Compression = typeof COMPRESSIONS[number];

export interface RotationOptions {
  /** Size that a file does not pass, unless a single batch is larger; 0: any. */
  readonly bytesMax: number;
  /** Files end at whole multiples of this time since 1970, in UTC; 0: never. */
  readonly intervalMs: number;
  readonly compression: Compression;
  /** Files left behind that are kept; 0: all. */
  readonly filesMax: number;
  /** How long they are kept; 0: for ever. */
  readonly ageMaxMs: number;
}

const SUFFIXES: Readonly<Record<Compression, string>> = { none: "", gzip: ".gz", zstd: ".zst" };
const PART = ".part";

interface LeftFile {
  readonly name: string;
  readonly sequence: number;
  /** Whether it is compressed, or need not be. */
  readonly isFinal: boolean;
}

export class Rotation {
  readonly #options: RotationOptions;
  readonly #path: string;
  readonly #folder: string;
  readonly #pattern: RegExp;
  readonly #sinkName: string;
  readonly #log: Log;
  readonly #rotations: Counter;
  readonly #failures: Counter;
  #sequence = 0;
  #endMs = Infinity;
  /** What is done beside the records' way; one thing at a time. */
  #tidying: Promise<void> = Promise.resolve();

  constructor(
    options: RotationOptions,
    about: { path: string; name: string; metrics: Metrics; log: Log },
  ) {
    this.#options = options;
    this.#path = about.path;
    this.#folder = dirname(about.path);
    this.#sinkName = about.name;
    this.#log = about.log;
    const [base, extension] = nameParts(about.path);
    const escaped = [base, extension].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    this.#pattern = new RegExp(
      `^${escaped[0]}-\\d{8}T\\d{6}Z-(\\d{6,})${escaped[1]}(\\.gz|\\.zst)?$`,
    );
    const labels = { sink: about.name };
    this.#rotations = about.metrics.counter(
      "edgebmp_file_rotations_total",
      "Message files that were ended and renamed",
    ).with(labels);
    this.#failures = about.metrics.counter(
      "edgebmp_file_rotation_failures_total",
      "Message files that could not be renamed, compressed or deleted",
    ).with(labels);
  }

  /** Finds what is left of earlier runs. */
  async open(nowMs: number): Promise<void> {
    for (const { sequence } of await this.#leftFiles()) {
      this.#sequence = Math.max(this.#sequence, sequence);
    }
    this.start(nowMs);
    this.tidy(nowMs);
  }

  /** A new file begins. */
  start(nowMs: number): void {
    const { intervalMs } = this.#options;
    if (intervalMs > 0) this.#endMs = (Math.floor(nowMs / intervalMs) + 1) * intervalMs;
  }

  /** When the file has to end; Infinity: at no time of its own. */
  get endMs(): number {
    return this.#endMs;
  }

  /** Whether the file has to end before `batchBytes` more. */
  isDue(fileBytes: number, batchBytes: number, nowMs: number): boolean {
    const { bytesMax } = this.#options;
    if (fileBytes === 0) return false;
    return nowMs >= this.#endMs || (bytesMax > 0 && fileBytes + batchBytes > bytesMax);
  }

  /** Renames the file. @throws when that is not possible: it stays in use */
  async rename(nowMs: number): Promise<void> {
    const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
    const [base, extension] = nameParts(this.#path);
    const sequence = String(this.#sequence + 1).padStart(6, "0");
    try {
      await rename(this.#path, join(this.#folder, `${base}-${time}-${sequence}${extension}`));
    } catch (error) {
      this.#failures.add(1);
      throw error;
    }
    this.#sequence++;
    this.#rotations.add(1);
  }

  /** Compresses and deletes what is due, beside everything else. Only to be called when no renamed file is written to any more. */
  tidy(nowMs: number): void {
    this.#tidying = this.#tidying.then(() => this.#tidy(nowMs)).catch((error) => {
      this.#failures.add(1);
      this.#log.limited("error", this.#sinkName, "cannot tidy up message files", {
        sink: this.#sinkName,
        path: this.#path,
        error: toError(error).message,
      });
    });
  }

  /** Resolves when nothing is compressed or deleted any more. */
  idle(): Promise<void> {
    return this.#tidying;
  }

  async #tidy(nowMs: number): Promise<void> {
    for (const { name, isFinal } of await this.#leftFiles()) {
      if (!isFinal) await this.#compress(join(this.#folder, name));
    }
    const { filesMax, ageMaxMs } = this.#options;
    const files = await this.#leftFiles();
    for (const [i, { name }] of files.entries()) {
      const path = join(this.#folder, name);
      const isSurplus = filesMax > 0 && files.length - i > filesMax;
      if (isSurplus || (ageMaxMs > 0 && nowMs - (await stat(path)).mtimeMs > ageMaxMs)) {
        await unlink(path);
        this.#log.info("old message file deleted", { sink: this.#sinkName, path });
      }
    }
  }

  /** The time of the last record stays that of the file. */
  async #compress(path: string): Promise<void> {
    const { compression } = this.#options;
    const target = path + SUFFIXES[compression];
    const compressor = compression === "gzip" ? createGzip() : createZstdCompress();
    await pipeline(createReadStream(path), compressor, createWriteStream(target + PART));
    const part = await open(target + PART, "r+");
    try {
      const { atime, mtime } = await stat(path);
      await part.utimes(atime, mtime);
      await part.sync();
    } finally {
      await part.close();
    }
    await rename(target + PART, target);
    await unlink(path);
  }

  /** Oldest first. */
  async #leftFiles(): Promise<LeftFile[]> {
    const files: LeftFile[] = [];
    for (const name of await readdir(this.#folder)) {
      const match = this.#pattern.exec(name);
      if (match === null) continue;
      const isFinal = match[2] !== undefined || this.#options.compression === "none";
      files.push({ name, sequence: Number(match[1]), isFinal });
    }
    return files.sort((a, b) => a.sequence - b.sequence);
  }
}

/** `messages` and `.json`. */
function nameParts(path: string): [string, string] {
  const extension = extname(path);
  return [basename(path, extension), extension];
}

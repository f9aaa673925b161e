/**
 * Records that a server has refused for good (too large, no permission): one JSON line each in a file, with the reason, so
 * that they hold up nothing and are not lost. Shared by the sinks that deliver to servers.
 *
 * A line: `{"time":"2026-01-31T12:00:00.000Z","sink":"kafka","topic":"gobmp.parsed.peer","key":"…","reason":"…","text":"…"}`,
 * with `base64` in place of `text` where the value is not UTF-8.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { anyText, type Flag, size } from "../cli/flag.ts";
import type { Log } from "../ops/log.ts";
import type { Metric, Metrics } from "../ops/metrics.ts";
import { toError } from "../runtime/error.ts";

export interface DeadLetterOptions {
  /** Label in logs and metrics. */
  sink: string;
  /** Empty: refused records are logged and counted only. */
  path: string;
  /** Size of the file from which on records are logged and counted only. */
  bytesMax?: number;
  metrics: Metrics;
  log: Log;
}

/** A record that was refused. */
export interface DeadLetter {
  readonly topic: string;
  /** Empty: none. */
  readonly key: string;
  /** Name of the server's error code, one of a few. */
  readonly reason: string;
  /** The server's words, if it has any. */
  readonly message?: string | null;
  /** Read before the call returns. */
  readonly value: Uint8Array;
}

export const DEAD_LETTER_BYTES_MAX_DEFAULT = 256 * 1024 * 1024;

export const deadLetterFileFlag: Flag<string> = {
  name: "dead-letter-file",
  key: "sinks[].dead_letter_file",
  placeholder: "PATH",
  default: "",
  help:
    "Where records go that a server refuses for good, one JSON line each. Default: refused-SINK.jsonl in the spool's directory; without one they are logged and counted only",
  parse: anyText,
};

export const deadLetterMaxBytesFlag: Flag<number> = {
  name: "dead-letter-max-bytes",
  key: "sinks[].dead_letter_max_bytes",
  placeholder: "SIZE",
  default: "256MiB",
  help: "Size of the dead-letter file, beyond which refused records are logged and counted only",
  parse: size(0, Number.MAX_SAFE_INTEGER),
};

/**
 * The file for what a sink's server refuses: the one that is named, or else one where the collector keeps its state.
 *
 * @param stateDir undefined or empty: there is none
 */
export function deadLetterPath(file: string, sink: string, stateDir: string | undefined): string {
  if (file !== "" || !stateDir) return file;
  return join(stateDir, `refused-${sink.replaceAll(/[^\w.-]/g, "_")}.jsonl`);
}

const NEWLINE = 0x0a;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

export class DeadLetters {
  readonly #options: DeadLetterOptions;
  readonly #bytesMax: number;
  readonly #written: Metric;
  readonly #dropped: Metric;
  /** The last write; writes do not overlap. */
  #task: Promise<void> = Promise.resolve();

  constructor(options: DeadLetterOptions) {
    this.#options = options;
    this.#bytesMax = options.bytesMax ?? DEAD_LETTER_BYTES_MAX_DEFAULT;
    this.#written = options.metrics.counter(
      "edgebmp_dead_letters_total",
      "Records that a server refused for good, written to the dead-letter file",
    );
    this.#dropped = options.metrics.counter(
      "edgebmp_dead_letters_dropped_total",
      "Records that a server refused for good, lost as there is no dead-letter file, or it is full or cannot be written",
    );
  }

  /** Resolves when the line is in the file, or when it had to be given up, which is logged and counted. */
  write(letter: DeadLetter): Promise<void> {
    const { sink, log } = this.#options;
    log.limited("warn", sink, "server refuses record for good", {
      sink,
      topic: letter.topic,
      key: letter.key === "" ? undefined : letter.key,
      bytes: letter.value.length,
      reason: letter.reason,
      message: letter.message ?? undefined,
    });
    const line = Buffer.from(this.#line(letter));
    const { reason } = letter;
    this.#task = this.#task.then(() => this.#append(line, reason));
    return this.#task;
  }

  #line({ topic, key, reason, message, value }: DeadLetter): string {
    const { sink } = this.#options;
    const time = new Date().toISOString();
    const words = message ? { message } : {};
    return JSON.stringify({ time, sink, topic, key, reason, ...words, ...textOf(value) }) + "\n";
  }

  async #append(line: Buffer, reason: string): Promise<void> {
    const { sink, path, log } = this.#options;
    const labels = { sink, reason };
    const lost = path === "" ? "no file is configured" : await this.#tryAppend(path, line);
    if (lost === undefined) {
      this.#written.with(labels).add(1);
      return;
    }
    this.#dropped.with(labels).add(1);
    log.limited("error", sink, "refused record is lost", { sink, path, reason: lost });
  }

  /**
   * Returns why the line could not be written. The file is opened each time: refusals are rare, and so it may be moved away.
   */
  async #tryAppend(path: string, line: Buffer): Promise<string | undefined> {
    try {
      const file = await open(path, "a+", 0o600);
      try {
        const { size } = await file.stat();
        if (size + line.length > this.#bytesMax) return `the file is full (${size} bytes)`;
        const last = Buffer.alloc(1);
        if (size > 0) await file.read(last, 0, 1, size - 1);
        // A crash or a full disk may have left part of a line.
        const isTorn = size > 0 && last[0] !== NEWLINE;
        await file.appendFile(isTorn ? Buffer.concat([Buffer.from("\n"), line]) : line);
      } finally {
        await file.close();
      }
      return undefined;
    } catch (error) {
      return toError(error).message;
    }
  }
}

function textOf(value: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: UTF8.decode(value) };
  } catch {
    return { base64: Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64") };
  }
}

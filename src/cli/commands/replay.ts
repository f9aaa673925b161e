/** `edgebmp replay`: a BMP sender that plays recorded or generated sessions to a collector, byte for byte. */
import { open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { toError } from "../../runtime/error.ts";
import type { Connection, Runtime } from "../../runtime/types.ts";
import { isCapture } from "../../capture/packets.ts";
import type { Command, CommandContext } from "../command.ts";
import { fileError } from "../file_error.ts";
import { type Endpoint, type Flag, integer, parseEndpoint, UsageError } from "../flag.ts";

/** Bytes read from a file and written to a connection at once. */
const CHUNK_BYTES = 64 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** How long the collector may take to read the rest and close, after our end of the stream. */
const CLOSE_WAIT_MS = 10_000;
/** With a rate, messages are sent in bursts of this length in time. */
const PACE_MS = 10;

const toFlag: Flag<Endpoint | undefined> = {
  name: "to",
  placeholder: "HOST:PORT",
  default: "",
  initial: undefined,
  help: "The collector; an IPv6 address in brackets",
  parse: parseEndpoint,
};

const rateFlag: Flag<number> = {
  name: "rate",
  placeholder: "COUNT",
  default: "0",
  help: "Messages per second and session; 0: as fast as they are taken",
  parse: integer(0, 10_000_000),
};

const sessionsFlag: Flag<number> = {
  name: "sessions",
  placeholder: "COUNT",
  default: "1",
  help: "Sessions in parallel, for each file",
  parse: integer(1, 65_535),
};

const loopFlag: Flag<number> = {
  name: "loop",
  placeholder: "COUNT",
  default: "1",
  help: "Times that each session is played, one connection after the other",
  parse: integer(1, 1_000_000_000),
};

export const replayCommand: Command = {
  name: "replay",
  summary: "Send BMP streams from files to a collector, one session for each",
  usage: "FILE... --to HOST:PORT [--rate COUNT] [--sessions COUNT] [--loop COUNT]",
  flags: [toFlag, rateFlag, sessionsFlag, loopFlag],
  run: runReplay,
};

/** What was sent. */
export interface ReplayTotals {
  sessions: number;
  messages: number;
  bytes: number;
}

export interface ReplayOptions {
  readonly to: Endpoint;
  /** Messages per second and session; 0: no limit. */
  readonly rate: number;
  readonly signal: AbortSignal;
}

async function runReplay({ flags, words, runtime, log, signal }: CommandContext): Promise<number> {
  const to = flags.get(toFlag);
  if (to === undefined) throw new UsageError("Cannot replay: found no --to HOST:PORT");
  if (words.length === 0) throw new UsageError("Cannot replay: found no FILE");
  // Before anything is sent: a name that is wrong must not be found out in the middle of the load.
  for (const path of words) {
    await stat(path).catch((error) => {
      throw fileError("read", path, error);
    });
  }
  const options: ReplayOptions = { to, rate: flags.get(rateFlag), signal };
  const totals: ReplayTotals = { sessions: 0, messages: 0, bytes: 0 };
  const startedAt = performance.now();
  let failed = false;
  async function playOneAfterTheOther(path: string): Promise<void> {
    for (let i = flags.get(loopFlag); i > 0 && !signal.aborted && !failed; i--) {
      try {
        await replayFile(runtime, path, options, totals);
      } catch (error) {
        if (signal.aborted) return;
        failed = true;
        const { message } = toError(error);
        log.limited("error", path, "cannot replay", { file: path, error: message });
      }
    }
  }
  await Promise.all(
    words.flatMap((path) =>
      Array.from({ length: flags.get(sessionsFlag) }, () => playOneAfterTheOther(path))
    ),
  );
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(3));
  log.info("replayed", { ...totals, seconds });
  return failed || signal.aborted ? 1 : 0;
}

/**
 * Plays one file as one session: connects, sends it all, ends our direction, and waits for the collector to close.
 *
 * @param totals counted up while it goes
 */
export async function replayFile(
  runtime: Runtime,
  path: string,
  { to, rate, signal }: ReplayOptions,
  totals: ReplayTotals,
): Promise<void> {
  await using file = await open(path, "r");
  let closed = (_error: Error | undefined): void => {};
  const ended = new Promise<Error | undefined>((resolve) => {
    closed = resolve;
  });
  const connection = await runtime.connect(to.host, to.port, CONNECT_TIMEOUT_MS, () => ({
    // BMP is one-way (RFC 7854 section 3.2): what a collector says is not for us.
    data() {},
    closed,
  }));
  const abort = () => connection.close();
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    totals.sessions++;
    const sender = new Sender(connection, rate, totals);
    const buffer = new Uint8Array(CHUNK_BYTES);
    let isFirst = true;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) break;
      if (isFirst && isCapture(buffer.subarray(0, bytesRead))) {
        throw new Error(
          `Cannot replay "${path}": found a capture of packets, expected a BMP stream`,
        );
      }
      isFirst = false;
      await sender.send(buffer.subarray(0, bytesRead));
    }
    await connection.shutdown();
    const failure = await Promise.race([ended, sleep(CLOSE_WAIT_MS, undefined, { ref: false })]);
    // What the collector had not read by then, it never will.
    if (failure !== undefined) throw failure;
  } finally {
    signal.removeEventListener("abort", abort);
    connection.close();
  }
}

/** Sends the bytes of one session, counting whole messages, at a pace if there is one. */
class Sender {
  readonly #connection: Connection;
  readonly #rate: number;
  readonly #totals: ReplayTotals;
  readonly #startedAt = performance.now();
  readonly #boundaries = new MessageBoundaries();
  #sent = 0;

  constructor(connection: Connection, rate: number, totals: ReplayTotals) {
    this.#connection = connection;
    this.#rate = rate;
    this.#totals = totals;
  }

  async send(chunk: Uint8Array): Promise<void> {
    for (let pos = 0; pos < chunk.length;) {
      const end = this.#boundaries.after(chunk, pos, await this.#allowance());
      await this.#connection.write(chunk.subarray(pos, end));
      this.#sent += this.#boundaries.passed;
      this.#totals.messages += this.#boundaries.passed;
      this.#totals.bytes += end - pos;
      pos = end;
    }
  }

  /** Waits until at least one message may be sent; returns how many. */
  async #allowance(): Promise<number> {
    if (this.#rate === 0) return Infinity;
    for (;;) {
      const due = 1 + Math.floor((performance.now() - this.#startedAt) / 1000 * this.#rate);
      if (due > this.#sent) return due - this.#sent;
      await sleep(Math.max(PACE_MS, 1000 / this.#rate));
    }
  }
}

/**
 * Finds where messages end in a stream (RFC 7854 section 4.1: version, 4 bytes of length over the whole message). A stream
 * that is not BMP has no ends from there on; it is sent all the same, because that is what some collectors are tested with.
 */
export class MessageBoundaries {
  /** Messages that ended in the last call of {@linkcode MessageBoundaries.after}. */
  passed = 0;
  /** Bytes to the end of the current message, once its length is known. */
  #left = 0;
  #headerBytes = 0;
  #length = 0;

  /** The offset after the `count`-th message end in `chunk` from `pos` on; the end of the chunk if there are fewer. */
  after(chunk: Uint8Array, pos: number, count: number): number {
    this.passed = 0;
    while (pos < chunk.length) {
      if (this.#left === 0) {
        // Byte 0 is the version; bytes 1 to 4 the length.
        if (this.#headerBytes > 0) this.#length = this.#length * 256 + chunk[pos]!;
        this.#headerBytes++;
        pos++;
        if (this.#headerBytes < 5) continue;
        this.#left = this.#length < 6 ? Infinity : this.#length - 5;
        this.#headerBytes = 0;
        this.#length = 0;
        continue;
      }
      const step = Math.min(this.#left, chunk.length - pos);
      this.#left -= step;
      pos += step;
      if (this.#left === 0 && ++this.passed === count) break;
    }
    return pos;
  }
}

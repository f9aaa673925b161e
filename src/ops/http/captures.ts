/**
 * Captures: what a router says from now on, as a .bmp file for a bug report. In front stands what is needed to read it: the session's
 * Initiation and the Peer Ups of its live peers.
 *
 * A reader of the journal of its own, which is overrun rather than waited for.
 */
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers";
import {
  Entry,
  type EntryBlock,
  EntryKind,
  type Journal,
  type JournalReader,
  readEntry,
  type SessionInfo,
} from "../../journal/types.ts";
import { toError } from "../../runtime/error.ts";
import type { Log } from "../log.ts";
import { HttpError } from "./answer.ts";

const RUNNING_MAX = 4;
/** Captures that are remembered. */
const KEPT_MAX = 50;
const READ_BYTES_MAX = 256 * 1024;

export interface CaptureAsk {
  /** Id of the session. */
  readonly session: string;
  readonly source: string;
  readonly bytesMax: number;
  readonly secondsMax: number;
}

/** `running`, or why it has ended. */
export type CaptureState =
  | "running"
  | "full"
  | "time"
  | "session-ended"
  | "overrun"
  | "stopped"
  | "failed";

export interface Capture {
  readonly session: string;
  readonly file: string;
  readonly startedAt: string;
  state: CaptureState;
  bytes: number;
  messages: number;
}

export class Captures {
  readonly #dir: string;
  readonly #journal: Journal;
  readonly #log: Log;
  /** Last first. */
  readonly all: Capture[] = [];
  readonly #running = new Set<Run>();
  #count = 0;

  /** @param dir empty: there are no captures */
  constructor(dir: string, journal: Journal, log: Log) {
    this.#dir = dir;
    this.#journal = journal;
    this.#log = log;
  }

  /** Starts one. @throws {HttpError} */
  async start(ask: CaptureAsk): Promise<Capture> {
    if (this.#dir === "") {
      throw new HttpError(409, "Cannot capture: no directory is configured (--capture-dir)");
    }
    if (this.#running.size >= RUNNING_MAX) {
      throw new HttpError(409, `Cannot capture: ${RUNNING_MAX} captures run already`);
    }
    const now = new Date().toISOString();
    const number = ++this.#count;
    // Nothing of it comes from whoever asks.
    const name = `${ask.source.replace(/[^0-9a-f.]/g, "-")}-${
      now.replace(/[^0-9TZ]/g, "")
    }-${number}`;
    const file = join(this.#dir, `${name}.bmp`);
    await mkdir(this.#dir, { recursive: true });
    const handle = await open(file, "wx", 0o600);
    const capture: Capture = {
      session: ask.session,
      file,
      startedAt: now,
      state: "running",
      bytes: 0,
      messages: 0,
    };
    this.all.unshift(capture);
    if (this.all.length > KEPT_MAX) this.all.pop();
    const run = new Run(`capture-${number}`, this.#journal, handle, ask, capture);
    this.#running.add(run);
    this.#log.info("capture started", { session: ask.session, file });
    void this.#follow(run, capture);
    return capture;
  }

  stop(): void {
    for (const run of this.#running) run.stop("stopped");
  }

  async #follow(run: Run, capture: Capture): Promise<void> {
    let error: string | undefined;
    try {
      await run.done();
    } catch (cause) {
      capture.state = "failed";
      error = toError(cause).message;
    }
    this.#running.delete(run);
    const { session, file, state, bytes, messages } = capture;
    this.#log.info("capture ended", { session, file, state, bytes, messages, error });
  }
}

class Run {
  readonly #name: string;
  readonly #journal: Journal;
  readonly #file: FileHandle;
  readonly #ask: CaptureAsk;
  readonly #capture: Capture;
  readonly #reader: JournalReader;
  readonly #timer: NodeJS.Timeout;
  readonly #entry = new Entry();
  /** The journal's number of the session, once it is known. */
  #session = -1;

  constructor(
    name: string,
    journal: Journal,
    file: FileHandle,
    ask: CaptureAsk,
    capture: Capture,
  ) {
    this.#name = name;
    this.#journal = journal;
    this.#file = file;
    this.#ask = ask;
    this.#capture = capture;
    this.#reader = journal.openReader(name, "newest", "drop-oldest");
    this.#timer = setTimeout(() => this.stop("time"), ask.secondsMax * 1000);
  }

  stop(state: CaptureState): void {
    if (this.#capture.state === "running") this.#capture.state = state;
    this.#reader.close();
  }

  async done(): Promise<void> {
    try {
      while (this.#capture.state === "running") {
        const block = await this.#reader.read(READ_BYTES_MAX);
        if (block === undefined) break;
        if (block.kind === "gap") this.stop("overrun");
        if (block.kind === "entries" || block.kind === "keyframe") await this.#take(block);
      }
    } finally {
      clearTimeout(this.#timer);
      this.stop("stopped");
      this.#journal.dropCursor?.(this.#name);
      await this.#file.close();
    }
  }

  async #take(block: EntryBlock): Promise<void> {
    const found: Uint8Array[] = [];
    const entry = this.#entry;
    const capture = this.#capture;
    for (let offset = block.start; offset < block.end && capture.state === "running";) {
      offset = readEntry(block, offset, entry);
      const { kind, bytes, start, end } = entry;
      if (kind === EntryKind.open && isOf(entry, this.#ask.session)) this.#session = entry.session;
      if (entry.session !== this.#session) continue;
      if (kind === EntryKind.close) this.stop("session-ended");
      if (kind !== EntryKind.frame) continue;
      found.push(bytes.slice(start, end));
      capture.bytes += end - start;
      capture.messages++;
      if (capture.bytes >= this.#ask.bytesMax) this.stop("full");
    }
    if (found.length > 0) await this.#file.writev(found);
    // A journal that always has something must not keep the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (block.kind === "entries" && capture.state === "running") {
      this.#journal.commit(this.#name, block.cursor + (block.end - block.start));
    }
  }
}

function isOf({ bytes, start, end }: Entry, session: string): boolean {
  const info: SessionInfo = JSON.parse(new TextDecoder().decode(bytes.subarray(start, end)));
  return info.session === session;
}

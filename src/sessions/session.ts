/**
 * One router's BMP session: cuts what arrives into messages and appends those of each read to the journal in one call.
 *
 * The journal's promise is the back-pressure: nothing more is read from this router until it settles. The order of entries is
 * open (sequence 0), messages (1..), close (last + 1); each waits for the one before it.
 */
import { type FrameError, frameErrorText, FrameSplitter, guessProtocol } from "../bmp/frame.ts";
import {
  EntryBatch,
  EntryKind,
  type Journal,
  type SessionEnd,
  type SessionInfo,
} from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import { toError } from "../runtime/error.ts";
import type { Connection, ConnectionHandler } from "../runtime/types.ts";
import { hexText } from "../wire/strings.ts";
import type { SessionMetrics } from "./metrics.ts";

/** What all sessions of a collector share. */
export interface SessionContext {
  readonly journal: Journal;
  readonly log: Log;
  readonly metrics: SessionMetrics;
  /** Microseconds since 1970. */
  readonly nowUs: () => number;
  readonly messageBytesMax: number;
  readonly batches: BatchPool;
  /** Told by how much the memory of partly received messages has changed; may end sessions, the one that tells too. */
  readonly onPartialBytes: (change: number) => void;
}

/** Entries that the batches of each pool have room for, at 24 bytes each. */
const POOL_ENTRIES_MAX = 25_000;
/** A batch with room for more is a large one: what a read of 4 KiB of small messages needs. */
const SMALL_BATCH_ENTRIES_MAX = 64;
/** From this size on, a chunk is given a large batch. */
const LARGE_CHUNK_BYTES_MIN = 8 * 1024;

/**
 * Batches that no append holds. Shared, because a batch that took 512 KiB of small messages keeps more memory than an idle session
 * may cost; many, because sessions that wait for a full journal hold one each, and new ones would fill the heap; small and large
 * ones apart, as in the hands of many sessions in turn all would become large.
 */
export class BatchPool {
  readonly #small = new Batches();
  readonly #large = new Batches();

  /** @param chunkBytes length of what is to be cut into entries */
  take(chunkBytes: number): EntryBatch {
    return (chunkBytes < LARGE_CHUNK_BYTES_MIN ? this.#small : this.#large).take();
  }

  giveBack(batch: EntryBatch): void {
    batch.clear();
    (batch.room <= SMALL_BATCH_ENTRIES_MAX ? this.#small : this.#large).giveBack(batch);
  }
}

class Batches {
  readonly #batches: EntryBatch[] = [];
  #entries = 0;

  take(): EntryBatch {
    const batch = this.#batches.pop();
    if (batch === undefined) return new EntryBatch();
    this.#entries -= batch.room;
    return batch;
  }

  giveBack(batch: EntryBatch): void {
    const entries = this.#entries + batch.room;
    if (entries > POOL_ENTRIES_MAX) return;
    this.#entries = entries;
    this.#batches.push(batch);
  }
}

export class Session implements ConnectionHandler {
  readonly info: SessionInfo;
  readonly openedAtUs: number;
  #messages = 0;
  #bytes = 0;
  readonly #context: SessionContext;
  readonly #connection: Connection;
  #splitter: FrameSplitter;
  #partialBytes = 0;
  /** The journal's short name for this session. */
  readonly #number: number;
  readonly #onEnded: (session: Session) => void;
  /** The open entry waits for room. */
  #opening: Promise<void> | undefined;
  /** Set by the first cause of the end that is ours; further data is not read. */
  #end: SessionEnd | undefined = undefined;

  /** A full journal holds this session back. */
  #waiting = false;
  #bytesAtSweep = 0;
  #quietSweeps = 0;

  /** @param onEnded called once, when the close entry is in the journal or cannot be brought there */
  constructor(
    context: SessionContext,
    connection: Connection,
    info: SessionInfo,
    onEnded: (session: Session) => void,
  ) {
    this.info = info;
    this.openedAtUs = context.nowUs();
    this.#context = context;
    this.#connection = connection;
    this.#splitter = new FrameSplitter(context.messageBytesMax);
    this.#number = context.journal.nextSession();
    this.#onEnded = onEnded;
    const opening = this.#appendJson(EntryKind.open, 0, this.openedAtUs, info);
    if (opening !== undefined) {
      this.#opening = this.#wait(opening).finally(() => this.#opening = undefined);
      // Its failure is met by who waits for it: `data` or `closed`.
      this.#opening.catch(() => {});
    }
    context.log.limited("info", info.source, "session opened", {
      session: info.session,
      source: info.source,
      port: info.source_port,
      listener: info.listener,
    });
  }

  /** Messages that are in the journal or on their way into it. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes received. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Memory of the message that has come in part. */
  get partialBytes(): number {
    return this.#partialBytes;
  }

  /** To be called at each sweep: true once, when nothing has arrived for `sweeps` of them. Our own waiting is not silence. */
  becameSilent(sweeps: number): boolean {
    if (this.#bytes !== this.#bytesAtSweep || this.#waiting) {
      this.#bytesAtSweep = this.#bytes;
      this.#quietSweeps = 0;
      return false;
    }
    return ++this.#quietSweeps === sweeps;
  }

  data(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#end !== undefined) return undefined;
    return this.#opening?.then(() => this.#append(chunk)) ?? this.#append(chunk);
  }

  #append(chunk: Uint8Array): Promise<void> | undefined {
    const { journal, log, metrics, nowUs, batches } = this.#context;
    const batch = batches.take(chunk.length);
    batch.session = this.#number;
    batch.kind = EntryKind.frame;
    batch.firstSequence = this.#messages + 1;
    batch.receivedAtUs = nowUs();
    const error = this.#splitter.push(chunk, batch);
    this.#bytes += chunk.length;
    metrics.bytes.add(chunk.length);
    if (error !== undefined) this.#refuseStream(error);
    else this.#countPartial();
    if (batch.count === 0) {
      batches.giveBack(batch);
      return undefined;
    }
    this.#messages += batch.count;
    metrics.countMessages(batch);
    if (log.enabled("trace")) this.#trace(batch);
    const pending = journal.append(batch);
    if (pending !== undefined) return this.#wait(pending, batch);
    batches.giveBack(batch);
    return undefined;
  }

  closed(failure: Error | undefined): void {
    const end = this.#end ?? this.#endOf(failure);
    this.#end = end;
    this.#dropPartial();
    void this.#appendClose(end);
  }

  /** Ends the session: what has been read is appended, then the close entry. */
  stop(): void {
    this.#end ??= { reason: "stop", detail: "" };
    this.#connection.close();
  }

  /** Ends the session because what all sessions hold of unfinished messages is too much. */
  refusePartial(): void {
    const { log } = this.#context;
    const detail =
      `the unfinished message of this session, ${this.#partialBytes} bytes, was the largest when ` +
      "those of all sessions passed their limit";
    this.#end ??= { reason: "limit", detail };
    log.limited("warn", "partial", "too much in unfinished messages, closing", {
      session: this.info.session,
      source: this.info.source,
      bytes: this.#partialBytes,
    });
    this.#dropPartial();
    this.#connection.close();
  }

  #countPartial(): void {
    const { partialBytes } = this.#splitter;
    const change = partialBytes - this.#partialBytes;
    if (change === 0) return;
    this.#partialBytes = partialBytes;
    this.#context.onPartialBytes(change);
  }

  /** At once: the session itself stays until a full journal has taken its end. */
  #dropPartial(): void {
    this.#splitter = new FrameSplitter(this.#context.messageBytesMax);
    this.#countPartial();
  }

  #endOf(failure: Error | undefined): SessionEnd {
    if (failure !== undefined) return { reason: "error", detail: failure.message };
    const cut = this.#splitter.end();
    return { reason: "closed", detail: cut === undefined ? "" : frameErrorText(cut) };
  }

  #trace(batch: EntryBatch): void {
    for (let i = 0; i < batch.count; i++) {
      this.#context.log.trace("message", {
        session: this.info.session,
        sequence: batch.firstSequence + i,
        hex: hexText(batch.sources[i]!, batch.starts[i]!, batch.ends[i]!),
      });
    }
  }

  /** There is no next message in a stream whose borders are lost: the connection ends. */
  #refuseStream(error: FrameError): void {
    const { log, metrics } = this.#context;
    metrics.frameErrors.with({ code: error.code }).add(1);
    log.limited("warn", this.info.source, "not BMP, closing", {
      session: this.info.session,
      source: this.info.source,
      code: error.code,
      offset: error.offset,
      found: error.found,
      expected: error.expected,
      first_bytes: error.firstBytes,
      looks_like: guessProtocol(error.firstBytes),
    });
    this.#end ??= { reason: "frame", detail: frameErrorText(error) };
    this.#connection.close();
  }

  /** Settles as `pending` does; then a batch goes back. No async function: its state would be old before it is garbage. */
  #wait(pending: Promise<void>, batch?: EntryBatch): Promise<void> {
    const { batches, metrics: { waiting } } = this.#context;
    waiting.add(1);
    this.#waiting = true;
    const settle = () => {
      waiting.add(-1);
      this.#waiting = false;
      if (batch !== undefined) batches.giveBack(batch);
    };
    return pending.then(settle, (error: unknown) => {
      settle();
      throw error;
    });
  }

  async #appendClose(end: SessionEnd): Promise<void> {
    const { log, metrics, nowUs } = this.#context;
    const { session, source } = this.info;
    const closedAtUs = nowUs();
    try {
      await this.#opening;
      await this.#appendJson(EntryKind.close, this.#messages + 1, closedAtUs, end);
    } catch (error) {
      log.limited("error", "", "cannot journal the end of a session", {
        session,
        source,
        error: toError(error).message,
      });
    }
    metrics.closed.with({ reason: end.reason }).add(1);
    log.limited("info", source, "session closed", {
      session,
      source,
      reason: end.reason,
      // The details of a stream that is not BMP have had their own line.
      detail: end.detail === "" || end.reason === "frame" ? undefined : end.detail,
      messages: this.#messages,
      bytes: this.#bytes,
      seconds: Math.round((closedAtUs - this.openedAtUs) / 1e6),
    });
    this.#onEnded(this);
  }

  #appendJson(
    kind: EntryKind,
    sequence: number,
    atUs: number,
    value: SessionInfo | SessionEnd,
  ): Promise<void> | undefined {
    const batch = new EntryBatch();
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    batch.session = this.#number;
    batch.kind = kind;
    batch.firstSequence = sequence;
    batch.receivedAtUs = atUs;
    batch.add(bytes, 0, bytes.length);
    return this.#context.journal.append(batch);
  }
}

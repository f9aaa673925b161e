/**
 * One router's BMP session: cuts what arrives into messages and appends those of each read to the journal in one call.
 *
 * The journal's promise is the back-pressure: nothing more is read from this router until it settles. The order of entries is
 * open (sequence 0), messages (1..), close (last + 1); each waits for the one before it.
 */
import { type FrameError, frameErrorText, FrameSplitter, guessProtocol } from "../bmp/frame.ts";
import { COMMON_HEADER_BYTES, MessageType, PEER_HEADER_BYTES } from "../bmp/peer_header.ts";
import { peerId } from "../bmp/peer_table.ts";
import { EntryBatch, EntryKind, type SessionEnd, type SessionInfo } from "../journal/types.ts";
import { toError } from "../runtime/error.ts";
import type { Connection, ConnectionHandler, TlsPeer } from "../runtime/types.ts";
import { hexText } from "../wire/strings.ts";
import type { BatchPool } from "./batch_pool.ts";
import { type RestContext, Rests } from "./rests.ts";

/** What all sessions of a collector share. */
export interface SessionContext extends RestContext {
  /** Microseconds since 1970. */
  readonly nowUs: () => number;
  readonly batches: BatchPool;
  /** Told by how much the memory of partly received messages has changed; may end sessions, the one that tells too. */
  readonly onPartialBytes: (change: number) => void;
}

/** Limits that end a session, as metrics and log call them. */
export type SessionLimitName = "partial_bytes" | "peers" | "first_message" | "idle" | "lists";

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
  #quietMs = 0;
  #wordlessMs = 0;

  readonly #rests: Rests;
  #bytesAtRest = 0;
  /** Peers that are up, by `peerId`. */
  #peers: Set<string> | undefined;

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
    this.#splitter = new FrameSplitter(context.limits.maxMessageBytes);
    this.#number = context.journal.nextSession();
    this.#onEnded = onEnded;
    this.#rests = new Rests(context, info);
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
      tls: info.tls?.protocol,
      identity: info.tls?.subject || undefined,
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

  /** Peers that are up. */
  get peers(): number {
    return this.#peers?.size ?? 0;
  }

  /** Whether it is not read from for want of room in the journal. */
  get isWaiting(): boolean {
    return this.#waiting || this.#rests.isForRoom;
  }

  /** Memory of the message that has come in part. */
  get partialBytes(): number {
    return this.#partialBytes;
  }

  /** What TLS says of the router; undefined: a plain connection. */
  get tls(): TlsPeer | undefined {
    return this.#connection.tls;
  }

  /** For how long nothing has arrived, by the count of sweeps. Our own waiting is not silence. */
  get quietMs(): number {
    return this.#quietMs;
  }

  /** For how long the first message is missing; 0 once it is there. */
  get wordlessMs(): number {
    return this.#wordlessMs;
  }

  /** To be called at each sweep. */
  sweep(intervalMs: number): void {
    const isHeld = this.#waiting || this.#rests.isResting || this.#connection.isHeld === true;
    if (this.#bytes !== this.#bytesAtSweep || isHeld) {
      this.#bytesAtSweep = this.#bytes;
      this.#quietMs = 0;
    } else {
      this.#quietMs += intervalMs;
    }
    if (this.#messages > 0) this.#wordlessMs = 0;
    else if (!isHeld) this.#wordlessMs += intervalMs;
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
    this.#countPeers(batch);
    if (log.enabled("trace")) this.#trace(batch);
    const pending = journal.append(batch);
    if (pending !== undefined) return this.#wait(pending, batch);
    batches.giveBack(batch);
    return undefined;
  }

  rest(): Promise<void> | undefined {
    const read = this.#bytes - this.#bytesAtRest;
    this.#bytesAtRest = this.#bytes;
    return this.#end === undefined ? this.#rests.after(read) : undefined;
  }

  closed(failure: Error | undefined): void {
    const end = this.#end ?? this.#endOf(failure);
    this.#end = end;
    this.#dropPartial();
    void this.#appendClose(end);
  }

  /** Ends the session: what has been read is appended, then the close entry. */
  stop(): void {
    this.#close({ reason: "stop", detail: "" });
  }

  /** Ends the session so that the router sends everything again. */
  reset(detail: string): void {
    this.#close({ reason: "reset", detail });
  }

  /** Ends the session because of a limit. */
  exceed(limit: SessionLimitName, detail: string): void {
    if (this.#end !== undefined) return;
    const { log, metrics } = this.#context;
    const { session, source } = this.info;
    metrics.exceeded.with({ limit }).add(1);
    log.limited("warn", `${limit} ${source}`, "session exceeds a limit, closing", {
      session,
      source,
      limit,
      detail,
    });
    this.#dropPartial();
    this.#close({ reason: limit === "lists" ? "denied" : "limit", detail });
  }

  #close(end: SessionEnd): void {
    this.#end ??= end;
    this.#rests.end();
    this.#connection.close();
  }

  #countPeers(batch: EntryBatch): void {
    const { sources, starts, ends, count, routes } = batch;
    if (routes === count) return;
    for (let i = 0; i < count; i++) {
      const bytes = sources[i]!;
      const start = starts[i]! + COMMON_HEADER_BYTES;
      const type = bytes[start - 1]!;
      if (type !== MessageType.peerUp && type !== MessageType.peerDown) continue;
      if (ends[i]! < start + PEER_HEADER_BYTES) continue;
      if (type === MessageType.peerDown) this.#peers?.delete(peerId(bytes, start));
      else (this.#peers ??= new Set()).add(peerId(bytes, start));
    }
    const { maxPeersPerSession } = this.#context.limits;
    if (maxPeersPerSession === 0 || this.peers <= maxPeersPerSession) return;
    this.exceed("peers", `more than ${maxPeersPerSession} peers are up`);
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
    this.#splitter = new FrameSplitter(this.#context.limits.maxMessageBytes);
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
    const protocol = guessProtocol(error.firstBytes);
    metrics.frameErrors.with({ code: error.code, looks_like: protocol ?? "" }).add(1);
    log.limited("warn", this.info.source, "not BMP, closing", {
      session: this.info.session,
      source: this.info.source,
      code: error.code,
      offset: error.offset,
      found: error.found,
      expected: error.expected,
      first_bytes: error.firstBytes,
      looks_like: protocol,
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

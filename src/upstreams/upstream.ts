/**
 * One upstream: another collector that gets the sessions of routers as they came, each on a connection of its own.
 *
 * ```
 * journal ──▶ reader ──▶ feed ──▶ lane ──▶ connection        one feed and lane per session
 *                │        ▲
 *                │        └── reads by itself from its own position on, if it is behind
 *                └── cursor: the lowest position that any session still needs
 * ```
 *
 * It is no sink with a formatter before it: its sessions move on their own. One reader meets every entry once, whatever the number
 * of sessions, and never waits for any of them. A session whose connection stalls keeps its position only, and is read for again
 * alone, by a second reader (`JournalReader.openAt`), when it moves again. A reader per session throughout was the other choice:
 * with 1,000 sessions it would pass over each entry 1,000 times. The price is paid by sessions that catch up, each of which passes
 * over the entries of the others; `max_replays` bounds how many do so at one time.
 *
 * The cursor is the lowest position of all sessions, rewind included. It is committed with every session's own place, so that
 * after a restart those that were ahead do not begin at the lowest.
 */
import { clearInterval, setInterval } from "node:timers";
import {
  entriesLength,
  ENTRY_HEADER_BYTES,
  type EntryBlock,
  EntryKind,
  type FrameRun,
  type Gap,
  type JournalReader,
  type KeyframeEnd,
  type SessionInfo,
} from "../journal/types.ts";
import { Turn } from "../pipeline/turn.ts";
import { type Places, readPlaces, writeCheckpoint } from "./checkpoint.ts";
import { Connector } from "./connector.ts";
import type { UpstreamContext } from "./context.ts";
import { Feed } from "./feed.ts";
import { UpstreamFilter } from "./filter.ts";
import { KnownSessions } from "./known.ts";
import { Lane, type LaneContext } from "./lane.ts";
import { declareUpstreamMetrics, type UpstreamMetrics } from "./metrics.ts";
import type { UpstreamOptions } from "./options.ts";
import { Preparation, type PreparationOptions } from "./preparation.ts";
import { Chunks } from "./queue.ts";
import { Replays } from "./replays.ts";
import { Rewind } from "./rewind.ts";
import { Routers } from "./routers.ts";

/** Whole chunks of the journal in memory, which then need not look where entries end. */
const READ_BYTES_MAX = 1024 * 1024;
const CHECK_MS = 100;
/** The journal learns how far all have got after so many bytes, beside the regular checks. In memory sessions wait for that. */
const COMMIT_BYTES = 256 * 1024;

const DECODER = new TextDecoder();

export class Upstream {
  readonly name: string;
  readonly #options: UpstreamOptions;
  readonly #context: UpstreamContext;
  readonly #connector: Connector;
  readonly #metrics: UpstreamMetrics;
  readonly #filter: UpstreamFilter;
  readonly #preparation: PreparationOptions;
  readonly #laneContext: LaneContext;
  readonly #reader: JournalReader;
  /** Journal position of the next entry. */
  #position = 0;
  /** Of sessions that the upstream has not had to their end, by the journal's number. */
  readonly #lanes = new Map<number, Lane>();
  readonly #routers: Routers;
  /** Where sessions of the run before go on. */
  #places: Places = { sessions: new Map(), done: new Set() };
  /** Lanes run from there on: what is known of sessions before must be complete. */
  #startAt = 0;
  /** Sessions that the upstream has had to their end, and the position behind that, for a restart. */
  readonly #done = new Map<number, number>();
  /** Entries up to there were in the journal before. */
  #backlogEnd = 0;
  #committed = 0;
  /** Bytes read and written since then. */
  #uncommitted = 0;
  readonly #known = new KnownSessions();
  #isInGap = false;
  readonly #turn = new Turn();
  #isEnded = false;
  /** Its reader has met everything. */
  #isWaiting = false;
  #onIdle: () => void = () => {};

  /** Opens the journal's reader, so that nothing that is appended from now on is missed. */
  constructor(options: UpstreamOptions, context: UpstreamContext) {
    const { name, filter, sysName, proxyProtocol, replaysMax, resetIntervalMs } = options;
    const { journal, runtime, listeners, log } = context;
    this.name = name;
    this.#options = options;
    this.#context = context;
    this.#connector = new Connector(options, runtime, listeners);
    this.#metrics = declareUpstreamMetrics(context.metrics, name);
    this.#filter = new UpstreamFilter(filter);
    this.#preparation = { filter: this.#filter, sysName, proxyProtocol };
    const from = context.isAdded ? "newest" : "oldest";
    this.#reader = journal.openReader(name, from, options.optional ? "drop-oldest" : "block");
    this.#reader.takeRuns?.((run) => this.#takeRun(run));
    this.#routers = new Routers((lane) => this.#ended(lane));
    this.#laneContext = {
      name,
      log,
      metrics: this.#metrics,
      filtered: this.#metrics.filtered,
      chunks: new Chunks(),
      replays: new Replays(replaysMax, resetIntervalMs),
      resumes: options.reconnect === "resume",
      stallTimeoutMs: options.stallTimeoutMs,
      heldBytesMax: context.heldBytesMax,
      position: () => this.#position,
      openAt: (position) => this.#reader.openAt(position),
      rest: (bytes) => this.#rest(bytes),
      connect: () => this.#connector.connect(),
      resetSession: context.resetSession,
      onProgress: (bytes) => this.#progress(bytes),
    };
  }

  /** Journal bytes from the oldest entry on that it may still need. */
  get lagBytes(): number {
    return this.#reader.lagBytes;
  }

  /** Entries of the journal, or the upstream itself; undefined: it works, so that its progress has to change. */
  get waitsFor(): "journal" | "upstream" | undefined {
    if (!this.#isWaiting) return undefined;
    const isBehind = [...this.#lanes.values()].some((lane) => lane.isBehind);
    return isBehind ? "upstream" : "journal";
  }

  get progress(): number {
    return this.#position + this.#metrics.bytes.value;
  }

  /** @throws when the configuration can never work */
  async open(): Promise<void> {
    await this.#connector.check();
  }

  /** Sets the gauges; called before the metrics are read. */
  updateGauges(): void {
    const nowMs = performance.now();
    const lanes = [...this.#lanes.values()];
    this.#metrics.sessions.set(lanes.length);
    this.#metrics.connections.set(lanes.filter(({ isConnected }) => isConnected).length);
    this.#metrics.lagBytes.set(this.lagBytes);
    this.#metrics.lagSeconds.set(Math.max(0, ...lanes.map((lane) => lane.waitedMs(nowMs))) / 1000);
  }

  /**
   * Runs until the journal is closed and the upstream has had everything, or until `signal` aborts: then it ends at once, and what the
   * journal does not keep is lost.
   */
  async run(signal?: AbortSignal): Promise<void> {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
    const timer = setInterval(() => this.#check(), CHECK_MS).unref();
    try {
      await Promise.race([this.#pump(), aborted]);
    } finally {
      clearInterval(timer);
      this.#commit();
      if (this.lagBytes > 0) this.#reportRest();
      this.#isEnded = true;
      this.#routers.abort();
      this.#reader.close();
    }
  }

  async #pump(): Promise<void> {
    await this.#turn.next();
    while (!this.#isEnded) {
      let block = this.#reader.read(READ_BYTES_MAX);
      if (block instanceof Promise) {
        this.#start();
        this.#isWaiting = true;
        block = await block;
        this.#isWaiting = false;
      }
      if (block === undefined) break;
      switch (block.kind) {
        case "entries":
          await this.#read(block);
          break;
        case "keyframe":
          this.#position = block.cursor;
          this.#known.add(block);
          break;
        case "keyframe-end":
          this.#position = block.cursor;
          this.#addKnown(block);
          break;
        case "gap":
          this.#missed(block);
      }
    }
    this.#start();
    const { promise: idle, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    this.#isWaiting = true;
    if (this.#lanes.size > 0) await idle;
  }

  /** Entries that the reader meets. */
  async #read(block: EntryBlock): Promise<void> {
    const { bytes, view, start, end, cursor } = block;
    for (let offset = start; offset < end;) {
      const session = view.getUint32(offset + 8);
      const kind = bytes[offset + 4];
      const position = cursor + offset - start;
      let last = offset;
      let next = offset + view.getUint32(offset);
      // One at a time where what is known may end.
      while (kind === EntryKind.frame && next < end && position >= this.#startAt) {
        if (view.getUint32(next + 8) !== session || bytes[next + 4] !== EntryKind.frame) break;
        last = next;
        next += view.getUint32(next);
      }
      if (kind === EntryKind.open) this.#opened(bytes, view, offset, next, position);
      const lane = this.#lanes.get(session);
      if (lane !== undefined) {
        lane.lastSequence = view.getUint32(last + 12) * 4294967296 + view.getUint32(last + 16);
        if (kind === EntryKind.frame) this.#frames(lane, bytes, view, offset, next, position);
        else if (kind === EntryKind.close) lane.close(position + next - offset);
      }
      this.#position = position + next - offset;
      offset = next;
    }
    if (this.#position >= this.#startAt && !this.#isEnded) this.#start();
    this.#progress(end - start);
    await this.#rest(end - start);
  }

  /** Frames that are appended while the reader waits, as most are: they are not looked at one by one. */
  #takeRun(run: FrameRun): number {
    const { batch, first, cursor } = run;
    if (cursor !== this.#position || cursor < this.#startAt || this.#isEnded) return first;
    const next = this.#lanes.get(batch.session)?.takeRun(run) ?? first;
    const bytes = entriesLength(batch, first, next);
    this.#position += bytes;
    // Committed later, as the journal is at work.
    this.#uncommitted += bytes;
    return next;
  }

  #frames(
    lane: Lane,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    position: number,
  ): void {
    const place = position < this.#startAt ? this.#places.sessions.get(lane.number) ?? 0 : 0;
    if (position < place) lane.feed.know(bytes, view, start, end);
    else lane.push(bytes, view, start, end, position);
  }

  #opened(bytes: Uint8Array, view: DataView, start: number, end: number, position: number): void {
    const session = view.getUint32(start + 8);
    if (this.#places.done.has(session)) return;
    const first = position + end - start;
    const place = this.#places.sessions.get(session) ?? first;
    const lane = this.#add(session, bytes, start, end, place);
    lane?.feed.know(bytes, view, start, end);
    // What its connection had begun was lost with the process.
    if (place > first && this.#options.reconnect === "reset") lane?.giveUp();
  }

  /** Makes the lane of a session, which begins at a position; undefined: the upstream is not to have this router. */
  #add(
    number: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    position: number,
  ): Lane | undefined {
    const text = DECODER.decode(bytes.subarray(start + ENTRY_HEADER_BYTES, end));
    const info = JSON.parse(text) as SessionInfo;
    if (!this.#filter.acceptsRouter(info.source)) return undefined;
    const { reconnect, rewindBytes, rewindMs } = this.#options;
    const context = this.#laneContext;
    const preparation = new Preparation(this.#preparation, info);
    const rewind = reconnect === "resume" ? new Rewind(rewindBytes, rewindMs, position) : undefined;
    const feed = new Feed(context, number, position, preparation, rewind);
    const isReplay = position < this.#backlogEnd;
    const router = this.#routers.of(info);
    const lane = new Lane(context, router, { number, info, feed, preparation, isReplay });
    this.#lanes.set(number, lane);
    this.#routers.add(lane);
    return lane;
  }

  #ended(lane: Lane): void {
    this.#lanes.delete(lane.number);
    if (this.#context.journal.isDurable) this.#done.set(lane.number, lane.feed.newest);
    if (this.#lanes.size === 0) this.#onIdle();
  }

  /** Makes the lanes of sessions that are open where the reader begins, or were opened in a gap. */
  #addKnown({ cursor, checkpoint, sequences }: KeyframeEnd): void {
    const { isAdded } = this.#context;
    if (checkpoint !== undefined && !this.#isInGap) {
      this.#places = readPlaces(checkpoint) ?? this.#places;
      this.#startAt = Math.max(0, ...this.#places.sessions.values());
    }
    if (!this.#isInGap) {
      this.#committed = cursor;
      this.#backlogEnd = cursor + this.#reader.lagBytes;
    }
    for (const [session, entries] of this.#known.take()) {
      if (this.#lanes.has(session) || this.#places.done.has(session)) continue;
      const place = this.#places.sessions.get(session);
      const [open] = entries;
      const lane = this.#add(session, open!, 0, open!.length, place ?? cursor);
      if (lane === undefined) continue;
      lane.lastSequence = sequences.get(session) ?? 0;
      for (const entry of entries) {
        const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
        lane.feed.know(entry, view, 0, entry.length);
      }
      if (this.#isInGap) lane.miss("journal");
      // Its connection was lost with the process, or it has had none of it so far.
      else if (this.#options.reconnect === "reset" || (isAdded && place === undefined)) {
        lane.giveUp();
      }
    }
    this.#isInGap = false;
  }

  /** The reader goes on behind entries that are gone. */
  #missed({ cursor, sequences }: Gap): void {
    this.#isInGap = true;
    for (const [session, lane] of this.#lanes) {
      const last = sequences.get(session);
      if (last === lane.lastSequence) continue;
      lane.miss("journal");
      if (last === undefined) lane.close(cursor);
      else lane.lastSequence = last;
    }
    this.#position = cursor;
  }

  #start(): void {
    if (this.#position >= this.#startAt) this.#routers.start();
  }

  #check(): void {
    const nowMs = performance.now();
    for (const lane of this.#lanes.values()) lane.check(nowMs);
    this.#routers.sweep(nowMs);
    this.#commit();
  }

  #progress(bytes: number): void {
    this.#uncommitted += bytes;
    if (this.#uncommitted >= COMMIT_BYTES) this.#commit();
  }

  #commit(): void {
    if (this.#isEnded || this.#position < this.#startAt) return;
    let position = this.#lowest();
    if (this.#position - position > this.#context.heldBytesMax()) {
      for (const lane of this.#lanes.values()) if (lane.isConnected) lane.feed.cut();
      position = this.#lowest();
    }
    if (position === this.#committed && this.#uncommitted === 0) return;
    this.#committed = position;
    this.#uncommitted = 0;
    const { journal } = this.#context;
    const checkpoint = journal.isDurable
      ? writeCheckpoint(position, this.#position, this.#lanes, this.#done)
      : undefined;
    journal.commit(this.name, position, checkpoint);
  }

  #lowest(): number {
    let position = this.#position;
    for (const lane of this.#lanes.values()) position = Math.min(position, lane.needs);
    return position;
  }

  #reportRest(): void {
    const { journal, log } = this.#context;
    const fields = { upstream: this.name, journal_bytes: this.lagBytes };
    if (journal.isDurable) log.info("the rest is delivered after the next start", fields);
    else log.error("upstream ended before all was delivered", fields);
  }

  #rest(bytes: number): Promise<void> | undefined {
    this.#turn.bytes += bytes;
    return this.#turn.isOver ? this.#turn.next() : undefined;
  }
}

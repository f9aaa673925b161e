/** One session of a router at one upstream: one connection after the other, until the session is over there too. */
import { clearTimeout, setTimeout } from "node:timers";
import type { FrameRun, SessionInfo } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import { toError } from "../runtime/error.ts";
import type { Backoff } from "../ops/backoff.ts";
import type { Feed, FeedContext } from "./feed.ts";
import type { Link } from "./link.ts";
import type { UpstreamMetrics } from "./metrics.ts";
import type { Preparation } from "./preparation.ts";
import type { Chunk } from "./queue.ts";
import type { Replays } from "./replays.ts";

/** So long an upstream may take to read the last bytes. */
const FINISH_MS = 10_000;
/** A connection that has stood for so long was a good one. */
const GOOD_MS = 30_000;
/** A session that catches up but does not get on lets another one do so. */
const REPLAY_STALL_MS = 2_000;
/** So long a connection has to stand before a router is reset for it: load balancers accept for servers that are away. */
const SETTLE_MS = 250;

/** What the lanes of an upstream share. */
export interface LaneContext extends FeedContext {
  readonly name: string;
  readonly log: Log;
  readonly metrics: UpstreamMetrics;
  readonly replays: Replays;
  /** With `resume` a lost connection is followed by one that goes on; else by a reset of the router. */
  readonly resumes: boolean;
  readonly stallTimeoutMs: number;
  /** Bytes of the journal that a session without a connection may hold. */
  readonly heldBytesMax: () => number;
  readonly connect: () => Promise<Link>;
  /** Closes the session of a router; false: it is not open. */
  readonly resetSession: (session: string, detail: string) => boolean;
  /** Called when bytes were written. */
  readonly onProgress: (bytes: number) => void;
}

/** What the lanes of one router share. */
export interface RouterState {
  readonly backoff: Backoff;
  /** The next connection waits, as the last one failed. */
  hasFailed: boolean;
  /** A connection that stands for the router's next session. */
  spare: Link | undefined;
}

export class Lane {
  /** The journal's number of the session. */
  readonly number: number;
  readonly info: SessionInfo;
  readonly feed: Feed;
  /** Of the last entry that the upstream's reader has met. */
  lastSequence = 0;
  readonly #context: LaneContext;
  readonly #router: RouterState;
  readonly #preparation: Preparation;
  /** Nothing more is sent: the router has to send everything again. */
  #isGivenUp = false;
  #isOver = false;
  /** It goes on after a loss, or what it has to say has waited. */
  #isReplay: boolean;
  #finishFailures = 0;
  #link: Link | undefined = undefined;
  #endReplay: () => void = () => {};
  #wake: (() => void) | undefined = undefined;
  /** Since when there has been something to write. */
  #busySinceMs: number | undefined = undefined;

  constructor(
    context: LaneContext,
    router: RouterState,
    options: {
      number: number;
      info: SessionInfo;
      feed: Feed;
      preparation: Preparation;
      isReplay: boolean;
    },
  ) {
    this.number = options.number;
    this.info = options.info;
    this.feed = options.feed;
    this.#context = context;
    this.#router = router;
    this.#preparation = options.preparation;
    this.#isReplay = options.isReplay;
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Whether it takes no more entries. */
  get isGivenUp(): boolean {
    return this.#isGivenUp || this.#isOver;
  }

  /** As {@linkcode Feed.needs}. */
  get needs(): number {
    return this.isGivenUp ? Infinity : this.feed.needs;
  }

  /** Whether it has something that is not written. */
  get isBehind(): boolean {
    return this.#busySinceMs !== undefined;
  }

  /** Milliseconds for which it has had something that is not written. */
  waitedMs(nowMs: number): number {
    return this.#busySinceMs === undefined ? 0 : nowMs - this.#busySinceMs;
  }

  /** As {@linkcode Feed.push}. */
  push(bytes: Uint8Array, view: DataView, start: number, end: number, position: number): void {
    if (this.isGivenUp) return;
    this.#busySinceMs ??= performance.now();
    this.feed.push(bytes, view, start, end, position);
    // Also if it was left behind by just this: it has something to write.
    if (this.#link !== undefined) this.#notify();
  }

  /** As {@linkcode Feed.pushRun}. */
  takeRun(run: FrameRun): number {
    const { batch, first } = run;
    if (this.isGivenUp) return first;
    const next = this.feed.pushRun(run);
    if (next === first) return first;
    this.lastSequence = batch.firstSequence + next - 1;
    this.#busySinceMs ??= performance.now();
    if (this.#link !== undefined) this.#notify();
    return next;
  }

  /** As {@linkcode Feed.close}. */
  close(end: number): void {
    this.feed.close(end);
    this.#notify();
  }

  /** Entries that it needs are gone. */
  miss(reason: string): void {
    if (this.isGivenUp) return;
    const { name, log, metrics } = this.#context;
    this.#failed(this.#link);
    metrics.gaps(reason).add(1);
    log.limited("error", name, "upstream misses messages, router is reset", {
      upstream: name,
      router: this.info.source,
      session: this.info.session,
      reason,
    });
    this.giveUp();
  }

  /** Sends nothing more of the session; once the upstream accepts again, its router is reset. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#isReplay = true;
    this.#busySinceMs = undefined;
    this.feed.leave();
    this.#closeLink("done");
    this.#notify();
  }

  /** To be called now and then. */
  check(nowMs: number): void {
    const { stallTimeoutMs, heldBytesMax, position } = this.#context;
    this.feed.rest(nowMs);
    const since = this.#link?.writingSinceMs;
    if (since !== undefined && nowMs - since > REPLAY_STALL_MS) this.#endReplay();
    if (since !== undefined && nowMs - since > stallTimeoutMs) this.#closeLink("stalled");
    if (this.#link === undefined && position() - this.needs > heldBytesMax()) this.miss("held");
  }

  /** Ends it at once. */
  abort(): void {
    this.#isOver = true;
    this.#closeLink("done");
    this.#notify();
  }

  /** Runs until the upstream has had the session to its end, or will not. */
  async run(): Promise<void> {
    while (!this.#isDone) {
      const link = await this.#connect();
      if (link === undefined) continue;
      if (this.#isGivenUp) {
        await this.#reset(link);
        continue;
      }
      this.#link = link;
      link.onEnded(() => this.#notify());
      const isFinished = await this.#send(link);
      this.#link = undefined;
      this.#endReplay();
      link.close();
      if (!isFinished) {
        this.#lost(link);
        continue;
      }
      this.#router.hasFailed = false;
      this.#router.backoff.reset();
      break;
    }
    this.#isOver = true;
    this.#endReplay();
    this.feed.leave();
  }

  get #isDone(): boolean {
    return this.#isOver || (this.#isGivenUp && this.feed.isClosed);
  }

  /** Undefined: not this time. */
  async #connect(): Promise<Link | undefined> {
    const { name, log, metrics, replays, connect } = this.#context;
    const router = this.#router;
    const { spare } = router;
    router.spare = undefined;
    if (spare?.isOpen) return spare;
    if (router.hasFailed) await this.#pause(router.backoff.next());
    if (this.#isDone) return undefined;
    if (this.#isReplay) this.#endReplay = await replays.begin();
    try {
      const link = await connect();
      log.limited("info", name, "upstream connected", {
        upstream: name,
        router: this.info.source,
        session: this.info.session,
      });
      if (!this.#isDone) return link;
      link.close();
    } catch (error) {
      metrics.failures("connect").add(1);
      log.limited("warn", name, "cannot connect to upstream, will try again", {
        upstream: name,
        router: this.info.source,
        error: toError(error).message,
      });
    }
    router.hasFailed = true;
    this.#endReplay();
    return undefined;
  }

  /** Writes the session; false: the connection is lost before its end. */
  async #send(link: Link): Promise<boolean> {
    if (!await this.#begin(link)) return false;
    const { feed } = this;
    while (link.isOpen && !this.#isOver && !this.#isGivenUp) {
      const chunk = feed.next();
      if (chunk !== undefined) {
        if (!await this.#write(link, chunk)) return false;
      } else if (feed.hasEnd) {
        return await this.#finish(link);
      } else if (feed.follows) {
        this.#endReplay();
        this.#busySinceMs = undefined;
        await this.#change();
      } else if (!await feed.fill()) {
        this.miss("journal");
      }
    }
    return false;
  }

  /** Writes what a connection starts with. */
  async #begin(link: Link): Promise<boolean> {
    const state = this.#isReplay ? this.feed.restart() : [];
    const head = this.#preparation.begin(link, state);
    // More than the session's own open entry.
    if (state.length > 1) this.#context.metrics.resumes.add(1);
    return head.length === 0 || await link.write(head);
  }

  async #write(link: Link, chunk: Chunk): Promise<boolean> {
    const { metrics, onProgress, rest } = this.#context;
    const { bytes, used } = chunk;
    if (!await link.write(used === bytes.length ? bytes : bytes.subarray(0, used))) return false;
    metrics.bytes.add(used);
    metrics.messages.add(chunk.messages);
    this.feed.wrote(chunk, performance.now());
    onProgress(used);
    await rest(used);
    return true;
  }

  async #finish(link: Link): Promise<boolean> {
    if (await link.finish(FINISH_MS)) return true;
    // An upstream that resets whatever we do would get the end of the session for ever.
    return !this.#context.resumes || this.#finishFailures++ > 0;
  }

  /** The next connection waits, or resets without end would follow on one another where an upstream never keeps up. */
  #failed(link: Link | undefined): void {
    const { backoff } = this.#router;
    if (link !== undefined && performance.now() - link.openedMs > GOOD_MS) backoff.reset();
    this.#router.hasFailed = true;
  }

  #lost(link: Link): void {
    const { name, log, metrics, resumes } = this.#context;
    if (this.#isOver || this.#isGivenUp) return;
    this.#failed(link);
    metrics.failures(link.reason === "stalled" ? "stalled" : "lost").add(1);
    log.limited("warn", name, "upstream connection lost", {
      upstream: name,
      router: this.info.source,
      session: this.info.session,
      error: link.failure,
    });
    this.#isReplay = true;
    const rewound = this.feed.back(performance.now());
    if (!resumes) return this.giveUp();
    if (rewound === undefined) return this.miss("journal");
    metrics.rewoundBytes.add(rewound);
  }

  /** The upstream accepts again: closes the router's session, and keeps the connection for its next one. */
  async #reset(link: Link): Promise<void> {
    const { name, log, metrics, replays, resetSession } = this.#context;
    const { session, source } = this.info;
    await this.#pause(SETTLE_MS);
    if (!this.#isDone) await replays.pace(performance.now());
    this.#endReplay();
    if (!link.isOpen || this.#isOver) {
      this.#router.hasFailed = true;
      link.close();
      return;
    }
    this.#router.spare = link;
    if (!this.#isDone && resetSession(session, `upstream ${name} was lost and is back`)) {
      metrics.resets.add(1);
      log.limited("info", name, "router is reset for upstream", {
        upstream: name,
        router: source,
        session,
      });
    }
    while (!this.#isDone) await this.#change();
  }

  #closeLink(reason: "stalled" | "done"): void {
    if (this.#link === undefined) return;
    this.#link.reason = reason;
    this.#link.close();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Waits so long, or until it is done. */
  async #pause(ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (let left = ms; left > 0 && !this.#isDone; left = end - performance.now()) {
      const timer = setTimeout(() => this.#notify(), left);
      await this.#change();
      clearTimeout(timer);
    }
  }
}

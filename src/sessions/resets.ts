/**
 * Resets that an operator asks for: a router that is told to send everything again has work to do, and so have all behind us. So each
 * router is reset once in five minutes at most, and many are reset one after the other.
 */
import { clearInterval, setInterval } from "node:timers";
import type { Session } from "./session.ts";

const ROUTER_INTERVAL_MS = 300_000;
/** Between two of many. */
const PACE_MS = 200;

export type ResetOutcome =
  | { readonly kind: "reset" }
  | { readonly kind: "not-open" }
  /** Before this router may be reset again. */
  | { readonly kind: "too-soon"; readonly waitMs: number };

export interface ResetAllOutcome {
  /** Sessions that are reset, one after the other. */
  readonly accepted: number;
  readonly tooSoon: number;
}

export class Resets {
  readonly #sessions: Iterable<Session>;
  readonly #now: () => number;
  readonly #paceMs: number;
  /** By router, when it was reset; the longest ago first. */
  readonly #resetAt = new Map<string, number>();
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined = undefined;

  /** @param now milliseconds */
  constructor(
    sessions: Iterable<Session>,
    now: () => number = () => performance.now(),
    paceMs: number = PACE_MS,
  ) {
    this.#sessions = sessions;
    this.#now = now;
    this.#paceMs = paceMs;
  }

  /** Ends a session, so that its router connects again and sends everything. */
  reset(id: string, detail: string): ResetOutcome {
    const session = this.#find(id);
    if (session === undefined) return { kind: "not-open" };
    const waitMs = this.#waitMs(session);
    if (waitMs > 0) return { kind: "too-soon", waitMs };
    this.#reset(session, detail);
    return { kind: "reset" };
  }

  /** Ends all sessions, one after the other; those of an earlier call that wait still are among them. */
  resetAll(detail: string): ResetAllOutcome {
    const waiting: string[] = [];
    let tooSoon = 0;
    for (const session of this.#sessions) {
      if (this.#waitMs(session) > 0) tooSoon++;
      else waiting.push(session.info.session);
    }
    const accepted = waiting.length;
    this.stop();
    this.#waiting = waiting;
    this.#timer = setInterval(() => this.#next(detail), this.#paceMs).unref();
    this.#next(detail);
    return { accepted, tooSoon };
  }

  stop(): void {
    this.#waiting = [];
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #next(detail: string): void {
    // Some may have ended, or have been reset alone, since.
    while (this.#waiting.length > 0) {
      if (this.reset(this.#waiting.shift()!, detail).kind === "reset") return;
    }
    this.stop();
  }

  #find(id: string): Session | undefined {
    for (const session of this.#sessions) if (session.info.session === id) return session;
    return undefined;
  }

  #waitMs(session: Session): number {
    const at = this.#resetAt.get(routerOf(session));
    return at === undefined ? 0 : Math.max(0, at + ROUTER_INTERVAL_MS - this.#now());
  }

  #reset(session: Session, detail: string): void {
    const now = this.#now();
    for (const [router, at] of this.#resetAt) {
      if (now - at < ROUTER_INTERVAL_MS) break;
      this.#resetAt.delete(router);
    }
    this.#resetAt.set(routerOf(session), now);
    session.reset(detail);
  }
}

/** Parallel sessions of one source are routers of their own, which nothing tells apart over connections. */
function routerOf({ info: { source, listener } }: Session): string {
  return `${source} ${listener}`;
}

/**
 * All sessions of a collector, however they came: admission, identity, the alarm for silent ones, and the end of all.
 *
 * BMP has no keepalive: a router that lost its way to us looks like one with nothing to say. So a long silence is reported, once,
 * and the session stays.
 */
import { randomBytes } from "node:crypto";
import { clearInterval, setInterval } from "node:timers";
import type { Journal } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Connection, ConnectionHandler } from "../runtime/types.ts";
import { SessionMetrics } from "./metrics.ts";
import { BatchPool, Session, type SessionContext } from "./session.ts";

export interface SessionsOptions {
  readonly journal: Journal;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Microseconds since 1970. */
  readonly nowUs: () => number;
  readonly maxMessageBytes: number;
  /** See {@linkcode sessionLimit}. */
  readonly maxSessions: number;
  /** 0: no alarm. */
  readonly idleAlarmMs: number;
  /** Bytes of partly received messages of all sessions, 64 MiB. */
  readonly partialBytesMax?: number;
}

/** Where a session came from. */
export interface SessionOrigin {
  /** Name of the listener or speaker. */
  readonly listener: string;
  readonly parallel: boolean;
}

/**
 * Memory of all messages that have come in part. A router needs little of it for short; a thousand connections that each keep
 * back the end of a long message would take a gigabyte. Past the limit the session with the largest part is closed: to read no
 * further from it instead would free nothing, and it is the one that an honest session is least likely to be.
 */
const PARTIAL_BYTES_MAX = 64 * 1024 * 1024;

/** File descriptors that a process needs besides sessions, sinks and spool. */
const OWN_DESCRIPTORS = 64;

/** Where the system does not tell its limit: what most grant. */
const DESCRIPTOR_LIMIT_DEFAULT = 1024;

const SWEEP_INTERVAL_MAX_MS = 15_000;

/**
 * How many sessions may be open at one time. Past the limit on open files neither runtime can accept, and one of them spins.
 *
 * @param configured 0: what the limit on open files allows
 * @param descriptorLimit undefined if the system does not tell
 * @param reserved file descriptors of sinks and spool
 * @param upstreams connections that each session opens in turn
 */
export function sessionLimit(
  configured: number,
  descriptorLimit: number | undefined,
  reserved: number,
  upstreams = 0,
): number {
  const free = (descriptorLimit ?? DESCRIPTOR_LIMIT_DEFAULT) - OWN_DESCRIPTORS - reserved;
  const allowed = Math.max(1, Math.floor(free / (1 + upstreams)));
  return configured === 0 ? allowed : Math.min(configured, allowed);
}

export class Sessions {
  readonly log: Log;
  readonly metrics: SessionMetrics;
  readonly #context: SessionContext;
  readonly #maxSessions: number;
  readonly #sessions = new Set<Session>();
  /** Makes session ids unique over restarts and boxes. */
  readonly #idPrefix = randomBytes(8).toString("hex");
  #opened = 0;
  readonly #partialBytesMax: number;
  #partialBytes = 0;
  readonly #sweepTimer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined = undefined;
  #resolveStopped: () => void = () => {};

  constructor(options: SessionsOptions) {
    const { journal, log, nowUs, maxMessageBytes, idleAlarmMs } = options;
    this.log = log;
    this.metrics = new SessionMetrics(options.metrics);
    this.#maxSessions = options.maxSessions;
    this.metrics.limit.set(options.maxSessions);
    this.#context = {
      journal,
      log,
      metrics: this.metrics,
      nowUs,
      messageBytesMax: maxMessageBytes,
      batches: new BatchPool(),
      onPartialBytes: (change) => this.#countPartial(change),
    };
    this.#partialBytesMax = options.partialBytesMax ?? PARTIAL_BYTES_MAX;
    this.metrics.partialBytesLimit.set(this.#partialBytesMax);
    if (idleAlarmMs > 0) {
      const intervalMs = Math.min(SWEEP_INTERVAL_MAX_MS, Math.ceil(idleAlarmMs / 4));
      const sweeps = Math.ceil(idleAlarmMs / intervalMs);
      this.#sweepTimer = setInterval(() => this.#sweep(sweeps, idleAlarmMs), intervalMs).unref();
    }
  }

  /** The open sessions, for the status. */
  [Symbol.iterator](): Iterator<Session> {
    return this.#sessions.values();
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Why no router can be accepted; empty: one can. */
  unreadiness(): string[] {
    if (this.#stopped !== undefined) return ["stopping"];
    return this.#sessions.size < this.#maxSessions
      ? []
      : [`all ${this.#maxSessions} sessions that may be open are (--max-sessions)`];
  }

  /** Makes a session of a connection, or refuses it. */
  accept(connection: Connection, origin: SessionOrigin): ConnectionHandler | undefined {
    if (this.#stopped !== undefined) return this.#refuse(connection, origin, "stop");
    if (this.#sessions.size >= this.#maxSessions) return this.#refuse(connection, origin, "limit");
    const info = {
      session: `${this.#idPrefix}-${++this.#opened}`,
      source: connection.remoteAddress,
      source_port: connection.remotePort,
      listener: origin.listener,
      parallel: origin.parallel,
    };
    const session = new Session(this.#context, connection, info, (ended) => this.#remove(ended));
    this.#sessions.add(session);
    this.metrics.opened.add(1);
    this.metrics.open.set(this.#sessions.size);
    return session;
  }

  /** Takes no more sessions and ends those that are open; resolves when all their entries are in the journal. */
  stop(): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped;
    this.#stopped = new Promise((resolve) => this.#resolveStopped = resolve);
    clearInterval(this.#sweepTimer);
    if (this.#sessions.size === 0) this.#resolveStopped();
    for (const session of this.#sessions) session.stop();
    return this.#stopped;
  }

  /** Ends the session with this id, see {@linkcode Session.reset}; false: it is not open. Pacing is the caller's. */
  reset(id: string, detail: string): boolean {
    for (const session of this.#sessions) {
      if (session.info.session !== id) continue;
      session.reset(detail);
      return true;
    }
    return false;
  }

  #refuse(connection: Connection, origin: SessionOrigin, reason: "limit" | "stop"): undefined {
    this.metrics.refused.with({ reason }).add(1);
    this.log.limited("warn", reason, "session refused", {
      source: connection.remoteAddress,
      port: connection.remotePort,
      listener: origin.listener,
      reason,
      limit: reason === "limit" ? this.#maxSessions : undefined,
    });
  }

  #countPartial(change: number): void {
    this.#partialBytes += change;
    this.metrics.partialBytes.set(this.#partialBytes);
    if (change <= 0 || this.#partialBytes <= this.#partialBytesMax) return;
    let largest: Session | undefined;
    for (const session of this.#sessions) {
      if (session.partialBytes > (largest?.partialBytes ?? 0)) largest = session;
    }
    largest?.refusePartial();
  }

  #remove(session: Session): void {
    this.#sessions.delete(session);
    this.metrics.open.set(this.#sessions.size);
    if (this.#sessions.size === 0) this.#resolveStopped();
  }

  #sweep(sweeps: number, idleAlarmMs: number): void {
    for (const session of this.#sessions) {
      if (!session.becameSilent(sweeps)) continue;
      this.metrics.silences.add(1);
      this.log.limited("warn", session.info.source, "session is silent", {
        session: session.info.session,
        source: session.info.source,
        seconds: idleAlarmMs / 1000,
      });
    }
  }
}

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
import type { Accept, Connection, ConnectionHandler } from "../runtime/types.ts";
import type { IpPrefix } from "../wire/ip.ts";
import { isAmong, type Refusal, refusalOf } from "./admission.ts";
import { BatchPool } from "./batch_pool.ts";
import type { SessionLimits } from "./limits.ts";
import { SessionMetrics } from "./metrics.ts";
import { Lead, Room } from "./rests.ts";
import { ProxyGate, type ProxyRefusal } from "./proxy_gate.ts";
import { Session, type SessionContext } from "./session.ts";
import { sessionTls } from "./tls_entrance.ts";

export interface SessionsOptions {
  readonly journal: Journal;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Microseconds since 1970. */
  readonly nowUs: () => number;
  readonly limits: SessionLimits;
  /** How many sessions the limit on open files allows, see {@linkcode sessionLimit}. */
  readonly sessionsMax: number;
  /** Bytes of partly received messages of all sessions, 64 MiB. */
  readonly partialBytesMax?: number;
}

/** Where a session came from. */
export interface SessionOrigin {
  /** Name of the listener or speaker. */
  readonly listener: string;
  readonly parallel: boolean;
  /** We have opened the connection: who it leads to was chosen, and no list is asked. */
  readonly dialed?: boolean;
  /** Load balancers whose connections begin with a PROXY header. */
  readonly proxyFrom?: readonly IpPrefix[];
  /** Told when the session's close is in the journal. */
  readonly onEnded?: (session: Session) => void;
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

/** For people. */
const REFUSAL_TEXTS: Readonly<Record<RefusalReason, string>> = {
  denied: "the address is among those that --deny names",
  not_allowed: "the address is not among those that --allow names",
  identity_denied: "the certificate is among those that --deny-identity names",
  identity_not_allowed: "the certificate is not among those that --allow-identity names",
  limit: "as many sessions as --max-sessions or the limit on open files allows are open",
  source_limit: "as many sessions of this address as --max-sessions-per-source allows are open",
  proxy_missing:
    "the first byte is not that of a PROXY header, which this load balancer has to send",
  proxy_malformed: "the PROXY header is malformed",
  proxy_unlisted: "a PROXY header from an address that --proxy-protocol-from does not name",
  proxy_timeout: "no whole PROXY header, or nothing behind it, in time",
  proxy_closed: "closed before a PROXY header or a first byte",
  stop: "the collector is stopping",
};

/**
 * How many sessions may be open at one time. Past the limit on open files neither runtime can accept: one of them spins, the other's
 * `node:net` never accepts again.
 *
 * @param descriptorLimit undefined if the system does not tell
 * @param reserved file descriptors of sinks and spool
 * @param upstreams connections that each session opens in turn
 */
export function sessionLimit(
  descriptorLimit: number | undefined,
  reserved: number,
  upstreams = 0,
): number {
  const free = (descriptorLimit ?? DESCRIPTOR_LIMIT_DEFAULT) - OWN_DESCRIPTORS - reserved;
  return Math.max(1, Math.floor(free / (1 + upstreams)));
}

type RefusalReason = Refusal | ProxyRefusal | "limit" | "source_limit" | "stop";

export class Sessions {
  readonly log: Log;
  readonly metrics: SessionMetrics;
  readonly #context: SessionContext & { limits: SessionLimits };
  /** What the limit on open files allows. */
  readonly #sessionsMax: number;
  /** Whether lists hold for them. */
  readonly #sessions = new Map<Session, SessionOrigin>();
  /** Connections whose PROXY header has not come. */
  readonly #gates = new Set<ProxyGate>();
  /** Sessions that were not dialed, by their address. */
  readonly #countBySource = new Map<string, number>();
  /** Makes session ids unique over restarts and boxes. */
  readonly #idPrefix = randomBytes(8).toString("hex");
  #opened = 0;
  readonly #partialBytesMax: number;
  #partialBytes = 0;
  #sweepTimer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined = undefined;
  #resolveStopped: () => void = () => {};

  constructor(options: SessionsOptions) {
    const { journal, log, nowUs, limits } = options;
    this.log = log;
    this.metrics = new SessionMetrics(options.metrics);
    this.#sessionsMax = options.sessionsMax;
    this.#context = {
      journal,
      log,
      metrics: this.metrics,
      nowUs,
      limits,
      room: new Room(journal, () => this.#sessions.size),
      lead: new Lead(journal),
      batches: new BatchPool(),
      onPartialBytes: (change) => this.#countPartial(change),
    };
    this.#partialBytesMax = options.partialBytesMax ?? PARTIAL_BYTES_MAX;
    this.metrics.partialBytesLimit.set(this.#partialBytesMax);
    this.update(limits);
  }

  /** Replaces the limits. Sessions that the lists no longer let in are closed; others stay, also past a count that was lowered. */
  update(limits: SessionLimits): void {
    this.#context.limits = limits;
    this.metrics.limit.set(this.limit);
    clearInterval(this.#sweepTimer);
    const intervalMs = sweepIntervalMs(limits);
    if (intervalMs !== Infinity && this.#stopped === undefined) {
      this.#sweepTimer = setInterval(() => this.#sweep(intervalMs), intervalMs).unref();
    }
    for (const [session, { dialed }] of this.#sessions) {
      if (dialed) continue;
      const refusal = refusalOf(limits, session.info.source, session.tls);
      if (refusal !== undefined) session.exceed("lists", REFUSAL_TEXTS[refusal]);
    }
  }

  /** The open sessions, for the status. */
  [Symbol.iterator](): Iterator<Session> {
    return this.#sessions.keys();
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** How many may be open at one time. */
  get limit(): number {
    const { maxSessions } = this.#context.limits;
    return maxSessions === 0 ? this.#sessionsMax : Math.min(maxSessions, this.#sessionsMax);
  }

  /** Why no router can be accepted; empty: one can. */
  unreadiness(): string[] {
    if (this.#stopped !== undefined) return ["stopping"];
    return this.#sessions.size < this.limit
      ? []
      : [`all ${this.limit} sessions that may be open are (--max-sessions)`];
  }

  /**
   * Takes a connection whose PROXY header or TLS handshake is still to come, and passes it on when a header has named its source.
   * Who is not wanted is refused before anything is kept of the connection.
   */
  enter(
    connection: Connection,
    origin: SessionOrigin,
    next: Accept,
  ): ConnectionHandler | undefined {
    const { proxyFrom = [] } = origin;
    const isListed = isAmong(proxyFrom, connection.remoteAddress);
    const refusal = this.#refusal(connection, isListed);
    if (refusal !== undefined) return this.#refuse(connection, origin, refusal);
    if (proxyFrom.length === 0) return next(connection);
    const { proxyHeaderTimeoutMs, firstMessageTimeoutMs } = this.#context.limits;
    const timeoutMs = isListed ? proxyHeaderTimeoutMs : firstMessageTimeoutMs;
    const gate = new ProxyGate(connection, isListed, timeoutMs, {
      // Here too, so that a handshake is begun with nobody who is not wanted.
      next: (routed) => {
        const refusal = this.#refusal(routed, false);
        return refusal === undefined ? next(routed) : this.#refuse(routed, origin, refusal);
      },
      onPassed: (gate) => this.#gates.delete(gate),
      onRefused: (gate, reason, detail) => {
        this.#gates.delete(gate);
        this.#refuse(connection, origin, reason, detail);
      },
    });
    this.#gates.add(gate);
    return gate;
  }

  /** Makes a session of a connection, or refuses it. */
  accept(connection: Connection, origin: SessionOrigin): Session | undefined {
    const { listener, parallel, dialed = false } = origin;
    const refusal = this.#refusal(connection, dialed);
    if (refusal !== undefined) return this.#refuse(connection, origin, refusal);
    const source = connection.remoteAddress;
    const { tls } = connection;
    const info = {
      session: `${this.#idPrefix}-${++this.#opened}`,
      source,
      source_port: connection.remotePort,
      listener,
      parallel,
      ...(tls === undefined ? {} : { tls: sessionTls(tls) }),
    };
    const session = new Session(this.#context, connection, info, (ended) => this.#remove(ended));
    this.#sessions.set(session, origin);
    if (!dialed) this.#countBySource.set(source, (this.#countBySource.get(source) ?? 0) + 1);
    this.metrics.opened.add(1);
    this.metrics.open.set(this.#sessions.size);
    return session;
  }

  /** Takes no more sessions and ends those that are open; resolves when all their entries are in the journal. */
  stop(): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped;
    this.#stopped = new Promise((resolve) => this.#resolveStopped = resolve);
    clearInterval(this.#sweepTimer);
    for (const gate of this.#gates) gate.stop();
    if (this.#sessions.size === 0) this.#resolveStopped();
    for (const session of this.#sessions.keys()) session.stop();
    return this.#stopped;
  }

  /** Ends the session with this id, see {@linkcode Session.reset}; false: it is not open. Pacing is the caller's. */
  reset(id: string, detail: string): boolean {
    for (const session of this.#sessions.keys()) {
      if (session.info.session !== id) continue;
      session.reset(detail);
      return true;
    }
    return false;
  }

  /** @param isChosen lists and the limit per source do not hold for it */
  #refusal(connection: Connection, isChosen: boolean): RefusalReason | undefined {
    if (this.#stopped !== undefined) return "stop";
    if (this.#sessions.size + this.#gates.size >= this.limit) return "limit";
    if (isChosen) return undefined;
    const { limits } = this.#context;
    const { remoteAddress, tls } = connection;
    const perSource = limits.maxSessionsPerSource;
    if (perSource > 0 && (this.#countBySource.get(remoteAddress) ?? 0) >= perSource) {
      return "source_limit";
    }
    return refusalOf(limits, remoteAddress, tls);
  }

  #refuse(
    connection: Connection,
    origin: SessionOrigin,
    reason: RefusalReason,
    detail: string = REFUSAL_TEXTS[reason],
  ): undefined {
    this.metrics.refused.with({ reason }).add(1);
    // A health check of the load balancer.
    const level = reason === "proxy_closed" ? "debug" : "warn";
    this.log.limited(level, reason, "session refused", {
      source: connection.remoteAddress,
      port: connection.remotePort,
      listener: origin.listener,
      identity: connection.tls?.subject,
      reason,
      detail,
      limit: reason === "limit" ? this.limit : undefined,
    });
  }

  #countPartial(change: number): void {
    this.#partialBytes += change;
    this.metrics.partialBytes.set(this.#partialBytes);
    if (change <= 0 || this.#partialBytes <= this.#partialBytesMax) return;
    let largest: Session | undefined;
    for (const session of this.#sessions.keys()) {
      if (session.partialBytes > (largest?.partialBytes ?? 0)) largest = session;
    }
    largest?.exceed(
      "partial_bytes",
      `the unfinished message of this session, ${largest.partialBytes} bytes, was the largest when ` +
        "those of all sessions passed their limit",
    );
  }

  #remove(session: Session): void {
    const origin = this.#sessions.get(session);
    this.#sessions.delete(session);
    this.metrics.open.set(this.#sessions.size);
    if (!origin?.dialed) this.#countDown(session.info.source);
    origin?.onEnded?.(session);
    if (this.#sessions.size === 0) this.#resolveStopped();
  }

  #countDown(source: string): void {
    const count = this.#countBySource.get(source) ?? 0;
    if (count > 1) this.#countBySource.set(source, count - 1);
    else this.#countBySource.delete(source);
  }

  #sweep(intervalMs: number): void {
    const { firstMessageTimeoutMs, sessionIdleAlarmMs, sessionIdleTimeoutMs } =
      this.#context.limits;
    for (const session of this.#sessions.keys()) {
      session.sweep(intervalMs);
      const { quietMs, wordlessMs } = session;
      if (firstMessageTimeoutMs > 0 && wordlessMs >= firstMessageTimeoutMs) {
        session.exceed("first_message", `no message in ${firstMessageTimeoutMs} ms`);
      } else if (sessionIdleTimeoutMs > 0 && quietMs >= sessionIdleTimeoutMs) {
        session.exceed("idle", `nothing was received for ${sessionIdleTimeoutMs} ms`);
      } else if (sessionIdleAlarmMs > 0 && quietMs >= sessionIdleAlarmMs) {
        // Once in each silence.
        if (quietMs - intervalMs < sessionIdleAlarmMs) this.#reportSilence(session);
      }
    }
  }

  #reportSilence({ info: { session, source } }: Session): void {
    this.metrics.silences.add(1);
    this.log.limited("warn", source, "session is silent", {
      session,
      source,
      seconds: this.#context.limits.sessionIdleAlarmMs / 1000,
    });
  }
}

/** How often sessions are looked at; infinite: no limit needs it. */
function sweepIntervalMs(limits: SessionLimits): number {
  const { firstMessageTimeoutMs, sessionIdleAlarmMs, sessionIdleTimeoutMs } = limits;
  const times = [firstMessageTimeoutMs, sessionIdleAlarmMs, sessionIdleTimeoutMs].filter(Boolean);
  if (times.length === 0) return Infinity;
  return Math.min(SWEEP_INTERVAL_MAX_MS, Math.ceil(Math.min(...times) / 4));
}

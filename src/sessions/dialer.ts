/**
 * Active mode: opens the connections to routers that listen themselves (RFC 7854 section 3.2: "the monitoring station is configured to
 * connect"), and opens each again when it ends.
 *
 * Tries wait longer and longer, with jitter, until a session has proved good; so many at one time as a few hundred routers behind one
 * failed link may not become a storm. A name is looked up at each try, and of several addresses each is tried in turn.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Backoff, sleep } from "../ops/backoff.ts";
import type { Log } from "../ops/log.ts";
import type { Counter, Metric, Metrics } from "../ops/metrics.ts";
import { errorCode, toError } from "../runtime/error.ts";
import type { ConnectTls, PemTexts, Runtime } from "../runtime/types.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

export interface SpeakerOptions {
  /** Label in log and metrics; the sessions' records have it as their listener. */
  readonly name: string;
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** Parallel sessions of one source count as separate routers. */
  readonly parallel: boolean;
  /** Undefined: plain TCP. */
  readonly tls: SpeakerTls | undefined;
}

export interface SpeakerTls {
  /** Paths; empty: none. Read at each try. */
  readonly files: PemTexts;
  /** What the router's certificate must be for; empty: the host that is connected to. */
  readonly serverName: string;
  readonly verify: boolean;
}

/** What the state's metric says. */
export const SpeakerState = { waiting: 0, connecting: 1, connected: 2 } as const;
export type SpeakerState = typeof SpeakerState[keyof typeof SpeakerState];

export interface DialerOptions {
  readonly runtime: Pick<Runtime, "connect">;
  readonly sessions: Sessions;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The addresses of a name. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly readPem: (files: PemTexts) => Promise<PemTexts>;
  readonly makeBackoff?: () => Pick<Backoff, "next" | "reset">;
  readonly goodSessionMs?: number;
}

/** Tries at one time, over all speakers. Those to routers that do not answer take all of their time each. */
const DIALS_MAX = 64;
/** Series of each metric. */
const SPEAKERS_MAX = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** A session that lasted so long, and said something, was good: the next try comes soon. */
const GOOD_SESSION_MS = 10_000;

export class Dialer {
  readonly #options: DialerOptions;
  readonly #speakers = new Map<string, Speaker>();
  readonly #slots = new Slots(DIALS_MAX);
  readonly #counters: DialCounters;
  #isStopped = false;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#counters = new DialCounters(options.metrics);
  }

  /** The state of each speaker by its name, for the status. */
  states(): Map<string, SpeakerState> {
    return new Map([...this.#speakers].map(([name, { state }]) => [name, state]));
  }

  /**
   * Connects to these speakers and no others. Those that stay as they were keep their sessions; the sessions of those that are gone, or
   * are another now, end. Returns whether anything is other than it was.
   */
  update(speakers: readonly SpeakerOptions[]): boolean {
    let isChanged = false;
    if (this.#isStopped) return isChanged;
    const wanted = new Map(speakers.map((speaker) => [speaker.name, speaker]));
    for (const [name, speaker] of this.#speakers) {
      if (isSame(speaker.options, wanted.get(name))) continue;
      isChanged = true;
      this.#speakers.delete(name);
      speaker.stop();
    }
    for (const [name, options] of wanted) {
      if (this.#speakers.has(name)) continue;
      isChanged = true;
      const speaker = new Speaker(options, this.#options, this.#slots, this.#counters);
      this.#speakers.set(name, speaker);
      void speaker.run();
    }
    return isChanged;
  }

  /** Connects no more; the sessions' ends are for {@linkcode Sessions.stop}. */
  stop(): void {
    this.#isStopped = true;
    for (const speaker of this.#speakers.values()) speaker.stop();
    this.#speakers.clear();
  }
}

function isSame(a: SpeakerOptions, b: SpeakerOptions | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

class DialCounters {
  readonly state: Metric;
  readonly connects: Metric;
  readonly failures: Metric;

  constructor(metrics: Metrics) {
    this.state = metrics.gauge(
      "edgebmp_speaker_state",
      "Of each router that is connected to: 0 waiting for the next try, 1 connecting, 2 connected",
      SPEAKERS_MAX,
    );
    this.connects = metrics.counter(
      "edgebmp_speaker_connects_total",
      "Connections to routers that came about, by speaker",
      SPEAKERS_MAX,
    );
    this.failures = metrics.counter(
      "edgebmp_speaker_failures_total",
      "Tries to connect that failed, by speaker",
      SPEAKERS_MAX,
    );
  }
}

/** One router that is connected to. */
class Speaker {
  readonly options: SpeakerOptions;
  readonly #dialer: DialerOptions;
  readonly #slots: Slots;
  readonly #counters: DialCounters;
  readonly #stateGauge: Counter;
  readonly #stopping = new AbortController();
  /** Which of its addresses is tried next. */
  #turn = 0;
  #state: SpeakerState = SpeakerState.waiting;
  #session: Session | undefined;

  constructor(
    options: SpeakerOptions,
    dialer: DialerOptions,
    slots: Slots,
    counters: DialCounters,
  ) {
    this.options = options;
    this.#dialer = dialer;
    this.#slots = slots;
    this.#counters = counters;
    this.#stateGauge = counters.state.with({ speaker: options.name });
  }

  get state(): SpeakerState {
    return this.#state;
  }

  async run(): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = this.#dialer.makeBackoff?.() ?? new Backoff();
    const goodMs = this.#dialer.goodSessionMs ?? GOOD_SESSION_MS;
    while (!signal.aborted) {
      const session = await this.#dial();
      if (session !== undefined) {
        const startedAtMs = performance.now();
        await session.ended;
        if (session.messages() > 0 && performance.now() - startedAtMs >= goodMs) backoff.reset();
      }
      this.#setState(SpeakerState.waiting);
      await sleep(backoff.next(), signal);
    }
  }

  stop(): void {
    this.#stopping.abort();
    this.#counters.state.remove({ speaker: this.options.name });
    this.#session?.stop();
  }

  /** One try; undefined: it failed. */
  async #dial(): Promise<{ ended: Promise<void>; messages: () => number } | undefined> {
    const { name, host, port } = this.options;
    const { log } = this.#dialer;
    const { signal } = this.#stopping;
    await this.#slots.take(signal);
    try {
      if (signal.aborted) return undefined;
      this.#setState(SpeakerState.connecting);
      const session = await this.#connect();
      this.#counters.connects.with({ speaker: name }).add(1);
      this.#setState(SpeakerState.connected);
      return session;
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#counters.failures.with({ speaker: name }).add(1);
      log.limited("warn", name, "cannot connect to a router", {
        speaker: name,
        host,
        port,
        error: toError(error).message,
        code: errorCode(error) || undefined,
      });
      return undefined;
    } finally {
      this.#slots.giveBack();
    }
  }

  async #connect(): Promise<{ ended: Promise<void>; messages: () => number }> {
    const { name, port, parallel, tls } = this.options;
    const { runtime, sessions } = this.#dialer;
    const { signal } = this.#stopping;
    const address = await this.#nextAddress();
    const connectTls = tls && await this.#connectTls(tls);
    let session: Session | undefined;
    let messages = 0;
    let onEnded = () => {};
    const ended = new Promise<void>((resolve) => onEnded = resolve);
    await runtime.connect(address, port, CONNECT_TIMEOUT_MS, (connection) => {
      if (signal.aborted) return undefined;
      session = sessions.accept(connection, {
        listener: name,
        parallel,
        dialed: true,
        onEnded: (over) => {
          messages = over.messages;
          this.#session = undefined;
          onEnded();
        },
      });
      this.#session = session;
      return session;
    }, { tls: connectTls });
    return { ended, messages: () => messages };
  }

  async #nextAddress(): Promise<string> {
    const { host } = this.options;
    if (isIP(host) !== 0) return host;
    const addresses = await (this.#dialer.resolve ?? resolveName)(host);
    const address = addresses[this.#turn++ % Math.max(1, addresses.length)];
    if (address === undefined) throw new Error(`Cannot resolve "${host}": it has no address`);
    return address;
  }

  async #connectTls({ files, serverName, verify }: SpeakerTls): Promise<ConnectTls> {
    const pem = await this.#dialer.readPem(files);
    // A name that was looked up here is still what the certificate has to be for.
    return { ...pem, serverName: serverName || this.options.host, verify };
  }

  #setState(state: SpeakerState): void {
    this.#state = state;
    this.#stateGauge.set(state);
  }
}

async function resolveName(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

/** How many may do something at one time; the others wait in their order. */
class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves with a slot; at once when `signal` aborts, as if there were one. */
  take(signal: AbortSignal): Promise<void> {
    if (this.#free > 0 || signal.aborted) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const go = () => {
        this.#waiting.delete(go);
        signal.removeEventListener("abort", go);
        this.#free--;
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener("abort", go);
    });
  }

  giveBack(): void {
    this.#free++;
    if (this.#free <= 0) return;
    const [next] = this.#waiting;
    next?.();
  }
}

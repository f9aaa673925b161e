/** The upstreams of a running collector. Which there are can change while it runs. */
import type { Config } from "../cli/config.ts";
import { parseEndpoint } from "../cli/flag.ts";
import type { Journal } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { UpstreamState } from "../ops/http/source.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Runtime } from "../runtime/types.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { Connector, type OwnListener } from "../upstreams/connector.ts";
import { addressText, type UpstreamOptions } from "../upstreams/options.ts";
import { Upstream } from "../upstreams/upstream.ts";

export interface UpstreamSetOptions {
  readonly journal: Journal;
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Aborts when the time for a stop is over. */
  readonly deadline: AbortSignal;
  readonly sessions: () => Sessions;
  /** Where it listens, e.g. `[::]:5000`. */
  readonly listening: () => readonly string[];
}

/** Of a spool without a configured size. */
const SPOOL_BYTES_GUESS = 1024 * 1024 * 1024;

interface Running {
  readonly options: UpstreamOptions;
  readonly upstream: Upstream;
  /** Ends it alone. */
  readonly removed: AbortController;
  run: Promise<void>;
}

export class UpstreamSet {
  readonly #options: UpstreamSetOptions;
  readonly #journalBytesMax: number;
  #listen: Config["listen"];
  #all: Running[];

  /** Opens the journal's readers, so that nothing that is appended from now on is missed. */
  constructor({ upstreams, listen, limits, spool }: Config, options: UpstreamSetOptions) {
    this.#options = options;
    this.#listen = listen;
    this.#journalBytesMax = options.journal.isDurable
      ? spool.bytesMax ?? SPOOL_BYTES_GUESS
      : limits.journalMaxBytes;
    this.#all = upstreams.map((upstream) => this.#make(upstream, false));
  }

  /** @throws when one of them can never work */
  async open(): Promise<void> {
    for (const { upstream } of this.#all) await upstream.open();
  }

  run(): void {
    for (const each of this.#all) this.#start(each);
  }

  /** @throws when those of another configuration cannot run */
  async check({ sinks, upstreams, listen }: Config): Promise<void> {
    for (const { name } of sinks) {
      if (this.#all.some(({ options }) => options.name === name)) {
        throw new Error(`Cannot reload: sink "${name}" has the name of an upstream that runs`);
      }
    }
    for (const options of upstreams) {
      if (!this.#all.some((each) => isSame(each.options, options))) {
        await new Connector(options, this.#options.runtime, () => this.#listeners(listen)).check();
      }
    }
  }

  /**
   * Runs those of another configuration and no others; returns what has changed, for people. One that is new, or in memory different,
   * has every router send everything again.
   */
  async change({ upstreams, listen }: Config): Promise<string[]> {
    this.#listen = listen;
    const before = this.#all;
    const kept = before.filter(({ options }) => upstreams.some((other) => isSame(options, other)));
    const gone = before.filter((each) => !kept.includes(each));
    // Two readers of one name there cannot be.
    for (const { removed } of gone) removed.abort();
    await Promise.all(gone.map(({ run }) => run));
    this.#all = upstreams.map((options) =>
      kept.find((each) => isSame(each.options, options)) ?? this.#make(options, true)
    );
    for (const each of this.#all) if (!kept.includes(each)) this.#start(each);
    // What a spool keeps for one that is gone must not hold up the others.
    if (gone.length > 0) this.#options.journal.complete?.();
    const isIn = (all: readonly Running[], name: string) =>
      all.some(({ options }) => options.name === name);
    const textOf = (name: string, change: string) =>
      name.startsWith("upstream") ? `${name} ${change}` : `upstream ${name} ${change}`;
    return [
      ...upstreams.filter((options) => !kept.some((each) => isSame(each.options, options)))
        .map(({ name }) => textOf(name, isIn(before, name) ? "changed" : "added")),
      ...gone.filter(({ options }) => !isIn(this.#all, options.name))
        .map(({ options }) => textOf(options.name, "removed")),
    ];
  }

  /** Resolves when all of them have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#all.map(({ run }) => run));
  }

  get all(): readonly Upstream[] {
    return this.#all.map(({ upstream }) => upstream);
  }

  /** For people. */
  get states(): UpstreamState[] {
    return this.#all.map(({ options, upstream }) => ({
      name: options.name,
      output: `${options.tls === undefined ? "tcp" : "tls"}://${addressText(options)}`,
      waitsFor: upstream.waitsFor,
    }));
  }

  updateGauges(): void {
    for (const { upstream } of this.#all) upstream.updateGauges();
  }

  #make(options: UpstreamOptions, isAdded: boolean): Running {
    const { journal, runtime, metrics, log, sessions } = this.#options;
    const upstream = new Upstream(options, {
      journal,
      runtime,
      metrics,
      log,
      heldBytesMax: () => this.#heldBytesMax(),
      resetSession: (session, detail) => sessions().reset(session, detail),
      listeners: () => this.#listeners(),
      isAdded,
    });
    return { options, upstream, removed: new AbortController(), run: Promise.resolve() };
  }

  /** Half of what many sessions leave of the journal: what waits for an upstream that is away must not be what fills it. */
  #heldBytesMax(): number {
    const { bytesMax } = this.#options.journal.unread?.() ?? { bytesMax: Infinity };
    return Math.floor(Math.min(bytesMax, this.#journalBytesMax) / 2);
  }

  #start(each: Running): void {
    const { upstream, removed } = each;
    each.run = upstream.run(AbortSignal.any([this.#options.deadline, removed.signal]))
      .finally(() => upstream.updateGauges());
  }

  #listeners(listen = this.#listen): OwnListener[] {
    const listening = this.#options.listening().map((name) => {
      const { host, port } = parseEndpoint(name);
      return { address: host, port };
    });
    return [...listen, ...listening];
  }
}

/** Plain data. */
function isSame(a: UpstreamOptions, b: UpstreamOptions): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The upstreams of a running collector. */
import type { Config } from "../cli/config.ts";
import { parseEndpoint } from "../cli/flag.ts";
import type { Journal } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Runtime } from "../runtime/types.ts";
import type { Sessions } from "../sessions/sessions.ts";
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

export class UpstreamSet {
  readonly #options: UpstreamSetOptions;
  readonly #all: readonly Upstream[];
  #runs: readonly Promise<void>[] = [];

  /** Opens the journal's readers, so that nothing that is appended from now on is missed. */
  constructor({ upstreams, listen, limits, spool }: Config, options: UpstreamSetOptions) {
    this.#options = options;
    const { journal, runtime, metrics, log, sessions, listening } = options;
    // Half of it: what waits for one that is away must not be what fills it.
    const heldBytesMax = Math.floor(
      (journal.isDurable ? spool.bytesMax ?? SPOOL_BYTES_GUESS : limits.journalMaxBytes) / 2,
    );
    this.#all = upstreams.map((upstream) =>
      new Upstream(upstream, {
        journal,
        runtime,
        metrics,
        log,
        heldBytesMax,
        resetSession: (session, detail) => sessions().reset(session, detail),
        listeners: () => [
          ...listen,
          ...listening().map((name) => {
            const { host, port } = parseEndpoint(name);
            return { address: host, port };
          }),
        ],
      })
    );
  }

  /** @throws when one of them can never work */
  async open(): Promise<void> {
    for (const upstream of this.#all) await upstream.open();
  }

  run(): void {
    this.#runs = this.#all.map((upstream) => upstream.run(this.#options.deadline));
  }

  /** Resolves when all of them have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#runs);
  }

  updateGauges(): void {
    for (const upstream of this.#all) upstream.updateGauges();
  }
}

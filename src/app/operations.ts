/** What the operator sees of a running collector: the live view, who keeps it true, and HTTP. Without HTTP there is none of it. */
import type { Config } from "../cli/config.ts";
import { VERSION } from "../cli/version.ts";
import { createGobmpFormatter } from "../formats/gobmp/mod.ts";
import type { Journal } from "../journal/types.ts";
import type { Captures } from "../ops/http/captures.ts";
import type { Http } from "../ops/http/mod.ts";
import type { HttpSource } from "../ops/http/source.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import { DecodeMeter } from "../pipeline/decode_metrics.ts";
import { LiveView } from "../pipeline/live/live_view.ts";
import { Tail } from "../pipeline/live/tail.ts";
import { Observer } from "../pipeline/observer.ts";
import { OBSERVER_NAME } from "../pipeline/reader_names.ts";
import type { Runtime } from "../runtime/types.ts";
import { Resets } from "../sessions/resets.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { Reloaded } from "./reload.ts";
import type { SinkSet } from "./sinks.ts";
import type { UpstreamSet } from "./upstreams.ts";

export interface OperationsParts {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly sessions: Sessions;
  readonly sinks: SinkSet;
  readonly upstreams: UpstreamSet;
  readonly metrics: Metrics;
  readonly log: Log;
  updateMetrics(): void;
  reload(): Promise<Reloaded>;
}

export class Operations {
  /** For all pipelines. */
  readonly meter: DecodeMeter;
  /** Shown what goes to the sinks. */
  readonly tail: Tail = new Tail();
  readonly #live: LiveView | undefined;
  #observer: Observer | undefined = undefined;
  #http: Http | undefined = undefined;
  #resets: Resets | undefined = undefined;
  #captures: Captures | undefined = undefined;

  /** @param isOn whether there will be HTTP */
  constructor(isOn: boolean) {
    this.#live = isOn ? new LiveView(Date.now()) : undefined;
    this.meter = new DecodeMeter(this.#live);
  }

  /** To be called before routers are accepted. */
  observe({ config, journal, sinks, metrics, log }: OperationsParts): void {
    if (this.#live === undefined || !config.http.observe) return;
    this.#observer = new Observer({
      journal,
      meter: this.meter,
      metrics,
      log,
      formatter: () =>
        createGobmpFormatter({
          collector: config.collector,
          splitAf: true,
          routerIdentity: "peer-local",
          extraFields: true,
        }),
      decoders: () => sinks.pipelines,
      onBatch: (batch) => this.tail.offer(OBSERVER_NAME, batch),
    });
  }

  /** Listens for HTTP. @throws when a port that somebody named is busy, or a file cannot be read */
  async open(parts: OperationsParts): Promise<void> {
    if (this.#live === undefined) return;
    const { config, runtime, journal, sessions, sinks, upstreams, metrics, log } = parts;
    // Loaded late: what routers and sinks need goes first.
    const { Captures, openHttp } = await import("../ops/http/mod.ts");
    const source: Omit<HttpSource, "readySinceMs"> = {
      version: VERSION,
      runtime: `${runtime.name} ${runtime.version}`,
      collector: config.collector,
      startedAtMs: Date.now(),
      metrics,
      updateMetrics: () => parts.updateMetrics(),
      unreadiness: () => sessions.unreadiness(),
      sessions,
      live: this.#live,
      tail: this.tail,
      sinks: () => sinks.states,
      upstreams: () => upstreams.states,
      resets: this.#resets = new Resets(sessions),
      captures: this.#captures = new Captures(config.http.captureDir, journal, log),
      reload: () => parts.reload(),
      log,
    };
    this.#http = await openHttp(config.http, source, log);
  }

  /** To be called every few seconds. */
  check(): void {
    this.#observer?.check();
  }

  updateGauges(metrics: Metrics): void {
    this.#live?.updateGauges(metrics);
  }

  /** To be called when the collector begins to stop; HTTP still says so. */
  async stopObserving(): Promise<void> {
    this.#resets?.stop();
    this.#captures?.stop();
    await this.#observer?.stop();
  }

  async close(): Promise<void> {
    await this.#http?.close();
  }
}

/** The composition root: from a configuration to a running collector. The only file that knows all parts. */
import { clearInterval, setInterval } from "node:timers";
import type { Config } from "./cli/config.ts";
import { VERSION } from "./cli/version.ts";
import { formatSpec } from "./formats/registry.ts";
import { DISK_MEMORY_BYTES_MAX } from "./journal/disk/options.ts";
import { MemoryJournal } from "./journal/memory.ts";
import type { Journal } from "./journal/types.ts";
import type { Http } from "./ops/http/mod.ts";
import type { HttpSource } from "./ops/http/source.ts";
import type { Log } from "./ops/log.ts";
import { Metrics } from "./ops/metrics.ts";
import type { Watched } from "./ops/service_manager.ts";
import { DecodeMeter } from "./pipeline/decode_metrics.ts";
import { makePipelines } from "./pipeline/groups.ts";
import type { Pipeline } from "./pipeline/pipeline.ts";
import { readPem } from "./runtime/tls_files.ts";
import type { Runtime } from "./runtime/types.ts";
import { listenForRouters, type SessionListener } from "./sessions/listener.ts";
import { Dialer } from "./sessions/dialer.ts";
import { sessionLimit, Sessions } from "./sessions/sessions.ts";
import { sinkSpec } from "./sinks/registry.ts";
import type { Sink } from "./sinks/sink.ts";

export interface Collector {
  /** Where it listens, e.g. `[::]:5000`, in the order of the configuration. */
  readonly addresses: readonly string[];
  readonly metrics: Metrics;
  /** What has to get on, for the service manager's watchdog. */
  readonly pipelines: readonly Watched[];
  /** Brings the metrics up to date; called before they are read. */
  updateMetrics(): void;
  /** Resolves after a stop; rejects as soon as a sink cannot go on. */
  readonly done: Promise<void>;
  /** Files are closed and opened again. */
  reopen(): Promise<void>;
  /**
   * Stops accepting, ends the sessions, delivers what they have said, and closes the sinks, for at most about `timeoutMs`.
   * Resolves with whether everything was delivered. Idempotent.
   */
  stop(timeoutMs: number): Promise<boolean>;
}

/**
 * Opens the sinks, starts the pipelines and listens.
 *
 * @param signal calls the start off; when there is a collector, it is stopped by its own method
 * @throws when a sink cannot be opened, an address cannot be bound, or `signal` aborts meanwhile; nothing runs then
 */
export async function startCollector(
  config: Config,
  runtime: Runtime,
  log: Log,
  signal?: AbortSignal,
): Promise<Collector> {
  const metrics = new Metrics();
  const journal = await openJournal(config, runtime, metrics, log);
  const collector = new RunningCollector(
    config,
    runtime,
    journal,
    metrics,
    log,
  );
  journal.complete?.();
  try {
    await collector.start(runtime, signal);
  } catch (error) {
    await collector.stop(0);
    throw error;
  }
  return collector;
}

/** In memory, or on disk where a directory is named. */
async function openJournal(
  { limits, spool }: Config,
  runtime: Runtime,
  metrics: Metrics,
  log: Log,
): Promise<Journal> {
  if (spool.dir === "") {
    return new MemoryJournal({ bytesMax: limits.journalMaxBytes, metrics });
  }
  // Loaded late: who has no spool need not wait for it.
  const { openSpool } = await import("./journal/disk/mod.ts");
  return await openSpool(spool.dir, runtime, {
    ...spool,
    memoryBytesMax: Math.min(limits.journalMaxBytes, DISK_MEMORY_BYTES_MAX),
    nowUs: () => Date.now() * 1000,
    metrics,
    log,
  });
}

/** So often the metrics are brought up to date while nobody reads them. */
const METRICS_INTERVAL_MS = 2_000;

class RunningCollector implements Collector {
  readonly addresses: string[] = [];
  readonly metrics: Metrics;
  readonly #config: Config;
  readonly #journal: Journal;
  readonly #sessions: Sessions;
  readonly #sinks: readonly Sink[];
  readonly #pipelines: readonly Pipeline[];
  readonly #listeners: SessionListener[] = [];
  readonly #dialer: Dialer;
  readonly #log: Log;
  #http: Http | undefined = undefined;
  /** Aborts when the time for a stop is over. */
  readonly #deadline = new AbortController();
  readonly #metricsTimer = setInterval(
    () => this.updateMetrics(),
    METRICS_INTERVAL_MS,
  ).unref();
  #runs: readonly Promise<void>[] = [];
  #done: Promise<void> = Promise.resolve();
  #stopped: Promise<boolean> | undefined = undefined;

  constructor(
    config: Config,
    runtime: Runtime,
    journal: Journal,
    metrics: Metrics,
    log: Log,
  ) {
    this.metrics = metrics;
    this.#config = config;
    this.#log = log;
    const { limits, collector, sinks } = config;
    this.#journal = journal;
    const made = sinks.map((sink) => {
      const { name, type, options, format, formatOptions, topicPrefix } = sink;
      const kind = sinkSpec(type);
      const form = formatSpec(format);
      const { lines } = form;
      return {
        sink: kind.create(options, {
          name,
          format,
          topics: form.topics(formatOptions),
          topicPrefix,
          lines,
          identityInHeaders: form.lacksIdentity(formatOptions),
          runtime,
          metrics,
          log,
        }),
        formatter: form.create(formatOptions, collector),
        lines: kind.wrapped && lines,
        group: JSON.stringify([
          format,
          formatOptions,
          sink.batchBytes,
          sink.batchMs,
        ]),
        filter: sink.filter,
        from: sink.start,
        whenFull: sink.optional ? "drop-oldest" as const : "block" as const,
        batchBytes: sink.batchBytes,
        batchMs: sink.batchMs,
        heartbeatMs: form.heartbeatMs?.(formatOptions) ?? 0,
        inFlightBytesMax: sink.inFlightBytesMax,
      };
    });
    this.#sinks = made.map(({ sink }) => sink);
    const meter = new DecodeMeter();
    this.#pipelines = makePipelines(
      made.map((parts) => ({ journal, meter, metrics, log, ...parts })),
    );
    this.#sessions = new Sessions({
      journal,
      log,
      metrics,
      nowUs: () => Date.now() * 1000,
      limits,
      sessionsMax: sessionLimit(runtime.fileDescriptorLimit(), sinks.length),
    });
    this.#dialer = new Dialer({
      runtime,
      sessions: this.#sessions,
      metrics,
      log,
      readPem,
    });
  }

  async start(
    runtime: Runtime,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (const sink of this.#sinks) await sink.open();
    refuseIfAborted(signal);
    this.#runs = this.#pipelines.map((pipeline) =>
      pipeline.run(this.#deadline.signal)
    );
    this.#done = Promise.all(this.#runs).then(() => {});
    // Whoever waits for it learns of a failure; without such, it is no unhandled one.
    this.#done.catch(() => {});
    for (const options of this.#config.listen) {
      const listener = await listenForRouters(runtime, this.#sessions, options);
      this.#listeners.push(listener);
      this.addresses.push(listener.name);
    }
    this.#dialer.update(this.#config.speakers);
    if (this.#config.http.port !== 0) {
      // Loaded late: what routers and sinks need goes first.
      const { openHttp } = await import("./ops/http/mod.ts");
      this.#http = await openHttp(
        this.#config.http,
        this.#httpSource(runtime),
        this.#log,
      );
    }
    refuseIfAborted(signal);
  }

  #httpSource(runtime: Runtime): HttpSource {
    return {
      version: VERSION,
      runtime: `${runtime.name} ${runtime.version}`,
      collector: this.#config.collector,
      startedAtMs: Date.now(),
      metrics: this.metrics,
      updateMetrics: () => this.updateMetrics(),
      unreadiness: () => this.#sessions.unreadiness(),
    };
  }

  get pipelines(): readonly Watched[] {
    return this.#pipelines;
  }

  get done(): Promise<void> {
    return this.#done;
  }

  updateMetrics(): void {
    for (const pipeline of this.#pipelines) pipeline.updateGauges();
  }

  async reopen(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.reopen?.()));
  }

  stop(timeoutMs: number): Promise<boolean> {
    return this.#stopped ??= this.#stop(timeoutMs);
  }

  async #stop(timeoutMs: number): Promise<boolean> {
    const { signal } = this.#deadline;
    const late = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const timer = setTimeout(() => this.#deadline.abort(), timeoutMs);
    for (const listener of this.#listeners) listener.close();
    this.#dialer.stop();
    const ended = Promise.allSettled(this.#runs);
    // A full journal takes the ends of the sessions only as sinks make room: not when the time is over or no sink is left.
    await Promise.race([this.#sessions.stop(), late, ended]);
    this.#journal.close();
    const results = await ended;
    await Promise.allSettled(this.#sinks.map((sink) => sink.close(signal)));
    await this.#journal.finish();
    await this.#http?.close();
    clearTimeout(timer);
    clearInterval(this.#metricsTimer);
    this.updateMetrics();
    // What a spool has is delivered after the next start.
    const isKept = !signal.aborted || this.#journal.isDurable;
    return isKept && results.every((result) => result.status === "fulfilled");
  }
}

function refuseIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new Error(`Cannot start: stopped by ${signal.reason}`);
  }
}

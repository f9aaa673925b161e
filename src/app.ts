/** The composition root: from a configuration to a running collector. The only file that knows all parts. */
import { clearInterval, setInterval } from "node:timers";
import { ListenerSet } from "./app/listeners.ts";
import { changedKeys, type Reloaded } from "./app/reload.ts";
import { Operations, type OperationsParts } from "./app/operations.ts";
import { SinkSet } from "./app/sinks.ts";
import { UpstreamSet } from "./app/upstreams.ts";
import type { Config } from "./cli/config.ts";
import { DISK_MEMORY_BYTES_MAX } from "./journal/disk/options.ts";
import { MemoryJournal } from "./journal/memory.ts";
import type { Journal } from "./journal/types.ts";
import type { Log } from "./ops/log.ts";
import { Metrics } from "./ops/metrics.ts";
import type { Watched } from "./ops/service_manager.ts";
import { toError } from "./runtime/error.ts";
import { readPem } from "./runtime/tls_files.ts";
import type { Runtime } from "./runtime/types.ts";
import { Dialer } from "./sessions/dialer.ts";
import { handshakesMax } from "./sessions/listener.ts";
import { sessionLimit, Sessions } from "./sessions/sessions.ts";

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
   * Reads the configuration again and changes to it, all of it or nothing. Sessions stay, and so do sinks and listeners that are the same
   * as before.
   *
   * @throws when it is wrong, a sink cannot be opened, or an address not be bound; nothing has changed then, and the log says why
   */
  reload(): Promise<Reloaded>;
  /** Called with each reload that is asked for over HTTP. */
  onReload: (reload: Promise<unknown>) => void;
  /**
   * Stops accepting, ends the sessions, delivers what they have said, and closes the sinks, for at most about `timeoutMs`,
   * by default as long as the configuration allows.
   * Resolves with whether everything was delivered. Idempotent.
   */
  stop(timeoutMs?: number): Promise<boolean>;
}

/**
 * Opens the sinks, starts the pipelines and listens.
 *
 * @param signal calls the start off; when there is a collector, it is stopped by its own method
 * @param readConfig reads the configuration again, for a reload
 * @throws when a sink cannot be opened, an address cannot be bound, or `signal` aborts meanwhile; nothing runs then
 */
export async function startCollector(
  config: Config,
  runtime: Runtime,
  log: Log,
  signal?: AbortSignal,
  readConfig: () => Promise<Config> = () => Promise.resolve(config),
): Promise<Collector> {
  const metrics = new Metrics();
  const journal = await openJournal(config, runtime, metrics, log);
  const collector = new RunningCollector(config, readConfig, runtime, journal, metrics, log);
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
  if (spool.dir === "") return new MemoryJournal({ bytesMax: limits.journalMaxBytes, metrics });
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
  readonly metrics: Metrics;
  onReload: (reload: Promise<unknown>) => void = () => {};
  /** As last read, with what waits for a restart. */
  #config: Config;
  readonly #started: Config;
  readonly #readConfig: () => Promise<Config>;
  readonly #journal: Journal;
  readonly #sessions: Sessions;
  readonly #sinks: SinkSet;
  readonly #upstreams: UpstreamSet;
  readonly #listeners: ListenerSet;
  readonly #dialer: Dialer;
  readonly #log: Log;
  readonly #operations: Operations;
  /** Aborts when the time for a stop is over. */
  readonly #deadline = new AbortController();
  readonly #metricsTimer = setInterval(() => {
    this.updateMetrics();
    this.#operations.check();
  }, METRICS_INTERVAL_MS).unref();
  readonly #ended = Promise.withResolvers<void>();
  #reloading: Promise<unknown> = Promise.resolve();
  #stopped: Promise<boolean> | undefined = undefined;

  constructor(
    config: Config,
    readConfig: () => Promise<Config>,
    runtime: Runtime,
    journal: Journal,
    metrics: Metrics,
    log: Log,
  ) {
    this.metrics = metrics;
    this.#config = config;
    this.#started = config;
    this.#readConfig = readConfig;
    this.#log = log;
    const { limits, collector, sinks, spool } = config;
    this.#journal = journal;
    const deadline = this.#deadline.signal;
    this.#operations = new Operations(config.http.port !== 0);
    const { meter, tail } = this.#operations;
    this.#sinks = new SinkSet(sinks, {
      journal,
      collector,
      stateDir: spool.dir,
      runtime,
      meter,
      tail,
      metrics,
      log,
      deadline,
    });
    this.#upstreams = new UpstreamSet(config, {
      journal,
      runtime,
      metrics,
      log,
      deadline,
      sessions: () => this.#sessions,
      listening: () => this.addresses,
    });
    this.#sessions = new Sessions({
      journal,
      log,
      metrics,
      nowUs: () => Date.now() * 1000,
      limits,
      sessionsMax: sessionLimit(
        runtime.fileDescriptorLimit(),
        sinks.length + handshakesMax(config.listen),
        config.upstreams.length,
      ),
    });
    this.#listeners = new ListenerSet(runtime, this.#sessions);
    this.#dialer = new Dialer({ runtime, sessions: this.#sessions, metrics, log, readPem });
  }

  async start(runtime: Runtime, signal: AbortSignal | undefined): Promise<void> {
    await this.#sinks.open();
    await this.#upstreams.open();
    refuseIfAborted(signal);
    this.#sinks.run();
    this.#upstreams.run();
    const parts = this.#parts(runtime);
    this.#operations.observe(parts);
    await this.#listeners.change(this.#config.listen);
    this.#dialer.update(this.#config.speakers);
    await this.#operations.open(parts);
    refuseIfAborted(signal);
  }

  #parts(runtime: Runtime): OperationsParts {
    return {
      config: this.#config,
      runtime,
      journal: this.#journal,
      sessions: this.#sessions,
      sinks: this.#sinks,
      upstreams: this.#upstreams,
      metrics: this.metrics,
      log: this.#log,
      updateMetrics: () => this.updateMetrics(),
      reload: () => {
        const reload = this.reload();
        this.onReload(reload);
        return reload;
      },
    };
  }

  get pipelines(): readonly Watched[] {
    return [...this.#sinks.pipelines, ...this.#upstreams.all];
  }

  get addresses(): readonly string[] {
    return this.#listeners.names;
  }

  get done(): Promise<void> {
    return Promise.race([this.#sinks.failed, this.#ended.promise]);
  }

  updateMetrics(): void {
    for (const pipeline of this.#sinks.pipelines) pipeline.updateGauges();
    this.#upstreams.updateGauges();
    this.#operations.updateGauges(this.metrics);
  }

  async reopen(): Promise<void> {
    await this.#sinks.reopen();
  }

  reload(): Promise<Reloaded> {
    const reloaded = this.#reloading.then(() => this.#reload());
    this.#reloading = reloaded.catch(() => {});
    return reloaded;
  }

  async #reload(): Promise<Reloaded> {
    const log = this.#log;
    try {
      const config = await this.#readConfig();
      for (const warning of config.warnings) log.warn(warning);
      const { changes, restart } = await this.#changeTo(config);
      log.info("configuration reloaded", {
        changes: changes.join(", ") || "none",
        needs_restart: restart.join(", ") || undefined,
      });
      return { changes, restart };
    } catch (error) {
      log.error("configuration not reloaded, nothing has changed", {
        error: toError(error).message,
      });
      throw error;
    }
  }

  async #changeTo(config: Config): Promise<Reloaded> {
    this.#refuseIfStopping();
    const prepared = await this.#sinks.prepare(config.sinks);
    const { listen } = this.#config;
    let changes;
    try {
      await this.#upstreams.check(config);
      this.#refuseIfStopping();
      changes = await this.#listeners.change(config.listen);
    } catch (error) {
      await this.#sinks.discard(prepared);
      throw error;
    }
    try {
      changes.push(...await this.#sinks.change(prepared));
    } catch (error) {
      await this.#listeners.change(listen);
      throw error;
    }
    changes.push(...await this.#upstreams.change(config));
    const live = changedKeys(this.#config, config, "live");
    changes.push(...live.map((key) => `${key} changed`));
    this.#sessions.update(config.limits);
    if (this.#dialer.update(config.speakers)) changes.push("speakers changed");
    this.#log.configure(config.log.level, config.log.format);
    this.#config = config;
    return { changes, restart: changedKeys(this.#started, config, "restart") };
  }

  #refuseIfStopping(): void {
    if (this.#stopped !== undefined) throw new Error("Cannot reload: the collector is stopping");
  }

  stop(timeoutMs = this.#config.limits.shutdownTimeoutMs): Promise<boolean> {
    return this.#stopped ??= this.#stop(timeoutMs);
  }

  async #stop(timeoutMs: number): Promise<boolean> {
    const { signal } = this.#deadline;
    const late = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const timer = setTimeout(() => this.#deadline.abort(), timeoutMs);
    this.#listeners.close();
    this.#dialer.stop();
    // Nothing else would end and close what a reload that is under way has yet to begin.
    await Promise.race([this.#reloading, late]);
    this.#listeners.close();
    await this.#operations.stopObserving();
    const ended = Promise.all([this.#sinks.ended(), this.#upstreams.ended()]);
    // A full journal takes the ends of the sessions only as sinks make room: not when the time is over or no sink is left.
    await Promise.race([this.#sessions.stop(), late, ended]);
    this.#journal.close();
    const [isWell] = await ended;
    await this.#sinks.close(signal);
    await this.#journal.finish();
    await this.#operations.close();
    clearTimeout(timer);
    clearInterval(this.#metricsTimer);
    this.updateMetrics();
    this.#ended.resolve();
    // What a spool has is delivered after the next start.
    const isKept = !signal.aborted || this.#journal.isDurable;
    return isKept && isWell;
  }
}

function refuseIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Error(`Cannot start: stopped by ${signal.reason}`);
}

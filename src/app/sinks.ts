/**
 * The sinks of a running collector and the pipelines that feed them. Which there are can change while they run:
 *
 * | change of the configuration | what happens |
 * | --- | --- |
 * | a new name | a pipeline of its own begins at the newest entry, or on a spool where `start` says |
 * | a name that is gone | it has a few seconds for what it has under way; its place in a spool is kept, and holds nothing |
 * | where records go (`type`, servers, files, topics) | another sink takes its place in the same pipeline, see `sink_slot.ts`; not one that may hold records back on a spool |
 * | what it gets (`format`, `filter`, batches) | a new pipeline goes on where the one before has ended |
 */
import { clearTimeout, setTimeout } from "node:timers";
import { outputOf, type SinkConfig } from "../cli/sink_config.ts";
import { GOBMP } from "../formats/gobmp/spec.ts";
import { formatSpec } from "../formats/registry.ts";
import type { Journal } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { SinkState } from "../ops/http/source.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { DecodeMeter } from "../pipeline/decode_metrics.ts";
import { makePipelines, type PipelineParts } from "../pipeline/groups.ts";
import type { Tail } from "../pipeline/live/tail.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { toError } from "../runtime/error.ts";
import type { Runtime } from "../runtime/types.ts";
import { sinkSpec } from "../sinks/registry.ts";
import type { Sink } from "../sinks/sink.ts";
import {
  hasOutput,
  lineOf,
  needsPipeline,
  openInTime,
  type Running,
  running,
} from "./running_sink.ts";
import { isMoved, within } from "./sink_changes.ts";
import { SinkSlot } from "./sink_slot.ts";

export interface SinkSetOptions {
  readonly journal: Journal;
  /** The field `collector` of records. */
  readonly collector: string;
  /** For what sinks keep; empty: there is none. */
  readonly stateDir: string;
  readonly runtime: Runtime;
  /** Shown records of goBMP's format. */
  readonly tail: Tail;
  /** Shared by all who decode. */
  readonly meter: DecodeMeter;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Aborts when the time for a stop is over. */
  readonly deadline: AbortSignal;
}

/** A sink that goes has so long for what it has under way. */
const CLOSE_TIMEOUT_MS = 5_000;

/** What a change needs, opened and not yet in use. */
export interface PreparedSinks {
  readonly configs: readonly SinkConfig[];
  /** By name: sinks to be put in a place, or a new one. */
  readonly opened: ReadonlyMap<string, Sink>;
}

export class SinkSet {
  readonly #options: SinkSetOptions;
  /** In the order of the configuration. */
  #all: Running[];
  readonly #runs = new Set<Promise<void>>();
  #hasFailed = false;
  readonly #failed = Promise.withResolvers<never>();

  /** Opens the journal's readers, so that nothing that is appended from now on is missed. */
  constructor(configs: readonly SinkConfig[], options: SinkSetOptions) {
    this.#options = options;
    // Whoever waits for it learns of a failure; without such, it is no unhandled one.
    this.#failed.promise.catch(() => {});
    const slots = configs.map((config) => this.#slot(config, this.#create(config)));
    const pipelines = makePipelines(
      configs.map((config, i) => this.#parts(config, slots[i]!)),
    );
    this.#all = configs.map((config, i) => running(config, slots[i]!, pipelines[i]!));
  }

  get pipelines(): readonly Pipeline[] {
    return this.#all.map(({ pipeline }) => pipeline);
  }

  get configs(): readonly SinkConfig[] {
    return this.#all.map(({ config }) => config);
  }

  /** For people. */
  get states(): SinkState[] {
    return this.#all.map(({ config, slot, pipeline }) => ({
      name: config.name,
      type: config.type,
      format: config.format,
      output: outputOf(config),
      waitsFor: pipeline.waitsFor,
      lastError: slot.lastError,
    }));
  }

  /** Rejects as soon as a sink cannot go on. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  async open(): Promise<void> {
    for (const { slot } of this.#all) await slot.open();
  }

  run(): void {
    for (const each of this.#all) this.#start(each);
  }

  /** Resolves when all pipelines have ended, with whether none has failed. */
  async ended(): Promise<boolean> {
    // Others may have come meanwhile.
    while (this.#runs.size > 0) await Promise.allSettled(this.#runs);
    return !this.#hasFailed;
  }

  async close(signal: AbortSignal): Promise<void> {
    await Promise.allSettled(this.#all.map(({ slot }) => slot.close(signal)));
  }

  async reopen(): Promise<void> {
    const all = this.#all.flatMap(lineOf);
    await Promise.all(all.map(({ slot }) => slot.reopen()));
  }

  /**
   * Opens what other configurations need; nothing changes yet.
   *
   * @throws when a sink cannot be opened; none is open then
   */
  async prepare(configs: readonly SinkConfig[]): Promise<PreparedSinks> {
    const opened = new Map<string, Sink>();
    try {
      for (const config of configs) {
        const before = this.#find(config.name);
        if (before !== undefined && !isMoved(before.config, config)) continue;
        // It can be opened only when the other is closed.
        if (before !== undefined && hasOutput(before, config)) {
          await this.#create(config, true).check?.();
        } else opened.set(config.name, await this.#open(config));
      }
      return { configs, opened };
    } catch (error) {
      await this.discard({ configs, opened });
      throw error;
    }
  }

  /** Closes what was prepared. */
  async discard({ opened }: PreparedSinks): Promise<void> {
    const signal = AbortSignal.abort();
    await Promise.allSettled([...opened.values()].map((sink) => sink.close(signal)));
  }

  /**
   * Changes to what was prepared; returns what has changed, for people.
   *
   * @throws when a sink that has the same output as the one before cannot be opened; the one before is in its place then
   */
  async change(prepared: PreparedSinks): Promise<string[]> {
    const opened = new Map(prepared.opened);
    try {
      return await this.#change(prepared.configs, opened);
    } catch (error) {
      await this.discard({ ...prepared, opened });
      throw error;
    }
  }

  /** @param opened what is in use is taken out */
  async #change(configs: readonly SinkConfig[], opened: Map<string, Sink>): Promise<string[]> {
    const { journal } = this.#options;
    const changes: string[] = [];
    const take = (name: string) => {
      const sink = opened.get(name);
      opened.delete(name);
      return sink;
    };
    const exchanged = configs.flatMap((config) => {
      const each = this.#find(config.name);
      if (each === undefined || !isMoved(each.config, config)) return [];
      return needsPipeline(each, config, journal.isDurable) ? [] : [{ each, config }];
    });
    // First what may fail.
    exchanged.sort((a, b) => Number(opened.has(a.config.name)) - Number(opened.has(b.config.name)));
    for (const { each, config } of exchanged) {
      await this.#exchange(each, config, take(config.name));
      changes.push(`sink ${config.name} changed`);
    }
    const all: Running[] = [];
    for (const config of configs) {
      const before = this.#find(config.name);
      if (before === undefined) {
        all.push(this.#add(config, take(config.name)!));
        changes.push(`sink ${config.name} added`);
      } else if (isMoved(before.config, config)) {
        all.push(await this.#replace(before, config, take(config.name)));
        changes.push(`sink ${config.name} changed`);
      } else all.push(before);
    }
    const gone = this.#all.filter(({ config }) =>
      !configs.some(({ name }) => name === config.name)
    );
    this.#all = all;
    for (const each of gone) {
      await this.#retire(each);
      changes.push(`sink ${each.config.name} removed`);
    }
    // What a spool keeps for a sink that is gone must not hold up the others.
    if (gone.length > 0) journal.complete?.();
    return changes;
  }

  #find(name: string): Running | undefined {
    return this.#all.find(({ config }) => config.name === name);
  }

  /** Puts another sink into a pipeline. */
  async #exchange(each: Running, config: SinkConfig, opened: Sink | undefined): Promise<void> {
    let failure: unknown;
    const open = async () => {
      if (opened !== undefined) return opened;
      try {
        return await this.#open(config, true);
      } catch (error) {
        failure = error;
        return await this.#open(each.config, true);
      }
    };
    const records = await within(CLOSE_TIMEOUT_MS, (signal) => each.slot.exchange(open, signal));
    if (records > 0) {
      const { log } = this.#options;
      log.error("records that a sink held back are lost", { sink: config.name, batches: records });
    }
    if (failure !== undefined) throw failure;
    each.config = config;
  }

  #add(config: SinkConfig, sink: Sink): Running {
    const { journal } = this.#options;
    // What memory has of earlier entries does not begin with what is needed to read them.
    const start = journal.isDurable ? config.start : "newest";
    const added = this.#make({ ...config, start }, this.#slot(config, sink));
    added.config = config;
    this.#start(added);
    return added;
  }

  /** Makes a new pipeline that goes on where another ends. */
  async #replace(before: Running, config: SinkConfig, opened: Sink | undefined): Promise<Running> {
    const { journal, log } = this.#options;
    const slot = this.#slot(config, opened ?? this.#create(config, true));
    const begin = async (after: Running) => {
      if (opened === undefined) await this.#openLate(after);
      after.before = undefined;
      await this.#run(after);
    };
    if (journal.isDurable) {
      await this.#retire(before);
      const after = this.#make(config, slot);
      after.before = before;
      after.run = this.#track(begin(after));
      return after;
    }
    // The end of the one is the start of the other, and nothing comes between.
    before.pipeline.stopAtEnd();
    const after = this.#make({ ...config, start: "newest" }, slot);
    after.config = config;
    after.before = before;
    const { lagBytes } = before.pipeline;
    if (lagBytes > 0) {
      const about = { sink: config.name, journal_bytes: lagBytes };
      log.info("sink changes when it has what came before", about);
    }
    after.run = this.#track(before.run.then(() => this.#close(before)).then(() => begin(after)));
    return after;
  }

  /** Lets a sink finish what it has under way, for a few seconds. */
  async #retire(each: Running): Promise<void> {
    const timer = setTimeout(() => {
      for (const { retired } of lineOf(each)) retired.abort();
    }, CLOSE_TIMEOUT_MS);
    each.pipeline.stopAtEnd();
    await each.run.catch(() => {});
    clearTimeout(timer);
    await this.#close(each);
  }

  async #close(each: Running): Promise<void> {
    const { slot } = each;
    const end = this.#endOf(each);
    const close = (signal: AbortSignal) => slot.close(AbortSignal.any([end, signal]));
    await within(CLOSE_TIMEOUT_MS, close).catch((error) => {
      const about = { sink: slot.name, error: toError(error).message };
      this.#options.log.warn("sink did not close", about);
    });
  }

  /** Opens the sink of a pipeline that is about to begin, unless it has to end. */
  async #openLate(each: Running): Promise<void> {
    const end = this.#endOf(each);
    if (end.aborted) return;
    const ended = new Promise<void>((resolve) => {
      end.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([each.slot.open(), ended]);
  }

  async #open(config: SinkConfig, goesOn = false): Promise<Sink> {
    const sink = this.#create(config, goesOn);
    await openInTime(sink);
    return sink;
  }

  #slot({ name, format }: SinkConfig, sink: Sink): SinkSlot {
    const { tail } = this.#options;
    return new SinkSlot(
      sink,
      format === GOBMP.name ? (batch) => tail.offer(name, batch) : undefined,
    );
  }

  #create(config: SinkConfig, goesOn = false): Sink {
    const { name, type, options, format, formatOptions, topicPrefix } = config;
    const { stateDir, runtime, metrics, log } = this.#options;
    const form = formatSpec(format);
    return sinkSpec(type).create(options, {
      name,
      format,
      topics: form.topics(formatOptions),
      topicPrefix,
      lines: form.lines,
      identityInHeaders: form.lacksIdentity(formatOptions),
      goesOn,
      stateDir,
      runtime,
      metrics,
      log,
    });
  }

  /** A pipeline that shares with no other. */
  #make(config: SinkConfig, slot: SinkSlot): Running {
    const [pipeline] = makePipelines([this.#parts(config, slot)]);
    return running(config, slot, pipeline!);
  }

  #parts(config: SinkConfig, sink: SinkSlot): PipelineParts {
    const { type, format, formatOptions, batchBytes, batchMs } = config;
    const { journal, collector, meter, metrics, log } = this.#options;
    const form = formatSpec(format);
    return {
      journal,
      meter,
      metrics,
      log,
      sink,
      formatter: form.create(formatOptions, collector),
      lines: sinkSpec(type).wrapped && form.lines,
      group: JSON.stringify([format, formatOptions, batchBytes, batchMs]),
      filter: config.filter,
      from: config.start,
      whenFull: config.optional ? "drop-oldest" : "block",
      batchBytes,
      batchMs,
      heartbeatMs: form.heartbeatMs?.(formatOptions) ?? 0,
      inFlightBytesMax: config.inFlightBytesMax,
    };
  }

  #start(each: Running): void {
    each.run = this.#track(this.#run(each));
  }

  #run(each: Running): Promise<void> {
    return each.pipeline.run(this.#endOf(each));
  }

  #endOf({ retired }: Running): AbortSignal {
    return AbortSignal.any([this.#options.deadline, retired.signal]);
  }

  #track(run: Promise<void>): Promise<void> {
    this.#runs.add(run);
    run.catch((error) => {
      this.#hasFailed = true;
      this.#failed.reject(error);
    }).finally(() => this.#runs.delete(run));
    return run;
  }
}

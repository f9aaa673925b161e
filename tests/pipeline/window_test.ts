/** Several pipelines on one journal: each gets the records that it would have got alone, however their paces differ. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { GobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import type { Output } from "../../src/formats/output.ts";
import { RecordIdentity } from "../../src/formats/output.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { type Entry, EntryBatch, EntryKind } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { DecodeMeter } from "../../src/pipeline/decode_metrics.ts";
import { Filter, type FilterOptions, NO_FILTER } from "../../src/pipeline/filter.ts";
import type { PipelineOptions } from "../../src/pipeline/options.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { Window } from "../../src/pipeline/window.ts";
import type { Sink } from "../../src/sinks/sink.ts";
import { utf8 } from "../../src/wire/writer.ts";
import {
  AS_PATH,
  initiation,
  MANDATORY,
  mpReach,
  ORIGIN,
  peerDown,
  type PeerOptions,
  peerUp,
  routeMonitoring,
  uint,
} from "../building.ts";
import { fromHex } from "../decoding.ts";
import { until } from "../until.ts";

const SESSIONS = 3;
const PEERS = 4;
const LOG = new Log("error", "text", () => {});
const DECODER = new TextDecoder();

/** Random numbers that a seed repeats. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One append: a message, or the begin or end of a session. */
interface Step {
  readonly session: number;
  readonly kind: EntryKind;
  readonly bytes: Uint8Array;
}

function peerOf(number: number): PeerOptions {
  return { address: `c00002${uint(10 + number, 1)}`, flags: number === 3 ? 0x40 : 0 };
}

/** UPDATEs of two families, some of hundreds of routes; peers that go up and down, one without Peer Up; sessions that end. */
function randomSteps(count: number, random: () => number, routesMax = 60): Step[] {
  const steps: Step[] = [];
  const isOpen = new Set<number>();
  const pick = (max: number) => Math.floor(random() * max);
  const message = (session: number, hex: string) =>
    steps.push({ session, kind: EntryKind.frame, bytes: fromHex(hex) });
  while (steps.length < count) {
    const session = 1 + pick(SESSIONS);
    if (!isOpen.has(session)) {
      isOpen.add(session);
      const info = { session: `s${steps.length}`, source: `192.0.2.${session}`, source_port: 1 };
      const json = JSON.stringify({ ...info, listener: "x", parallel: false });
      steps.push({ session, kind: EntryKind.open, bytes: utf8(json) });
      message(session, initiation(`router-${session}`));
    }
    const peer = peerOf(pick(PEERS));
    const dice = random();
    if (dice < 0.02) {
      isOpen.delete(session);
      steps.push({
        session,
        kind: EntryKind.close,
        bytes: utf8('{"reason":"closed","detail":""}'),
      });
    } else if (dice < 0.1) message(session, peerUp(peer));
    else if (dice < 0.14) message(session, peerDown(peer));
    else {
      const routes = random() < 0.05 ? routesMax : 1 + pick(3);
      const prefixes = Array.from({ length: routes }, () => `18${uint(pick(2 ** 24), 3)}`).join("");
      const nextHop = "20010db8000000000000000000000001";
      message(
        session,
        random() < 0.7
          ? routeMonitoring({ attributes: MANDATORY, nlri: prefixes }, peer)
          : routeMonitoring({
            attributes: ORIGIN + AS_PATH + mpReach(2, 1, nextHop, "2020010db8"),
          }, peer),
      );
    }
  }
  return steps;
}

/** Sequences go on within a session, numbers of sessions are those of the journal. */
class Appender {
  readonly #sequences = new Map<number, number>();
  readonly #numbers = new Map<number, number>();

  constructor(readonly journal: MemoryJournal) {}

  async append({ session, kind, bytes }: Step): Promise<void> {
    if (kind === EntryKind.open) {
      this.#sequences.set(session, 0);
      this.#numbers.set(session, this.journal.nextSession());
    }
    const sequence = this.#sequences.get(session)!;
    this.#sequences.set(session, sequence + 1);
    const batch = new EntryBatch();
    batch.session = this.#numbers.get(session)!;
    batch.kind = kind;
    batch.firstSequence = sequence;
    batch.receivedAtUs = 1_700_000_000_000_000 + sequence;
    batch.add(bytes, 0, bytes.length);
    await this.journal.append(batch);
  }
}

/** What it has got: per record its identity, topic and text. */
class Recorder implements Sink {
  readonly records: string[] = [];
  inFlight = 0;

  constructor(
    readonly name: string,
    readonly inFlightMax: number,
    readonly pauseMs: () => number,
  ) {}

  open(): Promise<void> {
    return Promise.resolve();
  }

  async deliver(batch: Output): Promise<void> {
    const before = this.#read(batch);
    const pauseMs = this.pauseMs();
    this.inFlight++;
    assert.ok(this.inFlight <= this.inFlightMax);
    // In order, as it would come out of a sink; that the batch has not changed meanwhile is looked at when it is acknowledged.
    this.records.push(...before);
    if (pauseMs > 0) await delay(pauseMs);
    assert.deepEqual(this.#read(batch), before);
    this.inFlight--;
  }

  #read(batch: Output): string[] {
    const identity = new RecordIdentity();
    return Array.from({ length: batch.count }, (_, i) => {
      const { topic, start, end } = batch.record(i);
      assert.ok(
        batch.identity(i, identity),
        `record ${i} of ${batch.count}: ${JSON.stringify(batch.starts.slice(0, 4))}`,
      );
      const { session, sequence, part } = identity;
      const value = DECODER.decode(batch.bytes.subarray(start, end));
      return `${session} ${sequence} ${part} ${topic.name} ${value}`;
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Counts the entries whose records it writes. */
class CountedFormatter extends GobmpFormatter {
  entries = 0;

  constructor() {
    super({ collector: "c", routerIdentity: "peer-local", extraFields: true, splitAf: true });
  }

  override entry(entry: Entry, out: Output, part: number): number {
    if (part === 0 && entry.bytes[entry.start + 5] === 0) this.entries++;
    return super.entry(entry, out, part);
  }
}

interface Setup {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly sinks: readonly {
    filter?: FilterOptions;
    pauseMs?: () => number;
    inFlightMax?: number;
  }[];
  readonly bytesMax?: number;
  readonly batchBytes?: number;
  /** Steps between two turns of the event loop. */
  readonly burst?: () => number;
}

interface Outcome {
  readonly records: readonly string[][];
  readonly formatters: readonly CountedFormatter[];
  readonly metrics: Metrics;
}

async function play(
  { steps, sinks, bytesMax, batchBytes = 8 * 1024, burst = () => 20 }: Setup,
): Promise<Outcome> {
  const metrics = new Metrics();
  const journal = new MemoryJournal({ bytesMax: 64 * 1024 * 1024, metrics });
  const filters = sinks.map(({ filter }) => filter && new Filter(filter));
  const window = new Window({ filters, ...(bytesMax === undefined ? {} : { bytesMax }) });
  const meter = new DecodeMeter();
  const recorders = sinks.map(({ pauseMs = () => 0, inFlightMax = 2 }, i) =>
    new Recorder(`sink-${i}`, inFlightMax, pauseMs)
  );
  const formatters = sinks.map(() => new CountedFormatter());
  const pipelines = recorders.map((sink, member) =>
    new Pipeline({
      journal,
      metrics,
      meter,
      log: LOG,
      formatter: formatters[member]!,
      sink,
      lines: true,
      batchBytes,
      shared: { window, member },
    })
  );
  const runs = pipelines.map((pipeline) => pipeline.run());
  const appender = new Appender(journal);
  for (let i = 0; i < steps.length;) {
    for (let rest = burst(); rest > 0 && i < steps.length; rest--) {
      await appender.append(steps[i++]!);
    }
    await delay(0);
  }
  journal.close();
  await Promise.all(runs);
  for (const pipeline of pipelines) pipeline.updateGauges();
  return { records: recorders.map(({ records }) => records), formatters, metrics };
}

/** Pipelines that share a window, on a journal of their own; `make` makes one more that does not. */
function share(sinks: readonly Sink[], options: Partial<PipelineOptions>) {
  const metrics = new Metrics();
  const journal = new MemoryJournal({ metrics });
  const window = new Window({ filters: sinks.map(() => undefined) });
  const make = (sink: Sink, more: Partial<PipelineOptions>) =>
    new Pipeline({
      journal,
      metrics,
      log: LOG,
      formatter: new CountedFormatter(),
      sink,
      lines: false,
      ...options,
      ...more,
    });
  const pipelines = sinks.map((sink, member) => make(sink, { shared: { window, member } }));
  return { journal, make, pipelines };
}

/** What one sink gets alone. */
async function playAlone(steps: readonly Step[], filter?: FilterOptions): Promise<string[]> {
  const { records } = await play({
    seed: 0,
    steps,
    sinks: [filter === undefined ? {} : { filter }],
  });
  return records[0]!;
}

describe("pipelines that share a window", () => {
  it("decode once when they keep up", async () => {
    const steps = randomSteps(800, randomFrom(1), 4);
    const alone = await play({ seed: 1, steps, sinks: [{}] });
    const { records, formatters, metrics } = await play({ seed: 1, steps, sinks: [{}, {}, {}] });
    for (const each of records) assert.deepEqual(each, alone.records[0]);
    const decoded = formatters.reduce((sum, { entries }) => sum + entries, 0);
    assert.ok(
      decoded < 1.05 * alone.formatters[0]!.entries,
      `${formatters.map((each) => each.entries)} entries decoded, ${
        alone.formatters[0]!.entries
      } alone`,
    );
    for (const name of ["edgebmp_routes_announced_total", "edgebmp_peer_events_total"]) {
      assert.equal(metrics.total(name), alone.metrics.total(name), name);
    }
    for (const name of ["messages", "bytes", "seconds"]) {
      assert.equal(metrics.total(`edgebmp_sink_lag_${name}`), 0);
    }
  });

  it("decode once when a slow one stays within the window", async () => {
    const steps = randomSteps(500, randomFrom(2), 4);
    const alone = await play({ seed: 2, steps, sinks: [{}] });
    const slow = { pauseMs: () => 5, inFlightMax: 1 };
    const { records, formatters } = await play({
      seed: 2,
      steps,
      sinks: [slow, {}, {}],
      bytesMax: 1 << 30,
    });
    for (const each of records) assert.deepEqual(each, alone.records[0]);
    const decoded = formatters.reduce((sum, { entries }) => sum + entries, 0);
    assert.ok(
      decoded < 1.1 * alone.formatters[0]!.entries,
      `${formatters.map((each) => each.entries)} entries decoded, ${
        alone.formatters[0]!.entries
      } alone`,
    );
  });

  for (let seed = 10; seed < 18; seed++) {
    it(`give each the records that it would get alone, at any pace (seed ${seed})`, async () => {
      const random = randomFrom(seed);
      const steps = randomSteps(500, random);
      const expected = await playAlone(steps);
      const sinks = Array.from({ length: 2 + (seed % 3) }, () => {
        const chance = random();
        return {
          pauseMs: () => random() < chance / 4 ? 8 * random() : 0,
          inFlightMax: 1 + Math.floor(4 * random()),
        };
      });
      const { records, metrics } = await play({
        seed,
        steps,
        sinks,
        // A few batches only, so that the slow ones fall out of the window and come back.
        bytesMax: (2 + Math.floor(6 * random())) * 80 * 1024,
        batchBytes: 1024 + Math.floor(16 * 1024 * random()),
        burst: () => 1 + Math.floor(60 * random()),
      });
      for (const each of records) assert.deepEqual(each, expected);
      assert.equal(
        metrics.total("edgebmp_peer_events_total"),
        expected.filter((record) => record.includes(" gobmp.parsed.peer ")).length,
      );
    });
  }

  it("give each what its filter accepts", async () => {
    const random = randomFrom(30);
    const steps = randomSteps(500, random);
    const all = await playAlone(steps);
    const filters: FilterOptions[] = [
      { ...NO_FILTER, routers: ["192.0.2.1"] },
      { ...NO_FILTER, peers: ["192.0.2.11/32"], messages: ["route-monitoring"] },
      { ...NO_FILTER, families: ["ipv6-unicast"] },
      { ...NO_FILTER, views: ["adj-rib-in-post"], messages: ["route-monitoring", "session"] },
    ];
    const alone = await Promise.all(filters.map((filter) => playAlone(steps, filter)));
    const isOf = (record: string, name: string) => record.includes(` gobmp.parsed.${name} `);
    assert.deepEqual(
      alone[0],
      all.filter((record) => record.includes('"router_source":"192.0.2.1"')),
    );
    assert.deepEqual(
      alone[1],
      all.filter((record) => isOf(record, "unicast_prefix_v4") || isOf(record, "unicast_prefix_v6"))
        .filter((record) => record.includes('"peer_ip":"192.0.2.11"')),
    );
    assert.deepEqual(alone[2], all.filter((record) => !isOf(record, "unicast_prefix_v4")));
    for (const [i, sinks] of [[...filters, undefined], filters].entries()) {
      const { records } = await play({
        seed: 30,
        steps,
        sinks: sinks.map((filter) => ({
          ...(filter === undefined ? {} : { filter }),
          pauseMs: () => random() < 0.1 ? 3 : 0,
        })),
        bytesMax: 600 * 1024,
        burst: () => 1 + Math.floor(60 * random()),
      });
      assert.deepEqual(records.slice(0, 4), alone, `group ${i}`);
      if (i === 0) assert.deepEqual(records[4], all);
    }
  });

  for (let seed = 50; seed < 58; seed++) {
    it(`hand over to another that goes on where one stops (seed ${seed})`, async () => {
      const random = randomFrom(seed);
      const steps = randomSteps(300, random);
      const expected = await playAlone(steps);
      const pauseMs = () => random() < 0.3 ? 8 * random() : 0;
      const sinks = [new Recorder("a", 2, () => 0), new Recorder("b", 1, pauseMs)];
      const batchBytes = 1024 + Math.floor(16 * 1024 * random());
      const { journal, make, pipelines } = share(sinks, { batchBytes });
      const runs = pipelines.map((pipeline) => pipeline.run());
      const appender = new Appender(journal);
      const stop = Math.floor(steps.length * random());
      for (let i = 0; i < steps.length;) {
        for (let rest = 1 + 60 * random(); rest > 0 && i < steps.length; rest--) {
          if (i === stop) {
            pipelines[1]!.stopAtEnd();
            const next = make(sinks[1]!, { from: "newest" });
            runs.push(runs[1]!.then(() => next.run()));
          }
          await appender.append(steps[i++]!);
        }
        await delay(0);
      }
      journal.close();
      await Promise.all(runs);
      // Peers without a Peer Up are not in a keyframe: who begins with one writes no downs for them.
      const routes = (records: readonly string[]) =>
        records.filter((record) => record.includes(" gobmp.parsed.unicast_prefix_"));
      assert.deepEqual(sinks[0]!.records, expected);
      assert.deepEqual(routes(sinks[1]!.records), routes(expected));
    });
  }

  it("say so while they wait for the batch that one of them makes", async () => {
    const sinks = ["a", "b"].map((name) => new Recorder(name, 1, () => 0));
    const { journal, pipelines } = share(sinks, { batchMs: 60_000 });
    const states = () => pipelines.map(({ waitsFor }) => waitsFor);
    assert.deepEqual(states(), ["sink", "sink"]);
    const runs = pipelines.map((pipeline) => pipeline.run());
    const appender = new Appender(journal);
    for (const step of randomSteps(1, randomFrom(60))) await appender.append(step);
    await until(() => pipelines.some(({ progress }) => progress > 0));
    // Their watch takes who does not get on, and waits for nothing, to be stuck.
    await delay(20);
    assert.deepEqual(states(), ["journal", "journal"]);
    journal.close();
    await Promise.all(runs);
    assert.deepEqual(sinks[0]!.records, sinks[1]!.records);
  });

  it("go on when one of them ends", async () => {
    const steps = randomSteps(400, randomFrom(40));
    const expected = await playAlone(steps);
    const sinks = [new Recorder("a", 1, () => 0), new Recorder("b", 1, () => 0)];
    sinks[0]!.deliver = () => Promise.reject(new Error("gone"));
    const { journal, pipelines } = share(sinks, { batchBytes: 4096 });
    const runs = pipelines.map((pipeline) => pipeline.run());
    const failed = assert.rejects(runs[0]!, /gone/);
    const appender = new Appender(journal);
    for (const step of steps) {
      await appender.append(step);
      await delay(0);
    }
    journal.close();
    await failed;
    await runs[1];
    assert.deepEqual(sinks[1]!.records, expected);
  });
});

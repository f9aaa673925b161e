/**
 * The whole collector with a spool and several sinks, each with troubles of its own: what the routers said arrives at all of them,
 * whoever is away or is killed.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { TOPICS } from "../../src/formats/gobmp/topics.ts";
import { checkSpool } from "../../src/journal/disk/check.ts";
import { openDirectory } from "../../src/journal/disk/storage.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { natsDial } from "../../src/sinks/nats/client.ts";
import { freePort } from "../ports.ts";
import { Brokers, findKafka } from "./kafka/brokers.ts";
import { LogReader } from "./kafka/reader.ts";
import { LongSession, PEERS, ROUTER } from "./long_session.ts";
import { readStream } from "./nats/consumer.ts";
import { findNatsServer, NatsServer } from "./nats/server.ts";
import { collectorCommand, describeWith, type Found, Program, waitFor } from "./programs.ts";

interface Data {
  readonly session: string;
  readonly sequence: number;
  readonly part: number;
  readonly action?: string;
  readonly reason?: string;
}

/** A collector that can be killed and started again, also with other sinks. */
class Collector {
  readonly folder: string;
  readonly port: number;
  sinks: readonly string[] = [];
  program!: Program;
  #isRunning = false;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async make(): Promise<Collector> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-sinks-"));
    const collector = new Collector(folder, await freePort());
    collectors.push(collector);
    return collector;
  }

  /** Starts it with sinks, each a YAML flow mapping. */
  async start(...sinks: string[]): Promise<void> {
    if (sinks.length > 0) this.sinks = sinks;
    const config = join(this.folder, "edgebmp.yaml");
    await writeFile(
      config,
      [
        "version: 1",
        `listen: [{address: ${ROUTER}, port: ${this.port}}]`,
        `spool: {dir: ${this.spool}, min_free_bytes: 1MiB, interval_ms: 50}`,
        "http: {port: 0}",
        `sinks: [${this.sinks.join(", ")}]`,
      ].join("\n"),
    );
    const own = join(this.folder, "run");
    await mkdir(own, { recursive: true });
    this.program = new Program("collector", [...collectorCommand(), `--config=${config}`], own);
    this.#isRunning = true;
    await waitFor("a listener", () => this.program.log.includes("listening"), [this.program]);
  }

  async kill(): Promise<void> {
    await this.program.kill();
    this.#isRunning = false;
    await this.#verify();
  }

  async stop(): Promise<void> {
    await this.program.stop();
    this.#isRunning = false;
    assert.match(this.program.log, /stopped drained=true/);
    await this.#verify();
  }

  async remove(): Promise<void> {
    if (this.#isRunning) await this.program.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #verify(): Promise<void> {
    assert.deepEqual((await checkSpool(await openDirectory(this.spool))).damages, []);
  }

  get spool(): string {
    return join(this.folder, "spool");
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** What a file sink has written. */
  records(name: string): Data[] {
    const text = existsSync(this.path(name)) ? readFileSync(this.path(name), "utf8") : "";
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line).msg_data);
  }

  /** A whole session, up to its end in a file. */
  async wholeSession(file: string): Promise<void> {
    const had = this.#count(file);
    const session = new LongSession(this.port);
    assert.equal(await session.connected, true);
    await session.send(0, WHOLE);
    await session.end();
    await waitFor("the session's records", () => this.#count(file) >= had + RECORDS, [
      this.program,
    ]);
  }

  #count(name: string): number {
    const path = this.path(name);
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
  }
}

/** Messages of a session that nobody cuts. */
const WHOLE = 1000;
/** Its records: its begin and end, Initiation, peers up and down, two routes in each of the other messages. */
const RECORDS = 3 + 2 * PEERS.length + 2 * (WHOLE - 1 - PEERS.length);

const collectors: Collector[] = [];
after(async () => {
  for (const collector of collectors) await collector.remove();
});

function identity({ session, sequence, part }: Data): string {
  return `${session}/${sequence}/${part}`;
}

/** Records by identity; a repeat must be the same. */
function byIdentity(records: readonly Data[]): Map<string, Data> {
  const all = new Map<string, Data>();
  for (const record of records) {
    const id = identity(record);
    if (all.has(id)) assert.deepEqual(record, all.get(id), "a repeat is the same record");
    else all.set(id, record);
  }
  return all;
}

/** Of each session, without repeats, in order. */
function assertOrdered(records: readonly Data[], where: string): void {
  const last = new Map<string, Data>();
  for (const record of byIdentity(records).values()) {
    const before = last.get(record.session);
    const isLater = before === undefined || record.sequence > before.sequence ||
      (record.sequence === before.sequence && record.part > before.part);
    assert.equal(
      isLater,
      true,
      `${where}: ${identity(record)} behind ${before && identity(before)}`,
    );
    last.set(record.session, record);
  }
}

function sessionsOf(records: readonly Data[]): string[] {
  return [...new Set(records.map(({ session }) => session))];
}

function findBoth(): Found {
  const nats = findNatsServer();
  if ("skip" in nats) return nats;
  const kafka = findKafka();
  return "skip" in kafka ? kafka : nats;
}

async function countIn(reader: LogReader): Promise<number> {
  return (await reader.ends()).reduce((sum, end) => sum + end, 0);
}

describeWith(findBoth(), "Kafka, NATS and a file at once, with a spool", (natsPath) => {
  it("each gets everything, in order, whoever is killed", { timeout: 180_000 }, async () => {
    const brokers = await Brokers.start(1);
    const nats = await NatsServer.start({ path: natsPath });
    const reader = new LogReader([brokers.port()]);
    const url = `nats://127.0.0.1:${nats.port}`;
    try {
      const collector = await Collector.make();
      const session = async (count: number) => {
        const cut = new LongSession(collector.port);
        assert.equal(await cut.connected, true);
        await cut.send(0, count);
        const { program } = collector;
        await waitFor("a session", () => program.log.includes("session opened"), [program]);
        return cut;
      };
      // Kafka is away from the start on, and holds nobody back.
      await brokers.down();
      await collector.start(
        `{type: file, path: ${collector.path("file.json")}}`,
        `{type: kafka, brokers: "${brokers.addresses}"}`,
        `{type: nats, servers: "${url}", stream_retention: limits}`,
      );
      await collector.wholeSession("file.json");
      assert.match(collector.program.log, /cannot reach Kafka/);
      // Now nobody but the file is there, and the collector is killed in mid-session.
      await nats.kill();
      await session(700);
      await collector.kill();
      await nats.run();
      await collector.start();
      await collector.wholeSession("file.json");
      await collector.kill();
      await brokers.up();
      await collector.start();
      // While Kafka gets what it has missed, and again while JetStream is killed.
      while (await countIn(reader) === 0) await delay(20);
      await collector.kill();
      await collector.start();
      await session(500);
      await nats.kill();
      await collector.kill();
      await nats.run();
      await collector.start();
      await collector.wholeSession("file.json");
      // A stop in mid-session leaves nothing to be sent again.
      const stopped = await session(900);
      await collector.stop();
      await stopped.closed;
      await collector.start();
      await collector.wholeSession("file.json");
      await collector.stop();

      const file = collector.records("file.json");
      const expected = byIdentity(file);
      // A kill may have come before the first entry of a session was written.
      assert.equal(sessionsOf(file).length >= 5, true);
      const whole = sessionsOf(file).filter((session) => {
        const own = [...expected.values()].filter((record) => record.session === session);
        return own.length === RECORDS && own.at(-1)!.reason === "closed";
      });
      assert.equal(whole.length, 4, "the sessions that nobody has cut");

      const link = await natsDial(await loadRuntime())({
        url,
        clientName: "test",
        credentials: { user: "", password: "", token: "", nkeySeed: "", creds: "" },
        tls: undefined,
        timeoutMs: 5_000,
      });
      const inNats = (await readStream(link)).map(([, value]) => JSON.parse(value) as Data);
      await link.close();
      const inKafka: Data[] = [];
      for (const topic of TOPICS) {
        const records = await reader.all(topic.name, 0).catch(() => []);
        const data = records.map(({ value }) => JSON.parse(value) as Data);
        assertOrdered(data, topic.name);
        inKafka.push(...data);
      }
      assertOrdered(file, "file");
      const lastSent = new Map(inNats.map((record) => [identity(record), record]));
      assertOrdered([...lastSent.values()], "JetStream");
      const afterStop = new Set(sessionsOf(file).slice(-2));
      for (
        const [name, records] of [["Kafka", inKafka], ["JetStream", inNats], [
          "file",
          file,
        ]] as const
      ) {
        const got = byIdentity(records);
        assert.deepEqual([...got.keys()].sort(), [...expected.keys()].sort(), name);
        for (const [id, record] of got) assert.deepEqual(record, expected.get(id), name);
        const ofLast = records.filter(({ session }) => afterStop.has(session));
        assert.equal(ofLast.length, byIdentity(ofLast).size, `${name}: no repeat after SIGTERM`);
        process.stderr.write(
          `${name}: ${got.size} records, ${records.length - got.size} repeats\n`,
        );
      }
    } finally {
      await reader.close();
      await brokers.stop();
      await nats.stop();
    }
  });
});

describe("sinks that come and go between restarts", { timeout: 90_000 }, () => {
  it("get what came while they were not configured, or what they ask for", async () => {
    const collector = await Collector.make();
    const sink = (name: string, more = "") =>
      `{type: file, name: ${name}, path: ${collector.path(`${name}.json`)}${more}}`;
    // One that stays and one that goes; both have the first session.
    await collector.start(sink("stays"), sink("goes"));
    await collector.wholeSession("stays.json");
    await collector.stop();
    const first = collector.records("goes.json");
    assert.deepEqual(first, collector.records("stays.json"));
    // The one that is gone is told, and holds what comes.
    await collector.start(sink("stays"));
    assert.match(collector.program.log, /spool holds entries for a sink .* sink=goes/);
    await collector.wholeSession("stays.json");
    await collector.stop();
    assert.deepEqual(collector.records("goes.json"), first);
    // It comes back, with two new ones beside it.
    await collector.start(
      sink("stays"),
      sink("goes"),
      sink("oldest", ", start: oldest"),
      sink("newest", ", start: newest"),
    );
    assert.doesNotMatch(collector.program.log, /spool holds entries/);
    await collector.wholeSession("newest.json");
    await collector.stop();
    const all = collector.records("stays.json");
    assert.equal(all.length, 3 * RECORDS);
    assert.deepEqual(collector.records("goes.json"), all, "neither lost nor repeated");
    assert.deepEqual(collector.records("newest.json"), all.slice(2 * RECORDS));
    const oldest = collector.records("oldest.json");
    assert.equal(oldest.length >= 2 * RECORDS, true, `${oldest.length} records`);
    assert.deepEqual(oldest, all.slice(-oldest.length));
  });
});

/**
 * A consumer of goBMP's finds our records where goBMP puts them, as goBMP writes them: the same streams to both collectors. The accepted
 * differences are those of `tests/corpus/gobmp_rules.ts`, each with its reason; our extra fields and topics are left out.
 */
import { after, before, it } from "node:test";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { TOPICS } from "../../src/formats/gobmp/topics.ts";
import { compareRecords, type Rule } from "../corpus/compare.ts";
import { type JsonObject, readStream } from "../corpus/corpus.ts";
import { streamFacts } from "../corpus/frames.ts";
import { RULES } from "../corpus/gobmp_rules.ts";
import type { RecordLine } from "../corpus/records.ts";
import { freePort } from "../ports.ts";
import { Brokers, findKafka } from "./kafka/brokers.ts";
import { LogReader } from "./kafka/reader.ts";
import { collectorCommand, describeWith, type Found, logText, Program } from "./programs.ts";

/** Of several routers, with routes of several families, and keys of Flow Specifications. */
const STREAMS = [
  "netgauze-evpn-198.51.100.154",
  "pmacct-200-HUAWEI-locrib_instance-t00",
  "pmacct-204-CISCO-peer_down-t00",
  "pmacct-205-6wind-FRR-peer_down-t00",
  "live-frr-8.4.4-flapping",
];
const PARTITIONS = 3;
/** No more records for so long: that was all. */
const QUIET_MS = 2000;
/** goBMP loses what comes before its Kafka client has found its way. */
const SETTLE_MS = 1500;
/** It works on several messages at once, and finishes them in any order: a route's table is unknown while its Peer Up is not done. */
const PACE_MS = 2;
/** Topics of goBMP's, with the numbers that stand for them in its files. */
const SHARED = TOPICS.filter(({ name }) => name.startsWith("gobmp."));

const NOT_LEARNED_YET: Rule = {
  name: "router identity not learned yet",
  reason: "goBMP works on several messages at once, a Peer Up and what follows it among them",
  member: ({ member, theirRecord }) =>
    ["msg_hash", "router_hash", "router_ip"].includes(member) &&
    theirRecord["router_ip"] === undefined,
};

function findGobmp(): Found {
  const { EDGEBMP_PEERS: peers, EDGEBMP_CORPUS: corpus } = process.env;
  const path = join(peers ?? "", "bin/gobmp");
  if (peers === undefined || !existsSync(path)) return { skip: "EDGEBMP_PEERS names no goBMP" };
  if (corpus === undefined) return { skip: "EDGEBMP_CORPUS names no streams" };
  const kafka = findKafka();
  return "skip" in kafka ? kafka : { path };
}

/** What stands in the topics of one collector. */
interface Written {
  readonly records: RecordLine[];
  /** Partition by topic and key. */
  readonly places: Map<string, number>;
}

describeWith(findGobmp(), "Kafka sink beside goBMP", (gobmp) => {
  let brokers: Brokers;
  let reader: LogReader;
  const partitions = new Set<number>();
  let placesCompared = 0;

  before(async () => {
    brokers = await Brokers.start(1);
    reader = new LogReader([brokers.port()]);
  });
  after(async () => {
    await reader?.close();
    await brokers?.stop();
  });

  for (const stream of STREAMS) {
    it(
      `has the same topics, keys, partitions and values, apart from the rules: ${stream}`,
      { timeout: 120_000 },
      async () => {
        const [theirs, ours] = await Promise.all([
          written(brokers, reader, stream, "theirs", [gobmp]),
          written(brokers, reader, stream, "ours", [
            ...collectorCommand(),
            "--router-identity=first-peer-up",
            "--extra-fields=false",
          ]),
        ]);
        const unexplained = compareRecords(
          theirs.records,
          ours.records.filter(({ type }) => type < 1000),
          streamFacts(readStream(stream)),
          [...RULES, NOT_LEARNED_YET],
          new Map(),
        );
        assert.deepEqual(unexplained, [], `${unexplained.length} differences`);
        assert.ok(theirs.records.length > 0, "goBMP wrote nothing");
        const shared = [...theirs.places].filter(([place]) => ours.places.has(place));
        for (const [place, partition] of shared) {
          assert.equal(ours.places.get(place), partition, place);
          partitions.add(partition);
        }
        placesCompared += shared.length;
      },
    );
  }

  it("has compared several keys and partitions", () => {
    assert.ok(placesCompared >= 10, `${placesCompared} keys`);
    assert.ok(partitions.size >= 2);
  });
});

/** Plays a stream to a collector, whose topics exist already and have several partitions. */
async function written(
  brokers: Brokers,
  reader: LogReader,
  stream: string,
  who: string,
  command: readonly string[],
): Promise<Written> {
  const prefix = `${who}-${stream}`;
  const topics = SHARED.map(({ name }) => `${prefix}.${name}`);
  for (const topic of topics) await reader.createTopic(topic, PARTITIONS);
  await reader.ends(topics);
  const { program, router } = await start([
    ...command,
    "--performance-port=0",
    `--kafka-server=${brokers.addresses}`,
    `--kafka-topic-prefix=${prefix}`,
  ]);
  try {
    await sleep(SETTLE_MS);
    for (const message of messages(readStream(stream))) {
      router.write(message);
      await sleep(PACE_MS);
    }
    for (let [before, now] = [-1, 0]; before !== now || now === 0;) {
      await sleep(QUIET_MS);
      [before, now] = [now, (await reader.ends(topics)).reduce((sum, end) => sum + end, 0)];
    }
  } finally {
    router.destroy();
    await program.stop();
  }
  const records: RecordLine[] = [];
  const places = new Map<string, number>();
  for (const [i, { name, messageType }] of SHARED.entries()) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (const { key, value } of await reader.all(topics[i]!, partition)) {
        records.push({ type: messageType, key: key ?? "", data: JSON.parse(value) as JsonObject });
        const place = `${name} ${key}`;
        assert.equal(places.get(place) ?? partition, partition, `${place} in two partitions`);
        places.set(place, partition);
      }
    }
  }
  return { records, places };
}

/** The BMP messages of a stream: their length stands behind the version. */
function* messages(stream: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  for (let pos = 0; pos < stream.length;) {
    const end = pos + view.getUint32(pos + 1);
    yield stream.subarray(pos, end);
    pos = end;
  }
}

/** Starts a collector and connects to it. On a busy machine one may end at its start: a port is taken, a broker is slow. */
async function start(
  command: readonly string[],
): Promise<{ program: Program; router: net.Socket }> {
  for (let tries = 1;; tries++) {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "edgebmp-beside-"));
    const program = new Program("collector", [...command, `--source-port=${port}`], folder);
    try {
      return { program, router: await connect(port, program) };
    } catch (error) {
      await program.stop();
      if (tries === 3) throw error;
      process.stderr.write(`${(error as Error).message}\n`);
    }
  }
}

/** Connects as soon as the collector listens. */
async function connect(port: number, program: Program): Promise<net.Socket> {
  for (const end = Date.now() + 15_000; program.exit === undefined && Date.now() < end;) {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("close", () => resolve(false));
    });
    if (isConnected) return socket;
    await sleep(200);
  }
  throw new Error(
    `Cannot connect to ${program.name}: ${program.exit ?? "it does not listen"}${logText(program)}`,
  );
}

/** A consumer of goBMP's finds our records where goBMP puts them: the same streams to both collectors, topic by topic. */
import { it } from "node:test";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { replayFile } from "../../src/cli/commands/replay.ts";
import { TOPICS } from "../../src/formats/gobmp/topics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { streamPath } from "../corpus/corpus.ts";
import { Brokers, findKafka } from "./kafka/brokers.ts";
import { LogReader } from "./kafka/reader.ts";
import {
  collectorCommand,
  describeWith,
  type Found,
  freePort,
  Program,
  waitFor,
} from "./programs.ts";

/** Of six routers, with routes of several families, and keys of Flow Specifications. */
const STREAMS = [
  "netgauze-evpn-198.51.100.154",
  "pmacct-200-HUAWEI-locrib_instance-t00",
  "pmacct-201-CISCO-rd_instance-t00",
  "pmacct-204-CISCO-peer_down-t00",
  "pmacct-205-6wind-FRR-peer_down-t00",
  "live-frr-8.4.4-flapping",
];
const PARTITIONS = 7;
/** No more records for so long: that was all. */
const QUIET_MS = 2500;

function findGobmp(): Found {
  const { EDGEBMP_PEERS: peers, EDGEBMP_CORPUS: corpus } = process.env;
  const path = join(peers ?? "", "bin/gobmp");
  if (peers === undefined || !existsSync(path)) return { skip: "EDGEBMP_PEERS names no goBMP" };
  if (corpus === undefined) return { skip: "EDGEBMP_CORPUS names no streams" };
  const kafka = findKafka();
  return "skip" in kafka ? kafka : { path };
}

/** Partition by topic and key. */
type Places = Map<string, number>;

describeWith(findGobmp(), "Kafka sink beside goBMP", (gobmp) => {
  it(
    "puts the same keys into the same partitions of the same topics",
    { timeout: 120_000 },
    async () => {
      const brokers = await Brokers.start(1);
      const reader = new LogReader([brokers.port()]);
      try {
        const theirs = await placesOf(brokers, reader, "theirs", [gobmp]);
        const ours = await placesOf(brokers, reader, "ours", [
          ...collectorCommand(),
          "--router-identity=first-peer-up",
        ]);
        // What each of them makes of broken or strange messages is compared elsewhere.
        const shared = [...theirs].filter(([place]) => ours.has(place));
        for (const [place, partition] of shared) assert.equal(ours.get(place), partition, place);
        assert.ok(shared.length >= 10, `${shared.length} keys of ${theirs.size}`);
        assert.ok(
          new Set(shared.map(([, partition]) => partition)).size >= 3,
          "too few partitions",
        );
      } finally {
        await reader.close();
        await brokers.stop();
      }
    },
  );
});

/** Plays the streams to a collector, whose topics exist already and have several partitions. */
async function placesOf(
  brokers: Brokers,
  reader: LogReader,
  prefix: string,
  command: readonly string[],
): Promise<Places> {
  const topics = TOPICS.filter(({ name }) => name.startsWith("gobmp."));
  for (const { name } of topics) await reader.createTopic(`${prefix}.${name}`, PARTITIONS);
  const port = await freePort();
  const program = new Program("collector", [
    ...command,
    `--source-port=${port}`,
    "--performance-port=0",
    `--kafka-server=${brokers.addresses}`,
    `--kafka-topic-prefix=${prefix}`,
  ], mkdtempSync(join(tmpdir(), "edgebmp-beside-")));
  try {
    const runtime = await loadRuntime();
    const { signal } = new AbortController();
    const totals = { sessions: 0, messages: 0, bytes: 0 };
    for (const stream of STREAMS) {
      const options = { to: { host: "127.0.0.1", port }, rate: 0, signal };
      await retry(() => replayFile(runtime, streamPath(stream), options, totals));
    }
    await waitFor("records", () => totals.sessions >= STREAMS.length, [program]);
    for (let [before, now] = [-1, 0]; before !== now;) {
      await sleep(QUIET_MS);
      [before, now] = [now, (await reader.ends()).reduce((sum, end) => sum + end, 0)];
    }
  } finally {
    await program.stop();
  }
  const places: Places = new Map();
  for (const { name } of topics) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (const { key } of await reader.all(`${prefix}.${name}`, partition)) {
        const place = `${name} ${key}`;
        assert.equal(places.get(place) ?? partition, partition, `${place} in two partitions`);
        places.set(place, partition);
      }
    }
  }
  return places;
}

/** Until the collector listens. */
async function retry(action: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + 30_000;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(200);
    }
  }
}

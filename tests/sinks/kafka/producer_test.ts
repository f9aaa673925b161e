/**
 * The producer against brokers that fail at every step: nothing is lost, and, as long as brokers know producer ids, nothing is
 * repeated or out of order.
 */
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import fc from "fast-check";
import { Output, type Topic } from "../../../src/formats/output.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import type { DeadLetter } from "../../../src/sinks/dead_letter.ts";
import { declareMetrics } from "../../../src/sinks/kafka/metrics.ts";
import { partitionOf } from "../../../src/sinks/kafka/partitioner.ts";
import { Producer, type ProducerOptions } from "../../../src/sinks/kafka/producer.ts";
import type { TopicOptions } from "../../../src/sinks/kafka/topics.ts";
import { utf8 } from "../../../src/wire/writer.ts";
import { FakeCluster, type FakeClusterOptions, type Fault } from "./fake_cluster.ts";

const PEER: Topic = { name: "gobmp.parsed.peer", messageType: 10 };
const ROUTES: Topic = { name: "gobmp.parsed.unicast_prefix_v4", messageType: 74 };
const SESSION: Topic = { name: "edgebmp.session", messageType: 1000 };

type Options = Partial<Omit<ProducerOptions, "topics">> & { topics?: Partial<TopicOptions> };

class Bench {
  readonly cluster: FakeCluster;
  readonly metrics = new Metrics();
  readonly counts = declareMetrics(this.metrics, "kafka");
  readonly lines: string[] = [];
  readonly letters: (Omit<DeadLetter, "value"> & { value: string })[] = [];
  readonly producer: Producer;

  constructor(cluster: FakeClusterOptions = {}, options: Options = {}) {
    this.cluster = new FakeCluster(cluster);
    this.producer = new Producer(
      {
        name: "kafka",
        bootstrap: [{ host: "broker", port: 1 }, { host: "broker", port: 2 }],
        partitioner: "fnv1a",
        compression: "none",
        idempotence: "auto",
        identityHeaders: false,
        inFlightMax: 5,
        ...options,
        topics: {
          prefix: "",
          create: true,
          partitions: -1,
          replicationFactor: -1,
          retentionMs: 900_000,
          batchBytesMax: 900_000,
          ...options.topics,
        },
      },
      {
        dialer: this.cluster,
        codec: undefined,
        deadLetters: {
          write: async ({ value, ...letter }) => {
            this.letters.push({ ...letter, value: new TextDecoder().decode(value) });
            await Promise.resolve();
          },
        },
        metrics: this.counts,
        log: new Log("info", "text", (line) => this.lines.push(line)),
        sleep: async () => {
          await new Promise((resolve) => setImmediate(resolve));
        },
      },
    );
  }

  deliver(records: readonly (readonly [Topic, string, string])[]): Promise<void> {
    const out = new Output(64 * 1024, false);
    for (const [topic, key, value] of records) {
      out.begin(topic, key);
      out.raw(utf8(value));
      out.end();
    }
    // What is delivered is the caller's again: it is overwritten.
    return this.producer.deliver(out).then(() => {
      out.bytes.fill(0);
    });
  }

  values(topic: Topic, index = 0): string[] {
    return this.cluster.partition(topic.name, index).values;
  }
}

/** `count` deliveries of `size` records each, one after another without waiting. */
function numbered(count: number, size: number): (readonly [Topic, string, string])[][] {
  return Array.from(
    { length: count },
    (_, i) => Array.from({ length: size }, (_, j) => [ROUTES, "key", `${i * size + j}`] as const),
  );
}

/** Delivers one by one, each in a batch of its own, all under way at once; waits for all. */
async function deliverAll(bench: Bench, deliveries: ReturnType<typeof numbered>): Promise<void> {
  const all: Promise<void>[] = [];
  for (const records of deliveries) {
    all.push(bench.deliver(records));
    await Promise.resolve();
  }
  await Promise.all(all);
}

function range(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}

/** Small PRNG (mulberry32): one number decides a whole run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

const APPENDED_OR_NOT: readonly Fault[] = [
  "lost",
  "answer-lost",
  "frozen",
  "moved",
  // Retriable codes that say that nothing was appended.
  ...[-1, 2, 3, 5, 6, 7, 19, 56, 74].map((code) => ({ code, appended: false })),
  // And those that may come although it was.
  ...[7, 20].map((code) => ({ code, appended: true })),
];

function nameOf(fault: Fault): string {
  return typeof fault === "string" ? fault : `code ${fault.code}, appended: ${fault.appended}`;
}

describe("Producer, one fault", () => {
  for (const fault of APPENDED_OR_NOT) {
    it(`${nameOf(fault)}, at every request, once or twice`, async () => {
      for (let at = 0; at < 9; at++) {
        for (const times of [1, 2]) {
          const bench = new Bench({
            random: randomOf(at),
            produceFault: (request) => request >= at && request < at + times ? fault : "none",
          });
          // One delivery first: the others must not all wait in one batch for the connection.
          await bench.deliver([[PEER, "key", "first"]]);
          await deliverAll(bench, numbered(12, 2));
          assert.deepEqual(bench.values(ROUTES), range(24), `${nameOf(fault)} at ${at}`);
          bench.producer.close();
        }
      }
    });
  }

  for (const code of [45, 47, 59]) {
    it(`code ${code}: goes on under a new producer id, in order, with nothing lost`, async () => {
      for (let at = 0; at < 7; at++) {
        const bench = new Bench({
          produceFault: (request) => request === at ? { code, appended: false } : "none",
        });
        await bench.deliver([[PEER, "key", "first"]]);
        await deliverAll(bench, numbered(10, 1));
        assert.deepEqual(bench.values(ROUTES), range(10), `at ${at}`);
        assert.deepEqual(bench.values(PEER), ["first"]);
        const ids = bench.cluster.produced > at ? 2 : 1;
        assert.equal(bench.metrics.total("edgebmp_kafka_producer_ids_total"), ids);
        bench.producer.close();
      }
    });
  }

  it("a broker that forgot producer ids: nothing is lost", async () => {
    for (let at = 1; at < 8; at++) {
      const bench = new Bench({
        produceFault: (request) => request === at ? "forgotten" : "none",
      });
      await bench.deliver([[ROUTES, "key", "first"]]);
      await deliverAll(bench, numbered(10, 1));
      assert.deepEqual([...new Set(bench.values(ROUTES))], ["first", ...range(10)], `at ${at}`);
      bench.producer.close();
    }
  });
});

describe("Producer", () => {
  it("has up to 5 batches under way in a partition, and later records wait in one", async () => {
    const bench = new Bench();
    await bench.deliver([[ROUTES, "key", "first"]]);
    const before = bench.cluster.produced;
    await deliverAll(bench, numbered(40, 1));
    assert.equal(bench.cluster.inFlightMax, 5);
    assert.ok(bench.cluster.produced - before < 20, `${bench.cluster.produced - before} requests`);
    assert.deepEqual(bench.values(ROUTES), ["first", ...range(40)]);
  });

  it("resolves a delivery when its last record is acknowledged", async () => {
    const bench = new Bench({ partitions: 4 });
    let isHeld = true;
    const held = new Bench({
      partitions: 4,
      produceFault: () => isHeld ? { code: 19, appended: false } : "none",
    });
    await bench.deliver([]);
    let isDone = false;
    const done = held.deliver([[ROUTES, "a", "1"], [ROUTES, "b", "2"], [PEER, "c", "3"]])
      .then(() => isDone = true);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isDone, false);
    isHeld = false;
    await done;
    held.producer.close();
    bench.producer.close();
  });

  it("starts without a broker, says so, and delivers when there is one", async () => {
    const bench = new Bench();
    bench.cluster.isDown = true;
    bench.producer.start([PEER]);
    const done = bench.deliver([[PEER, "key", "1"]]);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.match(bench.lines.join(""), /cannot reach Kafka.*connection refused/);
    assert.match(bench.counts.health.lastError!, /^connection refused/);
    bench.cluster.isDown = false;
    await done;
    assert.deepEqual(bench.values(PEER), ["1"]);
    assert.match(bench.lines.join(""), /Kafka takes records again/);
    assert.ok(bench.metrics.total("edgebmp_sink_last_success_timestamp_seconds") > 0);
    assert.ok(bench.metrics.total("edgebmp_sink_retries_total") > 0);
  });

  it("makes topics with the settings given, under the prefix, and takes those that exist", async () => {
    const bench = new Bench({}, {
      topics: { prefix: "lab", partitions: 3, replicationFactor: 2, retentionMs: -1 },
    });
    bench.cluster.make("lab.gobmp.parsed.peer", 1);
    bench.producer.start([PEER, ROUTES]);
    await bench.deliver([[PEER, "key", "1"], [ROUTES, "key", "2"]]);
    assert.deepEqual(bench.cluster.made, [{
      name: "lab.gobmp.parsed.unicast_prefix_v4",
      partitions: 3,
      replicationFactor: 2,
      retentionMs: -1,
    }]);
    assert.equal(bench.cluster.topics.get("lab.gobmp.parsed.unicast_prefix_v4")!.length, 3);
  });

  it("waits for topics that it may not make", async () => {
    const bench = new Bench({}, { topics: { create: false } });
    const done = bench.deliver([[PEER, "key", "1"]]);
    for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(bench.cluster.made, []);
    assert.match(bench.lines.join(""), /Kafka topic is missing, waiting.*gobmp\.parsed\.peer/);
    bench.cluster.make(PEER.name);
    await done;
    assert.deepEqual(bench.values(PEER), ["1"]);
  });

  for (
    const [how, options, code] of [
      ["made", {}, 29],
      ["made", {}, 31],
      ["found", { topics: { create: false } }, 0],
    ] as const
  ) {
    it(`leaves own records out when their topics cannot be ${how} (${code}), with one line`, async () => {
      const bench = new Bench({}, options);
      bench.cluster.make(PEER.name);
      if (code !== 0) bench.cluster.forbidden.set(SESSION.name, code);
      bench.producer.start([PEER, SESSION]);
      for (let i = 0; i < 5; i++) {
        await bench.deliver([[SESSION, "s", "own"], [PEER, "key", String(i)]]);
      }
      assert.deepEqual(bench.values(PEER), range(5));
      assert.equal(bench.metrics.total("edgebmp_kafka_own_records_dropped_total"), 5);
      const told = bench.lines.filter((line) => line.includes("edgebmp.* cannot be"));
      assert.equal(told.length, 1);
      assert.equal(bench.letters.length, 0);
    });
  }

  it("leaves own records out when their topics may not be written", async () => {
    const bench = new Bench({ refuse: (topic) => topic === SESSION.name ? 29 : 0 });
    for (let i = 0; i < 3; i++) {
      await bench.deliver([[SESSION, "s", "own"], [PEER, "key", String(i)]]);
    }
    assert.deepEqual(bench.values(PEER), range(3));
    assert.equal(bench.metrics.total("edgebmp_kafka_own_records_dropped_total"), 3);
  });

  it("puts records for a topic that it may not write among the dead letters, and goes on", async () => {
    const bench = new Bench({ refuse: (topic) => topic === PEER.name ? 29 : 0 });
    await bench.deliver([[PEER, "p", "refused"], [ROUTES, "key", "0"], [PEER, "", "too"]]);
    await bench.deliver([[ROUTES, "key", "1"]]);
    assert.deepEqual(bench.values(ROUTES), range(2));
    const reason = "TOPIC_AUTHORIZATION_FAILED";
    const message = "said by the broker";
    assert.deepEqual(bench.letters, [
      { topic: PEER.name, key: "p", reason, message, value: "refused" },
      { topic: PEER.name, key: "", reason, message, value: "too" },
    ]);
  });

  for (const code of [10, 87]) {
    it(`code ${code}: the one record goes to the dead letters, its neighbours in order`, async () => {
      const bench = new Bench({
        refuse: (_, { records }) => records.some(({ value }) => value.startsWith("bad")) ? code : 0,
      });
      const deliveries = numbered(12, 5);
      deliveries[4]!.splice(2, 0, [ROUTES, "key", "bad one"]);
      deliveries[5]!.splice(0, 0, [ROUTES, "key", "bad two"]);
      deliveries[11]!.push([ROUTES, "key", "bad three"]);
      await bench.deliver([[PEER, "key", "first"]]);
      await deliverAll(bench, deliveries);
      assert.deepEqual(bench.values(ROUTES), range(60));
      assert.deepEqual(bench.letters.map((letter) => letter.value), [
        "bad one",
        "bad two",
        "bad three",
      ]);
    });
  }

  it("divides batches that are too large, and keeps to the topic's size once it knows it", async () => {
    const bench = new Bench({
      refuse: (_, { bytesLength }) => bytesLength > 400 ? 10 : 0,
    });
    await deliverAll(bench, numbered(3, 100));
    assert.deepEqual(bench.values(ROUTES), range(300));
    assert.equal(bench.letters.length, 0);
    bench.cluster.sizes.set(ROUTES.name, 400);
    await deliverAll(bench, [[[ROUTES, "key", "x".repeat(500)]], ...numbered(1, 100)]);
    const failures = bench.metrics.total("edgebmp_kafka_errors_total");
    await deliverAll(bench, numbered(1, 200));
    assert.equal(bench.metrics.total("edgebmp_kafka_errors_total"), failures);
    assert.deepEqual(bench.values(ROUTES), [...range(300), ...range(100), ...range(200)]);
    assert.deepEqual(bench.letters.map((letter) => letter.value.length), [500]);
  });

  it("makes a deleted topic again", async () => {
    const bench = new Bench();
    await bench.deliver([[ROUTES, "key", "before"]]);
    bench.cluster.topics.delete(ROUTES.name);
    await deliverAll(bench, numbered(3, 2));
    assert.deepEqual(bench.values(ROUTES), range(6));
  });

  it("finds other partitions for those that are gone", async () => {
    const bench = new Bench({ partitions: 8 });
    await bench.deliver([[ROUTES, "a", "0"]]);
    const keys = range(40);
    const records = keys.map((key) => [ROUTES, key, key] as const);
    bench.cluster.make(ROUTES.name, 1);
    await bench.deliver(records);
    assert.deepEqual([...bench.values(ROUTES)].sort(), [...keys].sort());
  });

  for (const [idempotence, refusal] of [["off", 0], ["auto", 31]] as const) {
    it(`idempotence ${idempotence}, refused: ${refusal}: one batch at a time, nothing lost`, async () => {
      const bench = new Bench({
        produceFault: (request) => request % 3 === 1 ? "answer-lost" : "none",
      }, { idempotence });
      bench.cluster.identityCode = refusal;
      await deliverAll(bench, numbered(20, 2));
      assert.equal(bench.cluster.inFlightMax, 1);
      assert.deepEqual([...new Set(bench.values(ROUTES))], range(40));
      const told = bench.lines.filter((line) => line.includes("no idempotent producer"));
      assert.equal(told.length, refusal === 0 ? 0 : 1);
    });
  }

  it("idempotence on: waits until it is allowed", async () => {
    const bench = new Bench({}, { idempotence: "on" });
    bench.cluster.identityCode = 31;
    let isDone = false;
    const done = bench.deliver([[PEER, "key", "1"]]).then(() => isDone = true);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isDone, false);
    assert.match(bench.lines.join(""), /CLUSTER_AUTHORIZATION_FAILED/);
    bench.cluster.identityCode = 0;
    await done;
  });

  it("does nothing more once it is closed", async () => {
    const bench = new Bench();
    await bench.deliver([[PEER, "key", "1"]]);
    bench.cluster.isDown = true;
    bench.cluster.disconnectAll();
    void bench.deliver([[PEER, "key", "2"]]);
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    bench.producer.close();
    const { length } = bench.lines;
    bench.cluster.isDown = false;
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(bench.lines.length, length);
    assert.deepEqual(bench.values(PEER), ["1"]);
  });
});

/** One random run. Returns what each partition should have in its log, and the run. */
async function randomRun(
  seed: number,
  faults: readonly Fault[],
  options: Options,
): Promise<{ bench: Bench; expected: Map<string, string[]>; bad: string[] }> {
  const random = randomOf(seed);
  const partitions = 1 + Math.floor(random() * 3);
  const rate = random() * 0.6;
  // Faults end at last: else a run might never.
  let left = 60;
  const bench = new Bench({
    partitions,
    random,
    produceFault: () =>
      left > 0 && random() < rate
        ? (left--, faults[Math.floor(random() * faults.length)]!)
        : "none",
    otherFault: () => left > 0 && random() < rate / 4 && left-- > 0,
    refuse: (_, { records }) => records.some(({ value }) => value.startsWith("bad")) ? 10 : 0,
  }, options);
  const expected = new Map<string, string[]>();
  const bad: string[] = [];
  const all: Promise<void>[] = [];
  let n = 0;
  for (let delivery = 0; delivery < 40; delivery++) {
    const records = Array.from({ length: Math.floor(random() * 6) }, () => {
      const topic = random() < 0.5 ? ROUTES : PEER;
      const key = String(Math.floor(random() * 5));
      const isBad = random() < 0.02;
      const value = `${isBad ? "bad " : ""}${n++}`;
      const place = `${topic.name} ${partitionOf("fnv1a", key, partitions)}`;
      if (isBad) bad.push(value);
      else expected.set(place, [...expected.get(place) ?? [], value]);
      return [topic, key, value] as const;
    });
    all.push(bench.deliver(records));
    if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
    if (random() < 0.1) await all[Math.floor(random() * all.length)];
  }
  await Promise.all(all);
  bench.producer.close();
  return { bench, expected, bad };
}

function logOf(bench: Bench, place: string): string[] {
  const [topic, index] = place.split(" ");
  return bench.cluster.partition(topic!, Number(index)).values;
}

const RUNS = process.env.EDGEBMP_SOAK === undefined ? 100 : 20_000;

describe("Producer, random faults", () => {
  it("loses, repeats and reorders nothing while brokers know producer ids", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { bench, expected, bad } = await randomRun(seed, APPENDED_OR_NOT, {});
        for (const [place, values] of expected) assert.deepEqual(logOf(bench, place), values);
        assert.deepEqual(bench.letters.map((letter) => letter.value).sort(), bad.sort());
      }),
      { numRuns: RUNS },
    );
  });

  it("loses nothing when brokers forget producer ids", async () => {
    const faults: Fault[] = ["lost", "answer-lost", "moved", "forgotten", {
      code: 45,
      appended: false,
    }];
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { bench, expected } = await randomRun(seed, faults, {});
        for (const [place, values] of expected) {
          assert.deepEqual([...new Set(logOf(bench, place))], values);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("loses and reorders nothing without idempotence", async () => {
    const faults = APPENDED_OR_NOT.filter((fault) => fault !== "frozen");
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { bench, expected } = await randomRun(seed, faults, { idempotence: "off" });
        assert.equal(bench.cluster.inFlightMax <= 1, true);
        for (const [place, values] of expected) {
          assert.deepEqual([...new Set(logOf(bench, place))], values);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

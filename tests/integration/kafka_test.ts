/** The Kafka sink against real brokers that are killed, frozen, and refuse. */
import { after, before, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { partitionOf } from "../../src/sinks/kafka/partitioner.ts";
import { COMPRESSIONS } from "../../src/sinks/kafka/record_batch.ts";
import { Brokers, findKafka, PASSWORD, USER } from "./kafka/brokers.ts";
import { Client, PEER, ROUTES, SESSION } from "./kafka/client.ts";
import { LogReader } from "./kafka/reader.ts";
import { describeWith } from "./programs.ts";

const TEST = { timeout: 60_000 };
const ROUTER = "0123456789abcdef0123456789abcdef";

const PADDING = "x".repeat(700);

/** Sends numbered records of one key for `durationMs`, in batches, with many under way; returns how many. */
async function sendNumbered(client: Client, durationMs: number): Promise<number> {
  const all: Promise<void>[] = [];
  let count = 0;
  let underWay = 0;
  for (const end = Date.now() + durationMs; Date.now() < end; await sleep(2)) {
    if (underWay >= client.sink.inFlightMax) continue;
    const values = Array.from({ length: 20 }, () => `${count++} ${PADDING}`);
    underWay++;
    all.push(
      client.deliver(...values.map((value) => [ROUTES, ROUTER, value] as const))
        .then(() => void underWay--),
    );
  }
  await Promise.all(all);
  return count;
}

function assertNumbered(values: readonly string[], count: number): void {
  assert.deepEqual(values.map((value) => Number.parseInt(value)), Array.from(values, (_, i) => i));
  assert.equal(values.length, count);
}

/** A topic prefix of its own for each test. */
let prefixes = 0;
function newPrefix(): string {
  return `test${++prefixes}`;
}

describeWith(findKafka(), "Kafka sink", () => {
  let brokers: Brokers;
  let reader: LogReader;
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-kafka-test-"));

  before(async () => {
    brokers = await Brokers.start(1);
    reader = new LogReader([brokers.port()]);
  });
  after(async () => {
    await reader?.close();
    await brokers?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Opens a sink, and closes it whatever happens. */
  async function withClient(
    prefix: string,
    flags: Readonly<Record<string, string>>,
    test: (client: Client) => Promise<void>,
  ): Promise<void> {
    const client = await Client.open(prefix, { "kafka-server": brokers.addresses, ...flags });
    try {
      await test(client);
    } finally {
      await client.close();
    }
  }

  async function values(topic: string, count: number): Promise<string[]> {
    return (await reader.records(topic, 0, count)).map((record) => record.value);
  }

  it("makes topics, and sends each key to its partition, in order", TEST, async () => {
    for (const partitioner of ["fnv1a", "murmur2"] as const) {
      const prefix = newPrefix();
      const topic = `${prefix}.${ROUTES.name}`;
      const flags = {
        "kafka-partitioner": partitioner,
        "kafka-topic-partitions": "5",
        "kafka-topic-retention-time-ms": "123456",
      };
      const keys = ["", ...Array.from({ length: 20 }, (_, i) => `router ${i}`)];
      await withClient(prefix, flags, async (client) => {
        for (let i = 0; i < 10; i++) {
          await client.deliver(...keys.map((key) => [ROUTES, key, `${key}/${i}`] as const));
        }
      });
      for (let partition = 0; partition < 5; partition++) {
        const here = keys.filter((key) => partitionOf(partitioner, key, 5) === partition);
        const records = await reader.records(topic, partition, here.length * 10);
        for (const key of here) {
          const ofKey = records.filter((record) => (record.key ?? "") === key);
          assert.deepEqual(
            ofKey.map((each) => each.value),
            Array.from({ length: 10 }, (_, i) => `${key}/${i}`),
          );
          assert.deepEqual(ofKey[0]!.key, key === "" ? null : key);
        }
      }
      assert.equal(await reader.config(topic, "retention.ms"), "123456");
      assert.equal((await reader.leaders(`${prefix}.${SESSION.name}`)).length, 5);
    }
  });

  for (const compression of Object.keys(COMPRESSIONS)) {
    it(
      `sends batches with compression ${compression}, and identities as headers`,
      TEST,
      async () => {
        const prefix = newPrefix();
        const client = await Client.open(prefix, {
          "kafka-server": brokers.addresses,
          "kafka-compression": compression,
        }, true);
        const records = Array.from(
          { length: 300 },
          (_, i) => [ROUTES, ROUTER, `${i} ${PADDING}`] as const,
        );
        await client.deliver(...records);
        await client.close();
        const batches = await reader.batches(`${prefix}.${ROUTES.name}`, 0, 300);
        const read = batches.flatMap((batch) => batch.records);
        assert.deepEqual(
          read,
          records.map(([, key, value], i) => ({
            key,
            value,
            headers: [["session", "session"], ["sequence", "7"], ["part", String(i)]],
          })),
        );
        assert.equal(batches[0]!.compression, COMPRESSIONS[compression as "none"]);
      },
    );
  }

  it(
    "loses, repeats and reorders nothing when the broker is killed and started again",
    TEST,
    async () => {
      const prefix = newPrefix();
      await withClient(prefix, {}, async (client) => {
        await client.deliver([PEER, "", "first"]);
        const sent = sendNumbered(client, 7000);
        for (let i = 0; i < 2; i++) {
          await sleep(1000);
          await brokers.down();
          await sleep(300);
          await brokers.up();
        }
        const count = await sent;
        assertNumbered(await values(`${prefix}.${ROUTES.name}`, count), count);
        assert.match(client.log, /did not take records|cannot reach/);
        assert.match(client.log, /takes records again/);
      });
    },
  );

  it("loses, repeats and reorders nothing when the broker is frozen for 8 s", TEST, async () => {
    const prefix = newPrefix();
    await withClient(prefix, { "kafka-request-timeout-ms": "3000" }, async (client) => {
      await client.deliver([PEER, "", "first"]);
      const sent = sendNumbered(client, 10_500);
      await sleep(500);
      brokers.freeze(true);
      try {
        await sleep(8000);
      } finally {
        brokers.freeze(false);
      }
      const count = await sent;
      assertNumbered(await values(`${prefix}.${ROUTES.name}`, count), count);
      assert.ok(client.metrics.total("edgebmp_sink_retries_total") > 0);
    });
  });

  it("puts a record of 2 MiB among the dead letters, and sends its neighbours", TEST, async () => {
    const prefix = newPrefix();
    const topic = `${prefix}.${ROUTES.name}`;
    const file = join(folder, "dead.jsonl");
    const large = "y".repeat(2 * 1024 * 1024);
    await withClient(prefix, { "dead-letter-file": file }, async (client) => {
      await client.deliver([ROUTES, ROUTER, "0"], [ROUTES, ROUTER, large], [ROUTES, ROUTER, "1"]);
      await client.deliver([ROUTES, ROUTER, "2"]);
    });
    assertNumbered(await values(topic, 3), 3);
    const [line, ...rest] = readFileSync(file, "utf8").trimEnd().split("\n");
    const letter = JSON.parse(line!) as Record<string, string>;
    assert.deepEqual([letter.topic, letter.key, letter.reason, letter.text?.length, rest], [
      topic,
      ROUTER,
      "MESSAGE_TOO_LARGE",
      large.length,
      [],
    ]);
  });

  it("sends what it got before there was a broker", TEST, async () => {
    const prefix = newPrefix();
    await brokers.down();
    await withClient(prefix, {}, async (client) => {
      const done = client.deliver([ROUTES, ROUTER, "0"], [ROUTES, ROUTER, "1"]);
      await client.logged(/cannot reach Kafka.*ECONNREFUSED/);
      await brokers.up();
      await done;
    });
    assertNumbered(await values(`${prefix}.${ROUTES.name}`, 2), 2);
  });

  it("waits for a topic that it may not make", TEST, async () => {
    const prefix = newPrefix();
    const topic = `${prefix}.${ROUTES.name}`;
    await withClient(prefix, { "kafka-create-topics": "false" }, async (client) => {
      const done = client.deliver([ROUTES, ROUTER, "0"]);
      await client.logged(/Kafka topic is missing.*unicast_prefix_v4.*UNKNOWN_TOPIC_OR_PARTITION/);
      assert.ok(client.metrics.total("edgebmp_kafka_missing_topics") > 0);
      assert.ok(client.metrics.total("edgebmp_kafka_errors_total") > 0);
      await reader.createTopic(topic, 1);
      await done;
      await client.logged(/topics edgebmp\.\* cannot be made or written/);
      await client.deliver([SESSION, "", "own"], [ROUTES, ROUTER, "1"]);
      assert.equal(client.metrics.total("edgebmp_kafka_own_records_dropped_total"), 1);
    });
    assertNumbered(await values(topic, 2), 2);
  });

  it("makes a topic again that was deleted, and goes on in order", TEST, async () => {
    const prefix = newPrefix();
    const topic = `${prefix}.${ROUTES.name}`;
    await withClient(prefix, {}, async (client) => {
      await client.deliver([ROUTES, ROUTER, "before"]);
      await reader.deleteTopic(topic);
      for (let i = 0; i < 5; i++) await client.deliver([ROUTES, ROUTER, String(i)]);
    });
    assertNumbered(await values(topic, 5), 5);
  });

  const passwordFile = join(folder, "password");
  const tls = () => ({ "kafka-tls-ca": brokers.pem("ca.pem") });
  const secured: [string, () => Record<string, string>][] = [
    ...["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((
      mechanism,
    ): [string, () => Record<string, string>][] => {
      const sasl = {
        "kafka-sasl-mechanism": mechanism,
        "kafka-sasl-username": USER,
        "kafka-sasl-password-file": passwordFile,
      };
      return [
        [mechanism, () => ({ ...sasl, "kafka-server": brokers.sasl })],
        [`${mechanism} over TLS`, () => ({ ...sasl, ...tls(), "kafka-server": brokers.saslTls })],
      ];
    }),
    ["TLS with a client certificate", () => ({
      ...tls(),
      "kafka-server": brokers.tls,
      "kafka-tls-cert": brokers.pem("client.crt"),
      "kafka-tls-key": brokers.pem("client.key"),
    })],
  ];
  for (const [name, flags] of secured) {
    it(`authenticates by ${name}`, TEST, async () => {
      writeFileSync(passwordFile, `${PASSWORD}\n`);
      const prefix = newPrefix();
      await withClient(prefix, flags(), (client) => client.deliver([ROUTES, ROUTER, "0"]));
      assertNumbered(await values(`${prefix}.${ROUTES.name}`, 1), 1);
    });
  }

  it(
    "says that the password is wrong, never which, and goes on when it is right",
    TEST,
    async () => {
      writeFileSync(passwordFile, "not-the-password");
      const prefix = newPrefix();
      const flags = {
        "kafka-server": brokers.sasl,
        "kafka-sasl-mechanism": "SCRAM-SHA-512",
        "kafka-sasl-username": USER,
        "kafka-sasl-password-file": passwordFile,
      };
      await withClient(prefix, flags, async (client) => {
        const done = client.deliver([ROUTES, ROUTER, "0"]);
        await client.logged(/cannot reach Kafka.*SASL authentication failed/);
        writeFileSync(passwordFile, PASSWORD);
        await done;
        assert.ok(!client.log.includes("not-the-password") && !client.log.includes(PASSWORD));
      });
      assertNumbered(await values(`${prefix}.${ROUTES.name}`, 1), 1);
    },
  );

  for (
    const [name, flags, pattern] of [
      ["a CA that the broker's certificate does not lead to", () => ({
        "kafka-server": brokers.saslTls,
        "kafka-tls-ca": brokers.pem("other-ca.pem"),
      }), /cannot reach Kafka.*(?:UNABLE_TO_VERIFY|UnknownIssuer|certificate)/],
      ["TLS with a broker without it", () => ({
        "kafka-server": brokers.addresses,
        "kafka-tls": "true",
      }), /cannot reach Kafka/],
      [
        "a broker that wants TLS",
        () => ({ "kafka-server": brokers.saslTls }),
        /cannot reach Kafka.*wants TLS/,
      ],
    ] as const
  ) {
    it(`says what is wrong with ${name}, and keeps trying`, TEST, async () => {
      await withClient(
        newPrefix(),
        { "kafka-request-timeout-ms": "1000", ...flags() },
        async (client) => {
          let isDone = false;
          void client.deliver([ROUTES, ROUTER, "0"]).then(() => isDone = true);
          await client.logged(pattern);
          assert.equal(isDone, false);
        },
      );
    });
  }

  it("refuses a file that is not there at once", TEST, async () => {
    const flags = { "kafka-server": brokers.saslTls, "kafka-tls-ca": "/none/ca.pem" };
    await assert.rejects(Client.open("none", flags), /Cannot read "\/none\/ca\.pem"/);
  });
});

describeWith(findKafka(), "Kafka sink, three brokers", () => {
  it(
    "follows the leader when brokers are killed and come back, in order",
    { timeout: 90_000 },
    async () => {
      const brokers = await Brokers.start(3);
      const reader = new LogReader([1, 2, 3].map((node) => brokers.port(node)));
      try {
        const client = await Client.open("", {
          "kafka-server": brokers.addresses,
          "kafka-request-timeout-ms": "4000",
        });
        try {
          await client.deliver([ROUTES, ROUTER, "-"]);
          const sent = sendNumbered(client, 12_000);
          for (let i = 0; i < 2; i++) {
            await sleep(1500);
            const [leader] = await reader.leaders(ROUTES.name);
            await brokers.down(leader);
            await sleep(2500);
            await brokers.up(leader);
          }
          const count = await sent;
          const [first, ...values] = (await reader.records(ROUTES.name, 0, count + 1))
            .map((record) => record.value);
          assert.equal(first, "-");
          assertNumbered(values, count);
        } finally {
          await client.close();
        }
      } finally {
        await reader.close();
        await brokers.stop();
      }
    },
  );
});

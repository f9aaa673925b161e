import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Output, type Topic } from "../../../src/formats/output.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import type { NatsSinkOptions } from "../../../src/sinks/nats/options.ts";
import { NatsSink } from "../../../src/sinks/nats/sink.ts";
import { FakeServer, type Fate, type Publish } from "./fake_server.ts";

const ROUTES: Topic = { name: "gobmp.parsed.unicast_prefix_v4", messageType: 74 };
const PEERS: Topic = { name: "gobmp.parsed.peer", messageType: 10 };
const OWN: Topic = { name: "edgebmp.session", messageType: 1000 };
const STREAM = {
  name: "goBMP",
  retention: "interest",
  maxAgeMs: 900_000,
  replicas: 1,
  duplicateWindowMs: 120_000,
} as const;

interface Setup {
  readonly server: FakeServer;
  readonly sink: NatsSink;
  readonly metrics: Metrics;
  readonly lines: string[];
}

function setup(options: Partial<NatsSinkOptions> = {}, server = new FakeServer()): Setup {
  const metrics = new Metrics();
  const lines: string[] = [];
  const sink = new NatsSink({
    name: "nats",
    format: "gobmp",
    topics: [ROUTES, PEERS, OWN],
    topicPrefix: "",
    jetStream: STREAM,
    makeStream: true,
    binaryKeys: false,
    identityHeaders: false,
    inFlightMax: 16,
    ackTimeoutMs: 1_000,
    settleMs: 0,
    deadLetterFile: "",
    deadLetterBytesMax: 1_000_000,
    check: () => Promise.resolve(),
    connect: () => server.connect(),
    metrics,
    log: new Log("debug", "text", (line) => lines.push(line)),
    ...options,
  });
  return { server, sink, metrics, lines };
}

/** Records `{"n":FIRST}` and so on of one session, each an entry of its own. */
function batchOf(first: number, count: number, topic = ROUTES): Output {
  const out = new Output(64 * 1024, false);
  for (let n = first; n < first + count; n++) {
    out.mark("s1", n, 0);
    out.begin(topic, "0123");
    out.ascii(`{"n":${n}}`);
    out.end();
  }
  return out;
}

function numbersOf(publishes: readonly Publish[]): number[] {
  return publishes.map(({ value }) => JSON.parse(value).n);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** What a consumer has that drops what it has seen: numbers in the order of their last repeat. */
function lastOf(numbers: readonly number[]): number[] {
  return numbers.filter((n, i) => !numbers.includes(n, i + 1));
}

async function run(
  { sink, server }: Setup,
  work: (server: FakeServer) => Promise<void>,
): Promise<void> {
  await sink.open();
  try {
    await work(server);
  } finally {
    await sink.close(AbortSignal.abort());
  }
}

const STOPPED = AbortSignal.abort();

describe("NatsSink", () => {
  it("publishes as goBMP does: subject, header Hash, value; with an id that the server knows repeats by", async () => {
    const test = setup();
    await run(test, async ({ stored }) => {
      await test.sink.deliver(batchOf(5, 2));
      await test.sink.deliver(batchOf(7, 1, PEERS));
      assert.deepEqual(stored.map(({ subject, headers, value }) => ({ subject, headers, value })), [
        {
          subject: "gobmp.parsed.unicast_prefix_v4",
          headers: { "Hash": "0123", "Nats-Msg-Id": "gobmp:s1:5:0:0" },
          value: '{"n":5}',
        },
        {
          subject: "gobmp.parsed.unicast_prefix_v4",
          headers: { "Hash": "0123", "Nats-Msg-Id": "gobmp:s1:6:0:0" },
          value: '{"n":6}',
        },
        {
          subject: "gobmp.parsed.peer",
          headers: { "Hash": "0123", "Nats-Msg-Id": "gobmp:s1:7:0:0" },
          value: '{"n":7}',
        },
      ]);
    });
  });

  it("says in headers who a record is, and writes keys of bytes in hexadecimal, where asked", async () => {
    const test = setup({
      identityHeaders: true,
      binaryKeys: true,
      format: "raw",
      topicPrefix: "a.b",
    });
    await run(test, async ({ stored }) => {
      const out = new Output(1000, false);
      out.mark("s9", 2 ** 40, 3);
      out.begin(ROUTES, "\x00\r\n\xff");
      out.ascii("x");
      out.end();
      await test.sink.deliver(out);
      assert.equal(stored[0]!.subject, "a.b.gobmp.parsed.unicast_prefix_v4");
      assert.deepEqual(stored[0]!.headers, {
        "Hash": "000d0aff",
        "Nats-Msg-Id": `raw:s9:${2 ** 40}:3:0`,
        "Session": "s9",
        "Sequence": String(2 ** 40),
        "Part": "3",
      });
    });
  });

  it("makes the stream as goBMP does, and waits with records until there is one", async () => {
    const test = setup();
    test.server.apiErrors.set("CREATE", { err_code: 10023, description: "insufficient resources" });
    await run(test, async (server) => {
      const delivered = test.sink.deliver(batchOf(0, 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(server.published.length, 0);
      assert.match(test.lines.join(""), /insufficient resources \(10023\)/);
      server.apiErrors.clear();
      await delivered;
      assert.deepEqual(server.stream, {
        name: "goBMP",
        subjects: ["gobmp.parsed.*", "gobmp.raw", "edgebmp.*"],
        retention: "interest",
        storage: "file",
        discard: "old",
        max_age: 900_000_000_000,
        max_msgs: -1,
        max_bytes: -1,
        max_msg_size: -1,
        max_consumers: -1,
        num_replicas: 1,
        duplicate_window: 120_000_000_000,
      });
    });
  });

  it("resolves batches in their order, and only when all their records are acknowledged", async () => {
    const test = setup();
    const held: Publish[] = [];
    test.server.fate = (publish, n) => {
      if (n !== 2) return "take";
      held.push(publish);
      return "silent";
    };
    await run(test, async (server) => {
      const done: string[] = [];
      const first = test.sink.deliver(batchOf(0, 2)).then(() => done.push("first"));
      const second = test.sink.deliver(batchOf(2, 2)).then(() => done.push("second"));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(done, []);
      server.link!.answer(held[0]!.reply, '{"stream":"s", "seq":2}');
      await Promise.all([first, second]);
      assert.deepEqual(done, ["first", "second"]);
      assert.deepEqual(numbersOf(server.stored), upTo(4));
    });
  });

  for (
    const [what, fate] of [
      ["refused", { code: 10077, text: "maximum messages exceeded" }],
      ["taken by nobody", "nobody"],
    ] as [string, Fate][]
  ) {
    it(`a record ${what} inside the window is sent again with all that follow, under new ids`, async () => {
      const test = setup();
      test.server.fate = (_, n) => n === 4 ? fate : "take";
      await run(test, async (server) => {
        await test.sink.deliver(batchOf(0, 10));
        const numbers = numbersOf(server.stored);
        // 3 failed; 4 to 9 were taken before it: with their old ids they would be dropped and stay before it for ever.
        assert.deepEqual(numbers, [0, 1, 2, 4, 5, 6, 7, 8, 9, 3, 4, 5, 6, 7, 8, 9]);
        assert.deepEqual(lastOf(numbers), upTo(10));
        assert.equal(server.stored.at(-1)!.headers["Nats-Msg-Id"], "gobmp:s1:9:0:1");
        assert.equal(server.connections, 1);
        assert.equal(test.metrics.total("edgebmp_nats_resent_records_total"), 7);
        assert.equal(test.metrics.total("edgebmp_sink_retries_total"), 1);
        assert.equal(typeof test.sink.lastError, "string");
        await test.sink.deliver(batchOf(10, 1));
        // One that was never sent before is the same after a restart: its repeat is dropped then.
        assert.equal(server.stored.at(-1)!.headers["Nats-Msg-Id"], "gobmp:s1:10:0:0");
      });
    });
  }

  it("two formats on one stream do not take each other's records for repeats, also when each fails once", async () => {
    const server = new FakeServer();
    const parsed = setup({}, server);
    const raw = setup({ name: "raw", format: "openbmp-raw" }, server);
    // Both connect once: each has its link, and the server is one.
    let count = 0;
    server.fate = () =>
      ++count % 9 === 5 ? { code: 10023, text: "insufficient resources" } : "take";
    await parsed.sink.open();
    await raw.sink.open();
    await Promise.all([
      parsed.sink.deliver(batchOf(0, 12, PEERS)),
      raw.sink.deliver(batchOf(0, 12)),
    ]);
    for (const topic of [PEERS, ROUTES]) {
      const numbers = numbersOf(server.stored.filter(({ subject }) => subject === topic.name));
      assert.deepEqual(lastOf(numbers), upTo(12));
    }
    await parsed.sink.close(STOPPED);
    await raw.sink.close(STOPPED);
  });

  it("goes on after a lost connection, from the first record that was not acknowledged", async () => {
    const test = setup();
    test.server.fate = (_, n) => {
      if (n === 6) test.server.link!.drop(new Error("reset"));
      return n >= 4 && n <= 6 ? "lose" : "take";
    };
    await run(test, async (server) => {
      await test.sink.deliver(batchOf(0, 40));
      assert.deepEqual(lastOf(numbersOf(server.stored)), upTo(40));
      assert.equal(server.connections, 2);
      assert.match(test.lines.join(""), /connection lost: reset/);
    });
  });

  it("gives up a connection on which nothing is acknowledged", async () => {
    const test = setup({ ackTimeoutMs: 100 });
    test.server.fate = () => test.server.connections === 1 ? "lose" : "take";
    await run(test, async (server) => {
      await test.sink.deliver(batchOf(0, 3));
      assert.deepEqual(numbersOf(server.stored), upTo(3));
      assert.equal(server.connections, 2);
      assert.match(test.lines.join(""), /nothing acknowledged for/);
    });
  });

  it("starts without a server, says so, and delivers when there is one", async () => {
    const test = setup();
    test.server.isDown = true;
    await run(test, async (server) => {
      const delivered = test.sink.deliver(batchOf(0, 3));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.match(test.lines.join(""), /WARN .*Cannot connect to nats:\/\/fake:4222: refused/);
      assert.equal(test.metrics.total("edgebmp_nats_connected"), 0);
      server.isDown = false;
      await delivered;
      assert.equal(test.metrics.total("edgebmp_nats_connected"), 1);
      assert.ok(test.metrics.total("edgebmp_sink_last_success_timestamp_seconds") > 1.7e9);
    });
    assert.equal(test.metrics.total("edgebmp_nats_connected"), 0);
  });

  it("closes while no server is there", async () => {
    const test = setup();
    test.server.isDown = true;
    await test.sink.open();
    void test.sink.deliver(batchOf(0, 1));
    await test.sink.close(STOPPED);
    await test.sink.close(STOPPED);
  });

  it("does not open when its configuration can never work", async () => {
    const { sink } = setup({ check: () => Promise.reject(new Error("no such file")) });
    await assert.rejects(sink.open(), /no such file/);
    await sink.close(STOPPED);
  });

  it("keeps to the window", async () => {
    const test = setup({ inFlightMax: 4 });
    test.server.fate = () => "silent";
    await run(test, async (server) => {
      void test.sink.deliver(batchOf(0, 10));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(numbersOf(server.published), upTo(4));
    });
  });

  it("core NATS: no answers are asked for, a batch is delivered when the server has read it", async () => {
    const test = setup({ jetStream: undefined });
    await run(test, async (server) => {
      await test.sink.deliver(batchOf(0, 40));
      assert.deepEqual(numbersOf(server.stored), upTo(40));
      assert.equal(server.published[0]!.reply, "");
      assert.equal(server.stream, undefined);
    });
  });

  it("core NATS: what was sent on a lost connection is sent again", async () => {
    const test = setup({ jetStream: undefined });
    test.server.fate = (_, n) => {
      if (n === 5) test.server.link!.drop();
      return n === 5 ? "lose" : "take";
    };
    await run(test, async (server) => {
      await test.sink.deliver(batchOf(0, 20));
      assert.deepEqual(lastOf(numbersOf(server.stored)), upTo(20));
    });
  });

  it("whatever fails, nothing is lost, and the last of all repeats is in order", async () => {
    const action = fc.constantFrom<Fate | "drop">(
      "take",
      "take",
      "take",
      "take",
      "drop",
      "nobody",
      { code: 10023, text: "insufficient resources" },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
        async (actions, sizes) => {
          const test = setup({ backoff: { next: () => 0, reset() {} } });
          test.server.fate = (_, n) => {
            const fate = actions[n - 1] ?? "take";
            if (fate !== "drop") return fate;
            test.server.link!.drop();
            return "lose";
          };
          await run(test, async (server) => {
            let first = 0;
            const delivered = sizes.map((size) => {
              const batch = batchOf(first, size);
              first += size;
              return test.sink.deliver(batch);
            });
            await Promise.all(delivered);
            assert.deepEqual(lastOf(numbersOf(server.stored)), upTo(first));
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("NatsSink, records that will never be taken", () => {
  async function withLetters(
    work: (file: string, letters: () => Promise<Record<string, string>[]>) => Promise<void>,
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-nats-"));
    const file = join(folder, "letters.jsonl");
    try {
      await work(
        file,
        async () =>
          (await readFile(file, "utf8")).trim().split("\n").map((line) => JSON.parse(line)),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it("larger than max_payload: to the dead letters, the others go on", async () => {
    await withLetters(async (deadLetterFile, letters) => {
      const test = setup({ deadLetterFile });
      test.server.payloadBytesMax = 200;
      await run(test, async (server) => {
        const out = batchOf(0, 1);
        out.mark("s1", 1, 0);
        out.begin(PEERS, "k");
        out.ascii(`{"n":"${"x".repeat(300)}"}`);
        out.end();
        await test.sink.deliver(out);
        await test.sink.deliver(batchOf(2, 1));
        assert.deepEqual(numbersOf(server.stored), [0, 2]);
        const [letter] = await letters();
        assert.equal(letter!["topic"], "gobmp.parsed.peer");
        assert.match(
          letter!["reason"]!,
          /\d+ bytes with headers, more than the server's max_payload of 200/,
        );
      });
    });
  });

  it("larger than the stream's limit, in the middle of the window", async () => {
    await withLetters(async (deadLetterFile, letters) => {
      const test = setup({ deadLetterFile });
      test.server.fate = (publish) =>
        publish.value === '{"n":3}'
          ? { code: 10054, text: "message size exceeds maximum allowed" }
          : "take";
      await run(test, async (server) => {
        await test.sink.deliver(batchOf(0, 10));
        assert.deepEqual(numbersOf(server.stored), upTo(10).filter((n) => n !== 3));
        assert.deepEqual((await letters()).map(({ text }) => text), ['{"n":3}']);
        assert.equal(test.metrics.total("edgebmp_nats_resent_records_total"), 0);
      });
    });
  });

  it("on a subject that we may not publish to; the others are sent again in order", async () => {
    await withLetters(async (deadLetterFile, letters) => {
      const test = setup({ deadLetterFile });
      const reason = 'Permissions Violation for Publish to "gobmp.parsed.peer"';
      test.server.fate = ({ subject }) => {
        if (subject !== PEERS.name) return "take";
        queueMicrotask(() => test.server.link!.refuse(subject, reason));
        return "lose";
      };
      await run(test, async (server) => {
        await Promise.all([
          test.sink.deliver(batchOf(0, 2)),
          test.sink.deliver(batchOf(2, 2, PEERS)),
          test.sink.deliver(batchOf(4, 2)),
        ]);
        assert.deepEqual(lastOf(numbersOf(server.stored)), [0, 1, 4, 5]);
        assert.deepEqual((await letters()).map((letter) => [letter["text"], letter["reason"]]), [
          ['{"n":2}', reason],
          ['{"n":3}', reason],
        ]);
      });
    });
  });

  it("of our own kinds, where the stream may not take them: left out and counted", async () => {
    const test = setup();
    test.server.stream = { subjects: ["gobmp.>"], storage: "memory" };
    test.server.apiErrors.set("UPDATE", { err_code: 10052, description: "no" });
    await run(test, async (server) => {
      await Promise.all([
        test.sink.deliver(batchOf(0, 1)),
        test.sink.deliver(batchOf(1, 2, OWN)),
        test.sink.deliver(batchOf(3, 1)),
      ]);
      assert.deepEqual(numbersOf(server.stored), [0, 3]);
      assert.equal(test.metrics.total("edgebmp_nats_own_records_dropped_total"), 2);
      assert.equal(test.metrics.total("edgebmp_dead_letters_dropped_total"), 0);
      assert.match(test.lines.join(""), /records of our own are off/);
    });
  });
});

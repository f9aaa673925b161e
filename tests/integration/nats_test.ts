/**
 * The NATS sink against a real nats-server: every transport, every way to log in, and what goes wrong. The stream is read back and
 * compared with what was delivered, in order and number.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { nkeys } from "@nats-io/nats-core/internal";
import { FlagValues } from "../../src/cli/flag.ts";
import { Output, type Topic } from "../../src/formats/output.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { natsDial } from "../../src/sinks/nats/client.ts";
import { NATS_FLAGS } from "../../src/sinks/nats/flags.ts";
import type { NatsLink } from "../../src/sinks/nats/link.ts";
import { NATS } from "../../src/sinks/nats/spec.ts";
import { deadLetterFileFlag } from "../../src/sinks/dead_letter.ts";
import type { Sink } from "../../src/sinks/sink.ts";
import { freePort } from "../ports.ts";
import { api, readMessage, readStream, streamInfo } from "./nats/consumer.ts";
import { Certificates, findNatsServer, NatsServer } from "./nats/server.ts";
import { collectorCommand, describeWith, Program, waitFor } from "./programs.ts";

const ROUTES: Topic = { name: "gobmp.parsed.unicast_prefix_v4", messageType: 74 };
const PEERS: Topic = { name: "gobmp.parsed.peer", messageType: 10 };
const OWN: Topic = { name: "edgebmp.session", messageType: 1000 };
const TOPICS = [ROUTES, PEERS, OWN];
const TEST = { timeout: 60_000 };

const runtime = await loadRuntime();
const dial = natsDial(runtime);

interface Started {
  readonly sink: Sink;
  readonly metrics: Metrics;
  readonly lines: string[];
}

/** A sink by its flags, the way the configuration makes it. */
async function startSink(flags: Record<string, string>): Promise<Started> {
  const values = new FlagValues();
  for (const [name, text] of Object.entries({ "nats-stream-retention": "limits", ...flags })) {
    const flag = [...NATS_FLAGS, deadLetterFileFlag].find((each) => each.name === name)!;
    values.set(flag, flag.parse(text));
  }
  const metrics = new Metrics();
  const lines: string[] = [];
  const log = new Log("debug", "text", (line) => lines.push(line));
  const sink = NATS.create(NATS.options(values), {
    name: "nats",
    format: "gobmp",
    topics: TOPICS,
    topicPrefix: "",
    lines: true,
    identityInHeaders: false,
    runtime,
    metrics,
    log,
  });
  await sink.open();
  return { sink, metrics, lines };
}

/** Records `{"n":FIRST}` and so on of one session, on two subjects. */
function batchOf(first: number, count: number, pad = 0): Output {
  const out = new Output(1024 * 1024, false);
  for (let n = first; n < first + count; n++) {
    out.mark("session-1", n, 0);
    out.begin(n % 5 === 0 ? PEERS : ROUTES, `key-${n % 3}`);
    out.ascii(`{"n":${n}${" ".repeat(pad)}}`);
    out.end();
  }
  return out;
}

function numbersOf(messages: readonly [string, string][]): number[] {
  return messages.map(([subject, value]) => {
    const { n } = JSON.parse(value);
    assert.equal(subject, n % 5 === 0 ? PEERS.name : ROUTES.name);
    return n;
  });
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** What a consumer has that keeps the last of all repeats. */
function lastOf(numbers: readonly number[]): number[] {
  const last = new Map(numbers.map((n, i) => [n, i]));
  return numbers.filter((n, i) => last.get(n) === i);
}

async function observe(url: string, login: Partial<Record<"user" | "password", string>> = {}) {
  return await dial({
    url,
    clientName: "test",
    credentials: { user: "", password: "", token: "", nkeySeed: "", creds: "", ...login },
    tls: undefined,
    timeoutMs: 5_000,
  });
}

/** Delivers in batches of `size`, as many at once as a pipeline would. */
async function deliverAll(sink: Sink, first: number, count: number, size: number): Promise<void> {
  const delivered: Promise<void>[] = [];
  for (let n = first; n < first + count; n += size) {
    delivered.push(sink.deliver(batchOf(n, Math.min(size, first + count - n))));
  }
  await Promise.all(delivered);
}

describeWith(findNatsServer(), "NATS", (path) => {
  describe("one server", () => {
    let server: NatsServer;
    let url: string;
    let link: NatsLink;
    before(async () => {
      server = await NatsServer.start({ path, config: "max_payload: 4096" });
      url = `nats://127.0.0.1:${server.port}`;
      link = await observe(url);
    });
    after(async () => {
      await link?.close();
      await server?.stop();
    });

    afterEach(async () => {
      await api(link, "STREAM.DELETE.goBMP").catch(() => {});
    });

    for (const scheme of ["nats", "ws"] as const) {
      it(
        `${scheme}: all records in order, with goBMP's stream, subjects and header`,
        TEST,
        async () => {
          const port = scheme === "ws" ? server.webSocketPort : server.port;
          const { sink, metrics } = await startSink({
            "nats-server": `${scheme}://127.0.0.1:${port}`,
          });
          await deliverAll(sink, 0, 5_000, 700);
          await sink.close(AbortSignal.timeout(1_000));
          assert.deepEqual(numbersOf(await readStream(link)), upTo(5_000));
          const { config, state } = await streamInfo(link);
          assert.deepEqual(config["subjects"], ["gobmp.parsed.*", "gobmp.raw", "edgebmp.*"]);
          assert.equal(config["max_age"], 900_000_000_000);
          assert.equal(config["storage"], "file");
          const { subject, headers, value } = await readMessage(link, state.first_seq + 10);
          assert.deepEqual({ subject, headers, value }, {
            subject: PEERS.name,
            headers: { "Hash": "key-1", "Nats-Msg-Id": "gobmp:session-1:10:0:0" },
            value: '{"n":10}',
          });
          assert.equal(metrics.total("edgebmp_sink_retries_total"), 0);
        },
      );
    }

    it(
      "drops what a restarted collector sends again within the duplicate window",
      TEST,
      async () => {
        for (const count of [100, 150]) {
          const { sink, metrics } = await startSink({ "nats-server": url });
          await deliverAll(sink, 0, count, 50);
          await sink.close(AbortSignal.timeout(1_000));
          assert.equal(metrics.total("edgebmp_nats_duplicates_total"), count === 150 ? 100 : 0);
        }
        assert.deepEqual(numbersOf(await readStream(link)), upTo(150));
      },
    );

    it(
      "a record refused inside the window: sent again with all that follow, nothing lost, order restored",
      TEST,
      async () => {
        await api(link, "STREAM.CREATE.goBMP", {
          name: "goBMP",
          subjects: ["gobmp.>", "edgebmp.*"],
          storage: "memory",
          discard: "new",
          max_msgs: 40,
          max_age: 900_000_000_000,
          duplicate_window: 120_000_000_000,
        });
        const { sink, metrics, lines } = await startSink({
          "nats-server": url,
          "nats-in-flight": "64",
        });
        const received: [string, string][] = [];
        let isDelivered = false;
        const delivered = deliverAll(sink, 0, 600, 30).then(() => isDelivered = true);
        // Makes room again and again, in the middle of what is under way.
        while (!isDelivered || (await streamInfo(link)).state.messages > 0) {
          const { first_seq, messages } = (await streamInfo(link)).state;
          for (let seq = first_seq; seq < first_seq + messages; seq++) {
            const { subject, value } = await readMessage(link, seq);
            received.push([subject, value]);
          }
          // A sequence of 0 stands for everything.
          if (messages > 0) await api(link, "STREAM.PURGE.goBMP", { seq: first_seq + messages });
        }
        await delivered;
        await sink.close(AbortSignal.timeout(1_000));
        assert.deepEqual(lastOf(numbersOf(received)), upTo(600));
        assert.ok(metrics.total("edgebmp_nats_resent_records_total") > 0);
        assert.match(lines.join(""), /maximum messages exceeded/);
      },
    );

    it("above max_payload: to the dead letters; the others arrive", TEST, async () => {
      const folder = await mkdtemp(join(tmpdir(), "edgebmp-letters-"));
      const file = join(folder, "letters");
      const { sink } = await startSink({ "nats-server": url, "dead-letter-file": file });
      await sink.deliver(batchOf(0, 2));
      await sink.deliver(batchOf(2, 1, 5_000));
      await sink.deliver(batchOf(3, 2));
      await sink.close(AbortSignal.timeout(1_000));
      assert.deepEqual(numbersOf(await readStream(link)), [0, 1, 3, 4]);
      const letter = JSON.parse(await readFile(file, "utf8"));
      assert.match(letter.reason, /max_payload of 4096/);
      assert.equal(JSON.parse(letter.text).n, 2);
      await rm(folder, { recursive: true });
    });

    it(
      "an existing stream gets the subjects that it lacks and keeps its settings",
      TEST,
      async () => {
        await api(link, "STREAM.CREATE.goBMP", {
          name: "goBMP",
          subjects: ["mine", "gobmp.raw"],
          storage: "memory",
          max_age: 60_000_000_000,
        });
        const { sink } = await startSink({ "nats-server": url });
        await sink.deliver(batchOf(0, 3));
        await sink.close(AbortSignal.timeout(1_000));
        const { config } = await streamInfo(link);
        assert.deepEqual(config["subjects"], ["mine", "gobmp.raw", "gobmp.parsed.*", "edgebmp.*"]);
        assert.equal(config["storage"], "memory");
        assert.equal(config["max_age"], 60_000_000_000);
        assert.deepEqual(numbersOf(await readStream(link)), upTo(3));
      },
    );

    it("interest retention keeps what a consumer waits for, and nothing else", TEST, async () => {
      const { sink } = await startSink({ "nats-server": url, "nats-stream-retention": "interest" });
      await sink.deliver(batchOf(0, 10));
      assert.equal((await streamInfo(link)).state.messages, 0);
      await api(link, "CONSUMER.DURABLE.CREATE.goBMP.mine", {
        stream_name: "goBMP",
        config: { durable_name: "mine", ack_policy: "explicit", filter_subject: PEERS.name },
      });
      await sink.deliver(batchOf(10, 10));
      await sink.close(AbortSignal.timeout(1_000));
      assert.equal((await streamInfo(link)).state.messages, 2);
    });

    it("core NATS: what a subscriber hears is all, in order", TEST, async () => {
      const heard: [string, string][] = [];
      const end = link.subscribe("gobmp.>", (subject, data) => {
        heard.push([subject, new TextDecoder().decode(data)]);
      });
      await link.flush();
      const { sink } = await startSink({ "nats-server": url, "nats-jetstream": "false" });
      await deliverAll(sink, 0, 3_000, 500);
      await sink.close(AbortSignal.timeout(1_000));
      await waitFor("3,000 records", () => heard.length >= 3_000);
      end();
      assert.deepEqual(numbersOf(heard), upTo(3_000));
    });
  });

  describe("a server that comes and goes", () => {
    it(
      "is waited for at the start; after a crash in mid-stream all is there, in order",
      TEST,
      async () => {
        const server = await NatsServer.prepare({ path });
        const url = `nats://127.0.0.1:${server.port}`;
        // The first is never there.
        const servers = `nats://127.0.0.1:${await freePort()},${url}`;
        const { sink, metrics, lines } = await startSink({ "nats-server": servers });
        try {
          const first = deliverAll(sink, 0, 2_000, 300);
          await waitFor(
            "a complaint",
            () => lines.some((line) => /Cannot connect to nats:.*ECONNREFUSED/.test(line)),
          );
          await server.run();
          await first;
          let isDelivered = false;
          const second = deliverAll(sink, 2_000, 40_000, 300).then(() => isDelivered = true);
          await waitFor("progress", () => metrics.total("edgebmp_nats_in_flight_records") > 100);
          await new Promise((resolve) => setTimeout(resolve, 100));
          await server.kill();
          assert.equal(isDelivered, false);
          await server.run();
          await second;
          const link = await observe(url);
          const numbers = numbersOf(await readStream(link));
          assert.deepEqual(lastOf(numbers), upTo(42_000));
          await link.close();
          assert.ok(metrics.total("edgebmp_nats_resent_records_total") > 0);
          assert.match(lines.join(""), /connection lost/);
        } finally {
          await sink.close(AbortSignal.abort());
          await server.stop();
        }
      },
    );
  });

  describe("a server that stops for a while", () => {
    for (const scheme of ["nats", "ws"] as const) {
      it(`${scheme}: the connection is given up; then all is there, in order`, TEST, async () => {
        const server = await NatsServer.start({ path });
        const url = `nats://127.0.0.1:${server.port}`;
        const port = scheme === "ws" ? server.webSocketPort : server.port;
        const { sink, metrics, lines } = await startSink({
          "nats-server": `${scheme}://127.0.0.1:${port}`,
          "nats-ack-timeout-ms": "400",
        });
        try {
          const delivered = deliverAll(sink, 0, 30_000, 300);
          await waitFor(
            "progress",
            () => metrics.total("edgebmp_nats_in_flight_records") > 100,
          );
          server.signal("SIGSTOP");
          await waitFor("a complaint", () => /nothing acknowledged for/.test(lines.join("")));
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          server.signal("SIGCONT");
          await delivered;
          const link = await observe(url);
          assert.deepEqual(lastOf(numbersOf(await readStream(link))), upTo(30_000));
          await link.close();
        } finally {
          await sink.close(AbortSignal.abort());
          await server.stop();
        }
      });
    }
  });

  describe("TLS with certificates on both sides", () => {
    let certificates: Certificates;
    let server: NatsServer;
    before(async () => {
      certificates = await Certificates.make();
      server = await NatsServer.start({ path, certificates });
    });
    after(async () => {
      await server?.stop();
      await certificates?.remove();
    });

    const flagsFor = (scheme: string, name: string, authority = "ca"): Record<string, string> => ({
      "nats-server": `${scheme}://localhost:${
        scheme === "wss" ? server.webSocketPort : server.port
      }`,
      "nats-tls-ca": certificates.path(`${authority}.pem`),
      "nats-tls-cert": certificates.path(`${name}.pem`),
      "nats-tls-key": certificates.path(`${name}.key`),
    });

    for (const scheme of ["tls", "nats", "wss"]) {
      it(`${scheme}: connects and delivers`, TEST, async () => {
        const { sink, lines } = await startSink(flagsFor(scheme, "client"));
        await deliverAll(sink, 0, 500, 100);
        await sink.close(AbortSignal.timeout(1_000));
        assert.match(lines.join(""), /connected to NATS/);
      });

      it(`${scheme}: a refused certificate of ours is said, and survived`, TEST, async () => {
        const { sink, lines } = await startSink(flagsFor(scheme, "stranger"));
        void sink.deliver(batchOf(0, 1));
        await waitFor(
          "three complaints",
          () => lines.filter((line) => line.includes("Cannot connect")).length >= 3,
        );
        await sink.close(AbortSignal.abort());
        assert.doesNotMatch(lines.join(""), /connected to NATS/);
      });

      it(`${scheme}: a server of another authority is refused`, TEST, async () => {
        const { sink, lines } = await startSink(flagsFor(scheme, "client", "other"));
        await waitFor("a complaint", () => lines.some((line) => line.includes("Cannot connect")));
        await sink.close(AbortSignal.abort());
        assert.doesNotMatch(lines.join(""), /connected to NATS/);
      });
    }

    it("tls: a server without TLS is refused", TEST, async () => {
      const plain = await NatsServer.start({ path });
      const { sink, lines } = await startSink({ "nats-server": `tls://127.0.0.1:${plain.port}` });
      await waitFor("a complaint", () => lines.some((line) => /offers no TLS/.test(line)));
      await sink.close(AbortSignal.abort());
      await plain.stop();
    });

    it("does not start with a file that cannot be read", async () => {
      await assert.rejects(
        startSink({ ...flagsFor("tls", "client"), "nats-tls-ca": "/no/such" }),
        /\/no\/such/,
      );
    });
  });

  describe("logging in", () => {
    const SECRET = "s3cret/word";

    /** Delivers with these flags to a server with this configuration, and returns the log. */
    async function login(
      config: string,
      flags: (folder: string, port: number) => Promise<Record<string, string>>,
      fails = false,
    ): Promise<string> {
      const server = await NatsServer.start({ path, config, core: true });
      try {
        const { sink, lines } = await startSink({
          "nats-server": `nats://127.0.0.1:${server.port}`,
          "nats-jetstream": "false",
          ...await flags(server.folder, server.port),
        });
        const delivered = sink.deliver(batchOf(0, 10));
        if (fails) {
          await waitFor("a complaint", () => lines.some((line) => line.includes("Cannot connect")));
        } else {
          await Promise.race([
            delivered,
            new Promise((_, reject) => setTimeout(() => reject(new Error(lines.join(""))), 10_000)),
          ]);
        }
        await sink.close(AbortSignal.abort());
        const text = lines.join("");
        assert.ok(!text.includes(SECRET) && !text.includes(encodeURIComponent(SECRET)), text);
        return text;
      } finally {
        await server.stop();
      }
    }

    async function fileOf(folder: string, text: string): Promise<string> {
      const file = join(folder, "secret");
      await writeFile(file, `${text}\n`);
      return file;
    }

    const PASSWORD = `authorization { user: me, password: "${SECRET}" }`;

    it("user and password", TEST, async () => {
      await login(PASSWORD, async (folder) => ({
        "nats-user": "me",
        "nats-password-file": await fileOf(folder, SECRET),
      }));
    });

    it("user and password in the URL", TEST, async () => {
      const word = encodeURIComponent(SECRET);
      await login(
        PASSWORD,
        (_, port) => Promise.resolve({ "nats-server": `nats://me:${word}@127.0.0.1:${port}` }),
      );
    });

    it("a wrong password is said, and tried again", TEST, async () => {
      const text = await login(
        `authorization { user: me, password: "other" }`,
        async (folder) => ({
          "nats-user": "me",
          "nats-password-file": await fileOf(folder, SECRET),
        }),
        true,
      );
      assert.match(text, /authorization violation/i);
    });

    it("token", TEST, async () => {
      await login(`authorization { token: "${SECRET}" }`, async (folder) => ({
        "nats-token-file": await fileOf(folder, SECRET),
      }));
    });

    it("nkey", TEST, async () => {
      const user = nkeys.createUser();
      const seed = new TextDecoder().decode(user.getSeed());
      const text = await login(
        `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`,
        async (folder) => ({ "nats-nkey-file": await fileOf(folder, seed) }),
      );
      assert.ok(!text.includes(seed));
    });

    it("credentials file", TEST, async () => {
      const [operator, account, user] = [
        nkeys.createOperator(),
        nkeys.createAccount(),
        nkeys.createUser(),
      ];
      const accountKey = account.getPublicKey();
      const operatorToken = jwt(operator, operator.getPublicKey(), { type: "operator" });
      const unlimited = Object.fromEntries(
        ["subs", "data", "payload", "imports", "exports", "conn", "leaf"].map((name) => [name, -1]),
      );
      const accountToken = jwt(operator, accountKey, {
        type: "account",
        limits: { ...unlimited, wildcards: true },
      });
      const userToken = jwt(account, user.getPublicKey(), {
        type: "user",
        subs: -1,
        data: -1,
        payload: -1,
      });
      const seed = new TextDecoder().decode(user.getSeed());
      const text = await login(
        `operator: ${operatorToken}\nresolver: MEMORY\nresolver_preload: { ${accountKey}: ${accountToken} }`,
        async (folder) => ({
          "nats-creds-file": await fileOf(
            folder,
            `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n` +
              `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
          ),
        }),
      );
      assert.ok(!text.includes(seed) && !text.includes(userToken));
    });

    it("subjects that we may not publish to: dead letters, and own records off", TEST, async () => {
      const config = `authorization { users: [ { user: me, password: "${SECRET}", permissions: {
        publish: { deny: ["${PEERS.name}", "edgebmp.*"] } } }, { user: all, password: all } ] }`;
      const server = await NatsServer.start({ path, config });
      const word = encodeURIComponent(SECRET);
      const file = join(server.folder, "letters");
      const { sink, metrics } = await startSink({
        "nats-server": `nats://me:${word}@127.0.0.1:${server.port}`,
        "dead-letter-file": file,
      });
      const own = new Output(1000, false);
      own.begin(OWN, "");
      own.ascii("{}");
      own.end();
      await Promise.all([
        sink.deliver(batchOf(0, 10)),
        sink.deliver(own),
        sink.deliver(batchOf(10, 10)),
      ]);
      await sink.close(AbortSignal.timeout(1_000));
      const link = await observe(`nats://127.0.0.1:${server.port}`, {
        user: "all",
        password: "all",
      });
      const arrived = upTo(20).filter((n) => n % 5 !== 0);
      assert.deepEqual(lastOf(numbersOf(await readStream(link))), arrived);
      const letters = (await readFile(file, "utf8")).trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      assert.deepEqual(letters.map(({ text }) => JSON.parse(text).n), [0, 5, 10, 15]);
      assert.equal(metrics.total("edgebmp_nats_own_records_dropped_total"), 1);
      await link.close();
      await server.stop();
    });
  });

  it(
    "the whole collector: every record of a session is in the stream, as the file sink has it",
    TEST,
    async () => {
      const server = await NatsServer.start({ path });
      const folder = await mkdtemp(join(tmpdir(), "edgebmp-collector-"));
      const port = await freePort();
      const file = join(folder, "records.json");
      const config = join(folder, "edgebmp.yaml");
      const natsUrl = `nats://127.0.0.1:${server.port}`;
      await writeFile(
        config,
        `version: 1\nlisten:\n  - {address: 127.0.0.1, port: ${port}}\nsinks:\n  - {type: file, path: ${file}}\n` +
          `  - {type: nats, servers: "${natsUrl}", stream_retention: limits}\n`,
      );
      const collector = new Program(
        "collector",
        [...collectorCommand(), `--config=${config}`],
        folder,
      );
      try {
        await waitFor("the collector", () => /listening/.test(collector.log), [collector]);
        const stream = await readFile(new URL("../data/gobgpd-session.bmp", import.meta.url));
        const router = connect(port, "127.0.0.1");
        router.end(stream);
        const link = await observe(natsUrl);
        const lines = async () =>
          (await readFile(file, "utf8").catch(() => "")).split("\n").slice(0, -1);
        const isOver = (text: string | undefined) => text?.includes('"action":"close') ?? false;
        const deadline = Date.now() + 15_000;
        while (!isOver((await lines()).at(-1)) && Date.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const records = (await lines()).map((line) => JSON.parse(line));
        assert.ok(records.length > 50, logOf(collector));
        let stored: [string, string][] = [];
        while (stored.length < records.length && Date.now() < deadline) {
          stored = await readStream(link).catch(() => []);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.deepEqual(
          stored.map(([, value]) => JSON.parse(value)),
          records.map(({ msg_data }) => msg_data),
        );
        const { headers } = await readMessage(link, 1);
        assert.equal(headers["Hash"], records[0].msg_hash);
        await link.close();
      } finally {
        await collector.stop();
        await server.stop();
      }
    },
  );
});

function logOf(program: Program): string {
  return program.log.slice(-3_000);
}

/** A token as NATS has them, signed by an nkey. */
function jwt(issuer: nkeys.KeyPair, subject: string, nats: object): string {
  const encode = (value: object) =>
    btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    jti: subject,
    iat: now,
    iss: issuer.getPublicKey(),
    name: "test",
    sub: subject,
    nats: { ...nats, version: 2 },
  };
  const text = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(claims)}`;
  const signature = issuer.sign(new TextEncoder().encode(text));
  const base64 = btoa(String.fromCharCode(...signature));
  return `${text}.${base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`;
}

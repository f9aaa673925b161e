import { afterEach, before, beforeEach, describe, it } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import type { Writable } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { join } from "node:path";
import { type Collector, startCollector } from "../../src/app.ts";
import { type Config, loadConfig } from "../../src/cli/config.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { Log } from "../../src/ops/log.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { Runtime } from "../../src/runtime/types.ts";
import { INITIATION } from "../cli/messages.ts";
import { freePort } from "../ports.ts";
import { TestAuthority } from "../support/certificates.ts";
import { until } from "../until.ts";

const MESSAGE = new Uint8Array(INITIATION);

interface Line {
  msg_type: number;
  msg_data: { session: string; sequence: number; action?: string; reason?: string };
}

describe("reload", () => {
  let folder = "";
  let runtime: Runtime;
  let logged = "";
  let collector: Collector;
  const sockets: Socket[] = [];
  const log = new Log("info", "text", (line) => logged += line);

  before(async () => {
    runtime = await loadRuntime();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-reload-"));
    logged = "";
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await collector.stop(5000);
    await rm(folder, { recursive: true });
  });
  const pathOf = (name: string) => join(folder, name);
  const fileSink = (name: string, file = name, more = "") =>
    `  - {name: ${name}, type: file, path: ${pathOf(file)}${more}}\n`;
  const LISTEN = "version: 1\nhttp: {port: 0}\nlisten: [{address: 127.0.0.1, port: 0}]\n";

  async function write(text: string): Promise<void> {
    await writeFile(pathOf("edge.yaml"), text);
  }

  function read(): Promise<Config> {
    const { values } = parseArguments([`--config=${pathOf("edge.yaml")}`], FLAGS, false);
    return loadConfig(values, {});
  }

  async function start(text: string): Promise<void> {
    await write(text);
    collector = await startCollector(await read(), runtime, log, undefined, read);
  }

  async function connectTo(address = collector.addresses[0]!): Promise<Socket> {
    const socket = connect(Number(address.split(":").at(-1)), "127.0.0.1");
    socket.on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  }

  async function connectByTls(address: string, servername = "first"): Promise<TLSSocket> {
    const port = Number(address.split(":").at(-1));
    const socket = connectTls({
      port,
      host: "127.0.0.1",
      servername,
      rejectUnauthorized: false,
    });
    socket.on("error", () => {});
    sockets.push(socket);
    await once(socket, "secureConnect");
    return socket;
  }

  async function linesOf(name: string): Promise<Line[]> {
    const text = await readFile(pathOf(name), "utf8");
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  const sequences = (lines: readonly Line[]) => lines.map(({ msg_data }) => msg_data.sequence);

  it("leaves everything as it is when nothing has changed", async () => {
    await start(LISTEN + "sinks:\n" + fileSink("a"));
    const socket = await connectTo();
    socket.write(MESSAGE);
    await until(async () => (await linesOf("a")).length === 2);
    assert.deepEqual(await collector.reload(), { changes: [], restart: [] });
    socket.write(MESSAGE);
    await until(async () => (await linesOf("a")).length === 3);
    assert.match(logged, /INFO +configuration reloaded changes=none\n/);
  });

  it("puts another sink in the place of one, and loses and repeats nothing", async () => {
    await start(LISTEN + "sinks:\n" + fileSink("a"));
    const socket = await connectTo();
    socket.write(MESSAGE);
    await until(async () => (await linesOf("a")).length === 2);
    await write(LISTEN + "sinks:\n" + fileSink("a", "b"));
    assert.deepEqual((await collector.reload()).changes, ["sink a changed"]);
    socket.write(MESSAGE);
    await until(async () => (await linesOf("b")).length === 1);
    assert.deepEqual(sequences(await linesOf("a")), [0, 1]);
    assert.deepEqual(sequences(await linesOf("b")), [2]);
  });

  for (const spool of ["", "spool"]) {
    const journal = () => spool && `spool: {dir: ${pathOf(spool)}, min_free_bytes: 1MiB}\n`;

    it(`goes on with a sink that gets something else${spool && ", on a spool"}`, async () => {
      await start(LISTEN + journal() + "sinks:\n" + fileSink("a"));
      const socket = await connectTo();
      socket.write(MESSAGE);
      await until(async () => (await linesOf("a")).length === 2);
      await write(LISTEN + journal() + "sinks:\n" + fileSink("a", "a", ", extra_fields: false"));
      assert.deepEqual((await collector.reload()).changes, ["sink a changed"]);
      await write(LISTEN + journal() + "sinks:\n" + fileSink("a", "a", ", batch_bytes: 4KiB"));
      assert.deepEqual((await collector.reload()).changes, ["sink a changed"]);
      socket.write(MESSAGE);
      await until(async () => (await linesOf("a")).length === 3);
      assert.deepEqual(sequences(await linesOf("a")), [0, 1, 2]);
    });

    it(`changes nothing when a file is out of reach${spool && ", on a spool"}`, async () => {
      await mkdir(pathOf("gone"));
      const text = (more: string) =>
        LISTEN + journal() + "sinks:\n" + fileSink("a", "gone/a", more);
      await start(text(""));
      const socket = await connectTo();
      const records = () => collector.metrics.total("edgebmp_sink_records_total");
      socket.write(MESSAGE);
      await until(() => records() === 2);
      await rm(pathOf("gone"), { recursive: true });
      for (const more of [", batch_bytes: 4KiB", ", fsync: interval"]) {
        await write(text(more));
        await assert.rejects(collector.reload(), /Cannot write to .*gone/);
      }
      socket.write(MESSAGE);
      await until(() => records() === 3);
    });

    it(`adds and removes sinks${spool && ", on a spool"}`, async () => {
      await start(LISTEN + journal() + "sinks:\n" + fileSink("a"));
      const socket = await connectTo();
      socket.write(MESSAGE);
      await until(async () => (await linesOf("a")).length === 2);
      await write(LISTEN + journal() + "sinks:\n" + fileSink("b", "b", ", start: newest"));
      const { changes } = await collector.reload();
      assert.deepEqual(changes, ["sink b added", "sink a removed"]);
      socket.write(MESSAGE);
      await until(async () => (await linesOf("b")).length === 1);
      assert.deepEqual(sequences(await linesOf("b")), [2]);
      assert.equal((await linesOf("a")).length, 2);
    });
  }

  /** Files whose writes wait while `gate` is there; how many are open, and how many writes were begun. */
  function gatedFiles() {
    const files = { gate: undefined as Promise<void> | undefined, open: 0, writes: 0 };
    const openAppend: Runtime["openAppend"] = async (path) => {
      const file = await runtime.openAppend(path);
      files.open++;
      return {
        write: async (...args) => {
          files.writes++;
          await files.gate;
          return await file.write(...args);
        },
        truncate: (size) => file.truncate(size),
        sync: () => file.sync(),
        stat: () => file.stat(),
        close: async () => {
          files.open--;
          await file.close();
        },
      };
    };
    return { files, runtime: { ...runtime, openAppend } };
  }

  it("changes a sink again and again while it still waits for the first change", async () => {
    const { files, runtime } = gatedFiles();
    await write(LISTEN + "sinks:\n" + fileSink("a"));
    collector = await startCollector(await read(), runtime, log, undefined, read);
    const socket = await connectTo();
    const { promise, resolve } = Promise.withResolvers<void>();
    files.gate = promise;
    const changes = [", batch_bytes: 4KiB", ", batch_bytes: 4KiB, fsync: interval", ""];
    for (const [i, more] of changes.entries()) {
      socket.write(MESSAGE);
      await until(() => collector.metrics.total("edgebmp_journal_entries_total") > i + 1);
      await write(LISTEN + "sinks:\n" + fileSink("a", "a", more));
      assert.deepEqual((await collector.reload()).changes, ["sink a changed"]);
      assert.equal(files.open, 1);
      // Whoever looks after those that work must not take it to be stuck.
      assert.equal(collector.pipelines[0]!.waitsFor, "sink");
    }
    socket.write(MESSAGE);
    resolve();
    await until(async () => (await linesOf("a")).length === 5);
    assert.deepEqual(sequences(await linesOf("a")), [0, 1, 2, 3, 4]);
    assert.equal(files.open, 1);
    assert.equal(await collector.stop(5000), true);
    assert.equal(files.open, 0);
  });

  it("removes a sink whose change waits for what never ends", async () => {
    const { files, runtime } = gatedFiles();
    await write(LISTEN + "sinks:\n" + fileSink("a"));
    collector = await startCollector(await read(), runtime, log, undefined, read);
    const { promise, resolve } = Promise.withResolvers<void>();
    files.gate = promise;
    const socket = await connectTo();
    socket.write(MESSAGE);
    await until(() => files.writes > 0);
    await write(LISTEN + "sinks:\n" + fileSink("a", "a", ", batch_bytes: 4KiB"));
    await collector.reload();
    await write(LISTEN + "sinks:\n" + fileSink("b"));
    let changes: readonly string[] = [];
    void collector.reload().then((reloaded) => changes = reloaded.changes);
    await until(() => changes.length > 0);
    assert.deepEqual(changes, ["sink b added", "sink a removed"]);
    resolve();
  });

  it("keeps what a file has that is emptied at the start", async () => {
    const text = (more: string) =>
      LISTEN + "sinks:\n" + fileSink("a", "a", `, truncate: true${more}`);
    await start(text(""));
    const socket = await connectTo();
    for (
      const [i, more] of [", batch_bytes: 4KiB", ", batch_bytes: 4KiB, fsync: always"].entries()
    ) {
      socket.write(MESSAGE);
      await until(async () => (await linesOf("a")).length === 2 + i);
      await write(text(more));
      assert.deepEqual((await collector.reload()).changes, ["sink a changed"]);
    }
    socket.write(MESSAGE);
    await until(async () => (await linesOf("a")).length === 4);
    assert.deepEqual(sequences(await linesOf("a")), [0, 1, 2, 3]);
  });

  it("leaves nothing open when it is stopped meanwhile", async () => {
    const { files, runtime } = gatedFiles();
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const openAppend: Runtime["openAppend"] = async (path) => {
      if (path === pathOf("b")) {
        asked.resolve();
        await promise;
      }
      return await runtime.openAppend(path);
    };
    await write(LISTEN + "sinks:\n" + fileSink("a"));
    const config = await read();
    collector = await startCollector(config, { ...runtime, openAppend }, log, undefined, read);
    await write(LISTEN + "sinks:\n" + fileSink("a") + fileSink("b"));
    const refused = assert.rejects(collector.reload(), /Cannot reload: the collector is stopping/);
    await asked.promise;
    const stopped = collector.stop(5000);
    resolve();
    await refused;
    assert.equal(await stopped, true);
    await until(() => files.open === 0);
  });

  it("adds and removes listeners; sessions stay", async () => {
    await start(LISTEN + "sinks:\n" + fileSink("a"));
    const socket = await connectTo();
    const [before] = collector.addresses;
    const port = await freePort();
    await write(
      `version: 1\nhttp: {port: 0}\nlisten: [{address: 127.0.0.1, port: ${port}}]\nsinks:\n` +
        fileSink("a"),
    );
    const { changes } = await collector.reload();
    assert.deepEqual(changes, [
      `listener 127.0.0.1:${port} added`,
      `listener ${before} removed`,
    ]);
    assert.deepEqual(collector.addresses, [`127.0.0.1:${port}`]);
    await connectTo();
    await assert.rejects(connectTo(before));
    socket.write(MESSAGE);
    await until(async () => (await linesOf("a")).length === 3);
  });

  it("applies limits and the log's level, and names what needs a restart", async () => {
    await start(LISTEN + "sinks:\n" + fileSink("a"));
    await write(
      LISTEN + "log: {level: debug}\nlimits: {max_sessions: 1, journal_max_bytes: 16MiB}\n" +
        "sinks:\n" + fileSink("a"),
    );
    assert.deepEqual(await collector.reload(), {
      changes: ["limits.max_sessions changed", "log.level changed"],
      restart: ["limits.journal_max_bytes"],
    });
    assert.equal(log.enabled("debug"), true);
    assert.match(logged, /configuration reloaded .*needs_restart=limits.journal_max_bytes/);
    await connectTo();
    const refused = await connectTo();
    refused.resume();
    await once(refused, "close");
    // What waits for a restart is told again.
    assert.deepEqual((await collector.reload()).restart, ["limits.journal_max_bytes"]);
  });

  it("changes nothing when the file is wrong, a sink cannot be opened, or an address is taken", async () => {
    await start(LISTEN + "sinks:\n" + fileSink("a"));
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const socket = await connectTo();
    for (
      const [text, message] of [
        ["version: 1\nsinks: [\n", /not YAML/],
        [LISTEN + "log: {level: loud}\n", /line 4: key "log.level": found "loud"/],
        [LISTEN + "sinks:\n" + fileSink("b") + fileSink("c", "none/c"), /Cannot open .*none/],
        [
          `version: 1\nhttp: {port: 0}\nlisten: [{address: 127.0.0.1, port: ${port}}]\nsinks:\n${
            fileSink("b")
          }`,
          /Cannot listen on/,
        ],
      ] as const
    ) {
      await write(text);
      await assert.rejects(collector.reload(), message);
      assert.match(logged, /ERROR configuration not reloaded, nothing has changed error=/);
      logged = "";
    }
    taken.close();
    socket.write(MESSAGE);
    await until(async () => (await linesOf("a")).length === 2);
    await write(LISTEN + "sinks:\n" + fileSink("a"));
    assert.deepEqual(await collector.reload(), { changes: [], restart: [] });
  });

  it("under load loses no session and no record", async () => {
    const SESSIONS = 100;
    const ROUNDS = 20;
    const authority = new TestAuthority(folder);
    const [one, other] = [authority.sign("one"), authority.sign("other")];
    const text = (files: string[], limits: string, more = "") =>
      `version: 1\nhttp: {port: 0}\nlimits: ${limits}\nlisten:\n` +
      "  - {address: 127.0.0.1, port: 0}\n" +
      `  - {address: 127.0.0.1, port: 0, tls_cert: ${one.certFile}, tls_key: ${one.keyFile}}\n` +
      `sinks:\n${fileSink("a")}${fileSink("b", files.at(-1), more)}`;
    const files = ["b"];
    await start(text(files, "{max_sessions_per_source: 0}"));
    const [plain, tls] = collector.addresses;
    const routers: Writable[] = await Promise.all(
      Array.from(
        { length: SESSIONS },
        (_, i) => i % 5 === 0 ? connectByTls(tls!) : connectTo(plain),
      ),
    );
    const changes: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const router of routers) router.write(MESSAGE);
      if (round % 4 !== 3) continue;
      files.push(`b${round}`);
      if (round === 7) {
        await writeFile(one.certFile, other.cert);
        await writeFile(one.keyFile, other.key);
      }
      const limits = `{max_sessions_per_source: 0, allow: [127.0.0.0/8, 192.0.2.${round}]}`;
      await write(text(files, limits, round === 11 ? ", batch_bytes: 4KiB" : ""));
      changes.push(...(await collector.reload()).changes);
    }
    const total = SESSIONS * (ROUNDS + 1);
    await until(async () => (await linesOf("a")).length === total);
    const parts = async () => (await Promise.all(files.map(linesOf))).flat();
    await until(async () => (await parts()).length >= total);
    const bySession = Map.groupBy(await parts(), ({ msg_data }) => msg_data.session);
    assert.equal(bySession.size, SESSIONS);
    for (const lines of bySession.values()) {
      assert.deepEqual(sequences(lines), Array.from({ length: ROUNDS + 1 }, (_, i) => i));
    }
    assert.deepEqual(
      new Set(changes),
      new Set([
        "sink b changed",
        "limits.allow changed",
        `certificates of ${tls} changed`,
      ]),
    );
    // By another name: a client that resumes its TLS session sees no certificate.
    const late = await connectByTls(tls!, "late");
    assert.equal(late.getPeerCertificate().subject.CN, "other");
  });
});

import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, startCollector } from "../src/app.ts";
import { type Config, loadConfig } from "../src/cli/config.ts";
import { FlagValues } from "../src/cli/flag.ts";
import { Log } from "../src/ops/log.ts";
import { loadRuntime } from "../src/runtime/mod.ts";
import type { Runtime } from "../src/runtime/types.ts";
import { INITIATION, TERMINATION } from "./cli/messages.ts";
import { readRawMessage } from "./formats/openbmp_raw/reader.ts";
import { until } from "./until.ts";

const SESSION = new Uint8Array([...INITIATION, ...TERMINATION]);

describe("startCollector", () => {
  let folder = "";
  let base: Config;
  let runtime: Runtime;
  const log = new Log("error", "text", () => {});
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-app-"));
    base = await loadConfig(new FlagValues(), { EDGEBMP_PERFORMANCE_PORT: "0" });
    runtime = await loadRuntime();
  });
  after(() => rm(folder, { recursive: true }));

  function configOf(...names: string[]): Config {
    const listen = [{ ...base.listen[0]!, address: "127.0.0.1", port: 0 }];
    const sinks = names.map((name) => ({
      ...base.sinks[0]!,
      name,
      type: "file",
      options: { path: join(folder, name), truncate: false },
    }));
    return { ...base, listen, sinks };
  }

  async function connectTo(collector: Collector): Promise<Socket> {
    const port = Number(collector.addresses[0]!.split(":").at(-1));
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  }

  it("gives every sink every record, and counts what is decoded once", async () => {
    const collector = await startCollector(configOf("a.json", "b.json"), runtime, log);
    const socket = await connectTo(collector);
    socket.write(new Uint8Array([...SESSION, 3, 0, 0, 0, 7, 0, 0]));
    await until(() => collector.metrics.total("edgebmp_sink_records_total") >= 2 * 4);
    assert.equal(await collector.stop(5000), true);
    await collector.done;
    socket.destroy();
    const [a, b] = await Promise.all(
      ["a.json", "b.json"].map((name) => readFile(join(folder, name), "utf8")),
    );
    assert.equal(a, b);
    const records = a!.split("\n").slice(0, -1).map((line) => JSON.parse(line).msg_data);
    assert.deepEqual([records[0].action, records.at(-1).reason], ["opened", "stop"]);
    assert.equal(collector.metrics.total("edgebmp_decode_errors_total"), 1);
    assert.equal(collector.metrics.total("edgebmp_sink_lag_bytes"), 0);
    assert.equal(collector.metrics.total("edgebmp_sessions"), 0);
  });

  it("gives each sink its format and what its filter accepts", async () => {
    const base = configOf("filtered.json", "raw.bin");
    const [json, raw] = base.sinks;
    const config = {
      ...base,
      sinks: [
        { ...json!, filter: { ...json!.filter, messages: ["initiation"] } },
        {
          ...raw!,
          format: "openbmp-raw",
          formatOptions: { profile: "openbmp", key: "raw", topic: "t", routerGroup: "" },
        },
      ],
    };
    const collector = await startCollector(config, runtime, log);
    const socket = await connectTo(collector);
    socket.end(SESSION);
    await until(() => collector.metrics.total("edgebmp_sink_records_total") === 1 + 2);
    assert.equal(await collector.stop(5000), true);
    const lines = (await readFile(join(folder, "filtered.json"), "utf8")).trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line).msg_type), [1001]);
    const bytes = new Uint8Array(await readFile(join(folder, "raw.bin")));
    const view = new DataView(bytes.buffer);
    const length = view.getUint16(6) + view.getUint32(8);
    const read = [bytes.subarray(0, length), bytes.subarray(length)].map(readRawMessage);
    assert.deepEqual(
      read.map(({ message }) => [...message]),
      [INITIATION, TERMINATION].map((each) => [...each]),
    );
    assert.equal(read[0]!.routerAddress, "127.0.0.1");
  });

  it("brings its metrics up to date also while nobody reads them", async () => {
    const collector = await startCollector(configOf("metrics.json"), runtime, log);
    const socket = await connectTo(collector);
    socket.write(new Uint8Array([...SESSION, 3, 0, 0, 0, 7, 0, 0]));
    await until(() => collector.metrics.total("edgebmp_decode_errors_total") === 1);
    socket.destroy();
    assert.equal(await collector.stop(5000), true);
  });

  it("accepts nobody once it has stopped, and stops once", async () => {
    const collector = await startCollector(configOf("c.json"), runtime, log);
    const stopped = collector.stop(1000);
    assert.equal(collector.stop(1), stopped);
    assert.equal(await stopped, true);
    await assert.rejects(async () => await connectTo(collector));
  });

  it("does not start when it cannot listen", async () => {
    const collector = await startCollector(configOf("d.json"), runtime, log);
    const port = Number(collector.addresses[0]!.split(":").at(-1));
    const second = { ...configOf("e.json"), listen: [{ ...configOf().listen[0]!, port }] };
    await assert.rejects(startCollector(second, runtime, log), /Cannot listen on/);
    assert.equal(await collector.stop(1000), true);
  });

  it("does not listen when it is stopped while a sink still opens", async () => {
    const stop = new AbortController();
    const asked = Promise.withResolvers<void>();
    let open = (): void => {};
    let listened = false;
    const waiting: Runtime = {
      ...runtime,
      // As a FIFO without a reader.
      openAppend: async (path) => {
        await new Promise<void>((resolve) => {
          open = resolve;
          asked.resolve();
        });
        return await runtime.openAppend(path);
      },
      listen: (...args) => {
        listened = true;
        return runtime.listen(...args);
      },
    };
    const starting = startCollector(configOf("f.json"), waiting, log, stop.signal);
    await asked.promise;
    stop.abort("SIGTERM");
    open();
    await assert.rejects(starting, /Cannot start: stopped by SIGTERM/);
    assert.equal(listened, false);
  });

  it("ends when its only sink cannot go on, also with a full journal", async () => {
    const failures: ((error: Error) => void)[] = [];
    const broken: Runtime = {
      ...runtime,
      writeStdout: () => new Promise((_, reject) => failures.push(reject)),
    };
    const config = {
      ...configOf(),
      sinks: base.sinks,
      limits: { ...base.limits, journalMaxBytes: 2 * 1024 * 1024 },
    };
    const collector = await startCollector(config, broken, log);
    const socket = await connectTo(collector);
    const message = new Uint8Array(1024 * 1024);
    message.set([3, 0, 16, 0, 0, 4]);
    for (let i = 0; i < 4; i++) socket.write(message);
    await until(() => collector.metrics.total("edgebmp_journal_full_total") > 0);
    for (const fail of failures) fail(new Error("gone"));
    await assert.rejects(collector.done, /Cannot deliver to sink "console"/);
    const startedAt = Date.now();
    assert.equal(await collector.stop(10_000), false);
    assert.ok(Date.now() - startedAt < 5000);
    socket.destroy();
  });
});

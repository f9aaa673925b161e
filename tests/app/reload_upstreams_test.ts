import { afterEach, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, startCollector } from "../../src/app.ts";
import { type Config, loadConfig } from "../../src/cli/config.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { Log } from "../../src/ops/log.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { CollectorDouble } from "../upstreams/collector_double.ts";
import { concatenated, route, sessionOf } from "../upstreams/messages.ts";
import { RouterDouble } from "../upstreams/router_double.ts";
import { until } from "../until.ts";

const runtime = await loadRuntime();

describe("reload of upstreams", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function startDouble(): Promise<CollectorDouble> {
    const double = await CollectorDouble.start();
    ends.push(() => double.close());
    return double;
  }

  /** A collector whose configuration can be written anew. */
  async function start(
    text: string,
  ): Promise<{ collector: Collector; write: (text: string) => Promise<void>; port: number }> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-reload-"));
    ends.push(() => rm(folder, { recursive: true }));
    const path = join(folder, "edge.yaml");
    const write = (text: string) =>
      writeFile(
        path,
        `version: 1
http: {port: 0}
listen: [{address: 127.0.0.1, port: 0}]
${text.replaceAll("FOLDER", folder)}  - {type: file, path: ${join(folder, "records.json")}}
`,
      );
    await write(text);
    const read = (): Promise<Config> =>
      loadConfig(parseArguments([`--config=${path}`], FLAGS, false).values, {});
    const log = new Log("error", "text", () => {});
    const collector = await startCollector(await read(), runtime, log, undefined, read);
    ends.push(() => collector.stop(2000));
    return { collector, write, port: Number(collector.addresses[0]!.split(":").at(-1)) };
  }

  function startRouter(port: number, stream: Uint8Array): RouterDouble {
    const router = new RouterDouble(port, "127.0.0.1", stream);
    ends.push(() => router.destroy());
    return router;
  }

  const upstream = (name: string, double: CollectorDouble, more = "reconnect: resume") =>
    `  - {type: upstream, name: ${name}, address: "127.0.0.1:${double.port}", ${more}}\n`;
  const stream = concatenated(sessionOf(1000));
  const more = concatenated([route(5000)]);

  for (const head of ["sinks:\n", "spool: {dir: FOLDER/spool, min_free_bytes: 1MiB}\nsinks:\n"]) {
    const where = head.startsWith("spool") ? ", on a spool" : "";

    it(`an added one gets whole sessions, a removed one nothing more${where}`, async () => {
      const [one, two] = [await startDouble(), await startDouble()];
      const { collector, write, port } = await start(head + upstream("one", one));
      const router = startRouter(port, stream);
      await until(() => one.connections[0]?.bytes === stream.length);
      await write(head + upstream("one", one) + upstream("two", two));
      assert.deepEqual(await collector.reload(), { changes: ["upstream two added"], restart: [] });
      await until(() => two.connections.at(-1)?.bytes === stream.length);
      assert.deepEqual(two.bytes(two.connections.length - 1), stream);
      assert.equal(router.sessions, 2);
      await until(() => one.connections[1]?.bytes === stream.length);
      assert.deepEqual(one.bytes(0), stream);
      await write(head + upstream("two", two));
      assert.deepEqual(await collector.reload(), {
        changes: ["upstream one removed"],
        restart: [],
      });
      await until(() => one.connections[1]!.isEnded);
      router.write(more);
      const last = two.connections.at(-1)!;
      await until(() => last.bytes === stream.length + more.length);
      assert.equal(one.connections[1]!.bytes, stream.length);
      assert.equal(router.sessions, 2);
    });

    it(`a changed one goes on with whole sessions${where}`, async () => {
      const [one, two] = [await startDouble(), await startDouble()];
      const { collector, write, port } = await start(
        head + upstream("one", one, "reconnect: reset"),
      );
      const router = startRouter(port, stream);
      await until(() => one.connections[0]?.bytes === stream.length);
      await write(head + upstream("one", two, "reconnect: reset"));
      assert.deepEqual((await collector.reload()).changes, ["upstream one changed"]);
      await until(() => two.connections.at(-1)?.bytes === stream.length);
      assert.deepEqual(two.bytes(two.connections.length - 1), stream);
      assert.equal(router.sessions, 2);
    });
  }

  it("on a spool and with resume, a changed one goes on within sessions", async () => {
    const [one, two] = [await startDouble(), await startDouble()];
    const head = "spool: {dir: FOLDER/spool, min_free_bytes: 1MiB}\nsinks:\n";
    const { collector, write, port } = await start(head + upstream("one", one));
    const router = startRouter(port, stream);
    await until(() => one.connections[0]?.bytes === stream.length);
    await write(head + upstream("one", two));
    assert.deepEqual((await collector.reload()).changes, ["upstream one changed"]);
    router.write(more);
    await until(() => two.connections[0]?.chunks.at(-1)?.at(-1) === more.at(-1));
    assert.deepEqual(two.bytes(0), concatenated([stream, more]));
    assert.equal(router.sessions, 1);
  });

  it("one that can never work changes nothing", async () => {
    const one = await startDouble();
    const { collector, write, port } = await start("sinks:\n" + upstream("one", one));
    const router = startRouter(port, stream);
    await until(() => one.connections[0]?.bytes === stream.length);
    await write(
      `sinks:\n  - {type: upstream, address: "127.0.0.1:${port}", reconnect: reset}\n`,
    );
    await assert.rejects(collector.reload(), /it is this collector's own listener/);
    router.write(more);
    await until(() => one.connections[0]!.bytes === stream.length + more.length);
    assert.equal(router.sessions, 1);
  });
});

/**
 * openbmpd behind upstreams: what it writes of sessions that came through is what it writes of the same bytes when they come
 * straight to it, also when it is killed in the middle.
 */
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CollectorDouble } from "../upstreams/collector_double.ts";
import { concatenated, split } from "../upstreams/messages.ts";
import { Rig } from "../upstreams/rig.ts";
import { RouterDouble } from "../upstreams/router_double.ts";
import { Brokers } from "./kafka/brokers.ts";
import { LogReader } from "./kafka/reader.ts";
import { findOpenbmpd, Openbmpd, type Row, ROW_TYPES } from "./openbmpd.ts";
import { describeWith, findGobgpd, waitFor } from "./programs.ts";
import { record } from "./record.ts";
import { connectAll, play, steps } from "./scenario.ts";
import { quiet, ROUTERS } from "./upstream_routers.ts";
import { until } from "../until.ts";

const TEST = { timeout: 180_000 };
/** It takes 7 s until it writes anything of a new connection. */
const QUIET_MS = 9_000;

const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

/** Waits until it has written something more than it had, and nothing new for a while. */
async function settled(openbmpd: Openbmpd, than = 0): Promise<number> {
  let count = 0;
  for (let sinceMs = performance.now(); performance.now() - sinceMs < QUIET_MS;) {
    await sleep(300);
    const now = await openbmpd.count();
    if (now !== count || now <= than) sinceMs = performance.now();
    count = now;
  }
  return count;
}

describeWith(findOpenbmpd(), "openbmpd behind edgebmp", (path) => {
  let brokers: Brokers;
  let reader: LogReader;
  let roots = 0;
  before(async () => {
    brokers = await Brokers.start(1);
    ends.push(() => brokers.stop());
    reader = new LogReader([brokers.port()]);
    ends.push(() => reader.close());
  });

  const startOpenbmpd = async (port?: number): Promise<Openbmpd> => {
    const openbmpd = await Openbmpd.start(path, brokers.port(), reader, `run${roots++}`, port);
    ends.push(() => openbmpd.program.kill());
    return openbmpd;
  };

  /** What it writes of bytes that come straight to it. */
  const direct = async (stream: Uint8Array): Promise<Openbmpd> => {
    const openbmpd = await startOpenbmpd();
    const socket = net.connect(openbmpd.port, "127.0.0.1");
    ends.push(() => Promise.resolve(socket.destroy()));
    await new Promise((resolve) => socket.write(stream, resolve));
    await settled(openbmpd);
    return openbmpd;
  };

  for (const { name, find, neighbors, start } of ROUTERS) {
    const found = find();
    const options = { ...TEST, skip: "skip" in found ? found.skip : false };
    it(`${name}: writes what it writes of the same session without`, options, async () => {
      const double = await CollectorDouble.start();
      ends.push(() => double.close());
      const behind = await startOpenbmpd();
      const rig = await Rig.start([{ name: "openbmpd", port: behind.port }, {
        name: "double",
        port: double.port,
      }]);
      ends.push(() => rig.stop());
      const { path: daemonPath } = found as { path: string };
      const daemon = await start(daemonPath, rig.listener.port, neighbors);
      ends.push(() => daemon.program.kill());
      await waitFor("a session", () => double.connections.length > 0, [daemon.program]);
      const speakers = await connectAll(daemon, neighbors);
      const bytes = () => double.connections[0]!.bytes;
      await play(steps(name === "gobgpd"), speakers, () => quiet(bytes));
      await quiet(bytes);
      await settled(behind);
      const stream = double.bytes(0);
      const expected = await direct(stream);
      for (const type of ROW_TYPES) {
        assert.deepEqual(await behind.rows(type), await expected.rows(type), type);
      }
      assert.ok((await behind.rows("unicast_prefix")).length > 10);
    });
  }

  const gobgpd = findGobgpd();
  for (const reconnect of ["reset", "resume"] as const) {
    const options = { ...TEST, skip: "skip" in gobgpd ? gobgpd.skip : false };
    it(`${reconnect}: killed in the middle, has the same routes`, options, async () => {
      const messages = split(await record((gobgpd as { path: string }).path, "all"));
      const half = messages.length >> 1;
      const killed = await startOpenbmpd();
      const rig = await Rig.start([{ port: killed.port, reconnect }]);
      ends.push(() => rig.stop());
      const router = new RouterDouble(
        rig.listener.port,
        "127.0.0.1",
        concatenated(messages.slice(0, half)),
      );
      ends.push(() => Promise.resolve(router.destroy()));
      await settled(killed);
      await killed.program.kill();
      await until(() => rig.total("edgebmp_upstream_failures_total") > 0);
      const behind = await startOpenbmpd(killed.port);
      await settled(behind);
      router.write(concatenated(messages.slice(half)));
      const [straight] = await Promise.all([
        direct(concatenated(messages)),
        settled(behind, await behind.count()),
      ]);
      assert.equal(router.sessions, reconnect === "reset" ? 2 : 1);
      const [rows, expected] = await Promise.all(
        [behind, straight].map((openbmpd) => openbmpd.rows("unicast_prefix")),
      );
      assert.ok(routesOf(expected!).length > 0);
      assert.deepEqual(routesOf(rows!), routesOf(expected!));
      // All of the session is repeated here: it is shorter than what may be.
      for (const type of ROW_TYPES) {
        assert.deepEqual(await behind.rows(type), await straight.rows(type), type);
      }
    });
  }
});

/** Routes that rows of `unicast_prefix` leave: each by peer, prefix, path identifier and view. */
function routesOf(rows: readonly Row[]): string[] {
  const routes = new Map<string, string>();
  for (const row of rows) {
    const key = [6, 10, 11, 26, 28, 29].map((column) => row[column]).join("|");
    if (row[0] === "del") routes.delete(key);
    else routes.set(key, row.join("\t"));
  }
  return [...routes.values()].sort();
}

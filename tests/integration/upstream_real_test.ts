/**
 * Real programs on both sides of upstreams: gobgpd and FRR as routers, pmbmpd as the collector behind. What pmbmpd says of sessions
 * that came through is what it says of the same bytes when they come straight to it, also when it is killed in the middle.
 */
import assert from "node:assert/strict";
import net from "node:net";
import { after, it } from "node:test";
import { CollectorDouble } from "../upstreams/collector_double.ts";
import { concatenated, split } from "../upstreams/messages.ts";
import { OPTIONS, Rig } from "../upstreams/rig.ts";
import { RouterDouble } from "../upstreams/router_double.ts";
import { findPmbmpd, Pmbmpd, routesOf } from "./pmbmpd.ts";
import { describeWith, findGobgpd, type GobgpView, waitFor } from "./programs.ts";
import { record } from "./record.ts";
import { connectAll, NEIGHBORS, play, steps } from "./scenario.ts";
import { quiet, ROUTERS } from "./upstream_routers.ts";
import { until } from "../until.ts";

const TEST = { timeout: 90_000 };
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

async function startDouble(): Promise<CollectorDouble> {
  const double = await CollectorDouble.start();
  ends.push(() => double.close());
  return double;
}

async function startRig(...upstreams: Parameters<typeof Rig.start>[0]): Promise<Rig> {
  const rig = await Rig.start(upstreams);
  ends.push(() => rig.stop());
  return rig;
}

async function startPmbmpd(path: string, port?: number): Promise<Pmbmpd> {
  const pmbmpd = await Pmbmpd.start(path, port);
  ends.push(() => pmbmpd.program.kill());
  return pmbmpd;
}

/** What pmbmpd says of bytes that come straight to it. */
async function direct(path: string, stream: Uint8Array): Promise<Pmbmpd> {
  const pmbmpd = await startPmbmpd(path);
  const socket = net.connect(pmbmpd.port, "127.0.0.1");
  ends.push(() => Promise.resolve(socket.destroy()));
  await new Promise((resolve) => socket.write(stream, resolve));
  await waitFor("its log", () => pmbmpd.lines().length > 0, [pmbmpd.program]);
  await quiet(() => pmbmpd.lines().length);
  return pmbmpd;
}

describeWith(findPmbmpd(), "pmbmpd behind edgebmp", (pmbmpdPath) => {
  for (const { name, find, neighbors, start } of ROUTERS) {
    const found = find();
    it(`${name}: says what it says of the same session without`, {
      ...TEST,
      skip: "skip" in found ? found.skip : false,
    }, async () => {
      const double = await startDouble();
      const behind = await startPmbmpd(pmbmpdPath);
      const rig = await startRig({ name: "pmbmpd", port: behind.port }, {
        name: "double",
        port: double.port,
      });
      const { path } = found as { path: string };
      const daemon = await start(path, rig.listener.port, neighbors);
      ends.push(() => daemon.program.kill());
      await waitFor("a session", () => double.connections.length > 0, [daemon.program]);
      const speakers = await connectAll(daemon, neighbors);
      const bytes = () => double.connections[0]!.bytes;
      await play(steps(name === "gobgpd"), speakers, () => quiet(bytes));
      await quiet(bytes);
      await daemon.program.kill();
      await until(() => double.connections[0]!.isClean);
      await quiet(() => behind.lines().length);
      const expected = await direct(pmbmpdPath, double.bytes(0));
      assert.ok(expected.messages().length > 30, `${expected.messages().length}`);
      assert.deepEqual(behind.messages(), expected.messages());
    });
  }

  const gobgpd = findGobgpd();
  const KILL = { ...TEST, skip: "skip" in gobgpd ? gobgpd.skip : false };

  it("reset: killed in the middle, has the same routes", KILL, async () => {
    const messages = split(await session());
    const half = messages.length >> 1;
    const before = await startPmbmpd(pmbmpdPath);
    const rig = await startRig({ port: before.port });
    const router = routerOf(rig, messages.slice(0, half));
    await waitFor("its log", () => before.lines().length > 10, [before.program]);
    await before.program.kill();
    await until(() => rig.total("edgebmp_upstream_failures_total") > 0);
    const behind = await startPmbmpd(pmbmpdPath, before.port);
    await waitFor("its session", () => behind.lines().length > 10, [behind.program]);
    router.write(concatenated(messages.slice(half)));
    const expected = await direct(pmbmpdPath, concatenated(messages));
    await quiet(() => behind.lines().length);
    assert.equal(router.sessions, 2);
    assert.ok(routesOf(behind.lines()).length > 0);
    assert.deepEqual(routesOf(behind.lines()), routesOf(expected.lines()));
    assert.deepEqual(behind.messages(), expected.messages());
  });

  it(
    "resume: killed in the middle, has seen all, its peers before their routes",
    KILL,
    async () => {
      const messages = split(await session());
      const quarters = [0, 1, 2, 3].map((i) =>
        messages.slice(messages.length * i >> 2, messages.length * (i + 1) >> 2)
      );
      const before = await startPmbmpd(pmbmpdPath);
      const rig = await startRig({ port: before.port, reconnect: "resume", rewindMs: 100 });
      const router = routerOf(rig, quarters[0]!);
      await waitFor("its log", () => before.lines().length > 10, [before.program]);
      // Far enough apart for the second alone to be repeated.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      router.write(concatenated(quarters[1]!));
      await quiet(() => before.lines().length);
      const logged = textsOf(before);
      await before.program.kill();
      await until(() => rig.total("edgebmp_upstream_failures_total") > 0);
      router.write(concatenated(quarters[2]!));
      const behind = await startPmbmpd(pmbmpdPath, before.port);
      await waitFor("its session", () => behind.lines().length > 10, [behind.program]);
      router.write(concatenated(quarters[3]!));
      const expected = textsOf(await direct(pmbmpdPath, concatenated(messages)));
      await quiet(() => behind.lines().length);
      assert.equal(router.sessions, 1);
      assert.deepEqual(logged, expected.slice(0, logged.length));
      const kinds = behind.messages().map((line) => line["bmp_msg_type"]);
      const preamble = kinds.findIndex((kind) => kind !== "init" && kind !== "peer_up");
      assert.ok(preamble > NEIGHBORS.length, "Initiation and Peer Ups come first");
      const rest = textsOf(behind).slice(preamble);
      assert.deepEqual(rest, expected.slice(-rest.length));
      assert.ok(rest.length < expected.length, "not from the start");
      assert.ok(logged.length + rest.length >= expected.length, "no gap");
    },
  );
});

function routerOf(rig: Rig, messages: readonly Uint8Array[]): RouterDouble {
  const router = new RouterDouble(rig.listener.port, "127.0.0.1", concatenated(messages));
  ends.push(() => Promise.resolve(router.destroy()));
  return router;
}

function textsOf(pmbmpd: Pmbmpd): string[] {
  return pmbmpd.messages().map((line) => JSON.stringify(line));
}

let recorded: Promise<Uint8Array> | undefined;

/** What gobgpd says with policy all. */
function session(): Promise<Uint8Array> {
  const gobgpd = findGobgpd();
  if ("skip" in gobgpd) throw new Error(`Cannot record a session: ${gobgpd.skip}`);
  return recorded ??= record(gobgpd.path, "all");
}

/** A message without its times, for another run of the same scenario. */
function timeless(message: Uint8Array): string {
  const bytes = message.slice();
  bytes.fill(0, 40, 48);
  return Buffer.from(bytes).toString("hex");
}

describeWith(findGobgpd(), "filters of upstreams, by gobgpd itself", (path) => {
  it("leave of its policy all what it says with each policy", TEST, async () => {
    const views: readonly GobgpView[] = ["pre-policy", "post-policy", "local-rib"];
    const doubles = await Promise.all(views.map(startDouble));
    const rig = await startRig(...views.map((policy, i) => ({
      name: policy,
      port: doubles[i]!.port,
      filter: { ...OPTIONS.filter, policy },
    })));
    const router = await rig.dial();
    router.end(await session());
    await until(() => doubles.every(({ connections }) => connections[0]?.isClean === true));
    for (const [i, view] of views.entries()) {
      const routes = (stream: Uint8Array) =>
        split(stream).filter((message) => message[5] === 0).map(timeless).sort();
      const filtered = routes(doubles[i]!.bytes(0));
      assert.ok(filtered.length > 0, view);
      assert.deepEqual(filtered, routes(await record(path, view)), view);
    }
  });
});

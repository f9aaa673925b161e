// Upstreams over real sockets: what they get, and what follows a lost connection.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { closeAll, startDouble, startRig, startRouter } from "./fixture.ts";
import { concatenated, message, placesIn, sessionOf, split } from "./messages.ts";
import { MIB } from "./rig.ts";
import { until } from "../until.ts";

afterEach(closeAll);

describe("an upstream", () => {
  it("gets each session on a connection of its own, byte for byte, and its end", async () => {
    const double = await startDouble();
    const rig = await startRig([{ port: double.port }]);
    const streams = ["127.0.0.2", "127.0.0.3"].map((_, i) =>
      concatenated([...sessionOf(2000), message(99, 1000, i), message(200, 6)])
    );
    const routers = await Promise.all(
      ["127.0.0.2", "127.0.0.3"].map((address) => rig.dial(address)),
    );
    routers.forEach((router, i) => router.end(streams[i]!));
    await until(() => double.connections.filter(({ isClean }) => isClean).length === 2);
    const received = [double.bytes(0), double.bytes(1)];
    assert.deepEqual(
      received.sort((a, b) => a.at(-7)! - b.at(-7)!),
      streams,
    );
    await until(() => rig.total("edgebmp_upstream_sessions") === 0);
    assert.equal(rig.total("edgebmp_upstream_messages_total"), 2 * 2005);
    await until(() => rig.total("edgebmp_upstream_lag_bytes") === 0);
  });

  it("that comes late gets what has waited", async () => {
    const double = await startDouble();
    await double.close();
    const rig = await startRig([{ port: double.port }]);
    const stream = concatenated(sessionOf(3000));
    (await rig.dial()).end(stream);
    await until(() => rig.total("edgebmp_upstream_failures_total") >= 2);
    const [upstream] = rig.upstreams;
    assert.equal(upstream!.waitsFor, "upstream");
    const { progress } = upstream!;
    await double.open();
    await until(() => double.connections[0]?.isClean === true);
    assert.deepEqual(double.bytes(0), stream);
    await until(() => upstream!.waitsFor === "journal");
    assert.equal(upstream!.progress, progress + stream.length);
    assert.equal(rig.total("edgebmp_upstream_resets_total"), 0);
  });

  it("has its routers send everything again after a lost connection, once it accepts", async () => {
    const double = await startDouble();
    double.manners.set(0, { resetAfter: 10_000 });
    const rig = await startRig([{ port: double.port }]);
    const stream = concatenated(sessionOf(3000));
    const router = startRouter(rig, stream);
    await until(() => double.connections[0]?.isEnded === true);
    await until(() => double.connections[1]?.bytes === stream.length);
    assert.equal(router.sessions, 2);
    router.end();
    await until(() => double.connections[1]!.isClean);
    assert.deepEqual(double.bytes(1), stream);
    assert.equal(double.connections.length, 2);
    assert.equal(rig.total("edgebmp_upstream_resets_total"), 1);
    assert.equal(rig.events("session closed")[0]!["reason"], "reset");
  });

  it("resets no router while it does not accept", async () => {
    const double = await startDouble();
    const rig = await startRig([{ port: double.port }]);
    const stream = concatenated(sessionOf(100));
    const router = startRouter(rig, stream);
    await until(() => double.connections[0]?.bytes === stream.length);
    await double.close();
    await until(() => rig.total("edgebmp_upstream_failures_total") >= 4);
    assert.equal(router.sessions, 1);
    await double.open();
    await until(() => double.connections[1]?.bytes === stream.length);
    assert.equal(router.sessions, 2);
  });

  it("resets its routers one after the other", async () => {
    const double = await startDouble();
    const rig = await startRig([{ port: double.port, resetIntervalMs: 300 }]);
    const stream = concatenated(sessionOf(10));
    const routers = ["127.0.0.2", "127.0.0.3", "127.0.0.4"].map((address) =>
      startRouter(rig, stream, address)
    );
    await until(() =>
      double.connections.filter(({ bytes }) => bytes === stream.length).length === 3
    );
    await double.close();
    await double.open();
    await until(() => routers.every(({ sessions }) => sessions === 2));
    const times = rig.events("router is reset for upstream")
      .map(({ time }) => Date.parse(String(time)));
    assert.equal(times.length, 3);
    for (let i = 1; i < times.length; i++) assert.ok(times[i]! - times[i - 1]! >= 250, `${times}`);
  });
});

describe("an upstream that is resumed", () => {
  const resume = { reconnect: "resume" } as const;

  /** That a connection began with what was true, and went on with no gap; returns where in the session. */
  function checkResumed(sent: readonly Uint8Array[], stream: Uint8Array): number {
    const places = placesIn(sent, split(stream));
    assert.deepEqual(places.slice(0, 3), [0, 1, 2], "Initiation and Peer Ups come first");
    const first = places[3]!;
    assert.deepEqual(places.slice(3), places.slice(3).map((_, i) => first + i), "no gap");
    return first;
  }

  it("goes on from a message border, with what was true there before", async () => {
    const double = await startDouble();
    double.manners.set(0, { resetAfter: 10 * MIB });
    const rig = await startRig([{ port: double.port, ...resume }]);
    const sent = sessionOf(150_000);
    const stream = concatenated(sent);
    const router = startRouter(rig, stream);
    await until(() => double.connections.length > 1);
    router.end();
    await until(() => double.connections[1]!.isClean);
    const before = placesIn(sent, split(double.bytes(0)));
    const first = checkResumed(sent, double.bytes(1));
    assert.deepEqual(before, before.map((_, i) => i));
    assert.ok(first <= before.length, `${first} of ${before.length}: no gap between`);
    assert.ok(first > 3, "not from the start");
    assert.equal(placesIn(sent, split(double.bytes(1))).at(-1), sent.length - 1);
    assert.equal(router.sessions, 1);
    assert.equal(rig.total("edgebmp_upstream_resumes_total"), 1);
    assert.equal(rig.total("edgebmp_upstream_gaps_total"), 0);
    assert.ok(rig.total("edgebmp_upstream_rewound_bytes_total") <= 8 * MIB);
  });

  it("that dies during what it is given first gets it again", async () => {
    const double = await startDouble();
    double.manners.set(0, { resetAfter: 10 * MIB });
    double.manners.set(1, { resetAfter: 1 });
    double.manners.set(2, { resetAfter: 100 });
    const rig = await startRig([{ port: double.port, ...resume }]);
    const sent = sessionOf(150_000);
    const router = startRouter(rig, concatenated(sent));
    await until(() => (double.connections[3]?.bytes ?? 0) > 0);
    router.end();
    await until(() => double.connections[3]!.isClean);
    const before = split(double.bytes(0)).length;
    assert.ok(checkResumed(sent, double.bytes(3)) <= before);
  });

  it("gets the rest of a session whose router has gone meanwhile, then the next session", async () => {
    const double = await startDouble();
    double.manners.set(0, { resetAfter: 100_000 });
    const rig = await startRig([{ port: double.port, ...resume }]);
    const sent = sessionOf(5000);
    const first = await rig.dial();
    first.write(concatenated(sent));
    await until(() => double.connections[0]?.isEnded === true);
    await double.close();
    first.end(concatenated([sent[3]!]));
    const next = sessionOf(10);
    (await rig.dial()).end(concatenated(next));
    await until(() => rig.sessions.count === 0);
    await double.open();
    await until(() => double.connections.filter(({ isClean }) => isClean).length === 2);
    const [rest, last] = double.connections.map((_, i) => double.bytes(i)).slice(1);
    // The rewind goes back to the start of so short a session.
    assert.deepEqual(rest, concatenated([...sent, sent[3]!]));
    assert.deepEqual(last, concatenated(next));
  });

  it("sends nothing again of a session that was long silent when the connection is lost", async () => {
    const double = await startDouble();
    const rig = await startRig([{ port: double.port, ...resume, rewindMs: 300 }]);
    const sent = sessionOf(100);
    const router = startRouter(rig, concatenated(sent.slice(0, 50)));
    await until(() => double.connections[0]?.bytes === concatenated(sent.slice(0, 50)).length);
    await delay(1200);
    router.write(concatenated(sent.slice(50, 51)));
    await until(() => rig.total("edgebmp_upstream_messages_total") === 51);
    double.connections[0]!.socket.resetAndDestroy();
    await until(() => double.connections.length === 2);
    router.write(concatenated(sent.slice(51)));
    router.end();
    await until(() => double.connections[1]!.isClean);
    assert.equal(checkResumed(sent, double.bytes(1)), 50);
  });
});

// Upstreams over real sockets: routers on one side, collectors that misbehave on the other.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EntryBatch, EntryKind } from "../../src/journal/types.ts";
import type { UpstreamOptions } from "../../src/upstreams/options.ts";
import { CollectorDouble } from "./collector_double.ts";
import { concatenated, message, placesIn, sessionOf, split } from "./messages.ts";
import { MIB, Rig, until } from "./rig.ts";
import { RouterDouble } from "./router_double.ts";

const started: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function startDouble(): Promise<CollectorDouble> {
  const double = await CollectorDouble.start();
  started.push(double);
  return double;
}

async function startRig(
  upstreams: readonly (Partial<UpstreamOptions> & { port: number })[],
  options: Parameters<typeof Rig.start>[1] = {},
): Promise<Rig> {
  const rig = await Rig.start(upstreams, options);
  started.push({ close: () => rig.stop() });
  return rig;
}

function startRouter(rig: Rig, stream: Uint8Array, address = "127.0.0.1"): RouterDouble {
  const router = new RouterDouble(rig.listener.port, address, stream);
  started.push({ close: () => Promise.resolve(router.destroy()) });
  return router;
}

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
    await double.open();
    await until(() => double.connections[0]?.isClean === true);
    assert.deepEqual(double.bytes(0), stream);
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
    double.manners.set(0, { resetAfter: 1_500_000 });
    const rig = await startRig([{ port: double.port, ...resume, rewindBytes: 256 * 1024 }]);
    const sent = sessionOf(30_000);
    const stream = concatenated(sent);
    const router = startRouter(rig, stream);
    await until(() =>
      rig.total("edgebmp_upstream_messages_total") >= 30_000 && double.connections.length > 1
    );
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

describe("faults", () => {
  for (const reconnect of ["reset", "resume"] as const) {
    it(`${reconnect}: an upstream that stops reading for a while gets everything on one connection`, async () => {
      const double = await startDouble();
      const rig = await startRig([{ port: double.port, reconnect }]);
      const stream = concatenated(sessionOf(100_000));
      const router = await rig.dial();
      const begun = concatenated(sessionOf(10)).length;
      router.write(stream.subarray(0, begun));
      await until(() => double.connections[0]?.bytes === begun);
      double.pause();
      router.end(stream.subarray(begun));
      await delay(1500);
      assert.ok(double.connections[0]!.bytes < stream.length);
      double.resume();
      await until(() => double.connections[0]!.isClean);
      assert.deepEqual(double.bytes(0), stream);
    });

    it(`${reconnect}: one that accepts and never reads is left, and tried again`, async () => {
      const double = await startDouble();
      double.manners.set(0, "never");
      const rig = await startRig([{ port: double.port, reconnect, stallTimeoutMs: 400 }]);
      const stream = concatenated(sessionOf(200_000));
      const router = startRouter(rig, stream);
      await until(() => rig.total("edgebmp_upstream_failures_total") > 0);
      assert.equal(rig.lines.some(({ error }) => /took nothing/.test(String(error))), true);
      await until(() => (double.connections[1]?.bytes ?? 0) >= stream.length);
      assert.equal(router.sessions, reconnect === "reset" ? 2 : 1);
      router.end();
      await until(() => double.connections[1]!.isClean);
      if (reconnect === "reset") assert.deepEqual(double.bytes(1), stream);
    });
  }

  it("a router that dies within a message leaves whole messages upstream", async () => {
    const double = await startDouble();
    const rig = await startRig([{ port: double.port }]);
    const sent = sessionOf(1000);
    const stream = concatenated(sent);
    const router = await rig.dial();
    router.write(stream.subarray(0, stream.length - 7));
    await until(() => rig.total("edgebmp_upstream_messages_total") === sent.length - 1);
    router.resetAndDestroy();
    await until(() => double.connections[0]!.isClean);
    assert.deepEqual(double.bytes(0), concatenated(sent.slice(0, -1)));
  });

  it("one of 50 connections that stalls holds up none of the others", async () => {
    const double = await startDouble();
    double.manners.set(0, "never");
    const rig = await startRig([{ port: double.port }]);
    const stalled = await rig.dial("127.0.1.1");
    stalled.write(concatenated(sessionOf(10)));
    await until(() => double.connections.length === 1);
    stalled.write(concatenated(sessionOf(100_000)));
    const stream = concatenated(sessionOf(5000));
    const routers = await Promise.all(
      Array.from({ length: 49 }, (_, i) => rig.dial(`127.0.0.${i + 2}`)),
    );
    for (const router of routers) router.end(stream);
    await until(() => double.connections.filter(({ isClean }) => isClean).length === 49);
    for (let i = 1; i < 50; i++) assert.deepEqual(double.bytes(i), stream);
    assert.equal(double.connections[0]!.isEnded, false);
    // What it missed meanwhile it gets when it reads on.
    double.connections[0]!.socket.on("data", (chunk: Uint8Array) => {
      double.connections[0]!.bytes += chunk.length;
    }).resume();
    const bytes = concatenated([...sessionOf(10), ...sessionOf(100_000)]).length;
    await until(() => double.connections[0]!.bytes === bytes);
  });

  it("a session that is left behind by one burst goes on", async () => {
    const double = await startDouble();
    const { journal } = await startRig([{ port: double.port }]);
    const session = journal.nextSession();
    let sequence = 0;
    const append = async (kind: EntryKind, parts: readonly Uint8Array[]) => {
      const batch = new EntryBatch();
      batch.session = session;
      batch.kind = kind;
      batch.firstSequence = sequence;
      sequence += parts.length;
      for (const part of parts) batch.add(part, 0, part.length);
      await journal.append(batch);
    };
    const info = {
      session: "s",
      source: "192.0.2.1",
      source_port: 1,
      listener: "l",
      parallel: false,
    };
    await append(EntryKind.open, [new TextEncoder().encode(JSON.stringify(info))]);
    // More at once than its connection is given.
    const burst = sessionOf(20_000);
    const { length } = concatenated(burst);
    for (let i = 1; i <= 5; i++) {
      await append(EntryKind.frame, burst);
      await until(() => double.connections[0]?.bytes === i * length);
    }
  });

  it("an upstream that stalls holds up no other one", async () => {
    const [double, other] = [await startDouble(), await startDouble()];
    double.manner = "never";
    const rig = await startRig([{ port: double.port }, { name: "other", port: other.port }]);
    const stream = concatenated(sessionOf(200_000));
    (await rig.dial()).end(stream);
    await until(() => other.connections[0]?.isClean === true);
    assert.deepEqual(other.bytes(0), stream);
    assert.equal(double.connections[0]!.bytes, 0);
  });

  it("more than may wait for an upstream that is away is given up, and its routers are reset", async () => {
    const double = await startDouble();
    await double.close();
    const options = { heldBytesMax: MIB };
    const rig = await startRig([{ port: double.port, reconnect: "resume" }], options);
    const stream = concatenated(sessionOf(20_000));
    const router = startRouter(rig, stream);
    await until(() => rig.total("edgebmp_upstream_gaps_total") === 1);
    assert.equal(rig.events("upstream misses messages, router is reset")[0]!["reason"], "held");
    await until(() => rig.total("edgebmp_upstream_lag_bytes") === 0);
    await double.open();
    await until(() => router.sessions === 2 && double.connections[0]?.bytes === stream.length);
    assert.deepEqual(double.bytes(0), stream);
  });

  it("an upstream that is this collector is refused", async () => {
    const rig = await startRig([]);
    await assert.rejects(
      startRig([{ host: "127.0.0.1", port: rig.listener.port }], {
        listeners: [{ address: "::", port: rig.listener.port }],
      }),
      /Cannot use upstream "127\.0\.0\.1:\d+": it is this collector's own listener, \[::\]:\d+/,
    );
  });
});

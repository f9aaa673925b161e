// Upstreams and routers that misbehave, over real sockets.
import assert from "node:assert/strict";
import process from "node:process";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { MemoryJournal } from "../../src/journal/memory.ts";
import type { Metrics } from "../../src/ops/metrics.ts";
import { EntryBatch, EntryKind } from "../../src/journal/types.ts";
import { closeAll, startDouble, startRig, startRouter } from "./fixture.ts";
import { concatenated, endlessStream, sessionOf } from "./messages.ts";
import { MIB } from "./rig.ts";
import { until } from "../until.ts";

/** How long an upstream stops reading. */
const STALL_MS = Number(process.env.EDGEBMP_STALL_MS ?? 1500);

afterEach(closeAll);

describe("faults", () => {
  for (const reconnect of ["reset", "resume"] as const) {
    it(`${reconnect}: an upstream that stops reading for a while gets everything on one connection`, async () => {
      const double = await startDouble();
      const rig = await startRig([{ port: double.port, reconnect, stallTimeoutMs: 120_000 }]);
      const stream = concatenated(sessionOf(100_000));
      const router = await rig.dial();
      const begun = concatenated(sessionOf(10)).length;
      router.write(stream.subarray(0, begun));
      await until(() => double.connections[0]?.bytes === begun);
      double.pause();
      router.end(stream.subarray(begun));
      await delay(STALL_MS);
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

  it("an optional one that does not keep up with a full journal loses, and its routers are reset", async () => {
    const double = await startDouble();
    double.manners.set(0, "never");
    const journal = (metrics: Metrics) => new MemoryJournal({ bytesMax: 4 * MIB, metrics });
    const rig = await startRig([{ port: double.port, optional: true }], { journal });
    const short = concatenated(sessionOf(1000));
    const stream = endlessStream();
    const router = startRouter(rig, stream);
    await until(() => router.sessions === 1);
    // All of it again would be too much again.
    router.stream = short;
    await until(() => rig.total("edgebmp_received_bytes_total") === stream.length);
    // It finds out when it asks for what comes next.
    double.connections[0]!.socket.resume();
    await until(() => rig.total("edgebmp_upstream_resets_total") === 1);
    await until(() => double.connections[1]?.bytes === short.length);
    assert.deepEqual(double.bytes(1), short);
    const missed = rig.events("upstream misses messages, router is reset");
    assert.deepEqual(missed.map(({ reason }) => reason), ["journal"]);
    assert.equal(router.sessions, 2);
    assert.equal(rig.total("edgebmp_upstream_resets_total"), 1);
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

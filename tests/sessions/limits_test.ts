/** What sessions are held to, over real sockets. */
import assert from "node:assert/strict";
import type net from "node:net";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EntryKind } from "../../src/journal/types.ts";
import { admissionPrefix } from "../../src/sessions/admission.ts";
import { Pace } from "../../src/sessions/rests.ts";
import { closeRigs, dial, message, type Rig, start } from "./rig.ts";
import { until } from "../until.ts";

afterEach(closeRigs);

function prefixes(...texts: string[]) {
  return texts.map((text) => admissionPrefix(text)!);
}

function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** A Peer Up or Peer Down of peer `number`, as far as it matters here. */
function peerMessage(type: number, number: number): Uint8Array {
  const bytes = message(type, 6 + 42 + 4);
  bytes[6 + 25] = number;
  return bytes;
}

function exceeded(rig: Rig, limit: string): number {
  return rig.metrics.counter("edgebmp_session_limits_exceeded_total", "").with({ limit }).value;
}

describe("lists", () => {
  it("refuse before anything is kept, with reason, line and count", async () => {
    for (
      const [limits, reason] of [
        [{ deny: prefixes("127.0.0.0/8") }, "denied"],
        [{ allow: prefixes("192.0.2.0/24") }, "not_allowed"],
      ] as const
    ) {
      const rig = await start(limits);
      await closed(dial(rig));
      await until(() => rig.refused(reason) === 1);
      assert.equal(rig.journal.entries.length, 0);
      const [line] = rig.events("session refused");
      assert.equal(line?.["reason"], reason);
      assert.equal(line?.["source"], "127.0.0.1");
      assert.match(String(line?.["detail"]), /--(allow|deny) names/);
    }
  });

  it("that change close sessions that no longer pass, and no others", async () => {
    const rig = await start();
    const socket = dial(rig);
    socket.write(message(4));
    await until(() => rig.journal.kinds(1) === "OF");
    rig.update({ allow: prefixes("127.0.0.1") });
    await delay(50);
    assert.equal(rig.sessions.count, 1);
    rig.update({ allow: prefixes("192.0.2.1") });
    await closed(socket);
    await until(() => rig.sessions.count === 0);
    assert.equal(rig.journal.kinds(1), "OFC");
    assert.equal(rig.journal.json(1, EntryKind.close)["reason"], "denied");
    assert.equal(exceeded(rig, "lists"), 1);
    await closed(dial(rig));
    await until(() => rig.refused("not_allowed") === 1);
  });
});

describe("sessions of one source", () => {
  it("are counted, and a closed one makes room", async () => {
    const rig = await start({ maxSessionsPerSource: 2 });
    const first = dial(rig);
    dial(rig);
    await until(() => rig.sessions.count === 2);
    await closed(dial(rig));
    await until(() => rig.refused("source_limit") === 1);
    first.end();
    await until(() => rig.sessions.count === 1);
    dial(rig);
    await until(() => rig.sessions.count === 2);
    rig.update({ maxSessionsPerSource: 1 });
    assert.equal(rig.sessions.count, 2);
    await closed(dial(rig));
    await until(() => rig.refused("source_limit") === 2);
  });
});

describe("time limits", () => {
  it("close a session without a first message, also one that dribbles, and no other", async () => {
    const rig = await start({ firstMessageTimeoutMs: 300 });
    const talking = dial(rig);
    talking.write(message(4));
    await until(() => rig.journal.kinds(1) === "OF");
    const silent = dial(rig);
    const dribbling = dial(rig);
    const bytes = message(4, 100);
    let sent = 0;
    const timer = setInterval(() => dribbling.write(bytes.subarray(sent, ++sent)), 50);
    try {
      await Promise.all([closed(silent), closed(dribbling)]);
    } finally {
      clearInterval(timer);
    }
    await until(() => rig.sessions.count === 1);
    assert.equal(exceeded(rig, "first_message"), 2);
    const end = rig.journal.json(2, EntryKind.close);
    assert.deepEqual(end, { reason: "limit", detail: "no message in 300 ms" });
    assert.equal(rig.events("session exceeds a limit, closing")[0]?.["limit"], "first_message");
    await delay(400);
    assert.equal(rig.sessions.count, 1);
  });

  it("close a silent session if told to, and begin to count when that is told", async () => {
    const rig = await start();
    const silent = dial(rig);
    silent.write(message(4));
    const talking = dial(rig);
    const timer = setInterval(() => talking.write(message(0)), 40);
    try {
      await until(() => rig.sessions.count === 2);
      rig.update({ sessionIdleTimeoutMs: 800 });
      await closed(silent);
      await delay(900);
    } finally {
      clearInterval(timer);
    }
    assert.equal(rig.sessions.count, 1);
    assert.equal(exceeded(rig, "idle"), 1);
  });

  it("do not count while the journal is full", async () => {
    const rig = await start({ firstMessageTimeoutMs: 200, sessionIdleTimeoutMs: 200 });
    rig.journal.full.add(0);
    dial(rig).write(message(4));
    await until(() => rig.sessions.count === 1);
    await delay(500);
    assert.equal(rig.sessions.count, 1);
  });

  it("do not count while nothing is read for what others hold", async () => {
    const rig = await start({ firstMessageTimeoutMs: 200 });
    const large = message(0, 100_000);
    for (let session = 1; session <= 30; session++) {
      rig.journal.full.add(session);
      const socket = dial(rig);
      for (let i = 0; i < 6; i++) socket.write(large);
    }
    await until(() => rig.journal.waiting >= 20);
    dial(rig).write(message(4));
    await until(() => rig.sessions.count === 31);
    await delay(500);
    assert.equal(rig.sessions.count, 31);
    rig.journal.release();
    await until(() => rig.journal.kinds(31) === "OF");
  });
});

describe("peers of one session", () => {
  it("past the limit close it; a Peer Down makes room", async () => {
    const rig = await start({ maxPeersPerSession: 2 });
    const socket = dial(rig);
    const send = (...messages: Uint8Array[]) => messages.forEach((each) => socket.write(each));
    send(peerMessage(3, 1), peerMessage(3, 2), peerMessage(3, 2), peerMessage(2, 1));
    send(peerMessage(3, 3), message(3, 10));
    await until(() => rig.journal.kinds(1) === "OFFFFFF");
    assert.deepEqual([...rig.sessions].map(({ peers }) => peers), [2]);
    send(peerMessage(3, 4));
    await closed(socket);
    await until(() => rig.journal.kinds(1) === "OFFFFFFFC");
    assert.equal(exceeded(rig, "peers"), 1);
    assert.deepEqual(rig.journal.json(1, EntryKind.close), {
      reason: "limit",
      detail: "more than 2 peers are up",
    });
  });
});

describe("bytes per second", () => {
  it("are kept by reading more slowly: nothing is lost, and nobody else waits", async () => {
    const bytesPerSecond = 400_000;
    const rig = await start({ maxMessageBytes: 100_000, sessionIdleAlarmMs: 200 });
    rig.update({ sessionMaxBytesPerSecond: bytesPerSecond, maxMessageBytes: 100_000 });
    const fast = dial(rig);
    const startedAt = performance.now();
    const count = 80;
    for (let i = 0; i < count; i++) fast.write(message(0, 10_000, i));
    fast.end();
    await until(() => rig.metrics.total("edgebmp_session_rests_total") > 0);
    const quiet = dial(rig);
    quiet.end(message(4));
    await until(() => rig.journal.kinds(2) === "OFC");
    assert.ok(!rig.journal.kinds(1).endsWith("C"), "the quiet session waited for the fast one");
    await until(() => rig.journal.kinds(1).endsWith("C"));
    // One second's worth may come at once.
    const seconds = (performance.now() - startedAt) / 1000;
    assert.ok(seconds > 0.8 * (count * 10_000 / bytesPerSecond - 1), `took ${seconds} s`);
    assert.equal(rig.journal.of(1).length, count + 2);
    assert.equal(rig.events("session sends too fast, reading more slowly").length > 0, true);
    assert.deepEqual(rig.events("session is silent"), []);
  });

  it("do not delay a stop", async () => {
    const rig = await start({ maxMessageBytes: 1_000_000, sessionMaxBytesPerSecond: 16 * 1024 });
    dial(rig).write(message(0, 400_000));
    await until(() => rig.metrics.total("edgebmp_session_rests_total") > 0);
    const startedAt = performance.now();
    await rig.sessions.stop();
    // What was read would take it 24 s.
    assert.ok(performance.now() - startedAt < 5000);
  });
});

describe("Pace", () => {
  it("lets a second's worth through at once, then as fast as it may", () => {
    const pace = new Pace();
    assert.equal(pace.take(1000, 1000, 50_000), 0);
    assert.equal(pace.take(500, 1000, 50_000), 500);
    assert.equal(pace.take(0, 1000, 50_500), 0);
    assert.equal(pace.take(250, 1000, 50_500), 250);
    assert.equal(pace.take(1000, 1000, 60_000), 0);
  });
});

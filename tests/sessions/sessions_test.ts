/** Sessions over real sockets, into a fake journal. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EntryKind } from "../../src/journal/types.ts";
import { listenForRouters } from "../../src/sessions/listener.ts";
import { sessionLimit } from "../../src/sessions/sessions.ts";
import { FakeJournal } from "./fake_journal.ts";
import { memoryBytes } from "../memory.ts";
import { closeRigs, dial, forgetSockets, message, NOW_US, runtime, start } from "./rig.ts";
import { until } from "../until.ts";

afterEach(closeRigs);

describe("sessionLimit", () => {
  it("leaves file descriptors for the process, sinks and upstreams", () => {
    assert.equal(sessionLimit(1024, 10), 950);
    assert.equal(sessionLimit(1024, 10, 1), 475);
    assert.equal(sessionLimit(undefined, 0), 960);
    assert.equal(sessionLimit(64, 10), 1);
    assert.equal(sessionLimit(Infinity, 10), Infinity);
  });
});

describe("Sessions", () => {
  it("journals open, messages and close in sequence, and counts them", async () => {
    const rig = await start();
    const { journal, metrics } = rig;
    const sent = [message(4), message(3), message(0), message(0), message(1), message(99)];
    const socket = dial(rig);
    for (const bytes of sent) {
      socket.write(bytes);
      await delay(5);
    }
    socket.end();
    await until(() => journal.kinds(1) === "OFFFFFFC");
    const entries = journal.of(1);
    assert.deepEqual(entries.map((entry) => entry.sequence), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(entries.slice(1, -1).map((entry) => entry.bytes), sent);
    assert.equal(entries[0]!.receivedAtUs, NOW_US);
    for (let i = 1; i < entries.length; i++) {
      assert.ok(entries[i]!.receivedAtUs >= entries[i - 1]!.receivedAtUs);
    }
    const { session, ...info } = journal.json(1, EntryKind.open);
    assert.match(String(session), /^[0-9a-f]{16}-1$/);
    assert.deepEqual(info, {
      source: "127.0.0.1",
      source_port: info["source_port"],
      listener: `127.0.0.1:${rig.listener.port}`,
      parallel: false,
    });
    assert.deepEqual(journal.json(1, EntryKind.close), { reason: "closed", detail: "" });

    assert.equal(metrics.total("edgebmp_sessions_total"), 1);
    assert.equal(metrics.total("edgebmp_received_bytes_total"), 60);
    const types = metrics.counter("edgebmp_received_messages_total", "");
    assert.equal(types.with({ type: "route_monitoring" }).value, 2);
    assert.equal(types.with({ type: "peer_up" }).value, 1);
    assert.equal(types.with({ type: "unknown" }).value, 1);
    assert.equal(metrics.total("edgebmp_received_messages_total"), 6);
    const closed = metrics.counter("edgebmp_sessions_closed_total", "");
    await until(() => closed.with({ reason: "closed" }).value === 1);
    assert.equal(metrics.total("edgebmp_sessions"), 0);
    assert.equal(rig.sessions.count, 0);
    const [line] = rig.events("session closed");
    assert.equal(line?.["session"], session);
    assert.equal(line?.["messages"], 6);
    assert.equal(line?.["bytes"], 60);
  });

  it("gives each session an id of its own, also beside another collector", async () => {
    const rigs = [await start(), await start()];
    for (const rig of [rigs[0]!, rigs[0]!, rigs[1]!]) dial(rig);
    await until(() => rigs[0]!.sessions.count === 2 && rigs[1]!.sessions.count === 1);
    const ids = rigs.flatMap(({ sessions }) => [...sessions].map((each) => each.info.session));
    assert.equal(new Set(ids).size, 3);
    assert.equal(new Set(ids.map((id) => id.split("-")[0])).size, 2);
  });

  it("takes a stream that comes byte by byte", async () => {
    const rig = await start();
    const socket = dial(rig);
    socket.setNoDelay(true);
    const sent = [message(4, 12, 1), message(0, 20, 2), message(5, 6)];
    for (const bytes of sent) {
      for (const byte of bytes) {
        socket.write(Uint8Array.of(byte));
        await delay(1);
      }
    }
    socket.end();
    await until(() => rig.journal.kinds(1) === "OFFFC");
    assert.deepEqual(rig.journal.of(1).slice(1, -1).map((entry) => entry.bytes), sent);
  });

  it("serves 1,000 routers at once", async () => {
    // Both ends of each connection are in this process.
    const count = Math.min(
      1000,
      Math.floor((sessionLimit(runtime.fileDescriptorLimit(), 64) - 64) / 2),
    );
    const rig = await start();
    const startedAt = performance.now();
    const routers = Array.from({ length: count }, () => dial(rig));
    await until(() => rig.sessions.count === count);
    for (const [i, socket] of routers.entries()) {
      socket.write(message(4, 10, i));
      for (let j = 0; j < 5; j++) socket.write(message(0, 110, i));
      socket.end();
    }
    await until(() => rig.sessions.count === 0);
    assert.ok(performance.now() - startedAt < 20_000);
    for (let session = 1; session <= count; session++) {
      const entries = rig.journal.of(session);
      assert.equal(rig.journal.kinds(session), "OFFFFFFC");
      const numbers = entries.slice(1, -1).map(({ bytes }) =>
        new DataView(bytes.buffer).getUint32(bytes.length - 4)
      );
      assert.equal(new Set(numbers).size, 1, "messages of two routers in one session");
    }
    assert.equal(rig.metrics.total("edgebmp_received_messages_total"), count * 6);
  });

  it("bounds what all sessions hold of unfinished messages, at the expense of the largest", async () => {
    const rig = await start({ maxMessageBytes: 100_000, partialBytesMax: 90_000 });
    const [small, large, middle] = [
      message(0, 5_000, 1),
      message(0, 60_000, 2),
      message(0, 40_000, 3),
    ];
    const heldBytes = () => rig.metrics.total("edgebmp_sessions_partial_bytes");
    const first = dial(rig);
    first.write(small.subarray(0, 4_500));
    await until(() => heldBytes() >= 4_500);
    dial(rig).write(large.subarray(0, 59_500));
    await until(() => heldBytes() > 60_000);
    const last = dial(rig);
    last.write(middle.subarray(0, 39_000));
    await until(() => rig.events("session closed").length > 0);
    assert.equal(rig.events("session closed")[0]!["reason"], "limit");
    assert.match(String(rig.events("session closed")[0]!["detail"]), /unfinished message of this/);
    assert.equal(rig.events("session exceeds a limit, closing").length, 1);
    assert.ok(heldBytes() <= 45_000);
    first.end(small.subarray(4_500));
    last.end(middle.subarray(39_000));
    await until(() => rig.sessions.count === 0);
    assert.deepEqual([1, 2, 3].map((session) => rig.journal.kinds(session)), ["OFC", "OC", "OFC"]);
    assert.equal(heldBytes(), 0);
  });

  it("counts no part of a message that its router takes back", async () => {
    const rig = await start({ maxMessageBytes: 100_000 });
    const socket = dial(rig);
    socket.write(message(0, 50_000).subarray(0, 30_000));
    await until(() => rig.metrics.total("edgebmp_sessions_partial_bytes") >= 30_000);
    socket.destroy();
    await until(() => rig.sessions.count === 0);
    assert.equal(rig.metrics.total("edgebmp_sessions_partial_bytes"), 0);
  });

  it("stops reading from the router whose append waits, and only from that one", async () => {
    const rig = await start();
    const { journal } = rig;
    const slow = dial(rig);
    await until(() => journal.kinds(1) === "O");
    journal.full.add(1);
    const chunk = new Uint8Array(64 * 1000);
    for (let i = 0; i < 64; i++) chunk.set(message(0, 1000, i), i * 1000);
    const chunks = 640;
    let sent = 0;
    function send(): void {
      while (sent < chunks) {
        sent++;
        if (!slow.write(chunk)) return;
      }
      slow.end();
    }
    slow.on("drain", send);
    send();
    await until(() => journal.waiting === 1);
    assert.equal(rig.metrics.total("edgebmp_sessions_waiting"), 1);
    const quick = dial(rig);
    quick.end(message(4));
    await until(() => journal.kinds(2) === "OFC");
    for (let before = -1; before !== sent;) {
      before = sent;
      await delay(200);
    }
    assert.ok(sent < chunks, "the router could send all");
    assert.equal(journal.waiting, 1);
    assert.equal(journal.kinds(1), "O");

    journal.release();
    await until(() => journal.kinds(1).endsWith("C"));
    const entries = journal.of(1);
    assert.equal(entries.length, 2 + 64 * chunks);
    for (const [i, entry] of entries.entries()) {
      assert.equal(entry.sequence, i);
      if (entry.kind !== EntryKind.frame) continue;
      assert.equal(new DataView(entry.bytes.buffer).getUint32(996), (i - 1) % 64);
    }
    assert.equal(rig.metrics.total("edgebmp_sessions_waiting"), 0);
  });

  it("keeps the order when the journal has no room for the open entry", async () => {
    const rig = await start();
    rig.journal.full.add(0);
    const socket = dial(rig);
    socket.end(message(4));
    const other = dial(rig);
    other.end();
    await delay(100);
    assert.equal(rig.journal.entries.length, 0);
    assert.equal(rig.sessions.count, 2);
    rig.journal.release();
    await until(() => rig.sessions.count === 0);
    const kinds = [rig.journal.kinds(1), rig.journal.kinds(2)].sort();
    assert.deepEqual(kinds, ["OC", "OFC"]);
  });

  it("a session whose open entry waits is held back, not silent, and ends with what was read", async () => {
    const rig = await start({ sessionIdleAlarmMs: 100 });
    rig.journal.full.add(0);
    dial(rig).write(message(4));
    await until(() => rig.metrics.total("edgebmp_sessions_waiting") === 1);
    await delay(300);
    assert.deepEqual(rig.events("session is silent"), []);
    const stopping = rig.sessions.stop();
    rig.journal.release();
    await stopping;
    assert.equal(rig.journal.kinds(1), "OFC");
    assert.equal(rig.metrics.total("edgebmp_sessions_waiting"), 0);
  });

  it("closes what is not BMP, with one clear line, after the messages before it", async () => {
    const http = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: router\r\n\r\n");
    const tls = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);
    const long = message(0);
    new DataView(long.buffer).setUint32(1, 4097);
    const cases: [Uint8Array, Record<string, unknown>][] = [
      [http, { code: "frame-version", offset: 0, found: 0x47, looks_like: "HTTP" }],
      [tls, { code: "frame-version", offset: 0, found: 0x16, looks_like: "TLS" }],
      [new Uint8Array(500), { code: "frame-version", offset: 0, found: 0, expected: "3 or 4" }],
      [
        Uint8Array.from([...message(4), ...message(3), ...long]),
        { code: "frame-length", offset: 20, found: 4097, expected: "6 to 4096" },
      ],
    ];
    for (const [bytes, expected] of cases) {
      const rig = await start();
      const socket = dial(rig);
      socket.write(bytes);
      await new Promise((resolve) => socket.once("close", resolve));
      await until(() => rig.sessions.count === 0);
      const [line, ...more] = rig.lines.filter((line) => line["level"] === "warn");
      assert.equal(more.length, 0);
      for (const [name, value] of Object.entries(expected)) assert.equal(line?.[name], value);
      assert.equal(line?.["event"], "not BMP, closing");
      assert.equal(line?.["source"], "127.0.0.1");
      assert.match(String(line?.["first_bytes"]), /^[0-9a-f]{2,64}$/);
      assert.equal(rig.journal.kinds(1), expected["offset"] === 20 ? "OFFC" : "OC");
      const end = rig.journal.json(1, EntryKind.close);
      assert.equal(end["reason"], "frame");
      assert.match(String(end["detail"]), /^Cannot read BMP message at byte \d+: found /);
      const errors = rig.metrics.counter("edgebmp_frame_errors_total", "");
      const { code, looks_like = "" } = expected;
      assert.equal(errors.with({ code: String(code), looks_like: String(looks_like) }).value, 1);
    }
  });

  it("stays small under strangers and port scans", async () => {
    const rig = await start({ journal: new FakeJournal(() => {}) });
    const http = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");
    async function visit(rounds: number): Promise<void> {
      for (let i = 0; i < rounds; i++) {
        const visitors = Array.from({ length: 50 }, () => dial(rig));
        await Promise.all(visitors.map((socket, j) => {
          const closed = new Promise((resolve) => socket.once("close", resolve));
          if (j % 3 === 0) socket.write(http);
          else if (j % 3 === 1) socket.end();
          else socket.once("connect", () => socket.resetAndDestroy());
          return closed;
        }));
        forgetSockets();
      }
      await until(() => rig.sessions.count === 0);
    }
    await visit(10);
    const before = memoryBytes();
    await visit(20);
    const grown = memoryBytes() - before;
    assert.ok(grown < 48 * 1024 * 1024, `1,000 visits took ${grown} bytes`);
    assert.equal(rig.metrics.total("edgebmp_sessions_total"), 1500);
    assert.ok(rig.lines.length < 200, `${rig.lines.length} lines for 1,500 visits`);
  });

  it("says that a stream ended within a message", async () => {
    const rig = await start();
    dial(rig).end(Uint8Array.from([...message(4), ...message(0, 100).subarray(0, 50)]));
    await until(() => rig.journal.kinds(1) === "OFC");
    const end = rig.journal.json(1, EntryKind.close);
    assert.equal(end["reason"], "closed");
    assert.match(String(end["detail"]), /at byte 10: found 50 bytes, expected 100/);
  });

  it("names a reset as an error", async () => {
    const rig = await start();
    const socket = dial(rig);
    socket.write(message(4));
    await until(() => rig.journal.kinds(1) === "OF");
    socket.resetAndDestroy();
    await until(() => rig.journal.kinds(1) === "OFC");
    const end = rig.journal.json(1, EntryKind.close);
    assert.equal(end["reason"], "error");
    assert.match(String(end["detail"]), /reset/i);
  });

  it("has no more sessions than files may be open, whatever is set", async () => {
    const rig = await start({ maxSessions: 5000, sessionsMax: 7 });
    assert.equal(rig.sessions.limit, 7);
    assert.equal(rig.metrics.total("edgebmp_sessions_limit"), 7);
    rig.update({ maxSessions: 3 });
    assert.equal(rig.sessions.limit, 3);
    rig.update({ maxSessions: 0 });
    assert.equal(rig.sessions.limit, 7);
  });

  it("refuses sessions past the limit, and takes them again once there is room", async () => {
    const rig = await start({ maxSessions: 2 });
    const first = dial(rig);
    dial(rig);
    await until(() => rig.sessions.count === 2);
    const refused = dial(rig);
    await new Promise((resolve) => refused.once("close", resolve));
    assert.equal(rig.sessions.count, 2);
    const reasons = rig.metrics.counter("edgebmp_session_refused_total", "");
    assert.equal(reasons.with({ reason: "limit" }).value, 1);
    assert.equal(rig.events("session refused")[0]?.["limit"], 2);
    first.end();
    await until(() => rig.sessions.count === 1);
    dial(rig);
    await until(() => rig.sessions.count === 2);
  });

  it("stops: current appends end, then come the close entries, and nothing is accepted", async () => {
    const rig = await start();
    const { journal, sessions } = rig;
    const waiting = dial(rig);
    await until(() => journal.kinds(1) === "O");
    const quiet = dial(rig);
    await until(() => journal.kinds(2) === "O");
    journal.full.add(1);
    waiting.write(message(4));
    await until(() => journal.waiting === 1);
    let stopped = false;
    const stopping = sessions.stop().then(() => stopped = true);
    const late = dial(rig);
    await new Promise((resolve) => late.once("close", resolve));
    await until(() => journal.kinds(2) === "OC");
    assert.equal(stopped, false);
    assert.equal(journal.kinds(1), "O");
    journal.release();
    await stopping;
    assert.equal(journal.kinds(1), "OFC");
    for (const session of [1, 2]) {
      assert.deepEqual(journal.json(session, EntryKind.close), { reason: "stop", detail: "" });
    }
    assert.equal(journal.kinds(3), "");
    assert.equal(rig.metrics.total("edgebmp_session_refused_total"), 1);
    await sessions.stop();
    await Promise.all(
      [waiting, quiet].map((socket) => socket.destroyed || until(() => socket.destroyed)),
    );
  });

  it("resets one session, whose router may come back at once", async () => {
    const rig = await start();
    const { journal, sessions } = rig;
    const sockets = [dial(rig), dial(rig)];
    for (const socket of sockets) socket.write(message(4));
    await until(() => journal.entries.filter(({ kind }) => kind === EntryKind.frame).length === 2);
    const [session, other] = [...sessions];
    assert.equal(sessions.reset("none", ""), false);
    assert.equal(sessions.reset(session!.info.session, "an upstream lost it"), true);
    await until(() => sessions.count === 1);
    assert.deepEqual([...sessions], [other]);
    const [number] = [1, 2].filter((number) => journal.kinds(number) === "OFC");
    assert.deepEqual(journal.json(number!, EntryKind.close), {
      reason: "reset",
      detail: "an upstream lost it",
    });
    assert.equal(rig.metrics.total("edgebmp_sessions_closed_total"), 1);
  });

  it("stops at once when there is no session", async () => {
    const rig = await start();
    await rig.sessions.stop();
  });

  it("ends the session, with a line, when the journal fails", async () => {
    const rig = await start();
    const socket = dial(rig);
    await until(() => rig.journal.kinds(1) === "O");
    rig.journal.failure = new Error("the disk is gone");
    socket.write(message(4));
    await until(() => rig.sessions.count === 0);
    const [line] = rig.events("cannot journal the end of a session");
    assert.match(String(line?.["error"]), /the disk is gone/);
    assert.equal(rig.journal.kinds(1), "O");
  });

  it("ends the session when an append that waited is rejected", async () => {
    const rig = await start();
    const socket = dial(rig);
    await until(() => rig.journal.kinds(1) === "O");
    rig.journal.full.add(1);
    socket.write(message(4));
    await until(() => rig.journal.waiting === 1);
    rig.journal.release(new Error("no reader is left"));
    await until(() => rig.journal.kinds(1) === "OC");
    const end = rig.journal.json(1, EntryKind.close);
    assert.deepEqual(end, { reason: "error", detail: "no reader is left" });
  });

  it("reports a silent session once per silence, and not one that we hold back", async () => {
    const rig = await start({ sessionIdleAlarmMs: 200 });
    const silent = dial(rig);
    await until(() => rig.journal.kinds(1) === "O");
    const held = dial(rig);
    await until(() => rig.journal.kinds(2) === "O");
    rig.journal.full.add(2);
    held.write(message(4));
    const talking = dial(rig);
    const timer = setInterval(() => talking.write(message(0)), 50);
    try {
      await until(() => rig.events("session is silent").length === 1);
      await delay(600);
      assert.deepEqual(
        rig.events("session is silent").map((line) => line["session"]),
        [rig.journal.json(1, EntryKind.open)["session"]],
      );
      silent.write(message(0));
      await until(() => rig.events("session is silent").length === 2);
    } finally {
      clearInterval(timer);
    }
    assert.equal(rig.metrics.total("edgebmp_session_idle_alarms_total"), 2);
    assert.equal(rig.sessions.count, 3);
  });

  it("dumps messages in hex at level trace", async () => {
    const rig = await start({ level: "trace" });
    dial(rig).end(message(4));
    await until(() => rig.journal.kinds(1) === "OFC");
    const [line] = rig.events("message");
    assert.equal(line?.["sequence"], 1);
    assert.equal(line?.["hex"], "03" + "0000000a" + "04" + "00000000");
  });

  it("says which address it cannot listen on, and why", async () => {
    const { sessions, listener } = await start();
    for (
      const [address, port, reason] of [
        ["127.0.0.1", listener.port, "another program listens there already (EADDRINUSE)"],
        ["192.0.2.1", 0, "this host does not have the address (EADDRNOTAVAIL)"],
      ] as const
    ) {
      await assert.rejects(
        listenForRouters(runtime, sessions, { address, port, parallel: false }),
        { message: `Cannot listen on "${address}:${port}": ${reason}` },
      );
    }
  });
});

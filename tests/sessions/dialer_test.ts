/** Active mode: routers that listen, on real sockets, and a runtime that fails as it is told. */
import assert from "node:assert/strict";
import net from "node:net";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EntryKind } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import type { Runtime } from "../../src/runtime/types.ts";
import {
  Dialer,
  type DialerOptions,
  type SpeakerOptions,
  SpeakerState,
} from "../../src/sessions/dialer.ts";
import { freePort } from "../ports.ts";
import { closeRigs, message, type Rig, runtime, start } from "./rig.ts";
import { until } from "../until.ts";

const servers: net.Server[] = [];
const sockets: net.Socket[] = [];
const dialers: Dialer[] = [];

afterEach(async () => {
  for (const dialer of dialers.splice(0)) dialer.stop();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  await closeRigs();
});

/** A router that listens. */
async function listen(onConnection: (socket: net.Socket) => void, port = 0): Promise<number> {
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as net.AddressInfo).port;
}

function speaker(port: number, changes: Partial<SpeakerOptions> = {}): SpeakerOptions {
  return { name: "r1", host: "127.0.0.1", port, parallel: false, tls: undefined, ...changes };
}

/** Waits a few milliseconds in place of seconds, and counts. */
class QuickBackoff {
  failures = 0;
  resets = 0;
  next(): number {
    this.failures++;
    return 10;
  }
  reset(): void {
    this.resets++;
    this.failures = 0;
  }
}

function dialerOf(rig: Rig, options: Partial<DialerOptions> = {}): Dialer {
  const dialer = new Dialer({
    runtime,
    sessions: rig.sessions,
    metrics: rig.metrics,
    log: new Log("info", "json", (line) => void rig.lines.push(JSON.parse(line))),
    readPem: (files) => Promise.resolve(files),
    makeBackoff: () => new QuickBackoff(),
    ...options,
  });
  dialers.push(dialer);
  return dialer;
}

function stateOf(rig: Rig, name: string): number {
  return rig.metrics.gauge("edgebmp_speaker_state", "").with({ speaker: name }).value;
}

describe("Dialer", () => {
  it("connects, and makes a session that lists do not hold for", async () => {
    const rig = await start({ deny: [{ bytes: new Uint8Array(4), length: 0 }] });
    const port = await listen((socket) => socket.write(message(4)));
    const dialer = dialerOf(rig);
    dialer.update([speaker(port, { parallel: true })]);
    await until(() => rig.journal.kinds(1) === "OF");
    const { session: _, ...opened } = rig.journal.json(1, EntryKind.open);
    assert.deepEqual(opened, {
      source: "127.0.0.1",
      source_port: port,
      listener: "r1",
      parallel: true,
    });
    assert.equal(stateOf(rig, "r1"), SpeakerState.connected);
    assert.deepEqual([...dialer.states()], [["r1", SpeakerState.connected]]);
    rig.update({ deny: [{ bytes: new Uint8Array(4), length: 0 }], maxSessionsPerSource: 1 });
    await delay(50);
    assert.equal(rig.sessions.count, 1);
  });

  it("connects again when a session ends, and resets the back-off after a good one only", async () => {
    const rig = await start();
    const backoff = new QuickBackoff();
    let count = 0;
    const port = await listen((socket) => {
      count++;
      if (count > 1) socket.write(message(4));
      setTimeout(() => socket.end(), count > 2 ? 200 : 0);
    });
    dialerOf(rig, { makeBackoff: () => backoff, goodSessionMs: 150 }).update([speaker(port)]);
    await until(() => count === 3);
    assert.equal(backoff.resets, 0);
    await until(() => count === 4);
    assert.equal(backoff.resets, 1);
    assert.equal(rig.metrics.total("edgebmp_speaker_connects_total"), 4);
  });

  it("goes on until the router is there, with a line and a count", async () => {
    const rig = await start();
    const port = await freePort();
    dialerOf(rig).update([speaker(port)]);
    await until(() => rig.metrics.total("edgebmp_speaker_failures_total") >= 3);
    assert.equal(rig.events("cannot connect to a router")[0]?.["speaker"], "r1");
    await listen((socket) => socket.write(message(4)), port);
    await until(() => rig.journal.kinds(1) === "OF");
  });

  it("looks a name up at each try, and tries its addresses in turn", async () => {
    const rig = await start();
    const port = await listen((socket) => socket.write(message(4)));
    const tried: string[] = [];
    let lookups = 0;
    const failing: Pick<Runtime, "connect"> = {
      connect(host, port, timeoutMs, accept) {
        tried.push(host);
        if (host !== "127.0.0.1") return Promise.reject(new Error("no route"));
        return runtime.connect(host, port, timeoutMs, accept);
      },
    };
    dialerOf(rig, {
      runtime: failing,
      resolve: (host) => {
        assert.equal(host, "r1.example.net");
        if (++lookups === 1) return Promise.reject(new Error("the name server is away"));
        return Promise.resolve(["192.0.2.1", "192.0.2.2", "127.0.0.1"]);
      },
    }).update([speaker(port, { host: "r1.example.net" })]);
    await until(() => rig.journal.kinds(1) === "OF");
    assert.deepEqual(tried, ["192.0.2.1", "192.0.2.2", "127.0.0.1"]);
    assert.equal(lookups, 4);
  });

  it("resolves real names", async () => {
    const rig = await start();
    const port = await listen((socket) => socket.write(message(4)));
    dialerOf(rig).update([speaker(port, { host: "localhost" })]);
    await until(() => rig.journal.kinds(1) === "OF");
  });

  it("makes no storm: so many tries at a time, and every speaker gets its turn", async () => {
    const rig = await start();
    let now = 0;
    let most = 0;
    const seen = new Set<number>();
    const slow: Pick<Runtime, "connect"> = {
      async connect(_host, port) {
        most = Math.max(most, ++now);
        await delay(5);
        now--;
        seen.add(port);
        throw new Error("refused");
      },
    };
    const speakers = Array.from({ length: 300 }, (_, i) => speaker(i + 1, { name: `r${i}` }));
    const dialer = dialerOf(rig, { runtime: slow });
    dialer.update(speakers);
    await until(() => seen.size === 300);
    assert.equal(most, 64);
    dialer.stop();
    await delay(50);
    const failures = rig.metrics.total("edgebmp_speaker_failures_total");
    await delay(50);
    assert.equal(rig.metrics.total("edgebmp_speaker_failures_total"), failures);
    assert.equal(now, 0);
  });

  it("keeps sessions of speakers that stay, and ends those of others", async () => {
    const rig = await start();
    const port = await listen((socket) => socket.write(message(4)));
    const dialer = dialerOf(rig);
    dialer.update([speaker(port), speaker(port, { name: "r2" })]);
    await until(() => rig.journal.kinds(1) === "OF" && rig.journal.kinds(2) === "OF");
    const names = [1, 2].map((session) => rig.journal.json(session, EntryKind.open)["listener"]);
    const gone = names.indexOf("r2") + 1;
    dialer.update([speaker(port), speaker(port, { name: "r3" })]);
    await until(() => rig.journal.kinds(gone) === "OFC" && rig.journal.kinds(3) === "OF");
    assert.equal(rig.journal.kinds(3 - gone), "OF");
    assert.deepEqual([...dialer.states().keys()].sort(), ["r1", "r3"]);
    assert.equal(rig.journal.json(gone, EntryKind.close)["reason"], "stop");
    dialer.update([speaker(port, { parallel: true }), speaker(port, { name: "r3" })]);
    await until(() => rig.journal.kinds(3 - gone) === "OFC" && rig.journal.kinds(4) === "OF");
    assert.equal(stateOf(rig, "r1"), SpeakerState.connected);
  });

  it("reads the files of TLS at each try, and asks for the name's certificate", async () => {
    const rig = await start();
    const names: unknown[] = [];
    let reads = 0;
    const failing: Pick<Runtime, "connect"> = {
      connect(_host, _port, _timeoutMs, _accept, options) {
        names.push([options?.tls?.serverName, options?.tls?.ca, options?.tls?.verify]);
        return Promise.reject(new Error("no"));
      },
    };
    const files = { ca: "/ca.pem", cert: "", key: "" };
    const dialer = dialerOf(rig, {
      runtime: failing,
      resolve: () => Promise.resolve(["192.0.2.1"]),
      readPem: () =>
        ++reads === 1
          ? Promise.reject(new Error("gone"))
          : Promise.resolve({ ...files, ca: `CA ${reads}` }),
    });
    const tls = { files, serverName: "", verify: true };
    dialer.update([speaker(1, { host: "r1.example.net", tls })]);
    await until(() => names.length === 2);
    assert.deepEqual(names, [["r1.example.net", "CA 2", true], ["r1.example.net", "CA 3", true]]);
  });

  it("tries again when no session may be opened", async () => {
    const rig = await start({ maxSessions: 1 });
    const port = await listen((socket) => socket.write(message(4)));
    const dialer = dialerOf(rig);
    dialer.update([speaker(port), speaker(port, { name: "r2" })]);
    await until(() => rig.metrics.total("edgebmp_speaker_failures_total") >= 2);
    rig.update({ maxSessions: 2 });
    await until(() => rig.sessions.count === 2);
  });
});

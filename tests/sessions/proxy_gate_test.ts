/** PROXY headers in front of sessions, over real sockets. */
import assert from "node:assert/strict";
import type net from "node:net";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EntryKind } from "../../src/journal/types.ts";
import { admissionPrefix } from "../../src/sessions/admission.ts";
import { proxyHeaderV1, proxyHeaderV2 } from "../../src/wire/proxy_protocol.ts";
import { closeRigs, dial, message, start } from "./rig.ts";
import { until } from "../until.ts";

afterEach(closeRigs);

const LISTED = { listen: { proxyFrom: [admissionPrefix("127.0.0.0/8")!] } };
const UNLISTED = { listen: { proxyFrom: [admissionPrefix("192.0.2.0/24")!] } };
const ROUTER = { address: "198.51.100.7", port: 4711 };
const SELF = { address: "127.0.0.1", port: 5000 };
const SIGNATURE = proxyHeaderV2(ROUTER, SELF).subarray(0, 12);

function closed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe("a listed load balancer", () => {
  for (const [version, write] of [[1, proxyHeaderV1], [2, proxyHeaderV2]] as const) {
    it(`names the router in version ${version}`, async () => {
      const rig = await start(LISTED);
      dial(rig).end(joined(write(ROUTER, SELF), message(4), message(3)));
      await until(() => rig.journal.kinds(1) === "OFFC");
      const opened = rig.journal.json(1, EntryKind.open);
      assert.equal(opened["source"], ROUTER.address);
      assert.equal(opened["source_port"], ROUTER.port);
      assert.equal(rig.metrics.total("edgebmp_received_bytes_total"), 20);
    });

    it(`may send version ${version} byte by byte`, async () => {
      const rig = await start(LISTED);
      const socket = dial(rig);
      socket.setNoDelay(true);
      for (const byte of joined(write(ROUTER, SELF), message(4))) {
        socket.write(Uint8Array.of(byte));
        await delay(1);
      }
      socket.end();
      await until(() => rig.journal.kinds(1) === "OFC");
      assert.equal(rig.journal.json(1, EntryKind.open)["source"], ROUTER.address);
    });
  }

  it("opens the session with the header, before the router says anything", async () => {
    const rig = await start(LISTED);
    dial(rig).write(proxyHeaderV2(ROUTER, SELF));
    await until(() => rig.journal.kinds(1) === "O");
  });

  it("is asked for the router's address, not its own: lists, and sessions per source", async () => {
    const rig = await start({
      ...LISTED,
      deny: [admissionPrefix("127.0.0.1")!, admissionPrefix("203.0.113.0/24")!],
      maxSessionsPerSource: 1,
    });
    const other = { address: "198.51.100.8", port: 1 };
    dial(rig).write(proxyHeaderV2(ROUTER, SELF));
    await until(() => rig.sessions.count === 1);
    dial(rig).write(proxyHeaderV2(other, SELF));
    await until(() => rig.sessions.count === 2);
    const twin = dial(rig);
    twin.write(proxyHeaderV2(ROUTER, SELF));
    await closed(twin);
    await until(() => rig.refused("source_limit") === 1);
    const denied = dial(rig);
    denied.write(proxyHeaderV2({ address: "203.0.113.9", port: 1 }, SELF));
    await closed(denied);
    await until(() => rig.refused("denied") === 1);
    assert.equal(rig.events("session refused").at(-1)?.["source"], "203.0.113.9");
  });

  it("checks our health without a session", async () => {
    const rig = await start(LISTED);
    for (
      const header of [joined(SIGNATURE, Uint8Array.of(0x20, 0, 0, 0)), message(0).subarray(0, 0)]
    ) {
      const socket = dial(rig);
      socket.write(header);
      socket.end();
      await closed(socket);
    }
    await until(() => rig.refused("proxy_closed") === 2);
    assert.deepEqual(rig.journal.entries, []);
    assert.deepEqual(rig.events("session refused"), []);
  });

  it("is the source itself if BMP follows a header that names nobody", async () => {
    for (
      const header of [
        joined(SIGNATURE, Uint8Array.of(0x20, 0, 0, 0)),
        new TextEncoder().encode("PROXY UNKNOWN\r\n"),
      ]
    ) {
      const rig = await start(LISTED);
      const socket = dial(rig);
      socket.write(header);
      await delay(20);
      socket.end(message(4));
      await until(() => rig.journal.kinds(1) === "OFC");
      assert.equal(rig.journal.json(1, EntryKind.open)["source"], "127.0.0.1");
    }
  });

  const faults = [
    ["proxy_missing", message(4)],
    ["proxy_missing", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")],
    ["proxy_malformed", new TextEncoder().encode("PROXY TCP4 a b 1 2\r\n")],
    ["proxy_malformed", new TextEncoder().encode("PROXY ".padEnd(600, "x"))],
    ["proxy_malformed", joined(SIGNATURE, Uint8Array.of(0x21, 0x11, 0xff, 0xff))],
    ["proxy_malformed", joined(SIGNATURE, Uint8Array.of(0x51))],
    ["proxy_timeout", SIGNATURE],
    ["proxy_timeout", new Uint8Array(0)],
  ] as const;
  for (const [reason, bytes] of faults) {
    const shown = JSON.stringify(String.fromCharCode(...bytes.subarray(0, 20)));
    it(`is refused (${reason}) with ${shown}`, async () => {
      const rig = await start({ ...LISTED, proxyHeaderTimeoutMs: 150 });
      const socket = dial(rig);
      if (bytes.length > 0) socket.write(bytes);
      await closed(socket);
      await until(() => rig.refused(reason) === 1);
      assert.equal(rig.events("session refused")[0]?.["reason"], reason);
      assert.deepEqual(rig.journal.entries, []);
      assert.equal(rig.metrics.total("edgebmp_session_refused_total"), 1);
    });
  }

  it("without its header counts against the limit of sessions, and a stop ends it", async () => {
    const rig = await start({ ...LISTED, maxSessions: 2 });
    const waiting = [dial(rig), dial(rig)];
    for (const socket of waiting) socket.write(SIGNATURE);
    await delay(50);
    await closed(dial(rig));
    await until(() => rig.refused("limit") === 1);
    const ended = waiting.map(closed);
    await rig.sessions.stop();
    await Promise.all(ended);
  });

  it("may not send two headers", async () => {
    const rig = await start(LISTED);
    const header = proxyHeaderV2(ROUTER, SELF);
    const socket = dial(rig);
    socket.write(joined(header, header));
    await closed(socket);
    await until(() => rig.sessions.count === 0);
    assert.equal(rig.journal.json(1, EntryKind.close)["reason"], "frame");
    assert.equal(rig.events("not BMP, closing")[0]?.["looks_like"], "PROXY protocol");
  });
});

describe("a source that is not listed", () => {
  it("is a router of its own address", async () => {
    const rig = await start(UNLISTED);
    dial(rig).end(message(4));
    await until(() => rig.journal.kinds(1) === "OFC");
    assert.equal(rig.journal.json(1, EntryKind.open)["source"], "127.0.0.1");
  });

  it("is refused with a header, whatever that says", async () => {
    for (const write of [proxyHeaderV1, proxyHeaderV2]) {
      const rig = await start(UNLISTED);
      const socket = dial(rig);
      socket.write(joined(write(ROUTER, SELF), message(4)));
      await closed(socket);
      await until(() => rig.refused("proxy_unlisted") === 1);
      assert.deepEqual(rig.journal.entries, []);
    }
  });

  it("is not read as a header's sender where no load balancer is listed", async () => {
    const rig = await start();
    const socket = dial(rig);
    socket.write(proxyHeaderV2(ROUTER, SELF));
    await closed(socket);
    await until(() => rig.sessions.count === 0);
    assert.equal(rig.journal.json(1, EntryKind.open)["source"], "127.0.0.1");
    assert.equal(rig.journal.json(1, EntryKind.close)["reason"], "frame");
  });
});

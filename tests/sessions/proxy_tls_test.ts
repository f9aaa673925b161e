/** A load balancer in front of a listener for TLS: its header comes before the handshake. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import net from "node:net";
import { after, afterEach, describe, it } from "node:test";
import tls from "node:tls";
import { EntryKind } from "../../src/journal/types.ts";
import { admissionPrefix } from "../../src/sessions/admission.ts";
import { proxyHeaderV2 } from "../../src/wire/proxy_protocol.ts";
import { TestAuthority } from "../support/certificates.ts";
import { closeRigs, message, start } from "./rig.ts";
import { until } from "../until.ts";

const authority = new TestAuthority();
const server = authority.sign("server");
const sockets: net.Socket[] = [];

after(() => rmSync(authority.folder, { recursive: true }));
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await closeRigs();
});

const LISTEN = {
  proxyFrom: [admissionPrefix("127.0.0.1")!],
  tls: {
    certFile: server.certFile,
    keyFile: server.keyFile,
    clientCaFile: "",
    clientAuth: "none" as const,
    minVersion: "TLSv1.2" as const,
    handshakeTimeoutMs: 5000,
    handshakesMax: 10,
  },
};
const HEADER = proxyHeaderV2({ address: "198.51.100.7", port: 1 }, {
  address: "192.0.2.1",
  port: 5001,
});

function dial(port: number): Promise<net.Socket> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => resolve(socket));
    sockets.push(socket);
    socket.on("error", () => {});
  });
}

describe("a load balancer before TLS", () => {
  it("names the router, whose handshake follows", async () => {
    const rig = await start({ listen: LISTEN, deny: [admissionPrefix("127.0.0.1")!] });
    const socket = await dial(rig.listener.port);
    socket.write(HEADER);
    const secure = tls.connect({ socket, ca: authority.cert, servername: "localhost" });
    secure.on("error", () => {});
    secure.write(message(4));
    await until(() => rig.journal.kinds(1) === "OF");
    const opened = rig.journal.json(1, EntryKind.open);
    assert.equal(opened["source"], "198.51.100.7");
    assert.ok("tls" in opened);
  });

  it("is refused before a handshake: a router that is denied, a missing header", async () => {
    const rig = await start({ listen: LISTEN, deny: [admissionPrefix("198.51.100.0/24")!] });
    const denied = await dial(rig.listener.port);
    denied.resume().write(HEADER);
    await until(() => rig.refused("denied") === 1);
    const missing = await dial(rig.listener.port);
    missing.resume().write(Uint8Array.of(0x16, 3, 1));
    await until(() => rig.refused("proxy_missing") === 1);
    assert.equal(rig.journal.entries.length, 0);
  });
});

describe("a listener for TLS", () => {
  it("refuses who is denied before the handshake", async () => {
    const rig = await start({
      listen: { tls: LISTEN.tls },
      deny: [admissionPrefix("127.0.0.0/8")!],
    });
    const socket = await dial(rig.listener.port);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    await closed;
    assert.equal(rig.refused("denied"), 1);
  });
});

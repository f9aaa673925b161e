import { after, afterEach, describe, it } from "node:test";
import assert from "node:assert/strict";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import type { TlsOptions } from "../../src/sessions/tls_entrance.ts";
import { TestAuthority, type TestCertificate } from "../support/certificates.ts";
import { closeRigs, dial, message, type Rig, runtime, start } from "./rig.ts";
import { until } from "../until.ts";

const authority = new TestAuthority();
const server = authority.sign("server");
const client = authority.sign("r1", "DNS:r1.example.net");
const other = authority.sign("r2", "DNS:r2.example.net");
const expired = authority.sign("expired", undefined, -1);
const sockets: TLSSocket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await closeRigs();
});
after(() => rmSync(authority.folder, { recursive: true }));

const TLS: TlsOptions = {
  certFile: server.certFile,
  keyFile: server.keyFile,
  clientCaFile: authority.certFile,
  clientAuth: "require",
  minVersion: "TLSv1.2",
  handshakeTimeoutMs: 5000,
  handshakesMax: 100,
};

function startTls(tls: Partial<TlsOptions> = {}, options: Parameters<typeof start>[0] = {}) {
  const listen = { ...options.listen, tls: { ...TLS, ...tls } };
  return start({ ...options, listen });
}

function dialTls(rig: Rig, shown: TestCertificate | null = client): TLSSocket {
  const socket = connect({
    port: rig.listener.port,
    host: "127.0.0.1",
    ca: authority.cert,
    ...(shown === null ? {} : { cert: shown.cert, key: shown.key }),
  });
  sockets.push(socket);
  socket.on("error", () => {});
  return socket;
}

function failed({ metrics }: Rig, reason: string): number {
  return metrics.counter("edgebmp_tls_handshakes_failed_total", "").with({ reason }).value;
}

describe(`TLS sessions on ${runtime.name}`, () => {
  it("are sessions like others, and say who the router is", async () => {
    const rig = await startTls();
    const socket = dialTls(rig);
    socket.end(message(4, 10, 7));
    await until(() => rig.journal.entries.length === 3);
    const [open, frame, close] = rig.journal.entries;
    const { tls, source, listener } = JSON.parse(new TextDecoder().decode(open!.bytes));
    assert.equal(tls.subject, "CN=r1,O=Example");
    assert.deepEqual(tls.alt_names, ["DNS:r1.example.net"]);
    assert.match(tls.fingerprint, /^[0-9a-f]{64}$/);
    assert.deepEqual([source, listener], ["127.0.0.1", rig.listener.name]);
    assert.deepEqual(frame!.bytes, message(4, 10, 7));
    assert.match(new TextDecoder().decode(close!.bytes), /"reason":"closed"/);
    const [line] = rig.events("session opened");
    assert.equal(line!["identity"], "CN=r1,O=Example");
  });

  it("say the protocol alone where the router showed no certificate", async () => {
    const rig = await startTls({ clientAuth: "none" });
    dialTls(rig, null).end(message(4));
    await until(() => rig.journal.entries.length === 3);
    const { tls } = JSON.parse(new TextDecoder().decode(rig.journal.entries[0]!.bytes));
    assert.deepEqual(tls, { protocol: "TLSv1.3" });
  });

  it("are let in by identity, and by address before any handshake", async () => {
    const rig = await startTls({}, { allowIdentities: [{ part: "dns", value: "r1.example.net" }] });
    dialTls(rig, other);
    await until(() => rig.refused("identity_not_allowed") === 1);
    dialTls(rig);
    await until(() => rig.sessions.count === 1);
    rig.update({ deny: [{ bytes: Uint8Array.of(127, 0, 0, 0), length: 8 }] });
    await until(() => rig.sessions.count === 0);
    const denied = dial(rig);
    await until(() => rig.refused("denied") === 1);
    await until(() => denied.closed);
    assert.equal(failed(rig, "closed"), 0);
  });

  it("may stand behind a load balancer that names the router", async () => {
    const proxyFrom = [{ bytes: Uint8Array.of(127, 0, 0, 1), length: 32 }];
    const rig = await startTls({}, { listen: { proxyFrom } });
    const plain = net.connect(rig.listener.port, "127.0.0.1");
    plain.on("error", () => {});
    plain.write("PROXY TCP4 192.0.2.77 192.0.2.1 4242 5001\r\n");
    const socket = connect({
      socket: plain,
      host: "127.0.0.1",
      ca: authority.cert,
      cert: client.cert,
      key: client.key,
    });
    sockets.push(socket);
    socket.on("error", () => {});
    await until(() => rig.journal.entries.length === 1);
    const info = JSON.parse(new TextDecoder().decode(rig.journal.entries[0]!.bytes));
    assert.deepEqual([info.source, info.tls.subject], ["192.0.2.77", "CN=r1,O=Example"]);
  });

  it("count and log what comes to nothing, by reason", async () => {
    const rig = await startTls({ handshakeTimeoutMs: 300 });
    dial(rig).write(message(4));
    dialTls(rig, null);
    dialTls(rig, expired);
    dial(rig);
    await until(() => failed(rig, "timeout") === 1 && failed(rig, "certificate") === 1);
    for (const reason of ["not_tls", "no_certificate", "certificate"]) {
      assert.equal(failed(rig, reason), 1, reason);
    }
    const details = new Map(
      rig.events("TLS handshake failed").map((line) => [line["reason"], String(line["detail"])]),
    );
    assert.match(details.get("not_tls")!, /^not TLS; plain BMP belongs on a plain port/);
    assert.match(details.get("certificate")!, /not valid here: CERT_HAS_EXPIRED/);
    assert.doesNotMatch(JSON.stringify(rig.lines), /PRIVATE KEY/);
    assert.equal(rig.sessions.count, 0);
  });

  it("are guessed on a plain port", async () => {
    const rig = await start();
    connect({ port: rig.listener.port, host: "127.0.0.1" }).on("error", () => {});
    await until(() => rig.events("session closed").length === 1);
    assert.equal(rig.events("not BMP, closing")[0]!["looks_like"], "TLS");
    const errors = rig.metrics.counter("edgebmp_frame_errors_total", "");
    assert.equal(errors.with({ code: "frame-version", looks_like: "TLS" }).value, 1);
  });

  it("stay when certificates are read again, and new ones get the new", async () => {
    const [certFile, keyFile] = [
      join(authority.folder, "served.pem"),
      join(authority.folder, "served.key"),
    ];
    copyFileSync(server.certFile, certFile);
    copyFileSync(server.keyFile, keyFile);
    const rig = await startTls({ certFile, keyFile });
    const first = dialTls(rig);
    await until(() => rig.sessions.count === 1);
    const renewed = authority.sign("renewed");
    writeFileSync(certFile, renewed.cert);
    await assert.rejects(rig.listener.reloadCertificates(), /not that of the certificate/);
    writeFileSync(keyFile, renewed.key);
    assert.equal(await rig.listener.reloadCertificates(), true);
    assert.equal(await rig.listener.reloadCertificates(), false);
    const second = dialTls(rig);
    await until(() => rig.sessions.count === 2);
    assert.equal(first.getPeerCertificate().subject.CN, "server");
    assert.equal(second.getPeerCertificate().subject.CN, "renewed");
    first.end(message(4));
    await until(() => rig.sessions.count === 1);
    assert.equal(rig.journal.entries.filter(({ kind }) => kind === 1).length, 1);
  });

  it("say when the certificate expires, and warn before", async () => {
    const soon = authority.sign("soon", undefined, 2);
    const rig = await startTls({ certFile: soon.certFile, keyFile: soon.keyFile });
    const listener = rig.listener.name;
    const expiry = rig.metrics.gauge("edgebmp_tls_certificate_expiry_timestamp_seconds", "");
    const inDays = (expiry.with({ listener }).value - Date.now() / 1000) / 86400;
    assert.ok(inDays > 1.9 && inDays <= 2, String(inDays));
    assert.equal(rig.events("certificate expires soon").length, 1);
    const late = await startTls({ certFile: expired.certFile, keyFile: expired.keyFile });
    assert.equal(late.events("certificate has expired").length, 1);
  });

  it("do not hold up a plain listener when 1,000 handshakes are half open", async () => {
    const rig = await startTls();
    for (let i = 0; i < 1000; i++) dial(rig).write(Uint8Array.of(22, 3, 1));
    await until(() => failed(rig, "limit") === 900);
    const { sessions } = rig;
    const plain = await runtime.listen(
      { host: "127.0.0.1", port: 0 },
      (connection) => sessions.accept(connection, { listener: "plain", parallel: false }),
      () => {},
    );
    try {
      const socket = net.connect(plain.port, "127.0.0.1");
      socket.end(message(4));
      await until(() => rig.journal.entries.length === 3);
    } finally {
      plain.close();
    }
    await delay(1000);
    dialTls(rig).end(message(4));
    await until(() => rig.journal.entries.length === 6);
  });

  it("cannot be listened for without sound certificates", async () => {
    await assert.rejects(startTls({ certFile: "/nonexistent.pem" }), /Cannot read "\/nonexistent/);
    await assert.rejects(startTls({ keyFile: client.keyFile }), /not that of the certificate/);
  });
});

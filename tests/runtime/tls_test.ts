/** What TLS must do on every runtime. The peer of a server is `openssl s_client` or a plain socket, that of a client is our own server. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { rmSync } from "node:fs";
import { after, afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import * as tls from "node:tls";
import type {
  Connection,
  ConnectTls,
  ServeTls,
  TlsFailure,
  TlsServer,
} from "../../src/runtime/types.ts";
import { TestAuthority, type TestCertificate } from "../support/certificates.ts";
import { closeAll, dial, gate, listen, MIB, Recorder, runtime, settled } from "./harness.ts";
import { until } from "../until.ts";

const authority = new TestAuthority();
const stranger = new TestAuthority(authority.folder, "stranger");
const server = authority.sign("server");
const client = authority.sign("r1", "DNS:r1.example.net,URI:urn:router:1");
const expired = authority.sign("expired", undefined, -1);
const strange = stranger.sign("strange");
const children: ChildProcess[] = [];

after(() => rmSync(authority.folder, { recursive: true }));
afterEach(() => {
  closeAll();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const SERVE: ServeTls = {
  cert: server.cert,
  key: server.key,
  clientCa: authority.cert,
  clientAuth: "none",
  minVersion: "TLSv1.2",
  handshakeTimeoutMs: 5000,
  handshakesMax: 64,
};

const TRUST: ConnectTls = { ca: authority.cert, cert: "", key: "", verify: true };

/** A TLS listener whose connections get `recorder`, or one each. */
async function serve(options: Partial<ServeTls> = {}, makeRecorder = () => new Recorder()) {
  const failures: TlsFailure[] = [];
  const connections: Connection[] = [];
  const recorders: Recorder[] = [];
  const served: TlsServer = runtime.serveTls(
    { ...SERVE, ...options },
    (connection) => {
      connections.push(connection);
      const recorder = makeRecorder();
      recorders.push(recorder);
      return recorder;
    },
    (failure) => void failures.push(failure),
  );
  const { port } = await listen(served.accept);
  return { tls: served, port, failures, connections, recorders };
}

/** `openssl s_client`; what it says goes to `text()`, to its standard input what is sent. */
function sClient(port: number, ...words: string[]) {
  const child = spawn(
    "openssl",
    [
      ..."s_client -quiet -no_ign_eof -verify_quiet -connect".split(" "),
      `127.0.0.1:${port}`,
      ...["-CAfile", authority.certFile, ...words],
    ],
    { stdio: "pipe" },
  );
  children.push(child);
  let text = "";
  child.stdout.on("data", (chunk) => text += chunk);
  child.stderr.on("data", (chunk) => text += chunk);
  child.stdin.on("error", () => {});
  return {
    child,
    input: child.stdin,
    text: () => text,
    exited: new Promise<void>((resolve) => child.once("exit", () => resolve())),
  };
}

function credentials({ certFile, keyFile }: TestCertificate): string[] {
  return ["-cert", certFile, "-key", keyFile];
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe(`runtime ${runtime.name}: TLS server`, () => {
  for (const version of ["tls1_2", "tls1_3"]) {
    it(`delivers what a client sends and sends to it, ${version}`, async () => {
      const { port, connections, recorders, failures } = await serve();
      const { input, text, exited } = sClient(port, `-${version}`);
      input.write("hello ");
      await until(() => recorders[0]?.text() === "hello ");
      await connections[0]!.write(bytesOf("welcome"));
      await until(() => text().includes("welcome"));
      input.end("world");
      await recorders[0]!.closing;
      assert.equal(recorders[0]!.text(), "hello world");
      assert.equal(recorders[0]!.error, undefined);
      await exited;
      assert.deepEqual(failures, []);
      const { tls, remoteAddress, localPort } = connections[0]!;
      const protocol = version.replace("tls1_", "TLSv1.");
      assert.deepEqual(tls, { protocol, subject: "", altNames: [], fingerprint: "" });
      assert.deepEqual([remoteAddress, localPort], ["127.0.0.1", port]);
    });
  }

  it("says whom a client's certificate names", async () => {
    for (const clientAuth of ["request", "require"] as const) {
      const { port, connections, recorders } = await serve({ clientAuth });
      sClient(port, ...credentials(client)).input.end("x");
      await until(() => recorders[0]?.closedCount === 1);
      const { protocol, subject, altNames, fingerprint } = connections[0]!.tls!;
      assert.equal(protocol, "TLSv1.3");
      assert.equal(subject, "CN=r1,O=Example");
      assert.deepEqual(altNames, ["DNS:r1.example.net", "URI:urn:router:1"]);
      assert.match(fingerprint, /^[0-9a-f]{64}$/);
    }
  });

  it("believes no certificate that it did not ask for", async () => {
    const { port, connections } = await serve({ clientAuth: "none" });
    sClient(port, ...credentials(client)).input.end("x");
    await until(() => connections.length === 1);
    assert.equal(connections[0]!.tls!.subject, "");
  });

  for (
    const [title, words, options, reason, message] of [
      ["no certificate", [], { clientAuth: "require" }, "no_certificate", /showed no certificate/],
      [
        "a certificate of another CA",
        credentials(strange),
        { clientAuth: "require" },
        "certificate",
        /^(?:UNABLE_TO|SELF_SIGNED)/,
      ],
      [
        "one of another CA where none is needed",
        credentials(strange),
        { clientAuth: "request" },
        "certificate",
        /^(?:UNABLE_TO|SELF_SIGNED)/,
      ],
      [
        "an expired certificate",
        credentials(expired),
        { clientAuth: "require" },
        "certificate",
        /^CERT_HAS_EXPIRED$/,
      ],
      [
        "too old a version",
        ["-tls1_2"],
        { minVersion: "TLSv1.3" },
        "handshake",
        /version|protocol|incompatible/i,
      ],
      [
        "TLS 1.1",
        ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
        {},
        "handshake",
        /version|protocol|incompatible/i,
      ],
    ] as const
  ) {
    it(`refuses ${title}`, async () => {
      const { port, failures, connections } = await serve(options);
      const { exited, input } = sClient(port, ...words);
      input.write("x");
      await until(() => failures.length === 1);
      assert.equal(failures[0]!.reason, reason);
      assert.match(failures[0]!.message, message);
      assert.equal(failures[0]!.remoteAddress, "127.0.0.1");
      await exited;
      assert.equal(connections.length, 0);
      assert.equal(failures.length, 1);
    });
  }

  it("takes a client without a certificate where it only asks", async () => {
    const { port, recorders, connections } = await serve({ clientAuth: "request" });
    sClient(port).input.end("x");
    await until(() => recorders[0]?.text() === "x");
    assert.equal(connections[0]!.tls!.subject, "");
  });

  it("says that plain bytes are not TLS, and closes", async () => {
    const { port, failures } = await serve();
    const peer = dial(port);
    peer.socket.write(Uint8Array.of(3, 0, 0, 0, 6, 4));
    await peer.closed;
    assert.equal(failures[0]!.reason, "not_tls");
    assert.match(failures[0]!.message, /first byte 3/);
    assert.equal(failures.length, 1);
  });

  it("says that bytes that only begin like TLS are none", async () => {
    const { port, failures } = await serve();
    const peer = dial(port);
    peer.socket.write(Uint8Array.from({ length: 100 }, (_, i) => i === 0 ? 22 : 0xee));
    await peer.closed;
    assert.equal(failures[0]!.reason, "handshake");
    assert.equal(failures.length, 1);
  });

  it("ends handshakes that take too long, and those of peers that go", async () => {
    const { port, failures } = await serve({ handshakeTimeoutMs: 300 });
    const silent = dial(port);
    const partial = dial(port);
    partial.socket.write(Uint8Array.of(22, 3, 1, 2, 0));
    const gone = dial(port);
    gone.socket.end();
    await Promise.all([silent.closed, partial.closed, gone.closed]);
    await until(() => failures.length === 3);
    assert.deepEqual(failures.map(({ reason }) => reason), ["closed", "timeout", "timeout"]);
  });

  it("survives 1,000 handshakes that never end: the oldest make room", async () => {
    const { tls, port, failures, recorders } = await serve({ handshakesMax: 50 });
    const peers = Array.from({ length: 1000 }, () => dial(port));
    for (const { socket } of peers) socket.write(Uint8Array.of(22, 3, 1, 2, 0));
    await until(() => failures.length === 950);
    assert.ok(failures.every(({ reason }) => reason === "limit"));
    assert.equal(tls.handshakes, 50);
    await until(() => peers.filter(({ socket }) => socket.closed).length === 950);
    // Those that came first have had their time when the next one comes.
    await delay(1000);
    sClient(port).input.end("let me in");
    await until(() => recorders[0]?.closedCount === 1);
    assert.equal(recorders[0]!.text(), "let me in");
    assert.equal(failures.length, 951);
    await until(() => peers.filter(({ socket }) => socket.closed).length === 951);
  });

  it("ends handshakes when it is closed", async () => {
    const { tls, port, failures } = await serve();
    const peer = dial(port);
    peer.socket.write(Uint8Array.of(22));
    await delay(50);
    tls.close();
    await peer.closed;
    assert.deepEqual(failures.map(({ reason }) => reason), ["closed"]);
  });

  it("uses new certificates for new connections; those that stand stay", async () => {
    const { tls, port, recorders, failures } = await serve({ clientAuth: "require" });
    const old = sClient(port, ...credentials(client));
    old.input.write("old ");
    await until(() => recorders[0]?.text() === "old ");
    assert.throws(() => tls.set({ ...SERVE, key: client.key }), /not that of the certificate/);
    assert.equal(tls.expiresAtMs, Date.parse(new X509Certificate(server.cert).validTo));
    tls.set({
      ...SERVE,
      cert: strange.cert,
      key: strange.key,
      clientAuth: "require",
      clientCa: stranger.cert,
    });
    const fresh = sClient(port, ...credentials(strange), "-CAfile", stranger.certFile);
    fresh.input.end("new");
    await until(() => recorders[1]?.closedCount === 1);
    assert.equal(recorders[1]!.text(), "new");
    const late = sClient(port, ...credentials(client), "-CAfile", stranger.certFile);
    await until(() => failures.length === 1);
    assert.equal(failures[0]!.reason, "certificate");
    await late.exited;
    old.input.end("stays");
    await recorders[0]!.closing;
    assert.equal(recorders[0]!.text(), "old stays");
  });

  it("does not read while a handler is busy: the sender's window closes", async () => {
    const hold = gate();
    const { port, recorders } = await serve({}, () => new Recorder(() => hold.passed));
    const { input } = sClient(port);
    let sent = 0;
    const chunk = new Uint8Array(64 * 1024);
    function fill(): void {
      if (sent >= 64 * MIB) return void input.end();
      sent += chunk.length;
      input.write(chunk, fill);
    }
    fill();
    await until(() => (recorders[0]?.bytes ?? 0) > 0);
    const stalled = await settled(() => sent);
    assert.ok(stalled < 24 * MIB, `${stalled} bytes were taken`);
    hold.open();
    await recorders[0]!.closing;
    assert.equal(recorders[0]!.bytes, 64 * MIB);
    assert.equal(recorders[0]!.error, undefined);
  });

  it("rests when its handler says so, and holds up nobody else meanwhile", async () => {
    const hold = gate();
    let resting = 0;
    class Resting extends Recorder {
      rest(): Promise<void> | undefined {
        if (this.bytes < 100_000) return undefined;
        resting++;
        return hold.passed;
      }
    }
    const { port, recorders } = await serve({}, () => new Resting());
    const loud = Array.from({ length: 6 }, () => sClient(port));
    for (const { input } of loud) input.end(new Uint8Array(8 * MIB));
    await until(() => resting === 6);
    const before = await settled(() => recorders.reduce((sum, { bytes }) => sum + bytes, 0));
    assert.ok(before < 6 * 4 * MIB, `${before} bytes were read`);
    const quiet = sClient(port);
    quiet.input.end("quiet");
    await until(() => recorders[6]?.text() === "quiet");
    hold.open();
    await Promise.all(recorders.map(({ closing }) => closing));
    assert.equal(recorders.reduce((sum, { bytes }) => sum + bytes, 0), 6 * 8 * MIB + 5);
  });

  for (const [name, signal] of [["an end", undefined], ["a killed sender", "SIGKILL"]] as const) {
    it(`notices ${name} that came while a handler was busy`, async () => {
      const hold = gate();
      const { port, recorders } = await serve({}, () => new Recorder(() => hold.passed));
      const { child, input, exited } = sClient(port);
      input.write(new Uint8Array(4_000_000));
      await until(() => (recorders[0]?.bytes ?? 0) > 0);
      await delay(100);
      if (signal === undefined) input.end();
      else child.kill(signal);
      await delay(300);
      assert.equal(recorders[0]!.closedCount, 0);
      const openedAt = performance.now();
      hold.open();
      await recorders[0]!.closing;
      assert.ok(performance.now() - openedAt < 5000);
      if (signal === undefined) {
        await exited;
        assert.equal(recorders[0]!.bytes, 4_000_000);
      }
    });
  }

  it("notices an end without close_notify", async () => {
    const { port, recorders } = await serve();
    const { child, input } = sClient(port);
    input.write("x");
    await until(() => recorders[0]?.text() === "x");
    child.kill("SIGKILL");
    await recorders[0]!.closing;
  });

  for (const isBusy of [false, true]) {
    it(`says that the peer reset the connection, ${isBusy ? "also of a busy" : "of an idle"} handler`, async () => {
      const hold = gate();
      const { port, recorders } = await serve(
        {},
        () => new Recorder(() => isBusy ? hold.passed : undefined),
      );
      const plain = dial(port, { paused: true });
      const socket = tls.connect({ socket: plain.socket, rejectUnauthorized: false });
      socket.on("error", () => {});
      socket.write("x");
      await until(() => recorders[0]?.bytes === 1);
      // What nobody has read makes a reset of a close.
      if (isBusy) socket.write(new Uint8Array(100_000));
      await delay(100);
      plain.socket.resetAndDestroy();
      await delay(200);
      hold.open();
      await recorders[0]!.closing;
      assert.equal(recorders[0]!.closedCount, 1);
      if (!isBusy) assert.match(String(recorders[0]!.error), /reset|ECONNRESET/i);
    });
  }

  it("ends a connection whose accept fails, and says why", async () => {
    const failures: TlsFailure[] = [];
    const failing = runtime.serveTls(SERVE, () => {
      throw new Error("accept failed");
    }, (failure) => void failures.push(failure));
    const { port } = await listen(failing.accept);
    const { input, exited } = sClient(port);
    input.write("x");
    await exited;
    assert.deepEqual(failures.map(({ reason, message }) => [reason, message]), [
      ["handshake", "accept failed"],
    ]);
  });

  it("keeps a connection that says nothing, paused or not", async () => {
    const hold = gate();
    const { port, recorders } = await serve(
      { handshakeTimeoutMs: 200 },
      () => new Recorder((chunk) => chunk[0] === 0x77 ? hold.passed : undefined),
    );
    const [silent, paused] = [sClient(port), sClient(port)];
    await until(() => recorders.length === 2);
    paused.input.write("wait");
    await delay(1000);
    assert.ok(recorders.every(({ closedCount }) => closedCount === 0));
    hold.open();
    silent.input.end("later");
    paused.input.end("later");
    await Promise.all(recorders.map(({ closing }) => closing));
    assert.deepEqual(recorders.map((each) => each.text()).sort(), ["later", "waitlater"]);
  });

  it("closes at once, with nothing more delivered", async () => {
    const { port, connections, recorders } = await serve();
    const { input, exited } = sClient(port);
    input.write("x");
    await until(() => recorders[0]?.text() === "x");
    connections[0]!.close();
    connections[0]!.close();
    assert.equal(recorders[0]!.closedCount, 0);
    await recorders[0]!.closing;
    assert.equal(recorders[0]!.error, undefined);
    await assert.rejects(connections[0]!.write(bytesOf("y")));
    await exited;
  });

  it("gives a handler's failure to its closed()", async () => {
    const failures = [() => Promise.reject(new Error("handler failed")), () => {
      throw new Error("handler failed");
    }];
    for (const fail of failures) {
      const { port, recorders } = await serve({}, () => new Recorder(fail));
      sClient(port).input.write("x");
      await until(() => recorders[0]?.closedCount === 1);
      assert.match(String(recorders[0]!.error), /handler failed/);
    }
  });

  it("refuses texts that are no certificates or keys, and says nothing of the key", () => {
    const serveWith = (options: Partial<ServeTls>) => () =>
      runtime.serveTls({ ...SERVE, ...options }, () => undefined, () => {});
    assert.throws(serveWith({ cert: "" }), /the certificate: found no certificate in PEM/);
    assert.throws(serveWith({ cert: server.key }), /the certificate: found no certificate in PEM/);
    assert.throws(serveWith({ key: "secret" }), (error) => {
      assert.match(String(error), /Cannot use the private key: found none that can be read/);
      assert.doesNotMatch(String(error), /secret/);
      return true;
    });
    assert.throws(serveWith({ key: client.key }), /not that of the certificate/);
    assert.throws(serveWith({ clientCa: "x" }), /CA of clients: found no certificate/);
    assert.throws(
      serveWith({ clientAuth: "require", clientCa: "" }),
      /found no CA of clients, expected one/,
    );
  });
});

describe(`runtime ${runtime.name}: TLS client`, () => {
  function connect(port: number, tls: Partial<ConnectTls> = {}, host = "127.0.0.1") {
    const recorder = new Recorder();
    return {
      recorder,
      connection: runtime.connect(host, port, 3000, () => recorder, { tls: { ...TRUST, ...tls } }),
    };
  }

  it("checks the server's name and shows a certificate", async () => {
    const { port, recorders, connections } = await serve({ clientAuth: "require" });
    for (
      const [host, serverName] of [
        ["127.0.0.1", undefined],
        ["localhost", undefined],
        ["127.0.0.1", "localhost"],
      ] as const
    ) {
      const shown = { cert: client.cert, key: client.key, serverName };
      const { connection, recorder } = connect(port, shown, host);
      const opened = await connection;
      assert.equal(opened.tls!.subject, "CN=server,O=Example");
      assert.deepEqual(opened.tls!.altNames, ["DNS:localhost", "IP:127.0.0.1"]);
      const hello = `hello ${host} ${serverName}`;
      await opened.write(bytesOf(hello));
      await until(() => recorders.at(-1)?.text() === hello);
      assert.equal(connections.at(-1)!.tls!.subject, "CN=r1,O=Example");
      await connections.at(-1)!.write(bytesOf("welcome"));
      await until(() => recorder.text() === "welcome");
      await opened.shutdown();
      await recorders.at(-1)!.closing;
      await recorder.closing;
      assert.equal(recorder.error, undefined);
    }
  });

  for (
    const [title, makeServer, options, expected] of [
      ["a wrong name", {}, { serverName: "other.example" }, /other\.example|name/i],
      ["a wrong address", {}, { serverName: "192.0.2.7" }, /192\.0\.2\.7|name/i],
      [
        "another CA",
        { cert: strange.cert, key: strange.key },
        {},
        /issuer|self.signed|verify|UnknownIssuer/i,
      ],
      ["an expired certificate", { cert: expired.cert, key: expired.key }, {}, /expired/i],
      ["a CA that the system does not know", {}, { ca: "" }, /issuer|self.signed|verify|Unknown/i],
    ] as const
  ) {
    it(`refuses ${title}`, async () => {
      const { port, recorders } = await serve(makeServer);
      const { connection, recorder } = connect(port, options);
      await assert.rejects(connection, (error) => {
        assert.match(String(error), /^Error: Cannot connect to "127\.0\.0\.1:\d+" by TLS: /);
        assert.match(String(error), expected);
        return true;
      });
      assert.equal(recorder.bytes, 0);
      assert.equal(recorder.closedCount, 0);
      await Promise.all(recorders.map(({ closing }) => closing));
    });
  }

  it("takes any certificate where verification is off, and believes nothing of it", async () => {
    const { port } = await serve({ cert: expired.cert, key: expired.key });
    const { connection } = connect(port, { ca: "", verify: false, serverName: "other.example" });
    const { tls, close } = await connection;
    assert.equal(tls!.subject, "");
    close.call(await connection);
  });

  it("fails in time where nobody answers the handshake, and where the answer is not TLS", async () => {
    const silent = await listen(() => new Recorder());
    const startedAt = performance.now();
    await assert.rejects(
      runtime.connect("127.0.0.1", silent.port, 300, () => new Recorder(), { tls: TRUST }),
      /by TLS: no handshake in \d+ ms/,
    );
    assert.ok(performance.now() - startedAt < 2000);
    const plain = await listen((connection) => {
      void connection.write(bytesOf("220 not TLS at all, but long enough to be a record\r\n"));
      return new Recorder();
    });
    await assert.rejects(connect(plain.port).connection, /by TLS: /);
    const closing = await listen(() => undefined);
    await assert.rejects(connect(closing.port).connection, /by TLS: /);
  });

  it("gives a write back when the kernel has taken it: a server that does not read holds it up", async () => {
    const hold = gate();
    const { port, recorders } = await serve({}, () => new Recorder(() => hold.passed));
    const opened = await connect(port).connection;
    let written = 0;
    const chunk = new Uint8Array(256 * 1024);
    const writing = (async () => {
      for (; written < 64 * MIB; written += chunk.length) await opened.write(chunk);
    })();
    const stalled = await settled(() => written);
    assert.ok(stalled < 24 * MIB, `${stalled} bytes were taken`);
    hold.open();
    await writing;
    await opened.shutdown();
    await recorders[0]!.closing;
    assert.equal(recorders[0]!.bytes, 64 * MIB);
  });

  it("refuses texts that are no certificates or keys", async () => {
    const { port } = await serve();
    for (
      const [options, expected] of [
        [{ ca: "x" }, /Cannot use the CA: found no certificate in PEM/],
        [{ cert: client.cert, key: server.key }, /not that of the certificate/],
        [{ cert: client.cert, key: "secret" }, /found none that can be read/],
      ] as const
    ) await assert.rejects(connect(port, options).connection, expected);
  });

  it("connects from the address that is asked for, by TLS and without", async () => {
    const { port, connections } = await serve();
    await runtime.connect("127.0.0.1", port, 3000, () => new Recorder(), {
      localAddress: "127.0.0.5",
      tls: TRUST,
    });
    await until(() => connections.length === 1);
    assert.equal(connections[0]!.remoteAddress, "127.0.0.5");
    const far = new Recorder();
    let source = "";
    const plain = await listen((connection) => {
      source = connection.remoteAddress;
      void connection.write(bytesOf("welcome"));
      return far;
    });
    const near = new Recorder();
    const connection = await runtime.connect("127.0.0.1", plain.port, 3000, () => near, {
      localAddress: "127.0.0.6",
    });
    assert.equal(connection.localAddress, "127.0.0.6");
    await connection.write(bytesOf("hello"));
    await until(() => far.text() === "hello" && near.text() === "welcome");
    assert.equal(source, "127.0.0.6");
    await connection.shutdown();
    await Promise.all([far.closing, near.closing]);
    await assert.rejects(
      runtime.connect("127.0.0.1", plain.port, 3000, () => near, { localAddress: "192.0.2.1" }),
    );
  });
});

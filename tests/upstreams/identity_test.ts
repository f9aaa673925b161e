// Who the router is to an upstream, and who the upstream is to us.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import type net from "node:net";
import { after, afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import tls from "node:tls";
import { readProxyHeader } from "../../src/wire/proxy_protocol.ts";
import { initiation } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { TestAuthority } from "../support/certificates.ts";
import { closeAll, keep, startDouble, startRig, startRouter } from "./fixture.ts";
import { concatenated, PEER_UP, route, SECOND_UP, sessionOf, split } from "./messages.ts";
import { until } from "../until.ts";

afterEach(closeAll);

describe("who the router is", () => {
  it("stands in a PROXY header, and the source address is as asked for", async () => {
    const double = await startDouble();
    const own = { proxyProtocol: true, sourceAddress: "127.0.0.7" };
    const rig = await startRig([{ port: double.port, ...own }]);
    const stream = concatenated(sessionOf(10));
    const router = await rig.dial("127.0.0.9");
    const { localPort } = router;
    router.end(stream);
    await until(() => double.connections[0]?.isClean === true);
    const bytes = double.bytes(0);
    const header = readProxyHeader(bytes)!;
    assert.deepEqual(header.source, { address: "127.0.0.9", port: localPort });
    assert.deepEqual(header.destination, { address: "127.0.0.1", port: double.port });
    assert.deepEqual(bytes.slice(header.length), stream);
    assert.equal(double.connections[0]!.remoteAddress, "127.0.0.7");
  });

  it("stands in Initiations as asked for, also in those that a resumed session begins with", async () => {
    const double = await startDouble();
    const own = { sysName: "{sys_name}@{source}", reconnect: "resume", rewindMs: 1 } as const;
    const rig = await startRig([{ port: double.port, ...own }]);
    const router = startRouter(rig, concatenated(sessionOf(1)));
    const named = fromHex(initiation("r1@127.0.0.1"));
    const begin = concatenated([named, ...sessionOf(1).slice(1)]);
    await until(() => double.connections[0]?.bytes === begin.length);
    await delay(1200);
    router.write(concatenated([route(2)]));
    await until(() => rig.total("edgebmp_upstream_messages_total") === 5);
    double.connections[0]!.socket.resetAndDestroy();
    await until(() => double.connections.length === 2);
    router.end();
    await until(() => double.connections[1]!.isClean);
    assert.deepEqual(split(double.bytes(1)).slice(0, 3), [named, PEER_UP, SECOND_UP]);
  });
});

describe("TLS to an upstream", () => {
  const authority = new TestAuthority();
  const { cert, key, certFile, keyFile } = authority.sign("collector", "DNS:localhost");
  const files = { ca: authority.certFile, cert: certFile, key: keyFile };
  after(() => rm(authority.folder, { recursive: true }));

  async function startServer(chunks: Uint8Array[]): Promise<number> {
    const server = tls.createServer(
      { cert, key, ca: authority.cert, requestCert: true },
      (socket) => {
        socket.on("data", (chunk: Uint8Array) => chunks.push(chunk.slice()));
        socket.on("end", () => socket.end());
        socket.on("error", () => {});
      },
    );
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    keep(() => new Promise((resolve) => server.close(() => resolve())));
    return (server.address() as net.AddressInfo).port;
  }

  it("takes the bytes to a collector whose certificate is good", async () => {
    const chunks: Uint8Array[] = [];
    const port = await startServer(chunks);
    const options = { files, serverName: "localhost", verify: true };
    const rig = await startRig([{ port, tls: options }]);
    const stream = concatenated(sessionOf(5000));
    (await rig.dial()).end(stream);
    const length = () => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    await until(() => length() >= stream.length);
    assert.equal(Buffer.compare(concatenated(chunks), stream), 0);
  });

  it("says nothing to one whose certificate is not", async () => {
    const chunks: Uint8Array[] = [];
    const port = await startServer(chunks);
    const options = { files, serverName: "other.example.net", verify: true };
    const rig = await startRig([{ port, tls: options }]);
    (await rig.dial()).write(concatenated(sessionOf(10)));
    await until(() => rig.total("edgebmp_upstream_failures_total") > 0);
    assert.deepEqual(chunks, []);
  });
});

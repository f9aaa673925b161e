/** Active mode by TLS, with real certificates. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, afterEach, describe, it } from "node:test";
import { EntryKind } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { readPem } from "../../src/runtime/tls_files.ts";
import type { Listener, TlsServer } from "../../src/runtime/types.ts";
import { Dialer, type SpeakerTls } from "../../src/sessions/dialer.ts";
import { TestAuthority } from "../support/certificates.ts";
import { closeRigs, message, type Rig, runtime, start } from "./rig.ts";
import { until } from "../until.ts";

const authority = new TestAuthority();
const stranger = new TestAuthority(authority.folder, "stranger");
const router = authority.sign("router");
const collector = authority.sign("collector");
const opened: (Listener | TlsServer)[] = [];
const dialers: Dialer[] = [];

after(() => rmSync(authority.folder, { recursive: true }));
afterEach(async () => {
  for (const dialer of dialers.splice(0)) dialer.stop();
  for (const each of opened.splice(0)) each.close();
  await closeRigs();
});

/** A router that listens for TLS, and says its Initiation. */
async function listen(): Promise<number> {
  const served = runtime.serveTls(
    {
      cert: router.cert,
      key: router.key,
      clientCa: authority.cert,
      clientAuth: "require",
      minVersion: "TLSv1.2",
      handshakeTimeoutMs: 5000,
      handshakesMax: 10,
    },
    (connection) => {
      void connection.write(message(4)).catch(() => {});
      return { data() {}, closed() {} };
    },
    () => {},
  );
  const listener = await runtime.listen({ host: "127.0.0.1", port: 0 }, served.accept, () => {});
  opened.push(served, listener);
  return listener.port;
}

async function dial(rig: Rig, port: number, host: string, tls: Partial<SpeakerTls>): Promise<void> {
  const dialer = new Dialer({
    runtime,
    sessions: rig.sessions,
    metrics: rig.metrics,
    log: new Log("info", "json", (line) => void rig.lines.push(JSON.parse(line))),
    readPem,
    resolve: () => Promise.resolve(["127.0.0.1"]),
    makeBackoff: () => ({ next: () => 20, reset: () => {} }),
  });
  dialers.push(dialer);
  const files = { ca: authority.certFile, cert: collector.certFile, key: collector.keyFile };
  const speaker = { serverName: "", verify: true, files, ...tls };
  dialer.update([{ name: "r1", host, port, parallel: false, tls: speaker }]);
  await until(() =>
    rig.sessions.count > 0 || rig.metrics.total("edgebmp_speaker_failures_total") >= 2
  );
}

describe("a router that listens for TLS", () => {
  it("is known by its certificate, and shown ours", async () => {
    const rig = await start();
    await dial(rig, await listen(), "localhost", {});
    await until(() => rig.journal.kinds(1) === "OF");
    const { tls } = rig.journal.json(1, EntryKind.open) as { tls: { subject: string } };
    assert.equal(tls.subject, "CN=router,O=Example");
  });

  const refused: readonly (readonly [string, string, Partial<SpeakerTls>])[] = [
    ["has another name", "r1.example.net", {}],
    ["is not of our authority", "localhost", {
      files: { ca: stranger.certFile, cert: collector.certFile, key: collector.keyFile },
    }],
    ["cannot be checked, as a file is missing", "localhost", {
      files: { ca: "/no/such/file", cert: "", key: "" },
    }],
  ];
  for (const [reason, host, tls] of refused) {
    it(`is not taken if its certificate ${reason}`, async () => {
      const rig = await start();
      await dial(rig, await listen(), host, tls);
      assert.equal(rig.journal.kinds(1), "");
      assert.equal(rig.events("cannot connect to a router").length >= 1, true);
    });
  }

  it("is taken by the name that is set, or unchecked if that is wanted", async () => {
    for (const tls of [{ serverName: "localhost" }, { verify: false }]) {
      const rig = await start();
      await dial(rig, await listen(), "r1.example.net", tls);
      await until(() => rig.journal.kinds(1) === "OF");
    }
  });
});

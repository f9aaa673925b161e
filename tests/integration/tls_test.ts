/** Routers that come by TLS: `openssl s_client` with a recorded stream, and gobgpd behind stunnel, which shows a certificate. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../ports.ts";
import { TestAuthority } from "../support/certificates.ts";
import {
  assertRoutes,
  contents,
  countRoutes,
  ofType,
  PEER,
  routeLines,
  SESSION,
  waitForLines,
} from "./checks.ts";
import {
  Collector,
  describeWith,
  findGobgpd,
  findOpenssl,
  findStunnel,
  type Line,
  startGobgpd,
  startStunnel,
} from "./programs.ts";
import { connectAll, NEIGHBORS, play, steps } from "./scenario.ts";

const STREAM = fileURLToPath(new URL("../data/every-record.bmp", import.meta.url));
const TEST = { timeout: 60_000 };

interface TlsCollector {
  readonly collector: Collector;
  readonly tlsPort: number;
}

/** @param isMutual routers need a certificate */
async function startTls(authority: TestAuthority, isMutual: boolean): Promise<TlsCollector> {
  const server = authority.sign("server");
  const tlsPort = await freePort();
  const collector = await Collector.start(
    undefined,
    `--tls-listen=127.0.0.1:${tlsPort}`,
    `--tls-cert=${server.certFile}`,
    `--tls-key=${server.keyFile}`,
    ...(isMutual ? [`--tls-client-ca=${authority.certFile}`] : []),
  );
  return { collector, tlsPort };
}

/** Sends a stream by TLS; resolves when `openssl` has ended. */
function sendBySClient(port: number, bytes: Uint8Array, ...words: string[]): Promise<void> {
  const args = `s_client -quiet -no_ign_eof -connect 127.0.0.1:${port}`.split(" ");
  const child = spawn("openssl", [...args, ...words], { stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.on("error", () => {});
  child.stdin.end(bytes);
  return new Promise((resolve) => child.once("close", () => resolve()));
}

/** Of one session, what does not say which connection it came by. */
function recordsOf(lines: readonly Line[], listener: string): unknown[] {
  const opened = lines.find(({ msg_data }) => String(msg_data["listener"]).endsWith(listener));
  const session = opened?.msg_data["session"];
  return lines.filter((line) => line.msg_data["session"] === session && line !== opened)
    .map((line) => [line.msg_type, contents(line)]);
}

function sessionLines(lines: readonly Line[], action: string): Line[] {
  return ofType(lines, SESSION).filter(({ msg_data }) => msg_data["action"] === action);
}

describeWith(findOpenssl(), "openssl s_client", () => {
  for (const isMutual of [false, true]) {
    it(
      `${isMutual ? "with" : "without"} a certificate: the records of a plain session`,
      TEST,
      async () => {
        const authority = new TestAuthority();
        const client = authority.sign("r1", "DNS:r1.example.net");
        const { collector, tlsPort } = await startTls(authority, isMutual);
        try {
          const bytes = readFileSync(STREAM);
          const shown = isMutual ? ["-cert", client.certFile, "-key", client.keyFile] : [];
          await sendBySClient(tlsPort, bytes, ...shown);
          await waitForLines(collector, (lines) => sessionLines(lines, "closed").length === 1, []);
          const socket = connect(collector.port, "127.0.0.1");
          socket.end(bytes);
          await waitForLines(collector, (lines) => sessionLines(lines, "closed").length === 2, []);
          const lines = collector.lines();
          const byTls = recordsOf(lines, `:${tlsPort}`);
          assert.ok(byTls.length > 50, `${byTls.length} records`);
          assert.deepEqual(byTls, recordsOf(lines, `:${collector.port}`));
          const [opened] = sessionLines(lines, "opened");
          const { subject } = opened!.msg_data["tls"] as Record<string, unknown>;
          assert.equal(subject, isMutual ? "CN=r1,O=Example" : undefined);
          if (!isMutual) return;
          await sendBySClient(tlsPort, bytes);
          await waitForLines(collector, () => /no_certificate/.test(collector.program.log), []);
          assert.match(collector.program.log, /TLS handshake failed .*reason=no_certificate/);
          assert.equal(sessionLines(collector.lines(), "opened").length, 2);
        } finally {
          await collector.program.stop();
          rmSync(authority.folder, { recursive: true });
        }
      },
    );
  }
});

const gobgpd = findGobgpd();
const both = "skip" in gobgpd ? gobgpd : findStunnel();

describeWith(both, "gobgpd behind stunnel", (stunnelPath) => {
  it("shows its routes, and who it is", TEST, async () => {
    assert.ok("path" in gobgpd);
    const authority = new TestAuthority();
    const client = authority.sign("gobgpd", "DNS:gobgpd.example.net");
    const { collector, tlsPort } = await startTls(authority, true);
    const stunnel = await startStunnel({
      path: stunnelPath,
      port: tlsPort,
      ca: authority.certFile,
      cert: client.certFile,
      key: client.keyFile,
    });
    const daemon = await startGobgpd({
      path: gobgpd.path,
      view: "pre-policy",
      bmpPort: stunnel.port,
      neighbors: NEIGHBORS,
    });
    const until = (enough: (lines: Line[]) => boolean) =>
      waitForLines(collector, enough, [daemon.program, stunnel.program]);
    try {
      await until((lines) => sessionLines(lines, "opened").length === 1);
      const speakers = await connectAll(daemon, NEIGHBORS);
      await until((lines) => ofType(lines, PEER).length >= NEIGHBORS.length);
      const list = steps(true);
      await play(list, speakers, async (done) => {
        const count = countRoutes(done, "gobgpd", ["pre"], NEIGHBORS);
        await until((lines) => routeLines(lines).length >= count);
      });
      for (const neighbor of NEIGHBORS) {
        assertRoutes(collector.lines(), list, { daemon: "gobgpd", view: "pre" }, neighbor);
      }
      const [opened] = sessionLines(collector.lines(), "opened");
      const { subject, alt_names } = opened!.msg_data["tls"] as Record<string, unknown>;
      assert.deepEqual([subject, alt_names], ["CN=gobgpd,O=Example", ["DNS:gobgpd.example.net"]]);
      await daemon.program.kill();
      await waitForLines(collector, (lines) => sessionLines(lines, "closed").length === 1, []);
      assert.equal(sessionLines(collector.lines(), "closed").length, 1);
    } finally {
      await daemon.program.kill();
      await stunnel.program.stop();
      await collector.program.stop();
      rmSync(authority.folder, { recursive: true });
    }
  });
});

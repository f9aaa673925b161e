/** Sessions of the whole collector, or of the executable in `EDGEBMP_BINARY`: several listeners, active mode, restarts under load. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { proxyHeaderV2 } from "../../src/wire/proxy_protocol.ts";
import { initiation, peerUp } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { freePort } from "../ports.ts";
import { collectorCommand, Program, temporaryFolder, waitFor } from "./programs.ts";

const GREETING = fromHex(initiation("r1") + peerUp());

async function start(flags: readonly string[], ports: readonly number[]): Promise<Program> {
  const folder = await temporaryFolder("sessions");
  const sink = flags.some((flag) => flag.startsWith("--dump")) ? [] : ["--dump=console"];
  const command = [...collectorCommand(), ...sink, "--performance-port=0", ...flags];
  const program = new Program("collector", command, folder);
  const isListening = () => ports.every((port) => program.log.includes(`:${port}`));
  await waitFor("the listeners", isListening, [program], 20_000);
  return program;
}

/** A router that connects, and connects again a while after it has lost its session. */
class Router {
  static readonly retryMs = 200;
  /** Times without a session, in milliseconds. */
  readonly gapsMs: number[] = [];
  isConnected = false;
  #lostAtMs = 0;
  #socket: net.Socket | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly port: number) {
    this.#connect();
  }

  #connect(): void {
    const socket = net.connect(this.port, "127.0.0.1");
    this.#socket = socket;
    socket.on("connect", () => {
      if (this.#lostAtMs > 0) this.gapsMs.push(performance.now() - this.#lostAtMs);
      this.isConnected = true;
      socket.write(GREETING);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.isConnected) this.#lostAtMs = performance.now();
      this.isConnected = false;
      this.#timer = setTimeout(() => this.#connect(), Router.retryMs);
    });
    socket.resume();
  }

  close(): void {
    this.#socket?.removeAllListeners("close");
    this.#socket?.destroy();
    clearTimeout(this.#timer);
  }
}

describe("sessions of the collector", () => {
  it("come by several listeners, and through a load balancer", async () => {
    const ports = [await freePort(), await freePort()] as const;
    const listeners = [`--listen=127.0.0.1:${ports[0]}`, `--listen=:${ports[1]}`];
    const program = await start([...listeners, "--proxy-protocol-from=127.0.0.2"], ports);
    try {
      net.connect(ports[0], "127.0.0.1").end(GREETING);
      await waitFor("a session", () => program.log.includes(`"listener":"127.0.0.1:${ports[0]}"`), [
        program,
      ]);
      const balancer = net.connect({
        port: ports[1],
        host: "127.0.0.1",
        localAddress: "127.0.0.2",
      });
      const header = proxyHeaderV2({ address: "198.51.100.7", port: 1 }, {
        address: "192.0.2.1",
        port: 2,
      });
      balancer.end(Uint8Array.from([...header, ...GREETING]));
      await waitFor(
        "a proxied session",
        () => program.log.includes('"router_source":"198.51.100.7"'),
        [program],
      );
    } finally {
      await program.stop();
    }
  });

  it("are opened by the collector in goBMP's active mode, again and again", async () => {
    let calls = 0;
    const router = net.createServer((socket) => {
      calls++;
      socket.on("error", () => {});
      socket.end(GREETING);
    });
    await new Promise<void>((resolve) => router.listen(0, "127.0.0.1", resolve));
    const { port } = router.address() as net.AddressInfo;
    const folder = await temporaryFolder("active");
    const config = join(folder, "gobmp.yaml");
    await writeFile(config, `active_mode: true\nspeakers_list:\n  - "localhost:${port}"\n`);
    const program = await start([`--config=${config}`], []);
    try {
      await waitFor("the third call", () => calls >= 3, [program]);
      await waitFor("a Peer Up", () => program.log.includes('"router_name":"r1"'), [program]);
      assert.match(program.log, new RegExp(`"listener":"localhost:${port}"`));
      assert.doesNotMatch(program.log, /listening listener=/);
    } finally {
      await program.stop();
      router.close();
    }
  });

  it("are back after a restart under load within their own retry and the start", async () => {
    const port = await freePort();
    const file = join(await temporaryFolder("restart"), "records.json");
    const flags = [
      `--source-port=${port}`,
      "--max-sessions-per-source=0",
      "--dump=file",
      `--msg-file=${file}`,
    ];
    let program = await start(flags, [port]);
    const routers = Array.from({ length: 200 }, () => new Router(port));
    const areConnected = () => routers.every(({ isConnected }) => isConnected);
    const sessions = () => readFileSync(file, "utf8").split('"action":"opened"').length - 1;
    try {
      await waitFor("200 sessions", () => areConnected() && sessions() >= 200, [program]);
      const stoppedAtMs = performance.now();
      await program.stop();
      program = await start(flags, [port]);
      const downMs = performance.now() - stoppedAtMs;
      await waitFor("200 sessions again", () => areConnected() && sessions() >= 400, [program]);
      const gapMs = Math.max(...routers.flatMap(({ gapsMs }) => gapsMs));
      assert.equal(routers.every(({ gapsMs }) => gapsMs.length === 1), true);
      // A second for a busy machine.
      const limitMs = downMs + Router.retryMs + 1000;
      assert.ok(gapMs < limitMs, `a router was away for ${gapMs} ms, the collector for ${downMs}`);
    } finally {
      for (const router of routers) router.close();
      await program.stop();
    }
  });
});

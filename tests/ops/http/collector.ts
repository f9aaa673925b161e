/** A whole collector with HTTP, for tests: routers connect over TCP, answers come over HTTP. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, startCollector } from "../../../src/app.ts";
import { loadConfig } from "../../../src/cli/config.ts";
import { FlagValues } from "../../../src/cli/flag.ts";
import { Log } from "../../../src/ops/log.ts";
import { loadRuntime } from "../../../src/runtime/mod.ts";
import { freePort } from "../../ports.ts";
import { ask, type AskOptions, type Got } from "./client.ts";

export class TestCollector {
  readonly #routers: Socket[] = [];

  private constructor(
    readonly collector: Collector,
    readonly port: number,
    readonly folder: string,
    readonly log: readonly string[],
  ) {}

  /** @param environment further settings, as `EDGEBMP_*` */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TestCollector> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-http-"));
    const port = await freePort();
    const config = await loadConfig(new FlagValues(), {
      EDGEBMP_DUMP: "file",
      EDGEBMP_MSG_FILE: join(folder, "records.json"),
      EDGEBMP_LISTEN_ADDRESS: "127.0.0.1",
      EDGEBMP_SOURCE_PORT: "0",
      EDGEBMP_PERFORMANCE_PORT: String(port),
      EDGEBMP_CAPTURE_DIR: folder,
      ...environment,
    });
    const lines: string[] = [];
    const log = new Log("info", "text", (line) => void lines.push(line));
    const collector = await startCollector(config, await loadRuntime(), log);
    return new TestCollector(collector, port, folder, lines);
  }

  /** Connects as a router and sends. */
  async router(...messages: readonly Uint8Array[]): Promise<Socket> {
    const port = Number(this.collector.addresses[0]!.split(":").at(-1));
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    this.#routers.push(socket);
    await once(socket, "connect");
    for (const message of messages) socket.write(message);
    return socket;
  }

  ask(path: string, options?: AskOptions): Promise<Got> {
    return ask(this.port, path, options);
  }

  /** JSON of an answer. */
  // deno-lint-ignore no-explicit-any
  async json(path: string): Promise<any> {
    const { status, body } = await this.ask(path);
    assert.equal(status, 200, body);
    return JSON.parse(body);
  }

  /** Asks until the answer is as expected. */
  // deno-lint-ignore no-explicit-any
  async until(path: string, isDone: (value: any) => boolean): Promise<any> {
    for (let i = 0; i < 250; i++) {
      const value = await this.json(path);
      if (isDone(value)) return value;
      await new Promise((next) => setTimeout(next, 20));
    }
    assert.fail(`${path} is not as expected: ${JSON.stringify(await this.json(path))}`);
  }

  async stop(): Promise<void> {
    for (const router of this.#routers) router.destroy();
    await this.collector.stop(2000);
    await rm(this.folder, { recursive: true });
  }
}

/** Everything from routers to the database: brokers, the database with its consumer, the collector, senders of recorded sessions. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../ports.ts";
import { Brokers } from "../kafka/brokers.ts";
import { collectorCommand, type Line, Program, waitFor } from "../programs.ts";
import { Database } from "./database.ts";
import { Expected } from "./expected.ts";
import { assertTables, readTables } from "./tables.ts";

/** The consumer is far behind when a recorded session comes in at once. */
const DOWN_DELAY_MS = 8000;
const SETTLE_TIMEOUT_MS = 45_000;
const QUIET_MS = 500;

export interface BenchOptions {
  /** Name of the collector; `edge1` where there is none. */
  readonly collector?: string;
  /** What names routers in hashes; their addresses where nothing is said. */
  readonly naming?: "name" | "address";
  /** More sinks, as lines of YAML below `sinks:`; `BROKERS` stands for the brokers. */
  readonly sinks?: readonly string[];
  /** Keys of the sink to the database. */
  readonly parsed?: readonly string[];
  readonly spool?: boolean;
}

export class Bench {
  readonly brokers: Brokers;
  readonly database: Database;
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "edgebmp-openbmp-"));
  readonly #options: BenchOptions;
  #program: Program | undefined;
  #starts = 0;

  private constructor(brokers: Brokers, database: Database, port: number, options: BenchOptions) {
    this.brokers = brokers;
    this.database = database;
    this.port = port;
    this.#options = options;
  }

  static async start(options: BenchOptions = {}): Promise<Bench> {
    const brokers = await Brokers.start(1);
    let database: Database | undefined;
    try {
      database = await Database.start(brokers.addresses);
      const bench = new Bench(brokers, database, await freePort(), options);
      await bench.startCollector();
      return bench;
    } catch (error) {
      database?.stop();
      await brokers.stop();
      throw error;
    }
  }

  /** Starts the collector; it writes on to the file of records. */
  async startCollector(): Promise<void> {
    const { collector = "edge1", naming = "address" } = this.#options;
    const { sinks = [], parsed = [], spool = false } = this.#options;
    const folder = join(this.#folder, String(++this.#starts));
    mkdirSync(folder);
    const config = join(folder, "edgebmp.yaml");
    writeFileSync(
      config,
      [
        "version: 1",
        `admin_id: ${collector}`,
        `listen: [{ address: 127.0.0.1, port: ${this.port} }]`,
        ...(spool ? [`spool: { dir: ${join(this.#folder, "spool")} }`] : []),
        "sinks:",
        `  - { name: records, type: file, path: ${this.#recordsPath} }`,
        "  - name: database",
        "    type: kafka",
        `    brokers: ${this.brokers.addresses}`,
        "    format: openbmp-parsed",
        `    router_hash: ${naming}`,
        `    peer_down_delay_ms: ${DOWN_DELAY_MS}`,
        ...parsed.map((line) => `    ${line}`),
        ...sinks.map((line) => `  ${line.replace("BROKERS", this.brokers.addresses)}`),
        "",
      ].join("\n"),
    );
    const program = new Program(
      "collector",
      [...collectorCommand(), `--config=${config}`, "--performance-port=0"],
      folder,
    );
    this.#program = program;
    await waitFor("a listener", () => program.log.includes("listening"), [program]);
  }

  get #recordsPath(): string {
    return join(this.#folder, "records.json");
  }

  /** All records; not a line that a crash has cut. */
  lines(): Line[] {
    return readFileSync(this.#recordsPath, "utf8").split("\n").slice(0, -1).flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
  }

  get program(): Program {
    return this.#program!;
  }

  /** Waits until the records do not grow any more. */
  async quiet(): Promise<void> {
    let size = -1;
    for (;;) {
      const now = readFileSync(this.#recordsPath).length;
      if (now === size) return;
      size = now;
      await sleep(QUIET_MS);
    }
  }

  /** Waits until the tables hold what the records of routers with these addresses say. @throws with the differences that are left */
  async settle(prefix: string): Promise<void> {
    await this.quiet();
    for (const deadline = Date.now() + SETTLE_TIMEOUT_MS;; await sleep(QUIET_MS)) {
      const lines = this.lines().filter(({ msg_data: data }) =>
        String(data["router_source"]).startsWith(prefix)
      );
      const { tables } = new Expected().play(lines);
      try {
        return assertTables(readTables(this.database, prefix), tables);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** Waits until a query is true. */
  async until(sql: string): Promise<void> {
    for (const deadline = Date.now() + SETTLE_TIMEOUT_MS;; await sleep(QUIET_MS)) {
      const [row = {}] = this.database.query(sql);
      if (Object.values(row)[0] === true) return;
      if (Date.now() > deadline) throw new Error(`Cannot see it become true: ${sql}`);
    }
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.database.stop();
    await this.brokers.stop();
  }
}

/** A router that says what was recorded, and stays. */
export class Router {
  readonly #socket: net.Socket;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
  }

  /** @param address its own, in 127.0.0.0/8 */
  static connect(port: number, address: string): Promise<Router> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: "127.0.0.1", port, localAddress: address });
      socket.once("connect", () => resolve(new Router(socket)));
      socket.once("error", reject);
      socket.resume();
    });
  }

  send(bytes: Uint8Array): void {
    this.#socket.on("error", () => {});
    this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }
}

/** Kafka brokers for the tests, started by `up.sh`, each a process of its own that can be killed, frozen and started again. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../ports.ts";
import type { Found } from "../programs.ts";
import { killAtEnd } from "../reaper.ts";

const SCRIPT = fileURLToPath(new URL("up.sh", import.meta.url));
const START_TIMEOUT_MS = 60_000;
const LOG_MAX_CHARS = 16 * 1024;
const PORTS_PER_NODE = 5;

export const USER = "edge";
export const PASSWORD = "edge-secret";

/** Java, and the jars or what fetches them. */
export function findKafka(): Found {
  const has = (program: string, flag: string) => spawnSync(program, [flag]).error === undefined;
  if (!has("java", "-version")) return { skip: "Java is not installed (default-jre-headless)" };
  const cache = process.env.EDGEBMP_KAFKA_CACHE ?? join(homedir(), ".cache/edgebmp-kafka");
  if (!existsSync(cache) && !has("mvn", "-version")) {
    return { skip: "mvn is not installed (maven)" };
  }
  return { path: SCRIPT };
}

/** One or three brokers, with their data in a temporary folder. */
export class Brokers {
  readonly #folder = mkdtempSync(join(tmpdir(), "edgebmp-kafka-"));
  readonly #settings: readonly string[];
  readonly #children: (ChildProcess | undefined)[];
  #port = 0;
  #log = "";

  private constructor(count: number, settings: readonly string[]) {
    this.#children = Array.from({ length: count }, () => undefined);
    this.#settings = settings;
  }

  /** @param settings lines of `server.properties` */
  static async start(count: 1 | 3, ...settings: string[]): Promise<Brokers> {
    return await Brokers.#start(count, await freePorts(PORTS_PER_NODE * count), settings);
  }

  /** One broker whose plain listener is at this port; the four behind it are taken too. */
  static async startAt(port: number, ...settings: string[]): Promise<Brokers> {
    return await Brokers.#start(1, port, settings);
  }

  static async #start(count: number, port: number, settings: readonly string[]): Promise<Brokers> {
    const install = spawnSync(SCRIPT, ["install"], { encoding: "utf8" });
    if (install.status !== 0) throw new Error(`Cannot install Kafka: ${install.stderr}`);
    const brokers = new Brokers(count, settings);
    brokers.#port = port;
    try {
      await Promise.all(brokers.#children.map((_, i) => brokers.up(i + 1)));
    } catch (error) {
      await brokers.stop();
      throw error;
    }
    return brokers;
  }

  /** The plain listener of a broker. */
  port(node = 1): number {
    return this.#port + PORTS_PER_NODE * (node - 1);
  }

  get addresses(): string {
    return this.#children.map((_, i) => `127.0.0.1:${this.port(i + 1)}`).join(",");
  }

  get sasl(): string {
    return `127.0.0.1:${this.#port + 2}`;
  }

  /** Wants a client certificate. */
  get tls(): string {
    return `127.0.0.1:${this.#port + 3}`;
  }

  get saslTls(): string {
    return `127.0.0.1:${this.#port + 4}`;
  }

  /** A file of `up.sh`'s certificates and keys. */
  pem(name: "ca.pem" | "other-ca.pem" | "client.crt" | "client.key"): string {
    return join(this.#folder, "1", "tls", name);
  }

  /** Starts a broker, with the data that it had if it ran before; resolves when it answers. */
  async up(node = 1): Promise<void> {
    const child = spawn(SCRIPT, [
      join(this.#folder, String(node)),
      String(this.#port),
      `${node}/${this.#children.length}`,
      ...this.#settings,
    ], { stdio: ["ignore", "pipe", "pipe"] });
    killAtEnd(child);
    this.#children[node - 1] = child;
    let isUp = false;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`Cannot start Kafka: ${why}\n${this.#log}`));
      const timer = setTimeout(() => fail("it does not answer"), START_TIMEOUT_MS);
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8");
        stream.on("data", (text: string) => {
          this.#log = (this.#log + text).slice(-LOG_MAX_CHARS);
          if (isUp || !this.#log.includes(`nodeId=${node}] Kafka Server started`)) return;
          isUp = true;
          this.#log = "";
          clearTimeout(timer);
          resolve();
        });
      }
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        fail(`it ended: ${signal ?? code}`);
      });
    });
  }

  /** Ends a broker as a crash does. */
  async down(node = 1): Promise<void> {
    const child = this.#children[node - 1];
    this.#children[node - 1] = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(child.pid!, "SIGKILL");
    await ended;
  }

  /** Freezes a broker, or lets it go on. */
  freeze(isFrozen: boolean, node = 1): void {
    process.kill(this.#children[node - 1]!.pid!, isFrozen ? "SIGSTOP" : "SIGCONT");
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((_, i) => this.down(i + 1)));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

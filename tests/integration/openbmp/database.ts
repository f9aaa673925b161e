/**
 * OpenBMP's database with its consumer (obmp-psql), started by the scripts in the folder that the environment variable EDGEBMP_OBMP names;
 * without it the tests that need it are skipped.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { freePort } from "../../ports.ts";
import { findProgram, type Found } from "../programs.ts";
import { atEnd, ended } from "../reaper.ts";

const SCRIPTS = process.env["EDGEBMP_OBMP"] ?? "";

export function findDatabase(): Found {
  if (SCRIPTS === "") return { skip: "EDGEBMP_OBMP names no folder" };
  if (findProgram("java") === undefined) return { skip: "Java is not installed" };
  return { path: join(SCRIPTS, "obmp-up.sh") };
}

export type Row = Readonly<Record<string, unknown>>;

export class Database {
  readonly #bootstrap: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "edgebmp-obmp-"));
  readonly #port: number;

  private constructor(bootstrap: string, port: number) {
    this.#bootstrap = bootstrap;
    this.#port = port;
    // They are no children of this process, and the scripts only know them when all are up.
    const pids = `grep -laF ${this.#folder} /proc/[0-9]*/cmdline | cut -d/ -f3`;
    atEnd(this.#folder, `kill -KILL $(${pids}); rm -rf ${this.#folder}`);
  }

  /** Starts a database and a consumer of these brokers' `openbmp.parsed.*`; returns when it reads all of them. */
  static async start(bootstrap: string): Promise<Database> {
    const database = new Database(bootstrap, await freePort());
    database.startConsumer();
    return database;
  }

  /** Starts what does not run. */
  startConsumer(): void {
    this.#run("obmp-up.sh", [
      ...["--bootstrap", this.#bootstrap, "--dir", this.#folder, "--pg-port", String(this.#port)],
    ]);
  }

  /** Ends the consumer as a crash does. */
  killConsumer(): void {
    this.#run("obmp-down.sh", [this.#folder, "--consumer"]);
  }

  query(sql: string): Row[] {
    const text = this.#run("obmp-query.sh", ["-d", this.#folder, "--json", sql]);
    return JSON.parse(text) as Row[];
  }

  execute(sql: string): void {
    this.#run("obmp-query.sh", ["-d", this.#folder, sql]);
  }

  /** What the consumer or the database refused, empty: nothing. */
  errors(): string {
    return spawnSync(join(SCRIPTS, "obmp-errors.sh"), [this.#folder], { encoding: "utf8" }).stdout;
  }

  stop(): void {
    spawnSync(join(SCRIPTS, "obmp-down.sh"), [this.#folder]);
    ended(this.#folder);
  }

  #run(script: string, args: readonly string[]): string {
    const { status, stdout, stderr, error } = spawnSync(join(SCRIPTS, script), args, {
      encoding: "utf8",
      maxBuffer: 1 << 30,
      timeout: 120_000,
    });
    if (status === 0) return stdout;
    throw new Error(`Cannot run ${script}: ${error?.message ?? ""}${stderr}`);
  }
}

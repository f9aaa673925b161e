/**
 * Whole collectors with their records going to a JetStream stream, each in turn with a nats-server of its own (on the cores that are
 * not measured): how long until the last record is acknowledged, and what that costs the collector.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestants.ts";
import { findProgram } from "./measured.ts";
import { count, median, megabytes, ratio, table } from "./report.ts";
import { freePort, listening, type Load, makePlaces, send, start } from "./run.ts";

interface NatsRun {
  /** From the first byte sent to the last record in the stream. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly records: number;
}

const READY_TIMEOUT_MS = 10_000;
const POLL_MS = 50;
/** No more records in the stream for so long: that was all. */
const QUIET_MS = 2_000;

/** Those of the contestants that can write to NATS: they have goBMP's flags. */
export function natsContestants(contestants: readonly Contestant[]): Contestant[] {
  return contestants.filter(({ command }) => command.includes("--dump=file")).map((contestant) => ({
    ...contestant,
    command: [
      ...contestant.command.filter((word) => !/^--(dump|msg-file)=/.test(word)),
      "--nats-server=nats://127.0.0.1:{port2}",
    ].map((word) => word === "--performance-port={port2}" ? "--performance-port=0" : word),
  }));
}

/** Text of a table; empty where there is no nats-server. */
export async function natsTable(
  contestants: readonly Contestant[],
  load: Load,
  turns: number,
  folder: string,
  note: (line: string) => void,
): Promise<string> {
  const server = findProgram("nats-server");
  if (server === undefined) return "nats: nats-server is not installed\n";
  const runs = new Map(contestants.map((contestant) => [contestant.name, [] as NatsRun[]]));
  for (let turn = 1; turn <= turns; turn++) {
    for (const contestant of contestants) {
      const run = await runOnce(server, contestant, load, folder);
      runs.get(contestant.name)!.push(run);
      note(`turn ${turn}: nats ${contestant.name}: ${run.seconds.toFixed(2)} s\n`);
    }
  }
  const rows = [["to NATS", "records", "s", "records/s", "CPU s", "records/CPU s", "peak MB"]];
  for (const [name, results] of runs) {
    const of = (value: (run: NatsRun) => number) => median(results.map(value));
    rows.push([
      name,
      count(of((run) => run.records)),
      of((run) => run.seconds).toFixed(2),
      count(of((run) => run.records / run.seconds)),
      of((run) => run.cpuSeconds).toFixed(2),
      count(of((run) => run.records / run.cpuSeconds)),
      megabytes(Math.max(...results.map((run) => run.peakBytes))),
    ]);
  }
  return table(rows, 1) + comparison(runs);
}

/** The rates of this collector over goBMP's, run by run. */
function comparison(runs: ReadonlyMap<string, readonly NatsRun[]>): string {
  const other = runs.get("goBMP");
  if (other === undefined) return "";
  const rows = [["times goBMP's", "records/s", "records/CPU s"]];
  for (const [name, results] of runs) {
    if (name === "goBMP") continue;
    const of = (value: (run: NatsRun) => number) =>
      ratio(results.map(value), other.map(value)).toFixed(1);
    rows.push([
      name,
      of((run) => run.records / run.seconds),
      of((run) => run.records / run.cpuSeconds),
    ]);
  }
  return "\n" + table(rows, 1);
}

async function runOnce(
  server: string,
  contestant: Contestant,
  load: Load,
  folder: string,
): Promise<NatsRun> {
  const places = await makePlaces(load.path, folder);
  const monitorPort = await freePort();
  const nats = await startServer(server, places.port2, monitorPort, folder);
  try {
    const program = await start(contestant, places, folder);
    try {
      await listening(program, places.port);
      // That both are connected and the stream is there is none of what is compared.
      await until(async () => await streamRecords(monitorPort) !== undefined);
      const before = program.sample().cpuSeconds;
      const startedAt = performance.now();
      const sent = send(load.path, places.port);
      let records = 0;
      let grownAt = startedAt;
      while (performance.now() - grownAt < QUIET_MS) {
        await sleep(POLL_MS);
        const now = await streamRecords(monitorPort) ?? 0;
        if (now === records) continue;
        records = now;
        grownAt = performance.now();
      }
      await sent;
      const { cpuSeconds, peakBytes } = program.sample();
      const seconds = (grownAt - startedAt) / 1000;
      return { seconds, cpuSeconds: cpuSeconds - before, peakBytes, records };
    } finally {
      await program.stop();
    }
  } finally {
    await nats.stop();
  }
}

async function startServer(
  path: string,
  port: number,
  monitorPort: number,
  folder: string,
): Promise<{ stop(): Promise<void> }> {
  const store = await mkdtemp(join(folder, "nats-"));
  const file = join(store, "server.conf");
  await writeFile(
    file,
    `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitorPort}"\njetstream { store_dir: "${store}" }\n`,
  );
  const child = spawn(path, ["-c", file], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(store, { recursive: true });
  };
  try {
    await until(async () => (await fetch(`http://127.0.0.1:${monitorPort}/healthz`)).ok);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** How many records the stream has taken; undefined before there is one. */
async function streamRecords(monitorPort: number): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${monitorPort}/jsz?streams=true`);
  const { account_details: accounts } = await response.json();
  return accounts?.[0]?.stream_detail?.[0]?.state.last_seq;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!await isSo().catch(() => false)) {
    if (performance.now() > deadline) throw new Error("Cannot measure: NATS is not ready in time");
    await sleep(POLL_MS);
  }
}

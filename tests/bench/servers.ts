/**
 * Whole collectors with their records going to a server, each in turn with a server of its own (on the cores that are not
 * measured): how long until the last record is acknowledged, and what that costs the collector.
 */
import { createReadStream } from "node:fs";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestants.ts";
import { count, median, megabytes, ratio, table } from "./report.ts";
import { listening, type Load, makePlaces, start } from "./run.ts";

/** A server that runs. */
export interface Server {
  /** Where it listens, where that is not the port that it was given: it needs several in a row. */
  readonly port?: number;
  /** For a program that does not make its own. */
  makeTopic?(name: string): Promise<void>;
  /** How many records it has taken; undefined before the collector has connected and made what it needs. */
  records(): Promise<number | undefined>;
  stop(): Promise<void>;
}

interface ServerRun {
  /** From the first byte sent to the last record in the server. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly records: number;
}

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
/** No more records in the server for so long: that was all. */
const QUIET_MS = 5_000;

/** Those of the contestants that have goBMP's flags, with `flags` for another destination; `{port2}` is the server's. */
export function withDestination(
  contestants: readonly Contestant[],
  ...flags: readonly string[]
): Contestant[] {
  return contestants.filter(({ command }) => command.includes("--dump=file")).map((contestant) => ({
    ...contestant,
    command: [
      ...contestant.command.filter((word) => !/^--(dump|msg-file)=/.test(word)),
      ...flags,
    ].map((word) => word === "--performance-port={port2}" ? "--performance-port=0" : word),
  }));
}

/** Text of a table. */
export async function serverTable(
  name: string,
  startServer: (port: number) => Promise<Server>,
  contestants: readonly Contestant[],
  load: Load,
  turns: number,
  folder: string,
  note: (line: string) => void,
): Promise<string> {
  const runs = new Map(contestants.map((contestant) => [contestant.name, [] as ServerRun[]]));
  for (let turn = 1; turn <= turns; turn++) {
    for (const contestant of contestants) {
      const run = await runOnce(startServer, contestant, load, folder);
      runs.get(contestant.name)!.push(run);
      note(`turn ${turn}: ${name} ${contestant.name}: ${run.seconds.toFixed(2)} s\n`);
    }
  }
  const rows = [[`to ${name}`, "records", "s", "records/s", "CPU s", "records/CPU s", "peak MB"]];
  for (const [name, results] of runs) {
    const of = (value: (run: ServerRun) => number) => median(results.map(value));
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
function comparison(runs: ReadonlyMap<string, readonly ServerRun[]>): string {
  const other = runs.get("goBMP");
  if (other === undefined) return "";
  const rows = [["times goBMP's", "records/s", "records/CPU s"]];
  for (const [name, results] of runs) {
    if (name === "goBMP") continue;
    const of = (value: (run: ServerRun) => number) =>
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
  startServer: (port: number) => Promise<Server>,
  contestant: Contestant,
  load: Load,
  folder: string,
): Promise<ServerRun> {
  const free = await makePlaces(load.path, folder);
  const server = await startServer(free.port2);
  const places = { ...free, port2: server.port ?? free.port2 };
  try {
    if (contestant.topic !== undefined) await server.makeTopic?.(contestant.topic);
    const program = await start(contestant, places, folder);
    try {
      await listening(program, places.port);
      // That both are connected and everything is there is none of what is compared.
      await until(async () => await server.records() !== undefined);
      const before = program.sample().cpuSeconds;
      const startedAt = performance.now();
      // Stays connected: some drop what they have not worked off when their router goes.
      const router = net.connect(places.port, "127.0.0.1").on("error", () => {});
      createReadStream(load.path).pipe(router, { end: false });
      let records = 0;
      let grownAt = startedAt;
      while (performance.now() - grownAt < QUIET_MS) {
        await sleep(POLL_MS);
        const now = await server.records() ?? 0;
        if (now === records) continue;
        records = now;
        grownAt = performance.now();
      }
      router.destroy();
      const { cpuSeconds, peakBytes } = program.sample();
      const seconds = (grownAt - startedAt) / 1000;
      return { seconds, cpuSeconds: cpuSeconds - before, peakBytes, records };
    } finally {
      await program.stop();
    }
  } finally {
    await server.stop();
  }
}

/** Polls until it is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!await isSo().catch(() => false)) {
    if (performance.now() > deadline) {
      throw new Error("Cannot measure: the server is not ready in time");
    }
    await sleep(POLL_MS);
  }
}

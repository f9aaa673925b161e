/**
 * Whole collectors with their records going to a server, each in turn with a server of its own (on the cores that are not
 * measured): how long until the last record is acknowledged, and what that costs the collector.
 */
import { createReadStream } from "node:fs";
import net from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestants.ts";
import type { Measured } from "./measured.ts";
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
  /** Of a program that puts several prefixes into a record: prefixes. */
  readonly records: number;
}

const READY_TIMEOUT_MS = 60_000;
/** A program that has not delivered all by then is not measured. */
const RUN_TIMEOUT_MS = 15 * 60_000;
const POLL_MS = 50;
/** No more records in the server for so long, and hardly any CPU time used: that was all. */
const QUIET_MS = 5_000;
const QUIET_CPU_SECONDS = 0.25;
/** Where records are missing, so long: some programs wait before they begin, and a busy broker does. */
const STALLED_MS = 60_000;
/** What is missing at the least of a stream whose contents nobody knows. */
const FEW_RECORDS = 100;
/** Of a stream, the messages that are no UPDATEs with prefixes, at most: Initiation, Peer Ups, End-of-RIBs. */
const OTHER_MESSAGES = 10;

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
      const prefix = `turn ${turn}: ${name} ${contestant.name}: `;
      try {
        const run = await runOnce(startServer, contestant, load, folder);
        runs.get(contestant.name)!.push(run);
        note(`${prefix}${run.seconds.toFixed(2)} s, CPU ${run.cpuSeconds.toFixed(2)} s\n`);
      } catch (error) {
        // The others are worth a table without it.
        note(`${prefix}${error}\n`);
      }
    }
  }
  const rows = [[`to ${name}`, "records", "s", "records/s", "CPU s", "records/CPU s", "peak MB"]];
  for (const [name, results] of runs) {
    if (results.length === 0) {
      rows.push([name, ...rows[0]!.slice(1).map(() => "-")]);
      continue;
    }
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
  return table(rows, 1) + ["goBMP", "openbmpd", "confluent-kafka"]
    .map((base) => comparison(runs, base)).join("");
}

/** The rates of all over one's, run by run. */
function comparison(runs: ReadonlyMap<string, readonly ServerRun[]>, base: string): string {
  const other = runs.get(base) ?? [];
  if (other.length === 0) return "";
  const rows = [[`times ${base}'s`, "records/s", "records/CPU s"]];
  for (const [name, results] of runs) {
    if (name === base || results.length === 0) continue;
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
      Readable.from(chunksOf(load)).pipe(router, { end: false });
      const { records, endedAt } = await allRecords(server, program, recordsMin(contestant, load));
      router.destroy();
      const { cpuSeconds, peakBytes } = program.sample();
      return {
        seconds: (endedAt - startedAt) / 1000,
        cpuSeconds: cpuSeconds - before,
        peakBytes,
        records: contestant.recordsPer === "update" ? load.prefixes : records,
      };
    } finally {
      await program.stop();
    }
  } finally {
    await server.stop();
  }
}

async function* chunksOf({ path, times = 1 }: Load): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < times; i++) yield* createReadStream(path);
}

/** Waits for the last record; says how many there are, and when it came. @throws when some do not come, or there is no end to it */
async function allRecords(
  server: Server,
  program: Measured,
  expected: number,
): Promise<{ records: number; endedAt: number }> {
  const deadline = performance.now() + RUN_TIMEOUT_MS;
  let records = 0;
  let endedAt = performance.now();
  let activeAt = endedAt;
  let { cpuSeconds } = program.sample();
  while (
    performance.now() - activeAt <
      (records < Math.max(expected, FEW_RECORDS) ? STALLED_MS : QUIET_MS)
  ) {
    if (performance.now() > deadline) {
      throw new Error(`Cannot measure: not all records are there in ${RUN_TIMEOUT_MS} ms`);
    }
    if (!program.isRunning) {
      throw new Error(`Cannot measure: the program ended with ${await program.ended}`);
    }
    await sleep(POLL_MS);
    // A broker that is busy may be late with an answer.
    const now = await server.records().catch(() => records) ?? 0;
    const used = program.sample().cpuSeconds;
    const isNew = now !== records;
    if (isNew) endedAt = performance.now();
    if (isNew || used - cpuSeconds > QUIET_CPU_SECONDS) {
      activeAt = performance.now();
      cpuSeconds = used;
    }
    records = now;
  }
  if (records < expected) {
    throw new Error(`Cannot measure: found ${records} records, expected at least ${expected}`);
  }
  return { records, endedAt };
}

function recordsMin(
  { recordsPer = "prefix" }: Contestant,
  { prefixes, messages }: Load,
): number {
  return {
    prefix: prefixes,
    message: messages,
    update: 2 * (messages - OTHER_MESSAGES),
  }[recordsPer];
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

/**
 * 1,000 idle sessions and 50 busy ones: memory, CPU, and how long a quiet session's message takes until its record is out, while the
 * busy ones send as fast as they are read from, and at 80 % of that.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import type net from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestants.ts";
import type { Measured } from "./measured.ts";
import { connect, smallMessageSession } from "./memory.ts";
import { megabytes, table } from "./report.ts";
import { listening, makePlaces, start } from "./run.ts";

const IDLE = 1000;
const BUSY = 50;
/** Until the journal and the sockets' buffers are full. */
const WARM_UP_SECONDS = 6;
const SECONDS = 8;
const TICK_MS = 10;
const BURST_MESSAGES = 600;
const SHARE = 0.8;
/** Between two messages of the quiet session. */
const QUIET_MS = 200;
const QUIET_TIMEOUT_MS = 30_000;
/** Of the quiet session. */
const QUIET_ADDRESS = "127.0.0.2";
/**
 * All records go nowhere, and those of the quiet session once more to where they are waited for: who reads all of them beside the senders is
 * slower than the collector.
 */
const CONFIG = `version: 1
sinks:
  - {name: all, type: file, path: /dev/null}
  - {name: quiet, type: file, path: "{out}", filter: {routers: [${QUIET_ADDRESS}], messages: [route-monitoring]}}
`;

interface Phase {
  readonly mbPerSecond: number;
  readonly cpuMsPerMb: number;
  readonly latenciesMs: readonly number[];
}

/** Text of a table. */
export async function sessionsTable(
  collectors: readonly Contestant[],
  folder: string,
  note: (line: string) => void,
): Promise<string> {
  const rows = [[
    "1,000 idle, 50 busy",
    "idle MB",
    "peak MB",
    "MB/s",
    "CPU ms/MB",
    "quiet ms, median",
    "worst",
    "MB/s at 80 %",
    "CPU ms/MB",
    "quiet ms, median",
    "worst",
  ]];
  for (const collector of collectors) {
    note(`sessions: ${collector.name}\n`);
    rows.push([collector.name, ...await measure(collector, folder)]);
  }
  return table(rows, 1);
}

async function measure(contestant: Contestant, folder: string): Promise<string[]> {
  const out = join(folder, "fifo");
  spawnSync("mkfifo", [out]);
  const places = { ...await makePlaces("", folder), out };
  const records = new RecordWatch(out);
  const words = contestant.command.filter((word) => !/^--(dump|msg-file)=/.test(word));
  const configured = { ...contestant, command: [...words, "--config={config}"], config: CONFIG };
  const program = await start(configured, places, folder);
  const sockets: net.Socket[] = [];
  try {
    await listening(program, places.port);
    const greeting = smallMessageSession(0);
    for (let i = 0; i < IDLE + BUSY + 1; i++) {
      const socket = await connect(places.port, i === IDLE + BUSY ? QUIET_ADDRESS : undefined);
      socket.write(greeting);
      sockets.push(socket);
    }
    await program.idle(() => 0);
    const idleBytes = program.sample().residentBytes;
    const quiet = sockets[IDLE + BUSY]!;
    const busy = sockets.slice(IDLE, IDLE + BUSY);
    const full = await phase(program, busy, quiet, records, Infinity);
    await program.idle(() => 0);
    const part = await phase(program, busy, quiet, records, SHARE * full.mbPerSecond * 1e6);
    return [
      megabytes(idleBytes),
      megabytes(program.sample().peakBytes),
      ...[full, part].flatMap(({ mbPerSecond, cpuMsPerMb, latenciesMs }) => {
        const sorted = [...latenciesMs].sort((a, b) => a - b);
        return [
          mbPerSecond.toFixed(1),
          cpuMsPerMb.toFixed(0),
          (sorted[sorted.length >> 1] ?? NaN).toFixed(0),
          (sorted.at(-1) ?? NaN).toFixed(0),
        ];
      }),
    ];
  } finally {
    for (const socket of sockets) socket.destroy();
    // What is left need not drain.
    program.kill("SIGKILL");
    await program.ended;
    records.close();
    await rm(out, { force: true });
  }
}

/** Sends for a while, at most so many bytes per second in all. */
async function phase(
  program: Measured,
  busy: readonly net.Socket[],
  quiet: net.Socket,
  records: RecordWatch,
  bytesPerSecond: number,
): Promise<Phase> {
  const head = smallMessageSession(0).length;
  const burst = smallMessageSession(BURST_MESSAGES).subarray(head);
  const probe = smallMessageSession(1).subarray(head);
  const startedMs = performance.now();
  const seconds = () => (performance.now() - startedMs) / 1000;
  let next = 0;
  let sent = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < busy.length && sent < bytesPerSecond * seconds(); i++) {
      const socket = busy[next++ % busy.length]!;
      if (socket.writableNeedDrain) continue;
      socket.write(burst);
      sent += burst.length;
    }
  }, TICK_MS);
  await sleep(WARM_UP_SECONDS * 1000);
  const cpuBefore = program.sample().cpuSeconds;
  const takenBefore = taken(busy);
  const latenciesMs: number[] = [];
  while (seconds() < WARM_UP_SECONDS + SECONDS) {
    await sleep(QUIET_MS);
    const sentMs = performance.now();
    const seen = records.next();
    quiet.write(probe);
    latenciesMs.push(
      await Promise.race([seen.then((atMs) => atMs - sentMs), sleep(QUIET_TIMEOUT_MS, Infinity)]),
    );
  }
  clearInterval(timer);
  const mb = (taken(busy) - takenBefore) / 1e6;
  const mbPerSecond = mb / (seconds() - WARM_UP_SECONDS);
  const cpuSeconds = program.sample().cpuSeconds - cpuBefore;
  return { mbPerSecond, cpuMsPerMb: 1000 * cpuSeconds / mb, latenciesMs };
}

/** Bytes that the kernel has taken. */
function taken(sockets: readonly net.Socket[]): number {
  return sockets.reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
}

/** Waits for records of the quiet session. */
class RecordWatch {
  readonly #cat: ChildProcess;
  #onSeen: (atMs: number) => void = () => {};

  constructor(fifo: string) {
    this.#cat = spawn("cat", [fifo], { stdio: ["ignore", "pipe", "inherit"] });
    this.#cat.stdout!.on("data", () => this.#onSeen(performance.now()));
  }

  /** Resolves with the time of the next record of the quiet session. */
  next(): Promise<number> {
    return new Promise((resolve) => this.#onSeen = resolve);
  }

  close(): void {
    this.#cat.kill();
  }
}

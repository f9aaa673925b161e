/** Runs one contestant on one stream and measures it. */
import { createReadStream, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  replayFile,
  type ReplayOptions,
  type ReplayTotals,
} from "../../src/cli/commands/replay.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { freePort } from "../ports.ts";
import { type Contestant, fill, isCollector, type Places } from "./contestants.ts";
import { Measured } from "./measured.ts";

const LISTEN_TIMEOUT_MS = 30_000;
const NEWLINE = 0x0a;

/** A BMP stream in a file. */
export interface Load {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** NLRI in it; 0 when nobody knows yet. */
  readonly prefixes: number;
  /** BMP messages in it; 0 likewise. */
  readonly messages: number;
  /** How often the file is sent, in one session; undefined: once. What the others say is of all. */
  readonly times?: number;
}

export interface Result {
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly bytesOut: number;
  /** Lines of the output file; 0 where there is none. */
  readonly lines: number;
}

/** @param folder for output, configuration and logs, emptied of them again */
export async function run(contestant: Contestant, load: Load, folder: string): Promise<Result> {
  const places = await makePlaces(load.path, folder);
  const program = await start(contestant, places, folder);
  try {
    if (isCollector(contestant)) {
      await listening(program, places.port);
      await send(load.path, places.port);
      await program.idle(() => sizeOf(places.out));
    } else {
      const how = await program.ended;
      if (how !== "exit status 0") throw new Error(failure(contestant, how, folder));
    }
    const { cpuSeconds, peakBytes } = program.sample();
    await program.stop();
    if (contestant.reportsCpu) {
      return {
        cpuSeconds: Number(readFileSync(places.out, "utf8")),
        peakBytes,
        bytesOut: 0,
        lines: 0,
      };
    }
    const bytesOut = sizeOf(places.out);
    return { cpuSeconds, peakBytes, bytesOut, lines: await countLines(places.out) };
  } finally {
    await program.stop();
    await rm(places.out, { force: true });
    await rm(`${places.out}.spool`, { recursive: true, force: true });
  }
}

export async function start(
  contestant: Contestant,
  places: Places,
  folder: string,
): Promise<Measured> {
  const command = await fill(contestant, places);
  return new Measured(command, {
    folder,
    stderrPath: join(folder, "stderr"),
    ...(contestant.env === undefined ? {} : { env: contestant.env }),
  });
}

function failure(contestant: Contestant, how: string, folder: string): string {
  const log = readFileSync(join(folder, "stderr"), "utf8").trim().split("\n").slice(-5).join("\n");
  return `Cannot measure "${contestant.name}": it ended with ${how}\n${log}`;
}

export async function makePlaces(file: string, folder: string): Promise<Places> {
  return {
    port: await freePort(),
    port2: await freePort(),
    file,
    out: join(folder, "out"),
    config: join(folder, "config"),
  };
}

/** Plays a file to a local port as one session. */
export async function send(
  path: string,
  port: number,
  signal?: AbortSignal,
): Promise<ReplayTotals> {
  const totals: ReplayTotals = { sessions: 0, messages: 0, bytes: 0 };
  const options: ReplayOptions = {
    to: { host: "127.0.0.1", port },
    rate: 0,
    signal: signal ?? new AbortController().signal,
  };
  await replayFile(await loadRuntime(), path, options, totals);
  return totals;
}

/** Waits until a program listens. Looks, without connecting: to a collector each connection is a router. */
export async function listening(program: Measured, port: number): Promise<void> {
  const deadline = performance.now() + LISTEN_TIMEOUT_MS;
  while (!isListening(port)) {
    if (!program.isRunning) {
      throw new Error(`Cannot measure: the program ended with ${await program.ended}`);
    }
    if (performance.now() > deadline) {
      throw new Error(
        `Cannot measure: nothing listens on port ${port} after ${LISTEN_TIMEOUT_MS} ms`,
      );
    }
    await sleep(20);
  }
}

export function isListening(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  // Local address, remote address, state 0A: LISTEN.
  const pattern = new RegExp(`:${hex} 0+:0000 0A `);
  return ["/proc/net/tcp", "/proc/net/tcp6"].some((path) => {
    try {
      return pattern.test(readFileSync(path, "latin1"));
    } catch {
      return false;
    }
  });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function countLines(path: string): Promise<number> {
  let lines = 0;
  if (sizeOf(path) === 0) return lines;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const bytes: Uint8Array = chunk;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  }
  return lines;
}

/**
 * Processes whose cost is measured from outside, the same way for every program: CPU seconds (user and system, of the process
 * and the children it has waited for) and peak resident memory, from `/proc`. Linux only.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { killAtEnd } from "../integration/reaper.ts";

/** Linux counts CPU time in these units for user space on every architecture (USER_HZ). */
const TICKS_PER_SECOND = 100;
/** A process that ends by itself is last seen this long before its end at most. */
const SAMPLE_MS = 10;
/** A process is idle when in this time it has used at most {@linkcode IDLE_TICKS_MAX} and `grows` gave the same. */
const IDLE_MS = 500;
const IDLE_TICKS_MAX = 2;
const STOP_TIMEOUT_MS = 10_000;
/** A program that takes more than this is ended before the machine suffers: one was seen to take 11 GB for a stalled sink. */
const RESIDENT_BYTES_MAX = 4e9;

export interface Usage {
  cpuSeconds: number;
  /** Peak resident memory. */
  peakBytes: number;
  /** Resident memory now. */
  residentBytes: number;
}

/** The core that measured programs run on, alone of what we start; undefined where there is one core only, or no taskset. */
export const MEASURED_CORE: number | undefined =
  availableParallelism() > 1 && findProgram("taskset") !== undefined
    ? availableParallelism() - 1
    : undefined;

/** Keeps this process, which sends the load, off the measured core. */
export function leaveMeasuredCore(): void {
  if (MEASURED_CORE === undefined) return;
  const others = MEASURED_CORE === 1 ? "0" : `0-${MEASURED_CORE - 1}`;
  spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", others, String(process.pid)]);
}

/** Path of a program, undefined if it is not installed. */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
    .map((folder) => join(folder, name)).find(existsSync);
}

export interface StartOptions {
  readonly folder: string;
  readonly stderrPath: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A started process and what it has cost so far. */
export class Measured {
  readonly child: ChildProcess;
  /** Resolves with how the process ended: an exit status or a signal. */
  readonly ended: Promise<string>;
  readonly usage: Usage = { cpuSeconds: 0, peakBytes: 0, residentBytes: 0 };
  #isRunning = true;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Starts a program on the measured core. */
  constructor(command: readonly string[], { folder, stderrPath, env }: StartOptions) {
    const pinned = MEASURED_CORE === undefined
      ? command
      : ["taskset", "--cpu-list", String(MEASURED_CORE), ...command];
    const [file = "", ...args] = pinned;
    const stderr = openSync(stderrPath, "w");
    this.child = spawn(file, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", stderr],
    });
    closeSync(stderr);
    killAtEnd(this.child);
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.#isRunning = false;
        clearInterval(this.#timer);
        resolve(how);
      };
      this.child.on("error", (error) => end(error.message));
      this.child.on("exit", (code, signal) => end(signal ?? `exit status ${code}`));
    });
    this.#timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Brings {@linkcode Measured.usage} up to date. */
  sample(): Usage {
    const folder = `/proc/${this.child.pid}`;
    try {
      const fields = readFileSync(`${folder}/stat`, "latin1").split(") ")[1]!.split(" ");
      const status = readFileSync(`${folder}/status`, "latin1");
      const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
      this.usage.cpuSeconds = Math.max(this.usage.cpuSeconds, ticks / TICKS_PER_SECOND);
      this.usage.peakBytes = Math.max(this.usage.peakBytes, memoryLine(status, "VmHWM"));
      this.usage.residentBytes = memoryLine(status, "VmRSS");
    } catch {
      // Gone between two looks: what was seen last stands.
    }
    if (this.usage.residentBytes > RESIDENT_BYTES_MAX) this.kill("SIGKILL");
    return this.usage;
  }

  /** Waits until the process has nothing more to do: no CPU time used, and `progress` (bytes of output, say) stands still. */
  async idle(progress: () => number): Promise<void> {
    let last = { ticks: -1, progress: -1 };
    while (this.#isRunning) {
      const now = {
        ticks: Math.round(this.sample().cpuSeconds * TICKS_PER_SECOND),
        progress: progress(),
      };
      if (now.progress === last.progress && now.ticks - last.ticks <= IDLE_TICKS_MAX) return;
      last = now;
      await sleep(IDLE_MS);
    }
  }

  /** Ends the process, politely first. */
  async stop(): Promise<string> {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), STOP_TIMEOUT_MS);
    const how = await this.ended;
    clearTimeout(timer);
    return how;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    // Not `child.kill`: Deno's sends one signal in the life of a child, whether or not the child ends of it.
    if (this.#isRunning && this.child.pid !== undefined) process.kill(this.child.pid, signal);
  }
}

/** A line such as `VmHWM:   16152 kB` of `/proc/PID/status`, in bytes. */
function memoryLine(status: string, name: string): number {
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}

/**
 * What the collector tells the service manager that started it (systemd; `sd_notify(3)`): that it is ready, what it does, that it
 * reloads, that it stops, and, if asked for a sign of life, that it is alive.
 *
 * The sign is given while the event loop turns and every pipeline gets on or waits for something that has a name. A dead broker with a
 * full journal has one: starting the collector anew would not bring the broker back, and would cost every router its session.
 */
import os from "node:os";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { toError } from "../runtime/error.ts";
import type { Log } from "./log.ts";

/** What can be stuck. */
export interface Watched {
  readonly name: string;
  /** undefined: it works, so that its progress has to change. */
  readonly waitsFor: string | undefined;
  readonly progress: number;
}

export interface ServiceManagerOptions {
  /** Variables `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly openDatagramSender: (path: string) => (text: string) => boolean;
  readonly log: Log;
}

/** So often the status line is looked at. */
const STATUS_INTERVAL_MS = 10_000;

export class ServiceManager {
  readonly #log: Log;
  readonly #send: ((text: string) => boolean) | undefined;
  /** How often a sign of life is due; undefined: nobody waits for one. */
  readonly #intervalMs: number | undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #statusTimer: NodeJS.Timeout | undefined = undefined;
  #status = "";
  #isStopping = false;
  /** Those under way. */
  #reloads = 0;
  readonly #progress = new Map<Watched, number>();

  /** Without a `NOTIFY_SOCKET` there is none, and nothing is told. */
  constructor({ environment, openDatagramSender, log }: ServiceManagerOptions) {
    this.#log = log;
    const path = environment.NOTIFY_SOCKET;
    if (path === undefined || path === "") return;
    try {
      this.#send = openDatagramSender(path);
    } catch (error) {
      // It will say so too, when its time for the start is over.
      log.error("cannot tell the service manager", { error: toError(error).message });
      return;
    }
    this.#intervalMs = watchdogIntervalMs(environment);
  }

  /** The routers are listened for. */
  ready(status: string): void {
    this.#status = oneLine(status);
    this.#tell(`READY=1\nSTATUS=${this.#status}`);
  }

  /**
   * The configuration is read again until `reload` has ended, well or not; of several at once, until the last has.
   *
   * systemd passes over a message that is older than its signal (`Type=notify-reload`). Neither runtime gives CLOCK_MONOTONIC; the uptime
   * is no earlier, as the kernel rounds it up to seconds and counts suspension in.
   */
  async reloading(reload: Promise<unknown>, status: () => string): Promise<void> {
    this.#tell(`RELOADING=1\nMONOTONIC_USEC=${Math.ceil(os.uptime()) * 1_000_000}`);
    this.#reloads++;
    // Its errors are in the log.
    await reload.catch(() => {});
    this.#reloads--;
    if (this.#reloads === 0) this.ready(status());
  }

  /** Keeps the status line true: asks for it now and then, and tells what has changed. */
  keepStatus(status: () => string, intervalMs: number = STATUS_INTERVAL_MS): void {
    if (this.#send === undefined) return;
    this.#statusTimer = setInterval(() => {
      const line = oneLine(status());
      if (line === this.#status) return;
      this.#status = line;
      this.#tell(`STATUS=${line}`);
    }, intervalMs).unref();
  }

  /** Nothing is told after this: a reload that ends meanwhile makes nobody ready. */
  stopping(): void {
    this.stopWatching();
    this.#tell("STOPPING=1");
    this.#isStopping = true;
  }

  /** Gives signs of life from now on, as long as none of `all` is stuck. */
  watch(all: () => Iterable<Watched>): void {
    if (this.#send === undefined || this.#intervalMs === undefined) return;
    this.#tell("WATCHDOG=1");
    this.#timer = setInterval(() => {
      const stuck = this.#findStuck(all());
      if (stuck === undefined) this.#tell("WATCHDOG=1");
      else this.#log.error("no sign of life to the service manager", { stuck: stuck.name });
    }, this.#intervalMs).unref();
  }

  stopWatching(): void {
    clearInterval(this.#timer);
    clearInterval(this.#statusTimer);
  }

  /** What has worked since the last look without getting anywhere. */
  #findStuck(all: Iterable<Watched>): Watched | undefined {
    let stuck: Watched | undefined;
    for (const watched of all) {
      const { waitsFor, progress } = watched;
      if (waitsFor === undefined && this.#progress.get(watched) === progress) stuck = watched;
      this.#progress.set(watched, waitsFor === undefined ? progress : NaN);
    }
    return stuck;
  }

  #tell(text: string): void {
    if (this.#send === undefined || this.#isStopping || this.#send(text)) return;
    this.#log.limited("warn", "notify", "the service manager does not listen");
  }
}

/** Half of what the service manager waits, as `sd_watchdog_enabled(3)` recommends. */
function watchdogIntervalMs(
  { WATCHDOG_USEC, WATCHDOG_PID }: ServiceManagerOptions["environment"],
): number | undefined {
  const us = Number(WATCHDOG_USEC);
  if (!(us > 0)) return undefined;
  // Meant for a parent that has started us without clearing its environment.
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(process.pid)) return undefined;
  return Math.max(1, Math.floor(us / 2000));
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}

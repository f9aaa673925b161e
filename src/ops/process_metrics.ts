/** What is measured of the process itself: memory, processor time, how late its event loop is. */
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import type { Counter, Metrics } from "./metrics.ts";

/** Deno's `monitorEventLoopDelay` saw 0.01 ms of a block of 150 ms, so a timer's own lateness is what is measured. */
const TICK_MS = 100;
/** The longest delay is that of the last minute, in slots of this length. */
const SLOT_TICKS = 100;
const SLOTS = 6;

export class ProcessMetrics {
  readonly #timer: NodeJS.Timeout;
  readonly #delayTotal: Counter;
  readonly #delayMax: Counter;
  readonly #resident: Counter;
  readonly #heap: Counter;
  readonly #external: Counter;
  readonly #cpu: Counter;
  /** Longest delay in each of the last slots, in milliseconds; the first is the current one. */
  readonly #slots: number[] = new Array(SLOTS).fill(0);
  #ticks = 0;
  #tickedAt = performance.now();

  constructor(metrics: Metrics, version: string, runtime: string) {
    metrics.gauge("edgebmp_build_info", "1; what runs, by version and runtime")
      .with({ version, runtime }).set(1);
    metrics.gauge(
      "edgebmp_process_start_time_seconds",
      "When the process started, in seconds since 1970",
    ).with().set(Math.round(Date.now() - process.uptime() * 1000) / 1000);
    this.#delayTotal = metrics.counter(
      "edgebmp_event_loop_delay_seconds_total",
      "Time by which the event loop came late to a timer of 100 ms",
    ).with();
    this.#delayMax = metrics.gauge(
      "edgebmp_event_loop_delay_max_seconds",
      "Longest such delay within the last minute",
    ).with();
    this.#resident = metrics.gauge(
      "edgebmp_process_resident_memory_bytes",
      "Memory that the process takes up",
    ).with();
    this.#heap = metrics.gauge(
      "edgebmp_process_heap_bytes",
      "Memory of JavaScript objects in use",
    ).with();
    this.#external = metrics.gauge(
      "edgebmp_process_external_memory_bytes",
      "Memory of buffers",
    ).with();
    this.#cpu = metrics.counter(
      "edgebmp_process_cpu_seconds_total",
      "Processor time of the process",
    ).with();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Longest delay of the event loop within the last minute. */
  get delayMaxMs(): number {
    return Math.max(...this.#slots);
  }

  update(): void {
    const { rss, heapUsed, external } = process.memoryUsage();
    this.#resident.set(rss);
    this.#heap.set(heapUsed);
    this.#external.set(external);
    const { user, system } = process.cpuUsage();
    this.#cpu.set((user + system) / 1e6);
    this.#delayMax.set(this.delayMaxMs / 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    const delayMs = Math.max(0, now - this.#tickedAt - TICK_MS);
    this.#tickedAt = now;
    this.#delayTotal.add(delayMs / 1000);
    if (this.#ticks++ % SLOT_TICKS === 0) {
      this.#slots.pop();
      this.#slots.unshift(0);
    }
    this.#slots[0] = Math.max(this.#slots[0]!, delayMs);
  }
}

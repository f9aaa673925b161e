/** The log: one line per event on standard error, text or JSON, with levels and rate limits. */
import process from "node:process";
import { setTimeout } from "node:timers";

export const LOG_LEVELS = ["error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** Facts of a log line. Never a secret. */
export interface LogFields {
  readonly [name: string]: string | number | boolean | undefined;
}

/** Lines of one event and key that are written per interval; the rest is counted and announced with the next one. */
const RATE_LIMIT_LINES = 10;
const RATE_LIMIT_INTERVAL_MS = 10_000;
/** Keys that are told apart; past it all further ones of an event share one limit, so that strange addresses cannot flood. */
const RATES_MAX = 1000;

/** What is known of one event and key. */
interface Rate {
  readonly level: LogLevel;
  readonly event: string;
  readonly key: string;
  /** When the interval began. */
  readonly since: number;
  lines: number;
  suppressed: number;
}

/** `<4>` and the like, as `sd-daemon(3)` has them. */
const PRIORITIES: Readonly<Record<LogLevel, number>> = {
  error: 3,
  warn: 4,
  info: 6,
  debug: 7,
  trace: 7,
};

export class Log {
  /** The journal of systemd reads: it takes a priority before each line, and knows the time by itself. */
  toJournal = false;
  #level: number;
  /** In the order of their intervals. */
  readonly #rates = new Map<string, Rate>();

  constructor(
    level: LogLevel,
    public format: "text" | "json" = "text",
    readonly write: (line: string) => void = (line) => void process.stderr.write(line),
    readonly now: () => number = Date.now,
  ) {
    this.#level = LOG_LEVELS.indexOf(level);
  }

  /** Changes what is written, and how. */
  configure(level: LogLevel, format: "text" | "json"): void {
    this.#level = LOG_LEVELS.indexOf(level);
    this.format = format;
  }

  enabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= this.#level;
  }

  error(event: string, fields: LogFields = {}): void {
    this.#line("error", event, fields);
  }
  warn(event: string, fields: LogFields = {}): void {
    this.#line("warn", event, fields);
  }
  info(event: string, fields: LogFields = {}): void {
    this.#line("info", event, fields);
  }
  debug(event: string, fields: LogFields = {}): void {
    this.#line("debug", event, fields);
  }
  trace(event: string, fields: LogFields = {}): void {
    this.#line("trace", event, fields);
  }

  /** A line, but at most {@linkcode RATE_LIMIT_LINES} per event and `key` in {@linkcode RATE_LIMIT_INTERVAL_MS}. */
  limited(level: LogLevel, key: string, event: string, fields: LogFields = {}): void {
    if (!this.enabled(level)) return;
    const now = this.now();
    const id = this.#rateId(event, key, now);
    let rate = this.#rates.get(id);
    if (rate !== undefined && !isOver(rate, now)) {
      if (rate.lines === RATE_LIMIT_LINES) {
        if (rate.suppressed++ === 0) this.#tellLater(rate, now);
        return;
      }
      rate.lines++;
      this.#line(level, event, fields);
      return;
    }
    const suppressed = rate?.suppressed || undefined;
    if (rate !== undefined) rate.suppressed = 0;
    // What shares one limit has no key in common.
    rate = { level, event, key: id === event ? "" : key, since: now, lines: 1, suppressed: 0 };
    this.#rates.delete(id);
    this.#rates.set(id, rate);
    this.#line(level, event, { ...fields, suppressed });
  }

  #rateId(event: string, key: string, now: number): string {
    const id = `${event}\n${key}`;
    if (this.#rates.has(id) || this.#rates.size < RATES_MAX) return id;
    for (const [oldest, rate] of this.#rates) {
      if (!isOver(rate, now)) break;
      this.#rates.delete(oldest);
      this.#tellSuppressed(rate);
    }
    return this.#rates.size < RATES_MAX ? id : event;
  }

  /** Tells what was left out when the interval is over: perhaps no such line comes again. */
  #tellLater(rate: Rate, now: number): void {
    const leftMs = RATE_LIMIT_INTERVAL_MS - Math.abs(now - rate.since);
    setTimeout(() => this.#tellSuppressed(rate), leftMs).unref();
  }

  #tellSuppressed(rate: Rate): void {
    const { level, event, key, suppressed } = rate;
    rate.suppressed = 0;
    if (suppressed > 0) this.#line(level, `${event}, and ${suppressed} more`, key ? { key } : {});
  }

  #line(level: LogLevel, event: string, fields: LogFields): void {
    if (!this.enabled(level)) return;
    const time = new Date(this.now()).toISOString();
    const priority = this.toJournal ? `<${PRIORITIES[level]}>` : "";
    if (this.format === "json") {
      this.write(priority + JSON.stringify({ time, level, event, ...fields }) + "\n");
      return;
    }
    let line = this.toJournal
      ? `${priority}${event}`
      : `${time} ${level.toUpperCase().padEnd(5)} ${event}`;
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      line += ` ${name}=${
        typeof value === "string" && !/^[\w.:/[\]@+-]+$/.test(value) ? JSON.stringify(value) : value
      }`;
    }
    this.write(line + "\n");
  }
}

function isOver(rate: Rate, now: number): boolean {
  // Absolute: a clock that was set back must not silence anything until it has caught up.
  return Math.abs(now - rate.since) > RATE_LIMIT_INTERVAL_MS;
}

/** The log: one line per event on standard error, text or JSON, with levels and rate limits. */
import process from "node:process";

export const LOG_LEVELS = ["error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** Facts of a log line. Never a secret. */
export interface LogFields {
  readonly [name: string]: string | number | boolean | undefined;
}

/** Lines of one event that are written per interval; the rest is counted and announced with the next one. */
const RATE_LIMIT_LINES = 10;
const RATE_LIMIT_INTERVAL_MS = 10_000;

interface Rate {
  since: number;
  lines: number;
  suppressed: number;
}

export class Log {
  readonly #level: number;
  readonly #rates = new Map<string, Rate>();

  constructor(
    level: LogLevel,
    readonly format: "text" | "json" = "text",
    readonly write: (line: string) => void = (line) => void process.stderr.write(line),
    readonly now: () => number = Date.now,
  ) {
    this.#level = LOG_LEVELS.indexOf(level);
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

  /** As `warn`, but at most {@linkcode RATE_LIMIT_LINES} lines per event and `key` in {@linkcode RATE_LIMIT_INTERVAL_MS}. */
  limited(level: LogLevel, key: string, event: string, fields: LogFields = {}): void {
    if (!this.enabled(level)) return;
    const id = `${event}\n${key}`;
    const now = this.now();
    let rate = this.#rates.get(id);
    if (rate === undefined || now - rate.since > RATE_LIMIT_INTERVAL_MS) {
      if (this.#rates.size > 1000) this.#rates.clear();
      const suppressed = rate?.suppressed ?? 0;
      rate = { since: now, lines: 0, suppressed: 0 };
      this.#rates.set(id, rate);
      if (suppressed > 0) this.#line(level, event, { ...fields, suppressed });
      else this.#line(level, event, fields);
      rate.lines++;
      return;
    }
    if (rate.lines < RATE_LIMIT_LINES) {
      rate.lines++;
      this.#line(level, event, fields);
    } else {
      rate.suppressed++;
    }
  }

  #line(level: LogLevel, event: string, fields: LogFields): void {
    if (!this.enabled(level)) return;
    const time = new Date(this.now()).toISOString();
    if (this.format === "json") {
      this.write(JSON.stringify({ time, level, event, ...fields }) + "\n");
      return;
    }
    let line = `${time} ${level.toUpperCase().padEnd(5)} ${event}`;
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      line += ` ${name}=${
        typeof value === "string" && !/^[\w.:/[\]@+-]+$/.test(value) ? JSON.stringify(value) : value
      }`;
    }
    this.write(line + "\n");
  }
}

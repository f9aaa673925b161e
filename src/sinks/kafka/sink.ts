/**
 * The Kafka sink. A batch is delivered when all in-sync replicas of all its partitions have acknowledged its records; see
 * `partition.ts` for how that is kept up through broken connections, dead brokers and changes of leaders.
 *
 * A broker that is away, refuses us, or does not answer is tried again for ever: what is not delivered stays in the journal.
 */
import { clearInterval, setInterval } from "node:timers";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { Secret } from "../../cli/secret.ts";
import type { Output, Topic } from "../../formats/output.ts";
import type { Log } from "../../ops/log.ts";
import type { Metrics } from "../../ops/metrics.ts";
import { toError } from "../../runtime/error.ts";
import { readSecret, readText } from "../../runtime/secret.ts";
import { DeadLetters } from "../dead_letter.ts";
import type { Sink } from "../sink.ts";
import type { Dialer } from "./broker.ts";
import { nameOf } from "./cluster.ts";
import type { KafkaLibrary } from "./client.ts";
import type { SaslMechanism } from "./flags.ts";
import { Holds } from "./holds.ts";
import { declareMetrics } from "./metrics.ts";
import type { SinkHealth } from "../health.ts";
import { Producer, type ProducerOptions } from "./producer.ts";

export interface TlsFiles {
  /** Empty: the system's. */
  readonly ca: string;
  /** Empty, together with `key`: none. */
  readonly cert: string;
  readonly key: string;
}

export interface SaslOptions {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: Secret;
}

export interface KafkaSinkOptions extends ProducerOptions {
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  /** Undefined: plain TCP. */
  readonly tls: TlsFiles | undefined;
  readonly sasl: SaslOptions | undefined;
  readonly deadLetterFile: string;
  readonly deadLetterBytesMax: number;
}

export interface KafkaSinkParts {
  /** To be made at the start. */
  readonly topics: readonly Topic[];
  readonly metrics: Metrics;
  readonly log: Log;
}

/** New partitions are found at least this often. */
const REFRESH_INTERVAL_MS = 5 * 60_000;

export class KafkaSink implements Sink {
  readonly name: string;
  /** With batches of the pipeline of a quarter of a megabyte: what a partition has under way, and as much again that waits. */
  readonly inFlightMax = 32;
  readonly #options: KafkaSinkOptions;
  readonly #parts: KafkaSinkParts;
  readonly #closed = new AbortController();
  #producer: Producer | undefined = undefined;
  #health: SinkHealth | undefined = undefined;
  #holds: Holds | undefined = undefined;
  #timer: ReturnType<typeof setInterval> | undefined = undefined;
  #underWay = 0;
  #idle: (() => void) | undefined = undefined;

  constructor(options: KafkaSinkOptions, parts: KafkaSinkParts) {
    this.name = options.name;
    this.#options = options;
    this.#parts = parts;
  }

  get lastError(): string | undefined {
    return this.#health?.lastError;
  }

  /** Asks one broker after the other until one answers. */
  async check(): Promise<void> {
    const dialer = this.#dialer(await load());
    const failures: string[] = [];
    for (const address of this.#options.bootstrap) {
      try {
        (await dialer.dial(address)).close();
        return;
      } catch (error) {
        failures.push(`${nameOf(address)}: ${toError(error).message}`);
      }
    }
    throw new Error(`Cannot reach a broker: ${failures.join("; ")}`);
  }

  #dialer(library: KafkaLibrary): Dialer {
    const { tls, sasl, requestTimeoutMs, clientId } = this.#options;
    return {
      dial: async (address) =>
        await library.dialer({
          clientId,
          requestTimeoutMs,
          tls: await readTls(tls),
          sasl: sasl && { ...sasl, password: await readPassword(sasl) },
        }).dial(address),
    };
  }

  /** Loads the library and starts to connect; does not wait for a broker. @throws when a file cannot be read */
  async open(): Promise<void> {
    const { tls, sasl, compression } = this.#options;
    // Files are read again for each connection, so that they can be renewed; here to see whether they are there.
    await readTls(tls);
    await readPassword(sasl);
    const { log, metrics, topics } = this.#parts;
    const library = await load();
    const counts = declareMetrics(metrics, this.name);
    this.#health = counts.health;
    const producer = new Producer(this.#options, {
      dialer: this.#dialer(library),
      codec: library.codec(compression),
      deadLetters: new DeadLetters({
        sink: this.name,
        path: this.#options.deadLetterFile,
        bytesMax: this.#options.deadLetterBytesMax,
        metrics,
        log,
      }),
      metrics: counts,
      log,
    });
    this.#producer = producer;
    this.#holds = new Holds({
      deliver: (batch) => producer.deliver(batch),
      signal: this.#closed.signal,
      count: (records) => counts.held.add(records),
    });
    this.#timer = setInterval(() => producer.refresh(), REFRESH_INTERVAL_MS).unref();
    log.info("Kafka sink starts", {
      sink: this.name,
      brokers: this.#options.bootstrap.map(nameOf).join(","),
    });
    producer.start(topics);
  }

  async deliver(batch: Output, release: () => void = () => {}): Promise<void> {
    this.#underWay++;
    await this.#holds!.deliver(batch, release);
    this.#underWay--;
    if (this.#underWay === 0) this.#idle?.();
  }

  async close(signal: AbortSignal): Promise<void> {
    clearInterval(this.#timer);
    if (this.#underWay > 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.#closed.abort();
    this.#producer?.close();
  }
}

/** Late: the library takes half a second, which a start without Kafka must not pay. */
async function load(): Promise<KafkaLibrary> {
  const { loadLibrary } = await import("./client.ts");
  return await loadLibrary();
}

async function readTls(files: TlsFiles | undefined): Promise<TlsOptions | undefined> {
  if (files === undefined) return undefined;
  const { ca, cert, key } = files;
  return {
    ...(ca !== "" && { ca: await readText(ca) }),
    ...(cert !== "" && { cert: await readText(cert), key: await readText(key) }),
  };
}

async function readPassword(sasl: SaslOptions | undefined): Promise<string> {
  if (sasl === undefined) return "";
  const password = await readSecret(sasl.password);
  if (password !== "") return password;
  throw new Error(`Cannot read the Kafka password from "${sasl.password.path}": found nothing`);
}

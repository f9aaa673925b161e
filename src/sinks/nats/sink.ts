/**
 * The NATS sink: records to a JetStream stream, on subjects that are named as goBMP's topics.
 *
 * Records are published in order, without waiting for one another's acknowledgement; a window bounds how many are under way. When
 * one fails (refused, not acknowledged in time, connection lost), sending stops, and after a while goes on from the first record
 * that is not acknowledged: all that follow are sent again, so that the last that a subject says is the last that was said.
 * Consumers see repeats then, with the same session, sequence and part. A process that is killed in between knows nothing of it: its
 * successor begins with attempt 0, and the server drops the repeats of what stands before the failed record. That is the price
 * for repeats being dropped after every other kill.
 *
 * What can be tried again is tried for ever: a server that is away is no error of the configuration.
 *
 * Without JetStream (`jetstream: false`, "core NATS") a record counts as delivered once the server has read it. Whoever
 * does not listen at that moment never gets it, and a server that ends takes with it what it has not passed on.
 */
import { clearInterval, setInterval } from "node:timers";
import type { Output } from "../../formats/output.ts";
import { toError } from "../../runtime/error.ts";
import { Backoff, sleep } from "../../ops/backoff.ts";
import { DeadLetters } from "../dead_letter.ts";
import type { Sink } from "../sink.ts";
import type { NatsLink } from "./link.ts";
import { declareMetrics, type NatsMetrics } from "./metrics.ts";
import { PublishWriter } from "./publish_writer.ts";
import { SendWindow } from "./send_window.ts";
import { ensureStream } from "./stream.ts";
import type { NatsSinkOptions } from "./options.ts";
import { Subjects } from "./subjects.ts";

/** Bytes of records under way: beyond what fills a fast line, they only make the tail longer that is sent again. */
const IN_FLIGHT_BYTES_MAX = 8 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const SETTLE_MS_DEFAULT = 300;

/** The stream's own limit for one message, beside the server's `max_payload`. */
const STREAM_MESSAGE_EXCEEDS_MAXIMUM = 10054;
const NO_RESPONDERS = 503;

const DECODER = new TextDecoder();

/** Why sending has to start again from the first record that is not acknowledged. */
interface Failure {
  readonly reason: string;
  /** Whether the connection is of no more use. */
  readonly reconnect: boolean;
}

export class NatsSink implements Sink {
  readonly name: string;
  /** Small batches too fill the window. */
  readonly inFlightMax = 256;
  readonly #options: NatsSinkOptions;
  readonly #metrics: NatsMetrics;
  readonly #deadLetters: DeadLetters;
  readonly #window: SendWindow;
  readonly #writer: PublishWriter;
  readonly #subjects: Subjects;
  readonly #backoff: Pick<Backoff, "next" | "reset">;
  readonly #stop = new AbortController();
  readonly #whenStopped = new Promise<never>((_, reject) => {
    this.#stop.signal.addEventListener("abort", () => reject(new Error("stopped")));
  });
  /** The connection, while records may be sent on it. */
  #link: NatsLink | undefined = undefined;
  /** Where acknowledgements go, followed by the number of the record; another one after each failure. */
  #reply = "";
  #round = 0;
  /** Of records that are sent again. */
  #attempt = 0;
  #failed: (failure: Failure) => void = () => {};
  /** Up to which record all were settled when this was last looked at, and when that number last grew. */
  #settled = 0;
  #progressAt = 0;
  #isPumpDue = false;
  #watch: ReturnType<typeof setInterval> | undefined = undefined;
  #running: Promise<void> | undefined = undefined;

  constructor(options: NatsSinkOptions) {
    this.name = options.name;
    this.#options = options;
    this.#metrics = declareMetrics(options.metrics, options.name);
    this.#deadLetters = new DeadLetters({
      sink: options.name,
      path: options.deadLetterFile,
      bytesMax: options.deadLetterBytesMax,
      metrics: options.metrics,
      log: options.log,
    });
    this.#backoff = options.backoff ?? new Backoff();
    this.#window = new SendWindow(options.inFlightMax, IN_FLIGHT_BYTES_MAX);
    this.#writer = new PublishWriter(options);
    this.#subjects = new Subjects(options.topics, options.topicPrefix);
    this.#whenStopped.catch(() => {});
  }

  get lastError(): string | undefined {
    return this.#metrics.health.lastError;
  }

  /** Asks one server after the other until one answers. */
  async check(): Promise<void> {
    const failures = new Set<string>();
    for (;;) {
      try {
        const { link } = await this.#options.connect();
        return await link.close();
      } catch (error) {
        const { message } = toError(error);
        if (failures.has(message)) throw new Error([...failures].join("; "));
        failures.add(message);
      }
    }
  }

  async open(): Promise<void> {
    const { check, ackTimeoutMs } = this.#options;
    await check();
    this.#watch = setInterval(() => this.#checkProgress(), Math.min(500, ackTimeoutMs / 2));
    this.#running = this.#run();
  }

  deliver(batch: Output): Promise<void> {
    const delivered = this.#window.add(batch);
    this.#pumpSoon();
    return delivered;
  }

  async close(_signal: AbortSignal): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#watch);
    await this.#running;
  }

  /** Connects and sends, again and again. */
  async #run(): Promise<void> {
    const { log, connect } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      let link: NatsLink | undefined;
      try {
        const connected = await connect();
        link = connected.link;
        this.#metrics.connected.set(1);
        log.info("connected to NATS", { sink: this.name, server: connected.server });
        await this.#serve(link);
      } catch (error) {
        if (!signal.aborted) this.#note(toError(error).message);
      } finally {
        this.#link = undefined;
        this.#metrics.connected.set(0);
        await link?.close().catch(() => {});
      }
      await sleep(this.#backoff.next(), signal);
    }
  }

  /** Sends on a connection for as long as it is of use. @throws why it is not any more */
  async #serve(link: NatsLink): Promise<never> {
    const { signal } = this.#stop;
    const ended = Promise.race([
      this.#whenStopped,
      link.closed.then((error): never => {
        throw new Error(`connection lost${error === undefined ? "" : `: ${error.message}`}`);
      }),
    ]);
    ended.catch(() => {});
    // What this user may not do another connection's may.
    this.#subjects.allow();
    link.onRefusal((subject, reason) => this.#subjectRefused(subject, reason));
    // A server that was stopped for a while reads both connections at once: the old one's records must not come last.
    if (this.#window.inFlight > 0) {
      await Promise.race([sleep(this.#options.settleMs ?? SETTLE_MS_DEFAULT, signal), ended]);
    }
    for (;;) {
      const prepared = this.#prepare(link);
      prepared.catch(() => {});
      await Promise.race([prepared, ended]);
      const failed = new Promise<Failure>((resolve) => this.#failed = resolve);
      const endAcknowledgements = this.#start(link);
      try {
        const failure = await Promise.race([failed, ended]);
        this.#link = undefined;
        if (failure.reconnect) throw new Error(failure.reason);
        this.#note(failure.reason);
        // Meanwhile what was sent before the failed record may still be acknowledged.
        await Promise.race([sleep(this.#backoff.next(), signal), ended]);
      } finally {
        endAcknowledgements();
      }
    }
  }

  /** Makes the stream ready. */
  async #prepare(link: NatsLink): Promise<void> {
    const { jetStream, makeStream, log } = this.#options;
    if (jetStream === undefined || !makeStream) return;
    const refused = await ensureStream(link, jetStream, this.#subjects.patterns());
    for (const [pattern, reason] of refused) {
      this.#subjects.refuse(pattern, reason);
      log.limited("warn", this.name, "stream does not take subject", {
        sink: this.name,
        stream: jetStream.name,
        subject: pattern,
        reason,
      });
    }
  }

  /** Starts sending, from the first record that is not acknowledged; returns how to end listening to acknowledgements. */
  #start(link: NatsLink): () => void {
    const resent = this.#window.rewind();
    if (resent > 0) {
      this.#attempt++;
      this.#metrics.resent.add(resent);
    }
    const isJetStream = this.#options.jetStream !== undefined;
    const reply = `${link.inbox}.${this.#round++}.`;
    this.#reply = isJetStream ? reply : "";
    const end = isJetStream
      ? link.subscribe(`${reply}*`, (subject, data, status) => {
        this.#answered(Number(subject.slice(reply.length)), data, status);
      })
      : () => {};
    this.#link = link;
    this.#progressAt = performance.now();
    this.#pumpSoon();
    return end;
  }

  /** An answer to a publish: `{"stream":"goBMP","seq":7}`, or `{"error":{...},...}`, or nobody's. */
  #answered(number: number, data: Uint8Array, status: number): void {
    // Byte 2 is the first of the first member's name: of millions of good answers none is parsed.
    if (data[2] === 0x73) {
      // `,"duplicate": true}`
      if (data[data.length - 2] === 0x65) this.#metrics.duplicates.add(1);
      if (this.#window.acknowledge(number)) this.#pumpSoon();
      return;
    }
    if (status === NO_RESPONDERS) {
      this.#failed({ reason: "no stream takes the subject", reconnect: false });
      return;
    }
    const { code, text } = errorIn(data);
    if (code === STREAM_MESSAGE_EXCEEDS_MAXIMUM) {
      this.#giveUp(number, text);
      this.#pumpSoon();
    } else {
      this.#failed({ reason: `not acknowledged: ${text}`, reconnect: false });
    }
  }

  /** All answers of one read, and all batches of one turn, are followed by one call. */
  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  /** Sends what the window has room for. */
  #pump(): void {
    const link = this.#link;
    const window = this.#window;
    this.#metrics.inFlight.set(window.inFlight);
    if (link === undefined) return;
    if (window.base !== this.#settled) {
      this.#settled = window.base;
      this.#backoff.reset();
      this.#metrics.health.succeeded();
      this.#progressAt = performance.now();
    }
    if (window.inFlight === 0) this.#progressAt = performance.now();
    const from = window.next;
    const writer = this.#writer;
    writer.reset();
    while (window.hasNext) {
      if (!window.isGivenUp) this.#put(link);
      window.advance();
      if (writer.pos < CHUNK_BYTES) continue;
      link.send(writer.copyFrom(0));
      writer.reset();
    }
    if (writer.pos > 0) link.send(writer.copyFrom(0));
    if (this.#reply === "" && window.next > from) void this.#flush(link, window.next);
  }

  /** Writes the next record, or gives it up. */
  #put(link: NatsLink): void {
    const window = this.#window;
    const { nextBatch: batch, nextIndex: i, next } = window;
    const subject = this.#subjects.of(batch.topics[i]!);
    if (subject.refusal !== "") {
      this.#giveUp(next, subject.refusal);
      return;
    }
    const attempt = window.isRepeat ? this.#attempt : 0;
    const { payloadBytesMax } = link;
    const payloadBytes = this.#writer.put(
      batch,
      i,
      subject.name,
      this.#reply,
      next,
      attempt,
      payloadBytesMax,
    );
    if (payloadBytes > payloadBytesMax) {
      this.#giveUp(
        next,
        `${payloadBytes} bytes with headers, more than the server's max_payload of ${payloadBytesMax}`,
      );
    }
  }

  /** Core NATS: the answer to a ping says that everything before it was read. */
  async #flush(link: NatsLink, before: number): Promise<void> {
    try {
      await link.flush();
    } catch {
      return; // the connection is lost, which is noticed elsewhere
    }
    if (link !== this.#link) return;
    this.#window.acknowledgeBefore(before);
    this.#pumpSoon();
  }

  #checkProgress(): void {
    if (this.#link === undefined || this.#window.inFlight === 0) return;
    const silentMs = performance.now() - this.#progressAt;
    if (silentMs < this.#options.ackTimeoutMs) return;
    this.#failed({
      reason: `nothing acknowledged for ${Math.round(silentMs)} ms`,
      reconnect: true,
    });
  }

  /** The server has dropped all records on a subject: they are given up, and the others sent again in order. */
  #subjectRefused(name: string, reason: string): void {
    if (this.#subjects.refuse(name, reason) > 0) this.#failed({ reason, reconnect: false });
  }

  /** A record that will never be taken goes to the dead letters; one of our own kinds, that goBMP's users do not miss, nowhere. */
  #giveUp(number: number, reason: string): void {
    const found = this.#window.find(number);
    if (found === undefined) return;
    const { out, index } = found;
    const topic = out.topics[index]!;
    const { name, isOwn, refusal } = this.#subjects.of(topic);
    let done: Promise<void> = Promise.resolve();
    if (isOwn && refusal !== "") {
      this.#metrics.ownRecordsDropped.add(1);
      this.#options.log.limited("warn", name, "records of our own are off", {
        sink: this.name,
        subject: name,
        reason,
      });
    } else {
      const value = out.bytes.subarray(out.starts[index], out.ends[index]);
      done = this.#deadLetters.write({ topic: name, key: out.keys[index]!, reason, value });
    }
    this.#window.giveUp(number, done, () => this.#pumpSoon());
  }

  #note(reason: string): void {
    this.#metrics.health.failed(reason);
    const { log } = this.#options;
    log.limited("warn", this.name, "NATS does not take records, will try again", {
      sink: this.name,
      error: reason,
      in_flight: this.#window.inFlight,
    });
  }
}

function errorIn(data: Uint8Array): { code: number; text: string } {
  try {
    const { error } = JSON.parse(DECODER.decode(data));
    return { code: Number(error.err_code), text: `${error.description} (${error.err_code})` };
  } catch {
    return { code: 0, text: "the answer cannot be read" };
  }
}

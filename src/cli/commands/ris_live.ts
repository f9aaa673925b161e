/** `edgebmp ris-live`: the Internet as RIPE's route collectors see it, as BMP sessions to a collector. */
import { RisFeed } from "../../generate/ris_live/feed.ts";
import { readRisMessage, type RisMessage } from "../../generate/ris_live/message.ts";
import { Backoff, sleep } from "../../ops/backoff.ts";
import type { Log } from "../../ops/log.ts";
import { toError } from "../../runtime/error.ts";
import type { Connection, Runtime } from "../../runtime/types.ts";
import type { Command, CommandContext } from "../command.ts";
import {
  anyText,
  type Endpoint,
  type Flag,
  FlagError,
  parseEndpoint,
  UsageError,
} from "../flag.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** What waits for a collector that does not read; beyond it its session is ended and begun anew. */
const QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** Route collectors, hence sessions; RIS has some thirty. */
const SESSIONS_MAX = 100;
const TEXT_MAX = 4 * 1024 * 1024;

const toFlag: Flag<Endpoint | undefined> = {
  name: "to",
  placeholder: "HOST:PORT",
  default: "",
  initial: undefined,
  help: "The collector; an IPv6 address in brackets",
  parse: parseEndpoint,
};

const urlFlag: Flag<string> = {
  name: "url",
  placeholder: "URL",
  default: "wss://ris-live.ripe.net/v1/ws/?client=edgebmp",
  help: "WebSocket of RIS Live",
  parse(text) {
    if (!/^wss?:\/\/[^/]/.test(text)) {
      throw new FlagError(`found "${text}", expected a URL that starts with ws:// or wss://`);
    }
    return text;
  },
};

const hostFlag: Flag<string> = {
  name: "host",
  placeholder: "NAME",
  default: "",
  help: "One route collector only, such as rrc21",
  parse: anyText,
};

const peerFlag: Flag<string> = {
  name: "peer",
  placeholder: "ADDRESS",
  default: "",
  help: "One peer only",
  parse: anyText,
};

const prefixFlag: Flag<string> = {
  name: "prefix",
  placeholder: "PREFIX",
  default: "",
  help: "Only what is about this prefix or one within it",
  parse: anyText,
};

export const risLiveCommand: Command = {
  name: "ris-live",
  summary: "Turn RIPE RIS Live into BMP sessions to a collector, one for each route collector",
  usage: "--to HOST:PORT [--host NAME] [--peer ADDRESS] [--prefix PREFIX]",
  flags: [toFlag, hostFlag, peerFlag, prefixFlag, urlFlag],
  run: runRisLive,
};

async function runRisLive({ flags, words, runtime, log, signal }: CommandContext): Promise<number> {
  const to = flags.get(toFlag);
  if (to === undefined) throw new UsageError("Cannot start: found no --to HOST:PORT");
  if (words.length > 0) throw new UsageError(`Cannot start: found "${words[0]}", expected flags`);
  const url = flags.get(urlFlag);
  const subscription = JSON.stringify({
    type: "ris_subscribe",
    data: {
      ...(flags.get(hostFlag) === "" ? {} : { host: flags.get(hostFlag) }),
      ...(flags.get(peerFlag) === "" ? {} : { peer: flags.get(peerFlag) }),
      ...(flags.get(prefixFlag) === ""
        ? {}
        : { prefix: flags.get(prefixFlag), moreSpecific: true }),
      socketOptions: { includeRaw: true },
    },
  });
  const backoff = new Backoff();
  let wasOpen = false;
  while (!signal.aborted) {
    const sessions = new BmpSessions(runtime, to, log, signal);
    try {
      await receive(runtime.openWebSocket(url, undefined), subscription, signal, (text) => {
        const message = readRisMessage(text);
        backoff.reset();
        wasOpen = true;
        if (message !== undefined) sessions.take(message);
      }, log);
    } catch (error) {
      const { message } = toError(error);
      // Where there is no way to it at all, waiting for it would only hide that.
      if (!wasOpen) {
        throw new Error(`Cannot reach RIS Live at "${url}": ${message}`, { cause: error });
      }
      log.warn("RIS Live is gone, trying again", { url, error: message });
    } finally {
      // What RIS says next does not follow on what it said: peers come up anew.
      sessions.close();
    }
    await sleep(backoff.next(), signal);
  }
  return 0;
}

/** Resolves when `signal` aborts, rejects when the WebSocket fails or ends. A message that cannot be read is logged and left out. */
function receive(
  socket: WebSocket,
  subscription: string,
  signal: AbortSignal,
  take: (text: string) => void,
  log: Log,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.close();
      resolve();
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    socket.onopen = () => {
      log.info("connected to RIS Live", { url: socket.url });
      socket.send(subscription);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string" || data.length > TEXT_MAX) return;
      try {
        take(data);
      } catch (error) {
        log.limited("warn", "message", "message left out", { error: toError(error).message });
      }
    };
    socket.onerror = (event) => {
      reject(new Error("message" in event && event.message ? String(event.message) : "it failed"));
    };
    socket.onclose = ({ code, reason }) => {
      signal.removeEventListener("abort", abort);
      reject(new Error(`it was closed (${code}${reason === "" ? "" : `, ${reason}`})`));
    };
  });
}

/** The sessions to the collector, by route collector of RIS. */
class BmpSessions {
  readonly #sessions = new Map<string, BmpSession>();
  readonly #runtime: Runtime;
  readonly #to: Endpoint;
  readonly #log: Log;
  readonly #closed = new AbortController();
  readonly #signal: AbortSignal;

  constructor(runtime: Runtime, to: Endpoint, log: Log, signal: AbortSignal) {
    this.#runtime = runtime;
    this.#to = to;
    this.#log = log;
    this.#signal = AbortSignal.any([signal, this.#closed.signal]);
  }

  take(message: RisMessage): void {
    let session = this.#sessions.get(message.host);
    if (session === undefined) {
      if (this.#sessions.size >= SESSIONS_MAX) return;
      session = new BmpSession(message.host, this.#log);
      this.#sessions.set(message.host, session);
      void session.run(this.#runtime, this.#to, this.#signal);
    }
    session.take(message);
  }

  close(): void {
    this.#closed.abort();
  }
}

class BmpSession {
  readonly #host: string;
  readonly #log: Log;
  #feed: RisFeed;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #wake = (): void => {};

  constructor(host: string, log: Log) {
    this.#host = host;
    this.#log = log;
    this.#feed = new RisFeed(host);
  }

  /** What comes while there is no room is lost, and the session begins anew. */
  take(message: RisMessage): void {
    if (this.#queuedBytes > QUEUE_BYTES_MAX) return;
    const bytes = this.#feed.take(message).slice();
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#wake();
  }

  async run(runtime: Runtime, to: Endpoint, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        await this.#runOnce(runtime, to, signal, backoff);
      } catch (error) {
        this.#log.limited("warn", "bmp", "cannot send to the collector, trying again", {
          host: this.#host,
          to: `${to.host}:${to.port}`,
          error: toError(error).message,
        });
      }
      this.#feed = new RisFeed(this.#host);
      this.#queue = [];
      this.#queuedBytes = 0;
      await sleep(backoff.next(), signal);
    }
  }

  async #runOnce(
    runtime: Runtime,
    to: Endpoint,
    signal: AbortSignal,
    backoff: Backoff,
  ): Promise<void> {
    let failure: Error | undefined;
    const connection: Connection = await runtime.connect(
      to.host,
      to.port,
      CONNECT_TIMEOUT_MS,
      () => ({
        data() {},
        closed: (error) => {
          failure = error ?? new Error("the collector has closed the connection");
          this.#wake();
        },
      }),
    );
    const abort = () => this.#wake();
    signal.addEventListener("abort", abort);
    try {
      while (failure === undefined && !signal.aborted) {
        if (this.#queuedBytes > QUEUE_BYTES_MAX) throw new Error("the collector reads too slowly");
        const batch = this.#queue;
        if (batch.length === 0) {
          await new Promise<void>((resolve) => this.#wake = resolve);
          continue;
        }
        this.#queue = [];
        for (const bytes of batch) {
          await connection.write(bytes);
          this.#queuedBytes -= bytes.length;
        }
        backoff.reset();
      }
      if (failure !== undefined) throw failure;
    } finally {
      signal.removeEventListener("abort", abort);
      connection.close();
    }
  }
}

/**
 * A NATS server as far as the sink can see it: it reads the protocol lines, keeps the records that it takes, drops those whose
 * `Nats-Msg-Id` it has seen, and answers when it is told to. Connections fail as a test says.
 */
import type { NatsLink, Receive } from "../../../src/sinks/nats/link.ts";

export interface Publish {
  readonly subject: string;
  readonly reply: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/** What becomes of a publish: taken and acknowledged, refused with an error, lost without a word, or taken and not acknowledged. */
export type Fate = "take" | "lose" | "silent" | "nobody" | {
  readonly code: number;
  readonly text: string;
};

const DECODER = new TextDecoder("latin1");
const ENCODER = new TextEncoder();

export class FakeServer {
  /** What the stream holds. */
  readonly stored: Publish[] = [];
  /** Everything that was published. */
  readonly published: Publish[] = [];
  /** Settings of the stream; undefined: there is none. */
  stream: { subjects: string[]; [setting: string]: unknown } | undefined = undefined;
  /** How the API answers instead, by verb. */
  readonly apiErrors = new Map<string, { err_code: number; description: string }>();
  payloadBytesMax = 1_048_576;
  connections = 0;
  /** Refuses connections. */
  isDown = false;
  link: FakeLink | undefined = undefined;
  fate: (publish: Publish, n: number) => Fate = () => "take";
  readonly #seen = new Set<string>();

  connect(): Promise<{ link: NatsLink; server: string }> {
    if (this.isDown) {
      return Promise.reject(new Error("Cannot connect to nats://fake:4222: refused"));
    }
    this.connections++;
    this.link = new FakeLink(this);
    return Promise.resolve({ link: this.link, server: "nats://fake:4222" });
  }

  take(link: FakeLink, publish: Publish): void {
    this.published.push(publish);
    const fate = this.fate(publish, this.published.length);
    if (fate === "lose") return;
    if (fate === "nobody") return link.answer(publish.reply, "", 503);
    if (typeof fate === "object") {
      const error = { code: 500, err_code: fate.code, description: fate.text };
      return link.answer(publish.reply, JSON.stringify({ error, stream: "s", seq: 0 }));
    }
    const id = publish.headers["Nats-Msg-Id"];
    const isDuplicate = id !== undefined && this.#seen.has(id);
    if (!isDuplicate) this.stored.push(publish);
    if (id !== undefined) this.#seen.add(id);
    if (fate === "silent" || publish.reply === "") return;
    const duplicate = isDuplicate ? ',"duplicate": true' : "";
    link.answer(publish.reply, `{"stream":"s", "seq":${this.stored.length}${duplicate}}`);
  }

  api(verb: string, body: Record<string, unknown>): object {
    const error = this.apiErrors.get(verb);
    if (error !== undefined) return { error };
    if (verb !== "INFO") this.stream = body as { subjects: string[] };
    return this.stream === undefined
      ? { error: { err_code: 10059, description: "stream not found" } }
      : { config: this.stream };
  }
}

class FakeLink implements NatsLink {
  readonly payloadBytesMax: number;
  readonly inbox: string;
  readonly closed: Promise<Error | undefined>;
  readonly #server: FakeServer;
  readonly #subscriptions = new Map<string, Receive>();
  #end!: (error: Error | undefined) => void;
  #isClosed = false;
  #refused: (subject: string, reason: string) => void = () => {};

  constructor(server: FakeServer) {
    this.#server = server;
    this.payloadBytesMax = server.payloadBytesMax;
    this.inbox = `_INBOX.${server.connections}`;
    this.closed = new Promise((resolve) => this.#end = resolve);
  }

  send(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    for (const publish of readPublishes(bytes)) {
      // As a network would, not within the call that sends.
      queueMicrotask(() => {
        if (!this.#isClosed) this.#server.take(this, publish);
      });
    }
  }

  answer(reply: string, text: string, status = 0): void {
    setTimeout(() => {
      if (this.#isClosed) return;
      for (const [pattern, receive] of this.#subscriptions) {
        if (reply.startsWith(pattern.slice(0, -1))) receive(reply, ENCODER.encode(text), status);
      }
    });
  }

  subscribe(subject: string, receive: Receive): () => void {
    this.#subscriptions.set(subject, receive);
    return () => void this.#subscriptions.delete(subject);
  }

  request(subject: string, body: string): Promise<string> {
    const [, , , verb] = subject.split(".");
    return Promise.resolve(JSON.stringify(this.#server.api(verb!, JSON.parse(body))));
  }

  async flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#isClosed) throw new Error("closed");
  }

  onRefusal(refused: (subject: string, reason: string) => void): void {
    this.#refused = refused;
  }

  refuse(subject: string, reason: string): void {
    this.#refused(subject, reason);
  }

  /** The connection breaks. */
  drop(error?: Error): void {
    this.#isClosed = true;
    this.#end(error);
  }

  close(): Promise<void> {
    this.drop();
    return Promise.resolve();
  }
}

/** Reads `HPUB subject [reply] header-bytes total-bytes`, headers and value, strictly. */
export function readPublishes(bytes: Uint8Array): Publish[] {
  const publishes: Publish[] = [];
  for (let pos = 0; pos < bytes.length;) {
    const lineEnd = indexOfCrlf(bytes, pos);
    const words = DECODER.decode(bytes.subarray(pos, lineEnd)).split(" ");
    const [verb, subject = "", ...rest] = words;
    if (verb !== "HPUB" || rest.length < 2 || rest.length > 3) throw new Error(`read ${words}`);
    const total = Number(rest.pop());
    const headerBytes = Number(rest.pop());
    const start = lineEnd + 2;
    const end = start + total;
    if (indexOfCrlf(bytes, end) !== end) {
      throw new Error("a payload has another length than it says");
    }
    const head = DECODER.decode(bytes.subarray(start, start + headerBytes));
    if (!head.startsWith("NATS/1.0\r\n") || !head.endsWith("\r\n\r\n")) throw new Error(head);
    const headers = Object.fromEntries(
      head.slice(0, -4).split("\r\n").slice(1).map((line) => {
        const [, name = "", value = ""] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
        return [name, value];
      }),
    );
    const value = new TextDecoder().decode(bytes.subarray(start + headerBytes, end));
    publishes.push({ subject, reply: rest[0] ?? "", headers, value });
    pos = end + 2;
  }
  return publishes;
}

function indexOfCrlf(bytes: Uint8Array, from: number): number {
  for (let i = from; i + 1 < bytes.length; i++) {
    if (bytes[i] === 0x0d && bytes[i + 1] === 0x0a) return i;
  }
  throw new Error("a line without an end");
}

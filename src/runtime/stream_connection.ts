/** A {@linkcode Connection} over a stream of `node:net` or `node:tls`, which behave alike on both runtimes. */
import type { Duplex } from "node:stream";
import { closedError, toError } from "./error.ts";
import type { Connection, ConnectionHandler, TlsPeer } from "./types.ts";

/** Who talks to whom. */
export type Endpoints = Pick<
  Connection,
  "remoteAddress" | "remotePort" | "localAddress" | "localPort"
>;

/** What stops a stream while a handler is busy. A little may still come afterwards. */
export interface Flow {
  hold(): void;
  release(): void;
  /** Resolves when the kernel has what was written; without it, a write that is done says so. */
  flushed?(): Promise<void>;
  /** Whoever feeds the stream calls {@linkcode StreamConnection.rest}. */
  readonly isFed?: boolean;
}

export class StreamConnection implements Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsPeer | undefined;
  readonly #stream: Duplex;
  readonly #flow: Flow;
  #handler: ConnectionHandler | undefined;
  /** What came while the handler was busy. */
  readonly #queue: Uint8Array[] = [];
  /** `data` or `rest` has been called and has not settled. */
  #busy = false;
  /** The peer said its last. */
  #finished = false;
  /** Nothing more is delivered: we have closed the connection, or it failed. */
  #stopped = false;
  /** The stream is gone. */
  #closed = false;
  #failure: Error | undefined;

  /** @param stream nothing was read from it yet */
  constructor(stream: Duplex, endpoints: Endpoints, flow: Flow, tls?: TlsPeer) {
    this.#stream = stream;
    this.#flow = flow;
    this.remoteAddress = endpoints.remoteAddress;
    this.remotePort = endpoints.remotePort;
    this.localAddress = endpoints.localAddress;
    this.localPort = endpoints.localPort;
    this.tls = tls;
    stream.on("error", (error) => this.#failure ??= error);
    stream.once("close", () => this.#onClose());
  }

  /** Begins to read. */
  start(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#stream.once("end", () => {
      this.#finished = true;
      this.#proceed();
    });
    this.#stream.on("data", (chunk: Buffer) => {
      // As plain bytes: `slice` of a `Buffer` does not copy.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (this.#busy) this.#queue.push(bytes);
      else if (!this.#stopped) this.#deliver(bytes);
    });
  }

  #deliver(chunk: Uint8Array): void {
    const handler = this.#handler!;
    this.#busy = true;
    let pending;
    try {
      pending = handler.data(chunk);
    } catch (error) {
      this.#fail(error);
    }
    const rest = () => this.#flow.isFed ? undefined : this.rest();
    const waiting = pending === undefined
      ? rest()
      : pending.then(rest, (error: unknown) => this.#fail(error));
    if (waiting === undefined) {
      this.#busy = false;
      if (this.#closed) this.#endSoon();
      return;
    }
    this.#flow.hold();
    waiting.then(() => {
      this.#busy = false;
      this.#proceed();
    });
  }

  /** What the handler's says. */
  rest(): Promise<void> | undefined {
    return this.#handler?.rest?.();
  }

  /** Goes on with what has come, and ends the connection after its end. */
  #proceed(): void {
    while (!this.#busy && !this.#stopped && this.#queue.length > 0) {
      this.#deliver(this.#queue.shift()!);
    }
    if (this.#busy) return;
    if (this.#closed) this.#endSoon();
    else if (this.#finished) this.close();
    else this.#flow.release();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#stopped || this.#closed) throw closedError();
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => error ? reject(error) : resolve());
    });
    await this.#flow.flushed?.();
  }

  shutdown(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  close(): void {
    this.#stopped = true;
    this.#stream.destroy();
  }

  #fail(error: unknown): void {
    this.#failure ??= toError(error);
    this.close();
  }

  #onClose(): void {
    this.#closed = true;
    if (!this.#finished) this.#stopped = true;
    if (!this.#busy) this.#proceed();
  }

  /** A microtask later, so that `closed` is never called from within `close()` or `data`. */
  #endSoon(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    if (handler !== undefined) queueMicrotask(() => handler.closed(this.#failure));
  }
}

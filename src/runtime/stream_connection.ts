/** A {@linkcode Connection} over a stream of `node:net` or `node:tls`, which behave alike on both runtimes. */
import type { Duplex } from "node:stream";
import { codedError, toError } from "./error.ts";
import type { Connection, ConnectionHandler, TlsPeer } from "./types.ts";

/** Who talks to whom. */
export type Endpoints = Pick<
  Connection,
  "remoteAddress" | "remotePort" | "localAddress" | "localPort"
>;

export class StreamConnection implements Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsPeer | undefined;
  readonly #stream: Duplex;
  #handler: ConnectionHandler | undefined;
  /** `data` has been called and has not settled. */
  #busy = false;
  /** The peer said its last. */
  #finished = false;
  /** The stream is gone. */
  #closed = false;
  #failure: Error | undefined;

  /** @param stream with half-open ends allowed, and nothing read from it yet */
  constructor(stream: Duplex, endpoints: Endpoints, tls?: TlsPeer) {
    this.#stream = stream;
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
      if (!this.#busy) this.close();
    });
    this.#stream.on("data", (chunk: Uint8Array) => this.#onData(chunk));
  }

  #onData(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#busy = true;
    let pending;
    try {
      pending = this.#handler?.data(chunk);
    } catch (error) {
      this.#fail(error);
    }
    const waiting = pending === undefined
      ? this.#handler?.rest?.()
      : pending.then(() => this.#handler?.rest?.(), (error: unknown) => this.#fail(error));
    if (waiting === undefined) {
      this.#settle();
      return;
    }
    this.#stream.pause();
    waiting.then(() => {
      this.#settle();
      if (!this.#closed) this.#stream.resume();
    });
  }

  /** After a `data`: ends the connection if its end came meanwhile. */
  #settle(): void {
    this.#busy = false;
    if (this.#closed) this.#endSoon();
    else if (this.#finished) this.close();
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(codedError("Cannot write: the connection is closed", "EPIPE"));
      else this.#stream.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  shutdown(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  close(): void {
    this.#stream.destroy();
  }

  #fail(error: unknown): void {
    this.#failure ??= toError(error);
    this.close();
  }

  #onClose(): void {
    this.#closed = true;
    if (!this.#busy) this.#endSoon();
  }

  /** A microtask later, so that `closed` is never called from within `close()` or `data`. */
  #endSoon(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    if (handler !== undefined) queueMicrotask(() => handler.closed(this.#failure));
  }
}

/**
 * TCP connections on Bun: `Bun.listen` and `Bun.connect`, whose sockets are pushed and paused.
 *
 * Bun hands over what the kernel holds, up to 512 KiB at once and in a buffer of its own. Where many handlers wait (a full
 * journal), each waiting connection keeps such a buffer: {@linkcode HeldBytes} bounds their sum.
 */
import { unmapAddress } from "./address.ts";
import { closedError, codedError, errorCode, toError } from "./error.ts";
import type { HeldBytes } from "./held_bytes.ts";
import type { Accept, Connection, ConnectionHandler } from "./types.ts";

/** What is used of the global `Bun`. */
declare const Bun: {
  connect(options: BunSocketOptions): Promise<BunSocket>;
  /** Collects garbage: young one beside what runs, or all before it returns. */
  gc(all: boolean): void;
};

export interface BunSocketOptions {
  hostname: string;
  port: number;
  /** Only of `connect`. */
  localAddress?: string;
  /** Without it Bun closes our direction too at the peer's FIN. */
  allowHalfOpen: true;
  socket: BunSocketHandler;
}

interface BunSocketHandler {
  /** Without it chunks are `Buffer`s, whose `slice` does not copy. */
  binaryType: "uint8array";
  open(socket: BunSocket): void;
  data(socket: BunSocket, chunk: Uint8Array): void;
  drain(socket: BunSocket): void;
  /** The peer's FIN. */
  end(socket: BunSocket): void;
  close(socket: BunSocket, error?: Error): void;
  error(socket: BunSocket, error: Error): void;
  /** Its presence keeps a failed `Bun.connect` from being reported as an unhandled rejection as well. */
  connectError?(socket: BunSocket, error: Error): void;
}

interface BunSocket {
  /** Ours: set by `open`, undefined on a refused connection. */
  data: BunConnection | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Returns how many bytes the kernel took, -1 on a closed socket; the rest is the caller's. */
  write(bytes: Uint8Array): number;
  shutdown(): void;
  /** FIN after what was written. Calls the handler's `close` before it returns. */
  close(): void;
  pause(): void;
  resume(): void;
  setKeepAlive(enable: boolean, initialDelayMs: number): void;
}

const KEEPALIVE_DELAY_MS = 60_000;

/**
 * Chunks from this size on are freed by hand. Those that waited are old to the garbage collector, which leaves them lying:
 * 1,000 sessions behind a full journal took 400 MB.
 */
const FREED_CHUNK_BYTES_MIN = 16 * 1024;

/**
 * JavaScriptCore lets garbage grow with the machine's memory. After so many bytes in and out it is asked to collect, beside what
 * runs: 1,000 sessions of small messages then take 145 MB instead of 190, at the same CPU time.
 */
const COLLECT_AFTER_BYTES = 8 * 1024 * 1024;
/**
 * Such a collection leaves what is old, as all becomes that waits for a full journal. So each of so many looks at everything, in 5 to
 * 25 ms: those sessions then take 135 MB instead of 158.
 */
const FULL_COLLECTION_EACH = 8;
/** With two million objects, those of 100,000 peers, one takes 150 ms: after a long one so many times as many short ones come first. */
const LONG_COLLECTION_MS = 40;
const LONG_COLLECTION_REST = 64;

let bytesSinceCollection = 0;
let collectionsUntilFull = FULL_COLLECTION_EACH;

/** Bytes in or out, by whatever way. */
export function countTraffic(bytes: number): void {
  bytesSinceCollection += bytes;
  if (bytesSinceCollection < COLLECT_AFTER_BYTES) return;
  bytesSinceCollection = 0;
  if (--collectionsUntilFull > 0) return Bun.gc(false);
  const startedMs = performance.now();
  Bun.gc(true);
  const isLong = performance.now() - startedMs > LONG_COLLECTION_MS;
  collectionsUntilFull = FULL_COLLECTION_EACH * (isLong ? LONG_COLLECTION_REST : 1);
}

interface PendingWrite {
  readonly bytes: Uint8Array;
  written: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class BunConnection implements Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** `accept` gave a handler. */
  wanted = false;
  readonly #socket: BunSocket;
  readonly #held: HeldBytes;
  #handler: ConnectionHandler | undefined;
  /** `data` has been called and has not settled. */
  #busy = false;
  #paused = false;
  /** The peer's FIN came. */
  #finished = false;
  /** The socket is gone. */
  #closed = false;
  #failure: Error | undefined;
  #write: PendingWrite | undefined;

  constructor(socket: BunSocket, held: HeldBytes) {
    this.#socket = socket;
    this.#held = held;
    this.remoteAddress = unmapAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort;
    this.localAddress = unmapAddress(socket.localAddress);
    this.localPort = socket.localPort;
    socket.setKeepAlive(true, KEEPALIVE_DELAY_MS);
  }

  get isHeld(): boolean {
    return this.#paused;
  }

  /** Asks for the handler. */
  start(accept: Accept): void {
    try {
      this.#handler = accept(this);
    } finally {
      if (this.#handler === undefined) this.close();
    }
    if (this.#handler === undefined) return;
    this.wanted = true;
    if (this.#closed) this.#endSoon();
    else this.#held.ready(this);
  }

  onData(chunk: Uint8Array): void {
    if (this.#handler === undefined) return;
    countTraffic(chunk.length);
    this.#busy = true;
    let pending;
    try {
      pending = this.#handler.data(chunk);
    } catch (error) {
      this.#fail(error);
    }
    if (pending === undefined) {
      free(chunk);
      const rest = this.#handler.rest?.();
      if (rest === undefined) {
        this.#busy = false;
        if (this.#closed) this.#endSoon();
        return;
      }
      this.pause();
      this.#held.leave(this);
      rest.then(() => this.#settle());
      return;
    }
    this.pause();
    this.#held.leave(this);
    const byteLength = chunk.length;
    this.#held.add(byteLength);
    pending.catch((error: unknown) => this.#fail(error)).then(() => {
      free(chunk);
      const rest = this.#failure === undefined ? this.#handler?.rest?.() : undefined;
      if (rest === undefined) this.#settle();
      else rest.then(() => this.#settle());
      this.#held.remove(byteLength);
    });
  }

  onEnd(): void {
    this.#finished = true;
    if (!this.#busy) this.close();
  }

  onClose(error: Error | undefined): void {
    this.#closed = true;
    this.#failure ??= error;
    this.#held.leave(this);
    this.#write?.reject(error ?? closedError());
    this.#write = undefined;
    if (!this.#busy) this.#endSoon();
  }

  onError(error: Error): void {
    this.#fail(error);
  }

  onDrain(): void {
    const write = this.#write;
    if (write === undefined) return;
    const taken = this.#socket.write(write.bytes.subarray(write.written));
    // On a closed socket: `onClose` follows and rejects.
    if (taken < 0) return;
    write.written += taken;
    if (write.written < write.bytes.length) return;
    this.#write = undefined;
    write.resolve();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    const taken = this.#socket.write(bytes);
    if (taken < 0) return Promise.reject(closedError());
    if (taken === bytes.length) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#write = { bytes, written: taken, resolve, reject };
    });
  }

  shutdown(): Promise<void> {
    this.#socket.shutdown();
    return Promise.resolve();
  }

  close(): void {
    if (!this.#closed) this.#socket.close();
  }

  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #fail(error: unknown): void {
    this.#failure ??= toError(error);
    this.close();
  }

  /** After a `data` or `rest` that waited: goes on, or ends the connection if its end came meanwhile. */
  #settle(): void {
    this.#busy = false;
    if (this.#closed) this.#endSoon();
    else if (this.#finished) this.close();
    else this.#held.ready(this);
  }

  /** A microtask later, so that `closed` is never called from within `close()` or `data`. */
  #endSoon(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    if (handler !== undefined) queueMicrotask(() => handler.closed(this.#failure));
  }
}

/** The handler is through with a chunk: its memory goes at once. */
function free(chunk: Uint8Array): void {
  if (chunk.length >= FREED_CHUNK_BYTES_MIN) (chunk.buffer as ArrayBuffer).transfer(0);
}

/** The events of all sockets that `accept` decides on. */
export function socketHandler(held: HeldBytes, accept: Accept): BunSocketHandler {
  return {
    binaryType: "uint8array",
    open(socket) {
      const connection = new BunConnection(socket, held);
      socket.data = connection;
      connection.start(accept);
    },
    data: (socket, chunk) => socket.data?.onData(chunk),
    drain: (socket) => socket.data?.onDrain(),
    end: (socket) => socket.data?.onEnd(),
    close: (socket, error) => socket.data?.onClose(error),
    error: (socket, error) => socket.data?.onError(error),
  };
}

/** See `Runtime.connect`. */
export async function connectPlain(
  held: HeldBytes,
  hostname: string,
  port: number,
  timeoutMs: number,
  accept: Accept,
  localAddress: string | undefined,
): Promise<Connection> {
  const to = `Cannot connect to "${hostname}:${port}"`;
  let timedOut = false;
  const opened = Bun.connect({
    hostname,
    port,
    ...(localAddress === undefined ? {} : { localAddress }),
    allowHalfOpen: true,
    socket: {
      ...socketHandler(held, (connection) => timedOut ? undefined : accept(connection)),
      connectError() {},
    },
  });
  // Bun's own message does not say why.
  const failed = (error: unknown): never => {
    const code = errorCode(error);
    throw codedError(`${to}: ${code === "" ? toError(error).message : code}`, code);
  };
  let timer;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      timedOut = true;
      reject(codedError(`${to}: no answer in ${timeoutMs} ms`, "ETIMEDOUT"));
    }, timeoutMs);
  });
  try {
    const connection = (await Promise.race([opened.catch(failed), timeout])).data;
    if (connection?.wanted !== true) throw new Error(`${to}: the connection was not wanted`);
    return connection;
  } finally {
    clearTimeout(timer);
  }
}

/** The {@linkcode Runtime} on Deno: `Deno.listen`, which costs half of what `node:net` costs there and recovers from EMFILE. */
import { connect as connectSocket } from "node:net";
import { listenDualStack, unmapAddress } from "./address.ts";
import { descriptorCopier } from "./deno_dup.ts";
import { codedError, errorCode, toError } from "./error.ts";
import { listenInherited } from "./inherited.ts";
import { C_LIBRARIES, procFileDescriptorLimit } from "./process.ts";
import { StreamConnection } from "./stream_connection.ts";
import { connectBy } from "./tls_client.ts";
import { serveTls } from "./tls_server.ts";
import type {
  Accept,
  AppendFile,
  Connection,
  ConnectionHandler,
  Listener,
  PemTexts,
  Runtime,
} from "./types.ts";
import { datagramSender } from "./unix_datagram.ts";

/**
 * A pending read holds its buffer, so that each connection needs one of its own (an idle connection measured 9 KB with 1 KiB,
 * 12 KB with 4 KiB). Connections that fill it read on with a large one, as long as there are such: 128 KiB at once cost a third less than 32.
 */
const READ_BUFFER_BYTES = 1024;
const LARGE_BUFFER_BYTES = 128 * 1024;
const LARGE_BUFFERS_MAX = 32;

/** Pause after a failed accept. Without it EMFILE, which only ends when another connection does, would take a core. */
const ACCEPT_RETRY_MS = 50;

const BACKLOG = 1024;

const KEEPALIVE_DELAY_MS = 60_000;

const GETRLIMIT = { getrlimit: { parameters: ["i32", "buffer"], result: "i32" } } as const;
const SOCKET_CALLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
} as const;
const RLIMIT_NOFILE = Deno.build.os === "darwin" ? 8 : 7;
/** "No limit" is the highest value: of 64 bits in Linux, of 63 in Darwin. */
const RLIM_INFINITY_MIN = 2n ** 63n - 1n;

/** Read buffers for the connections that are busy. */
class LargeBuffers {
  readonly #spares: Uint8Array<ArrayBuffer>[] = [];
  #made = 0;

  /** Undefined if all are taken. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    const spare = this.#spares.pop();
    if (spare !== undefined || this.#made === LARGE_BUFFERS_MAX) return spare;
    this.#made++;
    return new Uint8Array(LARGE_BUFFER_BYTES);
  }

  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    this.#spares.push(buffer);
  }
}

const largeBuffers = new LargeBuffers();

class DenoConnection implements Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly #conn: Deno.TcpConn;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.remoteAddress = unmapAddress(conn.remoteAddr.hostname);
    this.remotePort = conn.remoteAddr.port;
    this.localAddress = unmapAddress(conn.localAddr.hostname);
    this.localPort = conn.localAddr.port;
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
  }

  /** Reads until the connection ends. `conn.readable` would close our direction too at the peer's FIN. */
  async run(handler: ConnectionHandler): Promise<void> {
    const own = new Uint8Array(READ_BUFFER_BYTES);
    let buffer = own;
    let failure: Error | undefined;
    try {
      while (!this.#closed) {
        const count = await this.#conn.read(buffer);
        if (count === null || this.#closed) break;
        const pending = handler.data(buffer.subarray(0, count));
        if (pending !== undefined) await pending;
        if (buffer === own) {
          if (count === own.length) buffer = largeBuffers.take() ?? own;
        } else if (count < buffer.length) {
          largeBuffers.giveBack(buffer);
          buffer = own;
        }
        const rest = handler.rest?.();
        if (rest === undefined) continue;
        const isBusy = buffer !== own;
        if (isBusy) largeBuffers.giveBack(buffer);
        buffer = own;
        await rest;
        if (isBusy) buffer = largeBuffers.take() ?? own;
      }
    } catch (error) {
      // A read that our own close() interrupted is not a failure.
      if (!this.#closed) failure = toError(error);
    }
    if (buffer !== own) largeBuffers.giveBack(buffer);
    this.close();
    handler.closed(failure);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += await this.#conn.write(written === 0 ? bytes : bytes.subarray(written));
    }
  }

  shutdown(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}

class DenoListener implements Listener {
  readonly address: string;
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  #closed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
    this.address = listener.addr.hostname;
    this.port = listener.addr.port;
  }

  run(accept: Accept, onError: (error: Error) => void): void {
    this.#ended = this.#acceptAll(accept, onError);
  }

  async #acceptAll(accept: Accept, onError: (error: Error) => void): Promise<void> {
    while (!this.#closed) {
      try {
        start(await this.#listener.accept(), accept);
      } catch (error) {
        if (this.#closed) return;
        // A peer that has reset the connection before it was accepted, as port scans and health checks do: nobody to serve,
        // and no reason to keep others waiting.
        if (errorCode(error) === "ENOTCONN") continue;
        onError(toError(error));
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    closing.add(this.#ended);
    void this.#ended.then(() => closing.delete(this.#ended));
  }
}

/** Listeners that were closed and still have their address, until the accept under way has ended. */
const closing = new Set<Promise<void>>();

/** Asks for the handler of a new connection; undefined if it was refused. */
function start(conn: Deno.TcpConn, accept: Accept): Connection | undefined {
  let connection;
  let handler;
  try {
    connection = new DenoConnection(conn);
    handler = accept(connection);
  } finally {
    if (handler === undefined) (connection ?? conn).close();
  }
  if (handler === undefined) return undefined;
  void connection.run(handler);
  return connection;
}

/** By `node:net`, as `Deno.connect` takes no address to connect from. */
function connectFrom(
  localAddress: string,
  host: string,
  port: number,
  timeoutMs: number,
  accept: Accept,
): Promise<Connection> {
  const to = `Cannot connect to "${host}:${port}" from "${localAddress}"`;
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, localAddress, allowHalfOpen: true, noDelay: true });
    function fail(error: Error): void {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    }
    const timer = setTimeout(
      () => fail(codedError(`${to}: no answer in ${timeoutMs} ms`, "ETIMEDOUT")),
      timeoutMs,
    );
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      socket.setKeepAlive(true, KEEPALIVE_DELAY_MS);
      try {
        const endpoints = {
          remoteAddress: unmapAddress(socket.remoteAddress ?? ""),
          remotePort: socket.remotePort ?? 0,
          localAddress: unmapAddress(socket.localAddress ?? ""),
          localPort: socket.localPort ?? 0,
        };
        const connection = new StreamConnection(socket, endpoints, {
          hold: () => socket.pause(),
          release: () => socket.resume(),
        });
        const handler = accept(connection);
        if (handler === undefined) throw new Error(`${to}: the connection was not wanted`);
        connection.start(handler);
        resolve(connection);
      } catch (error) {
        fail(toError(error));
      }
    });
  });
}

async function connectPlain(
  hostname: string,
  port: number,
  timeoutMs: number,
  accept: Accept,
  localAddress: string | undefined,
): Promise<Connection> {
  if (localAddress !== undefined) {
    return await connectFrom(localAddress, hostname, port, timeoutMs, accept);
  }
  let conn;
  try {
    conn = await Deno.connect({ hostname, port, signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    if (!timedOut) throw error;
    throw codedError(
      `Cannot connect to "${hostname}:${port}": no answer in ${timeoutMs} ms`,
      "ETIMEDOUT",
    );
  }
  const connection = start(conn, accept);
  if (connection === undefined) {
    throw new Error(`Cannot connect to "${hostname}:${port}": the connection was not wanted`);
  }
  return connection;
}

/** To standard output or error. */
async function writeAll(
  stream: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    try {
      written += await stream.write(written === 0 ? bytes : bytes.subarray(written));
    } catch (error) {
      if (errorCode(error) !== "EAGAIN") throw error;
      // Whoever shares the pipe made it non-blocking, and it is full.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Not by `node:fs`, whose writes, promised ones too, stop the event loop: a FIFO that nobody reads would stop all sessions. */
function openWebSocket(url: string, tls: PemTexts | undefined): WebSocket {
  if (tls === undefined) return new WebSocket(url);
  const { ca, cert, key } = tls;
  const client = Deno.createHttpClient({
    ...(ca === "" ? {} : { caCerts: [ca] }),
    ...(cert === "" ? {} : { cert, key }),
  });
  const socket = new WebSocket(url, { client });
  socket.addEventListener("close", () => client.close(), { once: true });
  return socket;
}

async function openAppend(path: string): Promise<AppendFile> {
  const file = await Deno.open(path, { append: true, create: true });
  return {
    async write(bytes, offset, length) {
      return { bytesWritten: await file.write(bytes.subarray(offset, offset + length)) };
    },
    truncate: (size) => file.truncate(size),
    sync: () => file.syncData(),
    async stat() {
      const { size, isFile } = await file.stat();
      return { size, isFile: () => isFile };
    },
    close: () => Promise.resolve(file.close()),
  };
}

function lockFile(path: string): (() => void) | undefined {
  const file = Deno.openSync(path, { write: true, create: true, mode: 0o640 });
  if (file.tryLockSync(true)) return () => file.close();
  file.close();
  return undefined;
}

function openDatagramSender(path: string): (text: string) => boolean {
  for (const library of C_LIBRARIES) {
    let calls;
    try {
      calls = Deno.dlopen(library, SOCKET_CALLS).symbols;
    } catch {
      // Not on this system, or not permitted.
      continue;
    }
    return datagramSender(calls, path);
  }
  throw new Error("Cannot call the system: found no C library, or may not load it");
}

function variableNames(): string[] {
  // Asking for them would ask the user, where there is a terminal.
  const { state } = Deno.permissions.querySync({ name: "env" });
  return state === "granted" ? Object.keys(Deno.env.toObject()) : [];
}

/** The system's limit, by the C library: without `--allow-all` Deno refuses all of `/proc`. */
function fileDescriptorLimit(): number | undefined {
  // glibc's and musl's `struct rlimit` on 64-bit systems, and Darwin's: the soft and the hard limit.
  const limits = new BigUint64Array(2);
  const path = C_LIBRARIES.find((path) => {
    try {
      const library = Deno.dlopen(path, GETRLIMIT);
      const failed = library.symbols.getrlimit(RLIMIT_NOFILE, limits);
      library.close();
      return failed === 0;
    } catch {
      // Not on this system, or not permitted.
      return false;
    }
  });
  if (path === undefined) return procFileDescriptorLimit();
  return limits[0]! >= RLIM_INFINITY_MIN ? Infinity : Number(limits[0]);
}

export function denoRuntime(): Runtime {
  return {
    name: "deno",
    version: Deno.version.deno,
    listen({ host, port, fd }, accept, onError) {
      if (fd !== undefined) return listenInherited(fd, accept, onError, descriptorCopier());
      return Promise.all(closing).then(() => {
        const listener = new DenoListener(
          listenDualStack(host, (hostname) => Deno.listen({ hostname, port, tcpBacklog: BACKLOG })),
        );
        listener.run(accept, onError);
        return listener;
      });
    },
    connect: connectBy(connectPlain),
    serveTls,
    openWebSocket,
    openAppend,
    lockFile,
    openDatagramSender,
    variableNames,
    fileDescriptorLimit,
    writeStdout: (bytes) => writeAll(Deno.stdout, bytes),
    writeStderr: (bytes) => writeAll(Deno.stderr, bytes),
  };
}

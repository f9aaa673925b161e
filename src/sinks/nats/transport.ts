/**
 * TCP and TLS for `@nats-io/nats-core`, with an error listener on each socket from its first to its last moment.
 *
 * `@nats-io/transport-node` takes its listeners off between the steps of a connection. A server that refuses our certificate says
 * so in just such a moment (in TLS 1.3 after the handshake is over for the client), and under Deno the error then ends the process:
 * 6 of 12 attempts, measured. It also loses the reason, of which "write EPIPE" is left.
 */
import { Buffer } from "node:buffer";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** The part of nats-core's server that is used here. */
interface Server {
  readonly hostname: string;
  readonly port: number;
}

/** The part of nats-core's options that is used here. */
interface Options {
  tls?: { ca?: string; cert?: string; key?: string } | null;
}

/** The first line of a server, `INFO {...}`; a real one has less than 2 KB. */
const INFO_BYTES_MAX = 64 * 1024;
const NEWLINE = 0x0a;

/** nats-core's `Transport`. */
export class SocketTransport {
  readonly lang = "typescript";
  readonly version = "1";
  isClosed = false;
  closeError?: Error;
  #socket: Socket | undefined = undefined;
  #isEncrypted = false;
  #isConnected = false;
  #frames: Uint8Array[] = [];
  #wake: () => void = () => {};
  #fail: (error: Error) => void = () => {};
  #closed!: (error: Error | undefined) => void;
  readonly #whenClosed = new Promise<Error | undefined>((resolve) => this.#closed = resolve);

  async connect(server: Server, options: Options): Promise<void> {
    const failed = new Promise<never>((_, reject) => this.#fail = reject);
    failed.catch(() => {});
    await Promise.race([this.#connect(server, options), failed]);
    this.#isConnected = true;
  }

  async #connect({ hostname, port }: Server, { tls }: Options): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#use(connectTcp(port, hostname, resolve));
    });
    this.#socket?.setNoDelay(true);
    const info = await this.#readInfo();
    const offersTls = info.tls_required === true || info.tls_available === true;
    if (tls && !offersTls) throw new Error("the server offers no TLS");
    if (!offersTls) return;
    const socket = this.#socket!;
    const rest = this.#frames;
    socket.removeAllListeners("data");
    await new Promise<void>((resolve) => {
      const name = isIP(hostname) === 0 ? { servername: hostname } : {};
      const secure = connectTls({ socket, host: hostname, ...name, ...tls }, () => resolve());
      this.#use(secure);
    });
    // nats-core reads the INFO too.
    this.#frames = rest;
    this.#isEncrypted = true;
  }

  /** Listens to a socket, beside the one that it is the cipher of. */
  #use(socket: Socket): void {
    if (this.isClosed) {
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on("error", (error: Error) => this.#end(error));
    socket.on("close", () => this.#end(undefined));
    // A half-open connection is of no use.
    socket.on("end", () => this.#end(undefined));
    socket.on("data", (bytes: Uint8Array) => {
      this.#frames.push(bytes);
      this.#wake();
    });
  }

  /** Waits for the first line, and leaves it in the queue. */
  async #readInfo(): Promise<{ tls_required?: boolean; tls_available?: boolean }> {
    for (;;) {
      const bytes = Buffer.concat(this.#frames);
      const end = bytes.indexOf(NEWLINE);
      if (end >= 0) {
        const line = bytes.toString("utf8", 0, end);
        if (!line.startsWith("INFO {")) throw new Error("the server does not speak NATS");
        return JSON.parse(line.slice("INFO ".length));
      }
      if (bytes.length > INFO_BYTES_MAX) throw new Error("the server does not speak NATS");
      await this.#moreFrames();
    }
  }

  #moreFrames(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    for (;;) {
      const frames = this.#frames;
      if (frames.length > 0) {
        this.#frames = [];
        yield* frames;
      } else if (this.isClosed) {
        return;
      } else {
        await this.#moreFrames();
      }
    }
  }

  isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  send(frame: Uint8Array): void {
    if (!this.isClosed) this.#socket?.write(frame);
  }

  /** Ends the connection, once. */
  #end(error: Error | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (error !== undefined) this.closeError = error;
    this.#socket?.destroy();
    this.#fail(error ?? new Error("the server closed the connection"));
    this.#wake();
    // nats-core takes the end of a connection that never stood for the end of one that did.
    if (this.#isConnected) this.#closed(error);
  }

  /** At once: a server that has stalled takes nothing more, and its acknowledgements say what it has taken. */
  close(error?: Error): Promise<void> {
    this.#end(error);
    return Promise.resolve();
  }

  disconnect(): void {
    this.#end(undefined);
  }

  closed(): Promise<Error | undefined> {
    return this.#whenClosed;
  }

  /** Ends the connection, with what the system has not sent yet. */
  discard(): void {
    this.isClosed = true;
    this.#socket?.resetAndDestroy();
  }
}

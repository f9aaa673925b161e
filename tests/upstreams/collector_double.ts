/** An upstream that can be made to misbehave: it keeps the bytes of each connection. */
import net from "node:net";
import { freePort } from "../ports.ts";

/** What it does with a connection. */
export type Manner =
  /** Reads all. */
  | "read"
  /** Never reads. */
  | "never"
  /** Reads until told otherwise by {@linkcode CollectorDouble.pause}. */
  | "pausable"
  /** Resets after so many bytes. */
  | { readonly resetAfter: number };

export interface Received {
  readonly chunks: Uint8Array[];
  bytes: number;
  /** The other end's FIN came, or the connection is gone. */
  isEnded: boolean;
  isClean: boolean;
  readonly socket: net.Socket;
  readonly remoteAddress: string;
}

export class CollectorDouble {
  readonly connections: Received[] = [];
  manner: Manner = "read";
  /** The manner of each connection, by its number; others have {@linkcode CollectorDouble.manner}. */
  readonly manners = new Map<number, Manner>();
  #server: net.Server | undefined = undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<CollectorDouble> {
    const double = new CollectorDouble(await freePort());
    await double.open();
    return double;
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", () => resolve());
    });
    this.#server = server;
  }

  /** Goes away: nothing is accepted, and what is connected is reset. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const connection of this.connections) reset(connection);
    await new Promise<void>((resolve) =>
      server === undefined ? resolve() : server.close(() => resolve())
    );
  }

  pause(): void {
    for (const { socket } of this.connections) socket.pause();
  }

  resume(): void {
    for (const { socket } of this.connections) socket.resume();
  }

  /** The bytes of a connection. */
  bytes(connection: number): Uint8Array {
    return new Uint8Array(Buffer.concat(this.connections[connection]!.chunks));
  }

  #accept(socket: net.Socket): void {
    const manner = this.manners.get(this.connections.length) ?? this.manner;
    const received: Received = {
      chunks: [],
      bytes: 0,
      isEnded: false,
      isClean: false,
      socket,
      remoteAddress: socket.remoteAddress ?? "",
    };
    this.connections.push(received);
    socket.on("error", () => {});
    socket.on("close", () => received.isEnded = true);
    if (manner === "never") {
      socket.pause();
      return;
    }
    socket.on("data", (chunk: Uint8Array) => {
      received.chunks.push(new Uint8Array(chunk));
      received.bytes += chunk.length;
      if (typeof manner === "object" && received.bytes >= manner.resetAfter) reset(received);
    });
    socket.on("end", () => {
      // One runtime tells an end also of what we have reset.
      if (received.isEnded) return;
      received.isEnded = true;
      received.isClean = true;
      socket.end();
    });
  }
}

function reset(connection: Received): void {
  connection.isEnded = true;
  connection.socket.resetAndDestroy();
}

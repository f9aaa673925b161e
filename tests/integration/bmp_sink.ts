/**
 * A BMP listener of the tests' own: keeps the bytes of each connection and splits them into messages (RFC 7854 section
 * 4.1), nothing more.
 */
import net from "node:net";
import { concat } from "./speaker.ts";

export const ROUTE_MONITORING = 0;
export const STATISTICS_REPORT = 1;
export const PEER_DOWN = 2;
export const PEER_UP = 3;
export const INITIATION = 4;
export const ROUTE_MIRRORING = 6;

/** One BMP message: the type from the common header, and all of its bytes. */
export interface BmpMessage {
  readonly type: number;
  readonly bytes: Uint8Array;
}

export class BmpSink {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #streams: Uint8Array[][] = [];

  private constructor(server: net.Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      const chunks: Uint8Array[] = [];
      this.#streams.push(chunks);
      this.#sockets.add(socket);
      socket.on("data", (chunk: Uint8Array) => chunks.push(Uint8Array.from(chunk)));
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static start(): Promise<BmpSink> {
    return new Promise((resolve, reject) => {
      const server = net.createServer();
      const sink = new BmpSink(server);
      server.on("error", reject);
      server.listen(0, "127.0.0.1", () => resolve(sink));
    });
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** The bytes of each connection, in the order of connecting. */
  get streams(): Uint8Array[] {
    return this.#streams.map((chunks) => concat(...chunks));
  }

  /** The whole messages of all connections so far. */
  get messages(): BmpMessage[] {
    return this.streams.flatMap(splitMessages);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function splitMessages(stream: Uint8Array): BmpMessage[] {
  const messages: BmpMessage[] = [];
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let pos = 0; pos + 6 <= stream.length;) {
    const end = pos + view.getUint32(pos + 1);
    if (end > stream.length) break;
    messages.push({ type: stream[pos + 5]!, bytes: stream.subarray(pos, end) });
    pos = end;
  }
  return messages;
}

/** A router that sends its session, and sends it again on a new connection when it is closed, as routers do. */
import net from "node:net";

export class RouterDouble {
  /** Connections so far. */
  sessions = 0;
  readonly #address: string;
  readonly #host: string;
  readonly #port: number;
  #stream: Uint8Array;
  #socket: net.Socket | undefined = undefined;
  #isStopped = false;

  /** Connects to a port of loopback from an address of its own. */
  constructor(port: number, address: string, stream: Uint8Array, host = "127.0.0.1") {
    this.#host = host;
    this.#port = port;
    this.#address = address;
    this.#stream = stream;
    this.#connect();
  }

  /** Its sessions from the next one on. */
  set stream(stream: Uint8Array) {
    this.#stream = stream;
  }

  write(bytes: Uint8Array): void {
    this.#socket!.write(bytes);
  }

  /** Ends the session; it does not come back. */
  end(): void {
    this.#isStopped = true;
    this.#socket!.end();
  }

  destroy(): void {
    this.#isStopped = true;
    this.#socket!.destroy();
  }

  #connect(): void {
    const options = { port: this.#port, host: this.#host, localAddress: this.#address };
    const socket = net.connect(options, () => {
      this.sessions++;
      socket.write(this.#stream);
    });
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      if (!this.#isStopped) setTimeout(() => this.#isStopped || this.#connect(), 20);
    });
  }
}

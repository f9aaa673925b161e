/**
 * Listens on a socket that somebody else has opened, such as a service manager: by `node:net`, since `Deno.listen` and `Bun.listen` take
 * no descriptor.
 *
 * Under Deno such a listener never accepts again after EMFILE, and does not say so; and it comes to that even where connections past a
 * number are refused, as those of one burst are all accepted before the first of them is closed. So there it listens on a copy of the
 * descriptor, and on another one some time after it has refused somebody.
 */
import { clearTimeout, setTimeout } from "node:timers";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { unmapAddress } from "./address.ts";
import { toError } from "./error.ts";
import { StreamConnection } from "./stream_connection.ts";
import type { Accept, Listener } from "./types.ts";

const KEEPALIVE_DELAY_MS = 60_000;
const RENEW_AFTER_MS = 1000;

/**
 * @param duplicate copies a descriptor; undefined: the listener is not renewed
 * @throws if the descriptor is no socket that listens
 */
export async function listenInherited(
  fd: number,
  accept: Accept,
  onError: (error: Error) => void,
  duplicate?: (fd: number) => number,
): Promise<Listener> {
  const listener = new InheritedListener(fd, accept, onError, duplicate);
  await listener.open();
  return listener;
}

class InheritedListener implements Listener {
  address = "";
  port = 0;
  readonly #fd: number;
  readonly #accept: Accept;
  readonly #onError: (error: Error) => void;
  readonly #duplicate: ((fd: number) => number) | undefined;
  #server: Server | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    fd: number,
    accept: Accept,
    onError: (error: Error) => void,
    duplicate: ((fd: number) => number) | undefined,
  ) {
    this.#fd = fd;
    this.#accept = accept;
    this.#onError = onError;
    this.#duplicate = duplicate;
  }

  async open(): Promise<void> {
    const fd = this.#duplicate?.(this.#fd) ?? this.#fd;
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#start(socket));
    const { address, port } = await listenOn(server, fd);
    server.on("error", this.#onError);
    this.address = address;
    this.port = port;
    this.#server = server;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#renewal);
    this.#server?.close();
  }

  #start(socket: Socket): void {
    let isWanted = false;
    try {
      isWanted = start(socket, this.#accept);
    } catch (error) {
      this.#onError(toError(error));
    }
    if (isWanted) return;
    socket.destroy();
    if (this.#duplicate !== undefined) this.#renewLater();
  }

  #renewLater(): void {
    this.#renewal ??= setTimeout(() => {
      this.#renewal = undefined;
      void this.#renew();
    }, RENEW_AFTER_MS).unref();
  }

  /** What has connected meanwhile waits in the socket itself, of which each descriptor is a copy. */
  async #renew(): Promise<void> {
    if (this.#isClosed) return;
    const before = this.#server;
    try {
      await this.open();
      before?.close();
      if (this.#isClosed) this.close();
    } catch (error) {
      this.#onError(toError(error));
      this.#renewLater();
    }
  }
}

/** @throws if the descriptor is no socket that listens */
function listenOn(server: Server, fd: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ fd }, () => {
      server.off("error", reject);
      const place = server.address();
      if (place !== null && typeof place === "object") return resolve(place);
      server.close();
      reject(new Error(`descriptor ${fd} is no TCP socket`));
    });
  });
}

/** Asks for the handler of a new connection; false: it is not wanted. */
function start(socket: Socket, accept: Accept): boolean {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  // Reset before it was accepted.
  if (remoteAddress === undefined || localAddress === undefined) return false;
  socket.setKeepAlive(true, KEEPALIVE_DELAY_MS);
  socket.setNoDelay(true);
  const connection = new StreamConnection(socket, {
    remoteAddress: unmapAddress(remoteAddress),
    remotePort: remotePort ?? 0,
    localAddress: unmapAddress(localAddress),
    localPort: localPort ?? 0,
  }, { hold: () => socket.pause(), release: () => socket.resume() });
  const handler = accept(connection);
  if (handler === undefined) return false;
  connection.start(handler);
  return true;
}

/**
 * Listens on a socket that somebody else has opened, such as a service manager: by `node:net`, since `Deno.listen` and `Bun.listen` take
 * no descriptor.
 *
 * Under Deno such a listener never accepts again after EMFILE, and does not say so: whoever uses it keeps the number of connections below
 * the limit on open files.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { unmapAddress } from "./address.ts";
import { toError } from "./error.ts";
import { StreamConnection } from "./stream_connection.ts";
import type { Accept, Listener } from "./types.ts";

const KEEPALIVE_DELAY_MS = 60_000;

/** @throws if the descriptor is no socket that listens */
export function listenInherited(
  fd: number,
  accept: Accept,
  onError: (error: Error) => void,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    try {
      start(socket, accept);
    } catch (error) {
      socket.destroy();
      onError(toError(error));
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ fd }, () => {
      const place = server.address();
      if (place === null || typeof place === "string") {
        server.close();
        reject(new Error(`descriptor ${fd} is no TCP socket`));
        return;
      }
      server.off("error", reject);
      server.on("error", onError);
      resolve(listenerOf(server, place));
    });
  });
}

function listenerOf(server: { close(): void }, { address, port }: AddressInfo): Listener {
  return { address, port, close: () => server.close() };
}

function start(socket: Socket, accept: Accept): void {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  // Reset before it was accepted.
  if (remoteAddress === undefined || localAddress === undefined) return void socket.destroy();
  socket.setKeepAlive(true, KEEPALIVE_DELAY_MS);
  socket.setNoDelay(true);
  const connection = new StreamConnection(socket, {
    remoteAddress: unmapAddress(remoteAddress),
    remotePort: remotePort ?? 0,
    localAddress: unmapAddress(localAddress),
    localPort: localPort ?? 0,
  }, { hold: () => socket.pause(), release: () => socket.resume() });
  const handler = accept(connection);
  if (handler === undefined) connection.close();
  else connection.start(handler);
}

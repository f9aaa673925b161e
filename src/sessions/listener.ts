/** Listens for routers. */
import type { Accept, Listener, Runtime } from "../runtime/types.ts";
import type { Sessions } from "./sessions.ts";

export interface ListenerOptions {
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Parallel sessions of one source count as separate routers. */
  readonly parallel: boolean;
}

export interface SessionListener {
  /** Address and port that are listened on, e.g. `[::]:5000`. */
  readonly name: string;
  readonly port: number;
  /** Stops accepting; open sessions stay. */
  close(): void;
}

/**
 * Listens, and makes a session of each connection.
 *
 * @throws if the address cannot be bound
 */
export async function listenForRouters(
  runtime: Runtime,
  sessions: Sessions,
  options: ListenerOptions,
): Promise<SessionListener> {
  const { address: host, port, parallel } = options;
  const { log, metrics } = sessions;
  let name = endpointName(host, port);
  const accept: Accept = (connection) => sessions.accept(connection, { listener: name, parallel });
  function onError(error: Error): void {
    metrics.acceptErrors.add(1);
    log.limited("error", name, "cannot accept", { listener: name, error: error.message });
  }
  let listener: Listener;
  try {
    listener = await runtime.listen({ host, port }, accept, onError);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot listen on "${name}": ${reason}`, { cause });
  }
  name = endpointName(listener.address, listener.port);
  log.info("listening", { listener: name });
  return { name, port: listener.port, close: () => listener.close() };
}

/** `192.0.2.1:5000` or `[2001:db8::1]:5000`. */
function endpointName(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Listens for routers. */
import { errorCode, toError } from "../runtime/error.ts";
import type { Accept, Listener, Runtime } from "../runtime/types.ts";
import type { IpPrefix } from "../wire/ip.ts";
import type { Sessions } from "./sessions.ts";

export interface ListenerOptions {
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Parallel sessions of one source count as separate routers. */
  readonly parallel: boolean;
  /** Load balancers whose connections begin with a PROXY header. */
  readonly proxyFrom?: readonly IpPrefix[];
}

export interface SessionListener {
  /** Address and port that are listened on, e.g. `[::]:5000`. */
  readonly name: string;
  readonly port: number;
  /** Stops accepting; open sessions stay. */
  close(): void;
}

/** What keeps an address from being listened on, by the system's code; one runtime says no more than that it failed. */
const BIND_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there already",
  EADDRNOTAVAIL: "this host does not have the address",
  EACCES: "not permitted; a port below 1024 needs CAP_NET_BIND_SERVICE",
};

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
  const { address: host, port, parallel, proxyFrom = [] } = options;
  const { log, metrics } = sessions;
  let name = endpointName(host, port);
  const toSession: Accept = (connection) =>
    sessions.accept(connection, { listener: name, parallel });
  const accept: Accept = proxyFrom.length === 0
    ? toSession
    : (connection) =>
      sessions.enter(connection, { listener: name, parallel, proxyFrom }, toSession);
  function onError(error: Error): void {
    metrics.acceptErrors.add(1);
    log.limited("error", name, "cannot accept", { listener: name, error: error.message });
  }
  let listener: Listener;
  try {
    listener = await runtime.listen({ host, port }, accept, onError);
  } catch (cause) {
    throw new Error(`Cannot listen on "${name}": ${bindFailure(cause)}`, { cause });
  }
  name = endpointName(listener.address, listener.port);
  log.info("listening", { listener: name });
  return { name, port: listener.port, close: () => listener.close() };
}

function bindFailure(cause: unknown): string {
  const code = errorCode(cause);
  const reason = BIND_FAILURES[code] ?? toError(cause).message;
  return code === "" ? reason : `${reason} (${code})`;
}

/** `192.0.2.1:5000` or `[2001:db8::1]:5000`. */
function endpointName(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Listens for routers. */
import { errorCode, toError } from "../runtime/error.ts";
import type { Accept, Listener, Runtime } from "../runtime/types.ts";
import type { IpPrefix } from "../wire/ip.ts";
import type { Sessions } from "./sessions.ts";
import { TlsEntrance, type TlsOptions } from "./tls_entrance.ts";

export interface ListenerOptions {
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Parallel sessions of one source count as separate routers. */
  readonly parallel: boolean;
  /** Load balancers whose connections begin with a PROXY header. */
  readonly proxyFrom?: readonly IpPrefix[];
  /** Undefined: plain TCP. */
  readonly tls?: TlsOptions | undefined;
  /** Name of the socket of a service manager whose settings these are. */
  readonly socket?: string | undefined;
  /** A socket that was handed over, in place of address and port. */
  readonly fd?: number | undefined;
}

export interface SessionListener {
  /** Address and port that are listened on, e.g. `[::]:5000`. */
  readonly name: string;
  readonly port: number;
  /**
   * Reads certificates again, for connections from now on; resolves with whether they are others.
   *
   * @throws if they are wrong; the old ones stay then
   */
  reloadCertificates(): Promise<boolean>;
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
 * @throws if the address cannot be bound, or certificates not be used
 */
export async function listenForRouters(
  runtime: Runtime,
  sessions: Sessions,
  options: ListenerOptions,
): Promise<SessionListener> {
  const { address: host, port, parallel, proxyFrom = [], tls, fd } = options;
  const { log, metrics } = sessions;
  let name = fd === undefined ? endpointName(host, port) : `socket ${options.socket ?? fd}`;
  const toSession: Accept = (connection) =>
    sessions.accept(connection, { listener: name, parallel });
  const context = { runtime, log, metrics, name: () => name };
  const entrance = tls && await TlsEntrance.open(context, tls, toSession);
  const next = entrance?.accept ?? toSession;
  const accept: Accept = proxyFrom.length === 0 && entrance === undefined
    ? toSession
    : (connection) => sessions.enter(connection, { listener: name, parallel, proxyFrom }, next);
  function onError(error: Error): void {
    metrics.acceptErrors.add(1);
    log.limited("error", name, "cannot accept", { listener: name, error: error.message });
  }
  let listener: Listener;
  try {
    listener = await runtime.listen({ host, port, fd }, accept, onError);
  } catch (cause) {
    throw new Error(`Cannot listen on "${name}": ${bindFailure(cause)}`, { cause });
  }
  name = endpointName(listener.address, listener.port);
  log.info("listening", { listener: name, tls: tls && describeTls(tls) });
  entrance?.opened();
  return {
    name,
    port: listener.port,
    reloadCertificates: () => entrance?.reload() ?? Promise.resolve(false),
    close() {
      listener.close();
      entrance?.close();
    },
  };
}

/** Connections that may be in a TLS handshake, and not yet sessions, at one time. */
export function handshakesMax(listeners: readonly ListenerOptions[]): number {
  return listeners.reduce((sum, { tls }) => sum + (tls?.handshakesMax ?? 0), 0);
}

function bindFailure(cause: unknown): string {
  const code = errorCode(cause);
  const reason = BIND_FAILURES[code] ?? toError(cause).message;
  return code === "" ? reason : `${reason} (${code})`;
}

/** For the log. */
function describeTls({ minVersion, clientAuth }: TlsOptions): string {
  return `${minVersion} or later, certificates of routers: ${clientAuth}`;
}

/** `192.0.2.1:5000` or `[2001:db8::1]:5000`. */
function endpointName(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

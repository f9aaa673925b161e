/** TLS on connections that we open: `node:tls` over a {@linkcode TlsTransport}, on both runtimes. */
import { connect, type TLSSocket } from "node:tls";
import { isIP } from "node:net";
import { codedError, errorCode, toError } from "./error.ts";
import { StreamConnection } from "./stream_connection.ts";
import { checkConnectTls, describePeer, hasCertificate } from "./tls_certificate.ts";
import { TlsTransport } from "./tls_transport.ts";
import type { Accept, Connection, ConnectTls, Runtime } from "./types.ts";

/** Opens a plain connection, as `Runtime.connect` without TLS does. */
export type ConnectPlain = (
  host: string,
  port: number,
  timeoutMs: number,
  accept: Accept,
  localAddress: string | undefined,
) => Promise<Connection>;

/** Makes a `Runtime.connect` of what opens plain connections. */
export function connectBy(connectPlain: ConnectPlain): Runtime["connect"] {
  return (host, port, timeoutMs, accept, { localAddress, tls } = {}) =>
    tls === undefined ? connectPlain(host, port, timeoutMs, accept, localAddress) : connectTls(
      host,
      port,
      timeoutMs,
      accept,
      tls,
      (ms, acceptPlain) => connectPlain(host, port, ms, acceptPlain, localAddress),
    );
}

/** See `Runtime.connect`; `timeoutMs` holds for connection and handshake together. */
async function connectTls(
  host: string,
  port: number,
  timeoutMs: number,
  accept: Accept,
  tls: ConnectTls,
  connectPlain: (timeoutMs: number, accept: Accept) => Promise<Connection>,
): Promise<Connection> {
  const to = `Cannot connect to "${host}:${port}" by TLS`;
  checkConnectTls(tls);
  const deadline = performance.now() + timeoutMs;
  let made: TlsTransport | undefined;
  let opened: StreamConnection | undefined;
  const plain = await connectPlain(timeoutMs, (connection) => {
    const transport = made = new TlsTransport(connection);
    return {
      data: (chunk) => transport.receive(chunk),
      rest: () => opened?.rest(),
      closed: (error) => transport.finish(error),
    };
  });
  const transport = made!;
  let socket: TLSSocket | undefined;
  try {
    socket = await secure(transport, host, tls, Math.max(1, deadline - performance.now()));
    const connection = new StreamConnection(
      socket,
      plain,
      transport,
      describePeer(socket, tls.verify && hasCertificate(socket)),
    );
    // Its end may have come in the same turn as the handshake's.
    if (socket.destroyed) throw codedError("the peer closed the connection", "ECONNRESET");
    const handler = accept(connection);
    if (handler === undefined) throw new Error("the connection was not wanted");
    connection.start(handler);
    opened = connection;
    return connection;
  } catch (error) {
    socket?.destroy();
    transport.destroy();
    throw codedError(`${to}: ${toError(error).message}`, errorCode(error));
  }
}

/** Resolves after the handshake and the check of the server's certificate. */
function secure(
  transport: TlsTransport,
  host: string,
  { ca, cert, key, serverName = host, verify }: ConnectTls,
  timeoutMs: number,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: transport,
      host: serverName,
      minVersion: "TLSv1.2",
      rejectUnauthorized: verify,
      // RFC 6066 section 3: addresses are no server names.
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      ...(ca === "" ? {} : { ca }),
      ...(cert === "" ? {} : { cert, key }),
    });
    const timer = setTimeout(
      () => reject(codedError(`no handshake in ${Math.round(timeoutMs)} ms`, "ETIMEDOUT")),
      timeoutMs,
    );
    socket.on("close", () => {
      clearTimeout(timer);
      transport.destroy();
      reject(codedError("the peer closed the connection", "ECONNRESET"));
    });
    socket.on("error", reject);
    transport.on("error", reject);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

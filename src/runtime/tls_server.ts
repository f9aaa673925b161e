/**
 * TLS on connections that were accepted: `node:tls` over a {@linkcode TlsTransport}, on both runtimes.
 *
 * Each connection has a `tls.Server` of its own (measured 0.2 to 0.5 ms, a fifth of a handshake): its events then belong to one
 * connection, new certificates hold from the next connection on, and no session ticket carries a client past a new CA.
 */
import { createServer, type TLSSocket } from "node:tls";
import { errorCode, toError } from "./error.ts";
import { StreamConnection } from "./stream_connection.ts";
import { checkServeTls, describePeer, hasCertificate } from "./tls_certificate.ts";
import { TlsTransport } from "./tls_transport.ts";
import type {
  Accept,
  Connection,
  ConnectionHandler,
  ServeTls,
  TlsFailure,
  TlsFailureReason,
  TlsServer,
} from "./types.ts";

/** First byte of a TLS stream: a record with a handshake message (RFC 8446 section 5.1). */
const HANDSHAKE_RECORD = 22;

/** So long a handshake is safe from newer ones. Honest ones take milliseconds, also when a thousand routers come back at once. */
const GRACE_MS = 1000;

/** See `Runtime.serveTls`. */
export function serveTls(
  tls: ServeTls,
  accept: Accept,
  onFailure: (failure: TlsFailure) => void,
): TlsServer {
  let expiresAtMs = checkServeTls(tls);
  /** Oldest first. */
  const handshakes = new Set<Handshake>();
  return {
    accept(connection) {
      const handshake = new Handshake(connection, tls, accept, onFailure, () => {
        handshakes.delete(handshake);
      });
      handshakes.add(handshake);
      if (handshakes.size > tls.handshakesMax) {
        const [oldest = handshake] = handshakes;
        const least = oldest.ageMs < GRACE_MS ? handshake : oldest;
        least.fail("limit", `more than ${tls.handshakesMax} handshakes at one time`);
      }
      return handshake;
    },
    set(changed) {
      expiresAtMs = checkServeTls(changed);
      tls = changed;
    },
    get handshakes() {
      return handshakes.size;
    },
    get expiresAtMs() {
      return expiresAtMs;
    },
    close() {
      for (const handshake of handshakes) handshake.fail("closed", "the listener was closed");
    },
  };
}

/** A plain connection on its way to a TLS connection; later it hands on what is to be decrypted. */
class Handshake implements ConnectionHandler {
  readonly #connection: Connection;
  readonly #tls: ServeTls;
  readonly #accept: Accept;
  readonly #onFailure: (failure: TlsFailure) => void;
  /** Tells that the handshake is over, however it went. Undefined from then on. */
  #onOver: (() => void) | undefined;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #startedAtMs = performance.now();
  #transport: TlsTransport | undefined;
  /** What came of the handshake. */
  #opened: StreamConnection | undefined;

  constructor(
    connection: Connection,
    tls: ServeTls,
    accept: Accept,
    onFailure: (failure: TlsFailure) => void,
    onOver: () => void,
  ) {
    this.#connection = connection;
    this.#tls = tls;
    this.#accept = accept;
    this.#onFailure = onFailure;
    this.#onOver = onOver;
    const { handshakeTimeoutMs } = tls;
    this.#timer = setTimeout(
      () => this.fail("timeout", `the handshake took longer than ${handshakeTimeoutMs} ms`),
      handshakeTimeoutMs,
    );
  }

  get ageMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  data(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#transport === undefined) {
      if (this.#onOver === undefined) return undefined;
      if (chunk[0] !== HANDSHAKE_RECORD) {
        this.fail("not_tls", `found first byte ${chunk[0]}, expected a TLS handshake`);
        return undefined;
      }
      this.#transport = this.#begin();
    }
    return this.#transport.receive(chunk);
  }

  rest(): Promise<void> | undefined {
    return this.#opened?.rest();
  }

  closed(error: Error | undefined): void {
    this.fail("closed", error?.message ?? "the peer closed the connection");
    this.#transport?.finish(error);
  }

  /** Nothing after the handshake is over. */
  fail(reason: TlsFailureReason, message: string): void {
    if (!this.#endHandshake()) return;
    const { remoteAddress, remotePort } = this.#connection;
    this.#transport?.destroy();
    this.#connection.close();
    this.#onFailure({ reason, remoteAddress, remotePort, message });
  }

  #endHandshake(): boolean {
    const onOver = this.#onOver;
    if (onOver === undefined) return false;
    this.#onOver = undefined;
    clearTimeout(this.#timer);
    onOver();
    return true;
  }

  #begin(): TlsTransport {
    const transport = new TlsTransport(this.#connection);
    // Met by the socket over it, or by `closed`.
    transport.on("error", () => {});
    const { cert, key, clientCa, clientAuth, minVersion } = this.#tls;
    const server = createServer({
      cert,
      key,
      minVersion,
      requestCert: clientAuth !== "none",
      // Certificates are judged here, where the reason is known.
      rejectUnauthorized: false,
      allowHalfOpen: true,
      ...(clientCa === "" ? {} : { ca: clientCa }),
    });
    server.on("secureConnection", (socket) => this.#onSecure(socket));
    server.on("tlsClientError", (error, socket) => {
      socket.destroy();
      this.fail("handshake", [errorCode(error), error.message].filter(Boolean).join(": "));
    });
    server.emit("connection", transport);
    return transport;
  }

  #onSecure(socket: TLSSocket): void {
    socket.on("close", () => this.#transport?.destroy());
    if (this.#onOver === undefined) {
      socket.destroy();
      return;
    }
    const { clientAuth } = this.#tls;
    const isShown = clientAuth !== "none" && hasCertificate(socket);
    if (isShown && !socket.authorized) {
      // Typed as an error, and a code.
      this.fail("certificate", String(socket.authorizationError));
    } else if (!isShown && clientAuth === "require") {
      this.fail("no_certificate", "the client showed no certificate");
    } else {
      this.#open(socket, isShown);
    }
  }

  /** What goes wrong here must end this connection alone: nobody catches what a listener for events throws. */
  #open(socket: TLSSocket, isVerified: boolean): void {
    let peer;
    try {
      peer = describePeer(socket, isVerified);
    } catch (error) {
      return this.fail("certificate", toError(error).message);
    }
    let handler;
    const connection = new StreamConnection(socket, this.#connection, this.#transport!, peer);
    try {
      handler = this.#accept(connection);
    } catch (error) {
      return this.fail("handshake", toError(error).message);
    }
    this.#endHandshake();
    if (handler === undefined) return connection.close();
    connection.start(handler);
    this.#opened = connection;
  }
}

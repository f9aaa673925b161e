/**
 * What the collector needs from its runtime beyond the `node:` modules that Deno and Bun share.
 *
 * One small interface, implemented once per runtime; `tests/runtime` runs one compliance suite on both.
 */

/** One TCP connection. */
export interface Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Who the other side is; undefined: a plain connection. */
  readonly tls?: TlsPeer | undefined;
  /** Whether it is not read from at the moment, for what all connections hold together: then its silence is ours. */
  readonly isHeld?: boolean;
  /** Writes all bytes; resolves when the kernel has taken them, rejects when the connection is gone. One write at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our direction after what was written; the peer may still send. */
  shutdown(): Promise<void>;
  /** Closes both directions at once. Idempotent. */
  close(): void;
}

/** What happens on a connection. Calls never overlap: `data` is not called again before its promise has settled. */
export interface ConnectionHandler {
  /**
   * Bytes arrived. `chunk` is valid until the returned promise settles (or the call returns); returning a promise is the
   * back-pressure: nothing more is read from the socket until it settles, so that the TCP window closes.
   */
  data(chunk: Uint8Array): Promise<void> | void;
  /**
   * Asked after each `data` has settled: nothing more is read until this settles either. Unlike `data`, whose bytes count against what all
   * connections may hold together, this holds up nobody else.
   */
  rest?(): Promise<void> | undefined;
  /**
   * The connection ended: by the peer (`error` undefined), by a failure, or by {@linkcode Connection.close}. Called exactly
   * once, after the last `data` and `rest` have settled.
   */
  closed(error: Error | undefined): void;
}

export interface ListenOptions {
  /** Address to listen on; `::` takes IPv4 too and falls back to `0.0.0.0` where IPv6 is off. */
  host: string;
  /** 0 lets the kernel choose. */
  port: number;
  /** A socket that listens already, and that this process has inherited; host and port are those that it has. */
  fd?: number | undefined;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Stops accepting; open connections stay. */
  close(): void;
}

/** Decides on a new connection: its handler, or undefined to close it at once. */
export type Accept = (connection: Connection) => ConnectionHandler | undefined;

/** What TLS says of the other side. */
export interface TlsPeer {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string;
  /** Its verified certificate's subject by RFC 4514, e.g. `CN=r1.example.net,O=Example`; empty: it showed no certificate. */
  readonly subject: string;
  /** Its alternative names, by type: `DNS:r1.example.net`, `IP:192.0.2.1`, `email:`, `URI:`; other types are left out. */
  readonly altNames: readonly string[];
  /** SHA-256 of the certificate in lower-case hex; empty: it showed none. */
  readonly fingerprint: string;
}

/** Whether clients are asked for a certificate. One that is shown must be valid in both other cases. */
export type ClientAuth = "none" | "request" | "require";

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** How TLS is served; PEM texts. */
export interface ServeTls {
  /** Our certificate and those between it and the root, and its key. */
  readonly cert: string;
  readonly key: string;
  /** Authorities of client certificates; not needed with `none`. */
  readonly clientCa: string;
  readonly clientAuth: ClientAuth;
  readonly minVersion: TlsVersion;
  readonly handshakeTimeoutMs: number;
  /** Handshakes at one time. A further one ends the oldest, once that has had a second; before, it is ended itself. */
  readonly handshakesMax: number;
}

/** Serves TLS on connections that a listener, or what reads a header before the handshake, hands over. */
export interface TlsServer {
  /** For plain connections; asks for the handler of the TLS connection that comes of one, after the handshake. */
  readonly accept: Accept;
  /** Certificates and rules for connections from now on; those that stand stay. @throws if the texts are wrong; the old ones then stay too */
  set(tls: ServeTls): void;
  /** Handshakes that are under way. */
  readonly handshakes: number;
  /** When our certificate expires, milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** Ends the handshakes that are under way. */
  close(): void;
}

/** Why no TLS connection came of a plain one. */
export type TlsFailureReason =
  | "not_tls"
  | "timeout"
  | "limit"
  | "closed"
  | "no_certificate"
  | "certificate"
  | "handshake";

export interface TlsFailure {
  readonly reason: TlsFailureReason;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly message: string;
}

/** TLS of a connection that we open. */
export interface ConnectTls extends PemTexts {
  /** Name or address that the server's certificate must be for; undefined: the host that is connected to. */
  readonly serverName?: string | undefined;
  /** false: any certificate of any name is taken. */
  readonly verify: boolean;
}

export interface ConnectOptions {
  /** Address of this host to connect from. */
  readonly localAddress?: string | undefined;
  readonly tls?: ConnectTls | undefined;
}

/** A file that is opened for appending. */
export interface AppendFile {
  /** Appends; may take less than asked for. Rejects with the system's code, e.g. `ENOSPC`. */
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }>;
  truncate(size: number): Promise<void>;
  /** Resolves when what was written is on the disk (`fdatasync`). */
  sync(): Promise<void>;
  stat(): Promise<{ size: number; isFile(): boolean }>;
  close(): Promise<void>;
}

/** PEM texts; empty: none. */
export interface PemTexts {
  /** Authorities to trust in place of the system's. */
  readonly ca: string;
  /** Our own certificate, and its key. */
  readonly cert: string;
  readonly key: string;
}

export interface Runtime {
  readonly name: "deno" | "bun";
  readonly version: string;
  /** @throws if the address cannot be bound; the error's `code` is the system's, e.g. `EADDRINUSE`. */
  listen(
    options: ListenOptions,
    accept: Accept,
    onError: (error: Error) => void,
  ): Promise<Listener>;
  /**
   * Opens a connection; rejects after `timeout_ms`, and where the server's certificate is not the expected one. The handler is asked
   * for once the connection stands.
   */
  connect(
    host: string,
    port: number,
    timeout_ms: number,
    accept: Accept,
    options?: ConnectOptions,
  ): Promise<Connection>;
  /** @throws if the texts are wrong */
  serveTls(tls: ServeTls, accept: Accept, onFailure: (failure: TlsFailure) => void): TlsServer;
  /** Opens a WebSocket; `tls` for `wss:`, undefined: the system's authorities. Failures are events of it. */
  openWebSocket(url: string, tls: PemTexts | undefined): WebSocket;
  /**
   * Opens a file for appending, and makes it if there is none. Neither this nor a write holds up anything else, however long a
   * FIFO or a disk lets them wait.
   */
  openAppend(path: string): Promise<AppendFile>;
  /**
   * Takes an exclusive lock on a file, which is made if there is none, until the returned function is called or the process ends, however it
   * ends (`flock`); undefined: somebody else has it.
   */
  lockFile(path: string): (() => void) | undefined;
  /**
   * Opens a way to send datagrams to a Unix socket, `@name` for an abstract one. What comes back returns whether the kernel has taken
   * the text, and never waits. @throws where that cannot be had
   */
  openDatagramSender(path: string): (text: string) => boolean;
  /** Names of the environment's variables; none where only some may be read, each by its name (a permission of Deno's). */
  variableNames(): string[];
  /** How many file descriptors this process may have open (the soft limit, which both runtimes raise to the hard one); undefined where the system does not tell. */
  fileDescriptorLimit(): number | undefined;
  /** Writes all bytes to standard output; resolves when they are written, rejects with code `EPIPE` when the reader is gone. */
  writeStdout(bytes: Uint8Array): Promise<void>;
  /** The same to standard error. */
  writeStderr(bytes: Uint8Array): Promise<void>;
}

/** TLS on a listener: certificates from files, which can be read again while sessions go on, and what becomes of handshakes that fail. */
import type { SessionTls } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import { readText } from "../runtime/secret.ts";
import type {
  Accept,
  ClientAuth,
  Runtime,
  ServeTls,
  TlsFailure,
  TlsFailureReason,
  TlsPeer,
  TlsServer,
  TlsVersion,
} from "../runtime/types.ts";
import type { SessionMetrics } from "./metrics.ts";

/** TLS of a listener, with files in place of texts. */
export interface TlsOptions {
  readonly certFile: string;
  readonly keyFile: string;
  /** Empty: none. */
  readonly clientCaFile: string;
  readonly clientAuth: ClientAuth;
  readonly minVersion: TlsVersion;
  readonly handshakeTimeoutMs: number;
  readonly handshakesMax: number;
}

/** Where the entrance is, and who hears of it. */
export interface EntranceContext {
  readonly runtime: Pick<Runtime, "serveTls">;
  readonly log: Log;
  readonly metrics: SessionMetrics;
  /** The listener's name; it may change until {@linkcode TlsEntrance.opened}. */
  readonly name: () => string;
}

const WARN_BEFORE_EXPIRY_MS = 14 * 24 * 3600 * 1000;

/** For people, where the message alone does not say it. */
const FAILURE_TEXTS: Readonly<Partial<Record<TlsFailureReason, string>>> = {
  not_tls: "not TLS; plain BMP belongs on a plain port",
  certificate: "the router's certificate is not valid here",
};

export class TlsEntrance {
  readonly #context: EntranceContext;
  readonly #options: TlsOptions;
  readonly #server: TlsServer;
  #tls: ServeTls;

  private constructor(
    context: EntranceContext,
    options: TlsOptions,
    tls: ServeTls,
    server: TlsServer,
  ) {
    this.#context = context;
    this.#options = options;
    this.#tls = tls;
    this.#server = server;
  }

  /**
   * @param next is asked for the handler of each TLS connection
   * @throws if the files cannot be read or used
   */
  static async open(
    context: EntranceContext,
    options: TlsOptions,
    next: Accept,
  ): Promise<TlsEntrance> {
    const tls = await readServeTls(options);
    const server = context.runtime.serveTls(tls, next, (failure) => report(context, failure));
    return new TlsEntrance(context, options, tls, server);
  }

  /** For plain connections, see `TlsServer.accept`. */
  get accept(): Accept {
    return this.#server.accept;
  }

  /** To be called when the listener has its name. */
  opened(): void {
    const { log, metrics, name } = this.#context;
    const { expiresAtMs } = this.#server;
    const listener = name();
    metrics.tlsExpiry.with({ listener }).set(expiresAtMs / 1000);
    const leftMs = expiresAtMs - Date.now();
    if (leftMs > WARN_BEFORE_EXPIRY_MS) return;
    log.warn(leftMs <= 0 ? "certificate has expired" : "certificate expires soon", {
      listener,
      expires: new Date(expiresAtMs).toISOString(),
    });
  }

  /**
   * Reads the files again, for connections from now on; resolves with whether they are others.
   *
   * @throws if they are wrong; the old certificates stay then
   */
  async reload(): Promise<boolean> {
    const tls = await readServeTls(this.#options);
    const isOther = JSON.stringify(tls) !== JSON.stringify(this.#tls);
    if (isOther) this.#server.set(tls);
    this.#tls = tls;
    this.opened();
    return isOther;
  }

  /** Ends the handshakes that are under way. */
  close(): void {
    this.#context.metrics.tlsExpiry.remove({ listener: this.#context.name() });
    this.#server.close();
  }
}

/** Entries of the journal are bounded, names in a certificate are not. */
const NAME_LENGTH_MAX = 512;
const NAMES_MAX = 32;

/** What the session's record says. */
export function sessionTls({ protocol, subject, altNames, fingerprint }: TlsPeer): SessionTls {
  if (fingerprint === "") return { protocol };
  return {
    protocol,
    subject: cut(subject),
    alt_names: altNames.slice(0, NAMES_MAX).map(cut),
    fingerprint,
  };
}

function cut(text: string): string {
  return text.length <= NAME_LENGTH_MAX ? text : `${text.slice(0, NAME_LENGTH_MAX)}…`;
}

/** Reads the files. @throws if one cannot be read */
export async function readServeTls(options: TlsOptions): Promise<ServeTls> {
  const { certFile, keyFile, clientCaFile, ...rest } = options;
  const [cert, key, clientCa] = await Promise.all([
    readText(certFile),
    readText(keyFile),
    clientCaFile === "" ? "" : readText(clientCaFile),
  ]);
  return { ...rest, cert, key, clientCa };
}

function report({ log, metrics, name }: EntranceContext, failure: TlsFailure): void {
  const { reason, remoteAddress, remotePort, message } = failure;
  metrics.tlsFailures.with({ reason }).add(1);
  const text = FAILURE_TEXTS[reason];
  // A connection that ends without a word is a health check, or a port scan.
  log.limited(reason === "closed" ? "debug" : "warn", reason, "TLS handshake failed", {
    source: remoteAddress,
    port: remotePort,
    listener: name(),
    reason,
    detail: text === undefined ? message : `${text}: ${message}`,
  });
}

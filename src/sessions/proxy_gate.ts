/**
 * What stands before a session on listeners with load balancers: reads the PROXY header, and lets the connection in as that of the
 * router whom it names.
 *
 * A listed load balancer has to send one. A header that names nobody (LOCAL, UNKNOWN) is that of a health check, which ends without a
 * word; if BMP follows all the same, the load balancer is its source. Who is not listed is a router of its own address, and a header
 * from it is refused: it could claim to be any router.
 */
import { clearTimeout, setTimeout } from "node:timers";
import type { Accept, Connection, ConnectionHandler } from "../runtime/types.ts";
import { faultText, isFault } from "../wire/fault.ts";
import {
  PROXY_HEADER_BYTES_MAX,
  type ProxyEndpoint,
  type ProxyHeader,
  readProxyHeader,
} from "../wire/proxy_protocol.ts";

/** Why a connection is not let in. */
export type ProxyRefusal =
  | "proxy_missing"
  | "proxy_malformed"
  | "proxy_unlisted"
  | "proxy_timeout"
  | "proxy_closed";

export interface GateHooks {
  /** Makes a session, or begins a TLS handshake. */
  readonly next: Accept;
  /** The connection went to `next`. */
  readonly onPassed: (gate: ProxyGate) => void;
  readonly onRefused: (gate: ProxyGate, reason: ProxyRefusal, detail?: string) => void;
}

const NO_BYTES = new Uint8Array(0);

export class ProxyGate implements ConnectionHandler {
  readonly #connection: Connection;
  readonly #isListed: boolean;
  readonly #hooks: GateHooks;
  #timer: NodeJS.Timeout | undefined;
  /** What has come of the header. */
  #held = NO_BYTES;
  /** Whom the first byte behind the header goes to. */
  #source: ProxyEndpoint | undefined;
  #isHeaderRead = false;
  #handler: ConnectionHandler | undefined;
  #isOver = false;

  /** @param timeoutMs 0: none */
  constructor(connection: Connection, isListed: boolean, timeoutMs: number, hooks: GateHooks) {
    this.#connection = connection;
    this.#isListed = isListed;
    this.#hooks = hooks;
    if (timeoutMs === 0) return;
    this.#timer = setTimeout(() => this.#refuse("proxy_timeout"), timeoutMs).unref();
  }

  data(chunk: Uint8Array): Promise<void> | void {
    if (this.#handler !== undefined) return this.#handler.data(chunk);
    if (this.#isOver) return;
    const rest = this.#readHeader(chunk);
    if (rest === undefined || rest.length === 0) return;
    return this.#pass()?.data(rest);
  }

  rest(): Promise<void> | undefined {
    return this.#handler?.rest?.();
  }

  closed(error: Error | undefined): void {
    if (this.#handler !== undefined) this.#handler.closed(error);
    else this.#refuse("proxy_closed");
  }

  /** The collector stops. */
  stop(): void {
    this.#end();
    this.#connection.close();
  }

  /** What follows the header; undefined: it is not complete, or the connection is refused. */
  #readHeader(chunk: Uint8Array): Uint8Array | undefined {
    if (this.#isHeaderRead) return chunk;
    if (!this.#isListed) return this.#readUnlisted(chunk);
    const before = this.#held.length;
    // Bounded here: a fault comes before more than that is wanted.
    const held = joined(this.#held, chunk.subarray(0, PROXY_HEADER_BYTES_MAX - before));
    let header: ProxyHeader | undefined;
    try {
      header = readProxyHeader(held);
    } catch (error) {
      if (!isFault(error)) throw error;
      const isMissing = error.code === "proxy-signature" && error.offset === 0;
      this.#refuse(isMissing ? "proxy_missing" : "proxy_malformed", faultText(error));
      return undefined;
    }
    if (header === undefined) {
      this.#held = held;
      return undefined;
    }
    this.#held = NO_BYTES;
    this.#isHeaderRead = true;
    this.#source = header.source;
    if (header.source !== undefined) this.#pass();
    return chunk.subarray(header.length - before);
  }

  #readUnlisted(chunk: Uint8Array): Uint8Array | undefined {
    if (chunk[0] !== 0x50 && chunk[0] !== 0x0d) {
      this.#isHeaderRead = true;
      return chunk;
    }
    this.#refuse("proxy_unlisted");
    return undefined;
  }

  /** The connection is a router's from now on; undefined: it is not wanted. */
  #pass(): ConnectionHandler | undefined {
    if (this.#isOver) return this.#handler;
    this.#end();
    this.#hooks.onPassed(this);
    const source = this.#source;
    this.#handler = this.#hooks.next(
      source === undefined ? this.#connection : new ProxiedConnection(this.#connection, source),
    );
    if (this.#handler === undefined) this.#connection.close();
    return this.#handler;
  }

  #refuse(reason: ProxyRefusal, detail?: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#hooks.onRefused(this, reason, detail);
    this.#connection.close();
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/** A connection whose other end is another than that of its socket. */
class ProxiedConnection implements Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #inner: Connection;

  constructor(inner: Connection, source: ProxyEndpoint) {
    this.#inner = inner;
    this.remoteAddress = source.address;
    this.remotePort = source.port;
  }

  get localAddress(): string {
    return this.#inner.localAddress;
  }

  get localPort(): number {
    return this.#inner.localPort;
  }

  get isHeld(): boolean {
    return this.#inner.isHeld === true;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#inner.write(bytes);
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  close(): void {
    this.#inner.close();
  }
}

/**
 * Connections by `@nats-io/nats-core`: protocol, login, WebSocket. The only file that imports the package; it is loaded when a
 * NATS sink connects.
 *
 * The library's own reconnect is off. It drops what is published while it reconnects without saying so, and what it has in its
 * buffer when the connection goes; a new connection for each attempt leaves no doubt about what went where.
 */
import {
  type Authenticator,
  type ConnectionOptions,
  createInbox,
  credsAuthenticator,
  headers,
  NatsConnectionImpl,
  nkeyAuthenticator,
  PermissionViolationError,
  setTransportFactory,
  tokenAuthenticator,
  type Transport,
  usernamePasswordAuthenticator,
  wsconnect,
} from "@nats-io/nats-core/internal";
import type { PemTexts, Runtime } from "../../runtime/types.ts";
import type { Dial, DialOptions, NatsCredentials, NatsLink, Receive } from "./link.ts";
import { SocketTransport } from "./transport.ts";

/** A server that is silent for three of these is gone. */
const PING_INTERVAL_MS = 10_000;
const PINGS_UNANSWERED_MAX = 2;
const CLOSE_TIMEOUT_MS = 500;

/** The last attempt: the library keeps the kind of transport for its next connection in a global variable. */
let dialing: Promise<unknown> = Promise.resolve();

/** How connections are made under this runtime. */
export function natsDial(runtime: Pick<Runtime, "openWebSocket">): Dial {
  return (options) => {
    const dialled = dialing.then(() => dial(options, runtime));
    dialing = dialled.catch(() => {});
    return dialled;
  };
}

async function dial(
  options: DialOptions,
  runtime: Pick<Runtime, "openWebSocket">,
): Promise<NatsLink> {
  const { url, clientName, timeoutMs, tls } = options;
  const authenticator = authenticatorOf(options.credentials);
  const natsOptions: ConnectionOptions = {
    servers: [url],
    name: clientName,
    timeout: timeoutMs,
    reconnect: false,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: PINGS_UNANSWERED_MAX,
    ...(authenticator === undefined ? {} : { authenticator }),
  };
  if (/^wss?:/.test(url)) return await dialWebSocket(natsOptions, runtime, tls);
  setTransportFactory({ factory: (): Transport => new SocketTransport() });
  if (url.startsWith("tls:") || tls !== undefined) {
    const { ca, cert, key } = tls ?? { ca: "", cert: "", key: "" };
    natsOptions.tls = {
      ...(ca === "" ? {} : { ca }),
      ...(cert === "" ? {} : { cert, key }),
    };
  }
  return new Link(await NatsConnectionImpl.connect(natsOptions) as NatsConnectionImpl);
}

async function dialWebSocket(
  options: ConnectionOptions,
  runtime: Pick<Runtime, "openWebSocket">,
  tls: PemTexts | undefined,
): Promise<NatsLink> {
  let reason = "";
  const wsFactory = (address: string) => {
    const socket = runtime.openWebSocket(address, tls);
    socket.addEventListener("error", (event) => {
      if ("message" in event) reason = String(event.message);
    });
    return Promise.resolve({ socket, encrypted: address.startsWith("wss:") });
  };
  try {
    return new Link(await wsconnect({ ...options, wsFactory }) as NatsConnectionImpl);
  } catch (error) {
    // The library calls all of these "connection refused".
    if (reason === "") throw error;
    throw new Error(reason, { cause: error });
  }
}

function authenticatorOf(
  { user, password, token, nkeySeed, creds }: NatsCredentials,
): Authenticator | undefined {
  if (creds !== "") return credsAuthenticator(new TextEncoder().encode(creds));
  if (nkeySeed !== "") return nkeyAuthenticator(new TextEncoder().encode(nkeySeed));
  if (token !== "") return tokenAuthenticator(token);
  return user === "" ? undefined : usernamePasswordAuthenticator(user, password);
}

const NO_HEADERS = headers();

class Link implements NatsLink {
  readonly payloadBytesMax: number;
  readonly inbox = createInbox();
  readonly closed: Promise<Error | undefined>;
  readonly #connection: NatsConnectionImpl;

  constructor(connection: NatsConnectionImpl) {
    this.#connection = connection;
    const { info } = connection;
    if (info?.headers !== true) {
      void connection.close();
      throw new Error("the server takes no headers: it is older than NATS 2.2, or has them off");
    }
    this.payloadBytesMax = info.max_payload;
    this.closed = connection.closed().then((error) => error ?? undefined);
  }

  /** In one piece to the library's output buffer: its own `publish` makes 4 objects and 5 small arrays of a record. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#connection.protocol.sendCommand(bytes);
  }

  subscribe(subject: string, receive: Receive): () => void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        // That of a subscription that the server refuses; onRefusal tells.
        if (error) return;
        const { data } = message;
        const status = data.length === 0 ? (message.headers ?? NO_HEADERS).code : 0;
        receive(message.subject, data, status);
      },
    });
    return () => subscription.unsubscribe();
  }

  async request(subject: string, body: string, timeoutMs: number): Promise<string> {
    return (await this.#connection.request(subject, body, { timeout: timeoutMs })).string();
  }

  flush(): Promise<void> {
    return this.#connection.flush();
  }

  onRefusal(refused: (subject: string, reason: string) => void): void {
    const watch = async () => {
      for await (const status of this.#connection.status()) {
        if (status.type !== "error") continue;
        const { error } = status;
        if (error instanceof PermissionViolationError && error.operation === "publish") {
          refused(error.subject, error.message);
        }
      }
    };
    void watch();
  }

  async close(): Promise<void> {
    this.#connection.protocol.transport.discard();
    // A WebSocket waits for what it has not sent yet, which a server that has stalled never takes.
    await Promise.race([
      this.#connection.close(),
      new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS)),
    ]);
  }
}

/**
 * The HTTP server: bounds what comes in before anything looks at it, finds the route, asks the guard, sends the answer.
 *
 * By `node:http`, measured on both runtimes: time-outs, the bound on headers and the refusal of ambiguous requests work on both;
 * `maxConnections` does not on Bun, so connections are counted here.
 */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { isGiven } from "../../cli/secret.ts";
import { errorCode, toError } from "../../runtime/error.ts";
import { readSecret, readText } from "../../runtime/secret.ts";
import type { Log } from "../log.ts";
import type { Counter, Metric } from "../metrics.ts";
import {
  type Answer,
  errorAnswer,
  HttpError,
  send,
  sendStream,
  type StreamAnswer,
} from "./answer.ts";
import type { HttpConfig } from "./flags.ts";
import { Guard } from "./guard.ts";
import { findRoutes, type Route } from "./route.ts";
import type { HttpSource } from "./source.ts";

const HEADER_BYTES_MAX = 16 * 1024;
const BODY_BYTES_MAX = 64 * 1024;
const CONNECTIONS_MAX = 128;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 30_000;
/** Of a connection on which nothing moves: a reader that takes no more of its answer. A profile takes up to two minutes. */
const IDLE_TIMEOUT_MS = 150_000;

export interface HttpServer {
  /** E.g. `127.0.0.1:56767`. */
  readonly name: string;
  readonly port: number;
  /** Ends also the connections that are in use. */
  close(): Promise<void>;
}

/**
 * Listens.
 *
 * @throws when a file cannot be read or the address cannot be bound
 */
export async function serveHttp(
  config: HttpConfig,
  routes: readonly Route[],
  source: HttpSource,
  log: Log,
): Promise<HttpServer> {
  const token = (await readSecret(config.token)).trim();
  if (token === "" && isGiven(config.token)) {
    throw new Error("Cannot start HTTP: the token is empty");
  }
  const front = new Front(routes, new Guard(token, config.hosts), source, log);
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1000,
  };
  const server = config.tlsCertFile === "" ? createServer(limits) : createTlsServer({
    ...limits,
    cert: await readText(config.tlsCertFile),
    key: await readText(config.tlsKeyFile),
    minVersion: "TLSv1.2",
  });
  server.on("connection", (socket: Socket) => front.connected(socket));
  server.on("request", (request, response) => void front.take(request, response));
  server.on("clientError", (_error: Error, socket: Socket) => socket.destroy());
  await listen(server, config);
  const { address, port } = server.address() as { address: string; port: number };
  return {
    name: address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        front.close();
      }),
  };
}

function listen(server: Server, { address, port }: HttpConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const isBusy = errorCode(cause) === "EADDRINUSE";
      const reason = isBusy ? "another program listens there already" : cause.message;
      reject(
        new Error(`Cannot listen for HTTP on "${address}" port ${port}: ${reason}`, { cause }),
      );
    });
    server.listen(port, address, () => {
      server.removeAllListeners("error");
      server.on("error", () => {});
      resolve();
    });
  });
}

class Front {
  readonly #sockets = new Set<Socket>();
  readonly #requests: Metric;
  readonly #refused: Counter;

  constructor(
    readonly routes: readonly Route[],
    readonly guard: Guard,
    readonly source: HttpSource,
    readonly log: Log,
  ) {
    const { metrics } = source;
    this.#requests = metrics.counter(
      "edgebmp_http_requests_total",
      "HTTP requests, by route and status",
    );
    this.#refused = metrics.counter(
      "edgebmp_http_connections_refused_total",
      "HTTP connections closed at once because there were too many",
    ).with();
  }

  connected(socket: Socket): void {
    if (this.#sockets.size >= CONNECTIONS_MAX) {
      this.#refused.add(1);
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
  }

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away is no failure of ours.
    request.on("error", () => {});
    response.on("error", () => {});
    let path = "none";
    let answer: Answer | StreamAnswer;
    try {
      const url = urlOf(request);
      const { route, words } = this.#find(request, url);
      path = route.path;
      this.guard.check(route.access, request);
      const body = await readBody(request);
      answer = await route.answer({ words, query: url.searchParams, body }, this.source);
    } catch (error) {
      answer = this.#refusal(error, path);
    }
    const status = "status" in answer ? answer.status : 200;
    this.#requests.with({ route: path, status: String(status) }).add(1);
    if (response.destroyed) return;
    if ("start" in answer) return sendStream(response, answer);
    // What was not read of the body must not be taken for the next request.
    if (!request.complete && hasBody(request)) response.setHeader("connection", "close");
    send(response, answer);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #find(request: IncomingMessage, url: URL): ReturnType<typeof findRoutes>[number] {
    const found = findRoutes(this.routes, url.pathname);
    if (found.length === 0) throw new HttpError(404, "Cannot find this path");
    const method = request.method === "HEAD" ? "GET" : request.method;
    const match = found.find(({ route }) => route.method === method);
    if (match !== undefined) return match;
    const allow = found.map(({ route }) => route.method).join(", ");
    throw new HttpError(405, `Cannot use this method here: expected ${allow}`, { allow });
  }

  #refusal(error: unknown, path: string): Answer {
    if (error instanceof HttpError) return errorAnswer(error);
    this.log.limited("error", path, "HTTP request failed", {
      route: path,
      error: toError(error).message,
    });
    return errorAnswer(new HttpError(500, "Cannot answer: the log says why"));
  }
}

function urlOf({ url = "" }: IncomingMessage): URL {
  // Not as a relative one: "//evil/x" would then name a host.
  if (!url.startsWith("/") || !URL.canParse(`http://host${url}`)) {
    throw new HttpError(400, "Cannot read the path");
  }
  return new URL(`http://host${url}`);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** JSON of the body, undefined if it is empty. @throws {HttpError} */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) {
      throw new HttpError(413, `Cannot take the body: expected at most ${BODY_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new HttpError(400, "Cannot read the body: expected JSON");
  }
}

/** Asks the HTTP server over a socket of its own, so that a test decides on every byte. */
import { connect } from "node:net";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import type { HttpConfig } from "../../../src/ops/http/flags.ts";
import { ROUTES } from "../../../src/ops/http/routes.ts";
import { type HttpServer, serveHttp } from "../../../src/ops/http/server.ts";
import { MemoryJournal } from "../../../src/journal/memory.ts";
import { Captures } from "../../../src/ops/http/captures.ts";
import { Resets } from "../../../src/sessions/resets.ts";
import { Tail } from "../../../src/pipeline/live/tail.ts";
import { LiveView } from "../../../src/pipeline/live/live_view.ts";
import type { HttpSource } from "../../../src/ops/http/source.ts";

const LOG = new Log("error", "text", () => {});

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const HTTP_CONFIG: HttpConfig = {
  port: 0,
  isPortNamed: true,
  address: "127.0.0.1",
  hosts: [],
  token: { value: "", path: "" },
  tlsCertFile: "",
  tlsKeyFile: "",
  captureDir: "",
  observe: true,
};

/** A source that knows nothing; tests put in what they are about. */
export function emptySource(parts: Partial<HttpSource> = {}): HttpSource {
  return {
    version: "0.0.0",
    runtime: "test 1",
    collector: "edge",
    startedAtMs: 0,
    metrics: new Metrics(),
    updateMetrics() {},
    unreadiness: () => [],
    readySinceMs: 0,
    sessions: { count: 0, *[Symbol.iterator]() {} },
    live: new LiveView(0),
    tail: new Tail(),
    sinks: () => [],
    upstreams: () => [],
    resets: new Resets([]),
    captures: new Captures(
      "",
      new MemoryJournal({ bytesMax: 1 << 21, metrics: new Metrics() }),
      LOG,
    ),
    reload: () => Promise.resolve({ changes: [], restart: [] }),
    log: LOG,
    ...parts,
  };
}

export function serve(
  source: HttpSource = emptySource(),
  config: Partial<HttpConfig> = {},
): Promise<HttpServer> {
  return serveHttp({ ...HTTP_CONFIG, ...config }, ROUTES, source, LOG);
}

/** Sends bytes as they are and reads until the server closes or `isEnough`. */
export function sendRaw(
  port: number,
  request: string,
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`Cannot read the answer: found ${JSON.stringify(text)} after 5 s`));
    }, 5000);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (isEnough(text)) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request on a connection of its own. */
export async function ask(port: number, path: string, options: AskOptions = {}): Promise<Got> {
  const { method = "GET", headers = {}, body = "" } = options;
  const all: Record<string, string> = {
    host: `127.0.0.1:${port}`,
    connection: "close",
    ...(body === "" ? {} : { "content-length": String(new TextEncoder().encode(body).length) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return readAnswer(await sendRaw(port, `${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`));
}

export function readAnswer(text: string): Got {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const body = new TextDecoder().decode(
    Uint8Array.from(text.slice(end + 4), (character) => character.charCodeAt(0)),
  );
  return { status: Number(first.split(" ")[1]), headers, body };
}

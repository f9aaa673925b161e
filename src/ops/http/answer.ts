/** What a route answers with, and how it goes out. */
import type { ServerResponse } from "node:http";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that goes on until one of both sides ends it. */
export interface StreamAnswer {
  readonly type: string;
  /** Called once the head is out. */
  start(stream: ServerResponse): void;
}

/** A request that is not answered as asked, and why. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** On every answer: nothing is kept, framed, guessed or loaded. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const HTML_CHARACTERS: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** JSON in which nothing can be taken for HTML: routers choose their names themselves. */
export function jsonText(value: unknown): string {
  return escapeHtml(JSON.stringify(value));
}

/** JSON again: the characters can only stand in its strings. */
export function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (found) => HTML_CHARACTERS[found]!);
}

export function json(value: unknown, status = 200): Answer {
  return { status, type: "application/json; charset=utf-8", body: `${jsonText(value)}\n` };
}

export function text(body: string, status = 200): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

export function errorAnswer({ status, message, headers }: HttpError): Answer {
  return { ...json({ error: message }, status), headers };
}

export function send(response: ServerResponse, answer: Answer): void {
  const body = typeof answer.body === "string"
    ? new TextEncoder().encode(answer.body)
    : answer.body;
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    ...answer.headers,
    "content-type": answer.type,
    "content-length": String(body.length),
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

export function sendStream(response: ServerResponse, answer: StreamAnswer): void {
  response.writeHead(200, { ...SECURITY_HEADERS, "content-type": answer.type });
  answer.start(response);
}

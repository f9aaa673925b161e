/**
 * Who may ask what.
 *
 * A page of another site can make a browser send requests here, and by a name of its own that it lets point here (DNS rebinding) also
 * read the answers. So what is asked by a strange name is refused, and an action demands the token or a header that a page cannot
 * send to another site without asking first, which is never allowed.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { HttpError } from "./answer.ts";
import type { Access } from "./route.ts";

/** Its value does not matter. */
export const ACTION_HEADER = "x-edgebmp-action";

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

export class Guard {
  readonly #tokenHash: Uint8Array | undefined;
  readonly #hosts: ReadonlySet<string>;

  /**
   * @param token empty: none
   * @param hosts names by which this host may be asked, beside its own
   */
  constructor(token: string, hosts: readonly string[]) {
    this.#tokenHash = token === "" ? undefined : hashOf(token);
    const own = hostname().toLowerCase();
    this.#hosts = new Set(["localhost", own, own.split(".")[0]!, ...hosts]);
  }

  /** @throws {HttpError} */
  check(access: Access, request: IncomingMessage): void {
    const host = oneHost(request);
    if (access === "open") return;
    if (this.#tokenHash !== undefined) this.#checkToken(request);
    if (access === "scrape") return;
    // Whoever knows the token is no page of another site.
    if (this.#tokenHash === undefined && !this.#isOwn(host)) {
      throw new HttpError(
        403,
        `Cannot answer: asked by the name "${host}", expected an address, localhost, or one of --http-hosts`,
      );
    }
    if (access === "act") this.#checkAction(request, host);
  }

  #checkToken(request: IncomingMessage): void {
    const [, token = ""] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? [];
    if (timingSafeEqual(hashOf(token), this.#tokenHash!)) return;
    throw new HttpError(401, "Cannot answer: expected the bearer token", {
      "www-authenticate": "Bearer",
    });
  }

  #checkAction(request: IncomingMessage, host: string): void {
    const { headers, socket } = request;
    const { origin } = headers;
    if (origin !== undefined && !isSameHost(origin, host)) {
      throw new HttpError(403, "Cannot act: asked by a page of another site");
    }
    const site = headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      throw new HttpError(403, "Cannot act: asked by a page of another site");
    }
    if (this.#tokenHash !== undefined) return;
    if (headers[ACTION_HEADER] === undefined) {
      throw new HttpError(403, `Cannot act: expected the header ${ACTION_HEADER}`);
    }
    if (!LOOPBACK.test(socket.remoteAddress ?? "")) {
      throw new HttpError(
        403,
        "Cannot act: asked from another host, which demands a token (--http-token-file)",
      );
    }
  }

  #isOwn(host: string): boolean {
    const name = nameOf(host);
    return isIP(name) !== 0 || this.#hosts.has(name);
  }
}

/** The Host header. @throws {HttpError} where there are several, as two parties may then understand two things */
function oneHost({ rawHeaders, headers }: IncomingMessage): string {
  const count = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  if (count !== 1 || !headers.host) {
    throw new HttpError(400, `Cannot answer: found ${count} Host headers, expected one`);
  }
  return headers.host.toLowerCase();
}

/** Without port and brackets. */
function nameOf(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host) ?? [];
  return (bracketed ?? plain ?? "").replace(/\.$/, "");
}

function isSameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

function hashOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

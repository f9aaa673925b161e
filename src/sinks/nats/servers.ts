/** Where the NATS servers are and how to log in: addresses from the configuration, secrets from files that are read anew each time. */
import { FlagError } from "../../cli/flag.ts";
import type { Secret } from "../../cli/secret.ts";
import { toError } from "../../runtime/error.ts";
import { readSecret, readText } from "../../runtime/secret.ts";
import type { PemTexts, Runtime } from "../../runtime/types.ts";
import type { Dial, NatsCredentials, NatsLink } from "./link.ts";

/** One server of the configuration. */
export interface ServerAddress {
  /** Without user and password: fit for the log. */
  readonly url: string;
  /** What the URL said about us; empty: nothing. */
  readonly user: string;
  readonly password: string;
  readonly token: string;
}

/** How to log in. Empty: not so. */
export interface LoginOptions {
  readonly user: string;
  readonly password: Secret;
  readonly token: Secret;
  readonly nkey: Secret;
  readonly creds: Secret;
  /** Paths. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ServersOptions extends LoginOptions {
  readonly servers: readonly ServerAddress[];
  readonly clientName: string;
  readonly runtime: Pick<Runtime, "openWebSocket">;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** The ports that URLs stand for without one. */
const PORTS = new Map([["nats", 4222], ["tls", 4222], ["ws", 80], ["wss", 443]]);

/** Reads `URL,...`: `[nats|tls|ws|wss://][USER[:PASSWORD]@]HOST[:PORT]`. @throws {FlagError} without what stands before an `@` */
export function parseServers(text: string): ServerAddress[] {
  return text.split(",").map((each) => each.trim()).filter((each) => each !== "").map(parseServer);
}

function parseServer(text: string): ServerAddress {
  const [, scheme = "nats", login, rest = ""] =
    /^(?:([a-z+]+):\/\/)?(?:(.*)@)?([^@]*)$/i.exec(text) ?? [];
  const portDefault = PORTS.get(scheme);
  // "http:" reads every other scheme's host and port alike.
  const http = `http://${rest}`;
  if (portDefault === undefined || /\s/.test(rest) || !URL.canParse(http)) {
    const before = portDefault === undefined ? `${scheme}://` : "";
    throw new FlagError(
      `found "${before}${rest}", expected nats, tls, ws or wss://HOST:PORT`,
    );
  }
  const address = new URL(http);
  const isWebSocket = scheme.startsWith("ws");
  // A port that "http:" would leave out, too.
  const port = /^(?:\[[^\]]*\]|[^:/]*):(\d+)/.exec(rest)?.[1] ?? portDefault;
  const path = isWebSocket && address.pathname !== "/" ? address.pathname : "";
  const url = `${scheme}://${address.hostname}:${port}${path}`;
  if (login === undefined) return { url, user: "", password: "", token: "" };
  const colon = login.indexOf(":");
  if (colon < 0) return { url, user: "", password: "", token: decode(login) };
  return {
    url,
    user: decode(login.slice(0, colon)),
    password: decode(login.slice(colon + 1)),
    token: "",
  };
}

/** What is no percent-encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The servers of one sink, asked in turn. */
export class Servers {
  readonly #options: ServersOptions;
  #next: number;
  #dial: Dial | undefined = undefined;

  constructor(options: ServersOptions) {
    this.#options = options;
    // Many collectors with one configuration spread over the servers.
    this.#next = Math.floor(Math.random() * options.servers.length);
  }

  /** @throws when a file cannot be read */
  async check(): Promise<void> {
    await readLogin(this.#options);
  }

  /** Connects to the next server. */
  async connect(): Promise<{ link: NatsLink; server: string }> {
    const { servers, clientName, runtime } = this.#options;
    const { url, ...fromUrl } = servers[this.#next++ % servers.length]!;
    try {
      const { credentials, tls } = await readLogin(this.#options);
      this.#dial ??= (await import("./client.ts")).natsDial(runtime);
      const link = await this.#dial({
        url,
        clientName,
        credentials: hasLogin(credentials) ? credentials : { ...credentials, ...fromUrl },
        tls,
        timeoutMs: CONNECT_TIMEOUT_MS,
      });
      return { link, server: url };
    } catch (error) {
      throw new Error(`Cannot connect to ${url}: ${toError(error).message || "no reason given"}`, {
        cause: error,
      });
    }
  }
}

function hasLogin({ user, token, nkeySeed, creds }: NatsCredentials): boolean {
  return [user, token, nkeySeed, creds].some((each) => each !== "");
}

async function readLogin(
  options: LoginOptions,
): Promise<{ credentials: NatsCredentials; tls: PemTexts | undefined }> {
  const read = (path: string) => path === "" ? "" : readText(path);
  const ca = await read(options.caFile);
  const cert = await read(options.certFile);
  const key = await read(options.keyFile);
  const credentials = {
    user: options.user,
    password: (await readSecret(options.password)).trim(),
    token: (await readSecret(options.token)).trim(),
    nkeySeed: (await readSecret(options.nkey)).trim(),
    creds: await readSecret(options.creds),
  };
  return { credentials, tls: ca + cert === "" ? undefined : { ca, cert, key } };
}

/** `edgebmp session`: looks at and acts on the sessions of a collector that runs, over its HTTP. */
import process from "node:process";
import { setTimeout } from "node:timers";
import { httpTokenFlags } from "../../ops/http/flags.ts";
import { toError } from "../../runtime/error.ts";
import { readSecret } from "../../runtime/secret.ts";
import { utf8 } from "../../wire/writer.ts";
import type { Command, CommandContext } from "../command.ts";
import {
  anyText,
  environmentName,
  type Flag,
  FlagError,
  integer,
  UsageError,
  withoutLogin,
} from "../flag.ts";

const ACTIONS = ["list", "reset", "capture"] as const;
type Action = typeof ACTIONS[number];

const PAGE = 1000;
const POLL_MS = 500;
const TIMEOUT_MS = 30_000;

export const sessionHttpFlag: Flag<URL> = {
  name: "http",
  placeholder: "URL",
  default: "http://127.0.0.1:56767",
  help: "Where the collector listens for HTTP",
  parse: parseUrl,
};

export const mebibytesFlag: Flag<number> = {
  name: "mebibytes",
  placeholder: "COUNT",
  default: "16",
  help: "capture: so much at most",
  parse: integer(1, 1024),
};

export const secondsFlag: Flag<number> = {
  name: "seconds",
  placeholder: "COUNT",
  default: "600",
  help: "capture: for so long at most",
  parse: integer(1, 24 * 3600),
};

export const searchFlag: Flag<string> = {
  name: "search",
  placeholder: "TEXT",
  default: "",
  help: "list: only sessions with this text in address, name or listener",
  parse: anyText,
};

export const sessionCommand: Command = {
  name: "session",
  summary: "List the sessions of a running collector, reset them, or capture one",
  usage: "list | reset ID | reset all | capture ID",
  flags: [sessionHttpFlag, httpTokenFlags.file, searchFlag, mebibytesFlag, secondsFlag],
  async run(context) {
    const [action, id, ...more] = context.words;
    const known = ACTIONS.find((known) => known === action);
    if (known === undefined || more.length > 0) {
      throw new UsageError(`Cannot run "session": expected ${ACTIONS.join(", ")}`);
    }
    if ((known === "list") !== (id === undefined)) {
      throw new UsageError(`Cannot run "session ${known}": only reset and capture take a session`);
    }
    return await run(known, id ?? "", await Client.open(context), context);
  },
};

async function run(
  action: Action,
  id: string,
  client: Client,
  context: CommandContext,
): Promise<number> {
  const { log } = context;
  switch (action) {
    case "list":
      return await list(client, context);
    case "reset": {
      const path = id === "all" ? "sessions/reset" : `sessions/${encodeURIComponent(id)}/reset`;
      const { accepted = 1, too_soon = 0 } = await client.post(path, {});
      log.info("reset", { session: id, accepted: Number(accepted), too_soon: Number(too_soon) });
      return 0;
    }
    case "capture":
      return await capture(id, client, context);
  }
}

/** One line per session: id, source, name, when it opened, peers that are up, messages. */
async function list(client: Client, { flags, runtime }: CommandContext): Promise<number> {
  const search = encodeURIComponent(flags.get(searchFlag));
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const page = await client.get(`sessions?limit=${PAGE}&offset=${offset}&q=${search}`);
    total = page.total as number;
    let text = "";
    for (const row of page.items as Row[]) {
      const { up } = row.peers as Record<string, number>;
      text +=
        `${row.id} ${row.source} ${harmless(row.name)} since=${row.opened_at} state=${row.state} ` +
        `peers_up=${up} messages=${row.messages} errors=${row.errors}\n`;
    }
    await runtime.writeStdout(utf8(text));
  }
  return 0;
}

/** Starts a capture and waits for its end. */
async function capture(
  id: string,
  client: Client,
  { flags, log, runtime, signal }: CommandContext,
): Promise<number> {
  const started = await client.post(`sessions/${encodeURIComponent(id)}/capture`, {
    mebibytes: flags.get(mebibytesFlag),
    seconds: flags.get(secondsFlag),
  });
  log.info("capture started", { session: id, file: String(started.file) });
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const { items } = await client.get("captures");
    const row = (items as Row[]).find(({ file }) => file === started.file);
    if (row?.state === "running") continue;
    log.info("capture ended", { state: String(row?.state), bytes: Number(row?.bytes ?? 0) });
    await runtime.writeStdout(utf8(`${started.file}\n`));
    return row?.state === "failed" ? 1 : 0;
  }
  log.info("the capture goes on without us", { file: String(started.file) });
  return 0;
}

interface Row {
  readonly [member: string]: unknown;
}

/** Asks the API of a collector. */
class Client {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(base: URL, token: string) {
    this.#base = base;
    this.#headers = {
      "x-edgebmp-action": "1",
      "content-type": "application/json",
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  static async open({ flags }: CommandContext): Promise<Client> {
    const value = process.env[environmentName(httpTokenFlags.value)] ?? "";
    const path = flags.get(httpTokenFlags.file) ||
      (process.env[environmentName(httpTokenFlags.file)] ?? "");
    return new Client(flags.get(sessionHttpFlag), (await readSecret({ value, path })).trim());
  }

  get(path: string): Promise<Row> {
    return this.#ask("GET", path, undefined);
  }

  post(path: string, body: Row): Promise<Row> {
    return this.#ask("POST", path, JSON.stringify(body));
  }

  async #ask(method: string, path: string, body: string | undefined): Promise<Row> {
    const url = new URL(`/api/v1/${path}`, this.#base);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: this.#headers,
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body }),
      });
    } catch (cause) {
      throw new Error(`Cannot reach the collector at "${this.#base}": ${toError(cause).message}`, {
        cause,
      });
    }
    const answer = await response.json() as Row;
    if (!response.ok) throw new Error(String(answer.error));
    return answer;
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new FlagError(
      `found "${withoutLogin(text)}", expected a URL that begins with http:// or https://`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new FlagError("found a login in the URL, expected --http-token-file");
  }
  return url;
}

/** A router's own words, fit for a terminal and for one column. */
function harmless(name: unknown): string {
  const text = String(name).replace(/[\p{C}\s]/gu, "?");
  return text === "" ? "-" : text;
}

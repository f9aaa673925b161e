/** pmacct's BMP collector, which writes a JSON line for every message and route. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../ports.ts";
import { findProgram, type Found, Program, waitFor } from "./programs.ts";

export function findPmbmpd(): Found {
  const path = findProgram("pmbmpd", "/usr/sbin");
  return path === undefined
    ? { skip: "pmbmpd is not installed (Debian package pmacct)" }
    : { path };
}

export type PmLine = Readonly<Record<string, unknown>>;

export class Pmbmpd {
  readonly program: Program;
  readonly port: number;
  readonly #file: string;

  private constructor(program: Program, port: number, file: string) {
    this.program = program;
    this.port = port;
    this.#file = file;
  }

  static async start(path: string, wantedPort?: number): Promise<Pmbmpd> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-pmbmpd-"));
    const port = wantedPort ?? await freePort();
    const file = join(folder, "log.json");
    const config = join(folder, "pmbmpd.conf");
    await writeFile(
      config,
      [
        "daemonize: false",
        "bmp_daemon_ip: 127.0.0.1",
        `bmp_daemon_port: ${port}`,
        "bmp_daemon_max_peers: 8",
        `bmp_daemon_msglog_file: ${file}`,
        "bmp_daemon_msglog_output: json",
        "",
      ].join("\n"),
    );
    const program = new Program("pmbmpd", [path, "-f", config], folder);
    await waitFor("pmbmpd", () => program.log.includes("waiting for BMP data"), [program]);
    return new Pmbmpd(program, port, file);
  }

  /** What it has said of messages so far, without what depends on when and whence; whole lines only. */
  lines(): PmLine[] {
    const text = existsSync(this.#file) ? readFileSync(this.#file, "utf8") : "";
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as PmLine).map((line) => {
      const { seq: _seq, timestamp_arrival: _arrival, bmp_router_port: _port, ...rest } = line;
      return rest;
    });
  }

  /** Lines of messages. */
  messages(): PmLine[] {
    return this.lines().filter((line) => line["event_type"] === "log");
  }
}

/** The routes that lines of the last session leave, each as its line. */
export function routesOf(lines: readonly PmLine[]): string[] {
  const routes = new Map<string, string>();
  for (const line of lines) {
    if (line["event_type"] === "log_init") routes.clear();
    if (line["bmp_msg_type"] === "peer_down") {
      for (const key of routes.keys()) {
        if (key.startsWith(`${line["peer_ip"]}|`)) routes.delete(key);
      }
    }
    if (line["bmp_msg_type"] !== "route_monitor" || line["ip_prefix"] === undefined) continue;
    const key = ["peer_ip", "peer_type", "is_post", "is_in", "is_loc", "rd", "as_path_id"]
      .map((name) => `${line[name] ?? ""}`).concat(
        [`${line["ip_prefix"]}`, `${line["safi"]}`, `${line["path_id"] ?? ""}`],
      ).join("|");
    if (line["log_type"] === "withdraw" || line["log_type"] === "delete") routes.delete(key);
    else routes.set(key, JSON.stringify(line));
  }
  return [...routes.values()].sort();
}

/**
 * The programs of the integration tests, each a process of its own with a temporary folder and free ports: gobgpd, FRR's
 * bgpd, and the collector under test. What was started here is ended here, by process id, also when a test fails.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../ports.ts";
import { killAtEnd } from "./reaper.ts";
import type { Family } from "./speaker.ts";

/** A program of the system, or why the tests that need it are skipped. */
export type Found = { readonly path: string } | { readonly skip: string };

/** `describe` for tests that need a program; without it, one skipped test that says so. */
export function describeWith(program: Found, name: string, define: (path: string) => void): void {
  if ("path" in program) describe(name, () => define(program.path));
  else it(`${name}: skipped, ${program.skip}`, { skip: true }, () => {});
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FRR_FOLDER = "/usr/lib/frr";
/** Where bgpd makes a folder `bgpd.PID` of its own, which it leaves behind when it is killed. */
const FRR_CRASH_LOGS = "/var/tmp/frr";
const LOG_MAX_CHARS = 64 * 1024;

export function findGobgpd(): Found {
  const path = findProgram("gobgpd");
  return path === undefined
    ? { skip: "gobgpd is not installed (Debian package gobgpd)" }
    : { path };
}

/** FRR's. */
export function findBgpd(): Found {
  const path = findProgram("bgpd", FRR_FOLDER);
  return path === undefined
    ? { skip: "FRR's bgpd is not installed (Debian package frr)" }
    : { path };
}

export function findTshark(): Found {
  const path = findProgram("tshark");
  return path === undefined
    ? { skip: "tshark is not installed (Debian package tshark)" }
    : { path };
}

export function findStunnel(): Found {
  const path = findProgram("stunnel");
  return path === undefined
    ? { skip: "stunnel is not installed (Debian package stunnel4)" }
    : { path };
}

export function findOpenssl(): Found {
  const path = findProgram("openssl");
  return path === undefined ? { skip: "openssl is not installed" } : { path };
}

export function findProgram(name: string, ...extraFolders: string[]): string | undefined {
  const folders = [...extraFolders, ...(process.env.PATH ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A started process and what it has written. */
export class Program {
  readonly name: string;
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #log = "";
  #exit: string | undefined;

  constructor(name: string, command: readonly string[], folder: string) {
    const [file = "", ...args] = command;
    this.name = name;
    this.folder = folder;
    this.#child = spawn(file, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    killAtEnd(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      // By whole lines: those of the two streams must not stand in one another.
      let rest = "";
      stream?.setEncoding("utf8");
      stream?.on("data", (text: string) => {
        const end = text.lastIndexOf("\n") + 1;
        if (end > 0) this.#note(rest + text.slice(0, end));
        rest = end > 0 ? text.slice(end) : rest + text;
      });
      stream?.on("end", () => this.#note(rest));
    }
    this.#ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.#exit ??= how;
        resolve();
      };
      this.#child.on("error", (error) => end(error.message));
      this.#child.on("exit", (code, signal) => end(signal ?? `exit status ${code}`));
    });
  }

  #note(text: string): void {
    this.#log = (this.#log + text).slice(-LOG_MAX_CHARS);
  }

  /** The last of standard output and standard error. */
  get log(): string {
    return this.#log;
  }

  /** How the process ended: signal name, `exit status N`, or why it could not start. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /** Sends SIGTERM, and SIGKILL when that did not end it; removes the temporary folder. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(timer);
    await this.#removeFolders();
  }

  /** Stops it where it is, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    process.kill(this.#child.pid!, name);
  }

  /** Ends it as a crash does; removes the temporary folder. */
  async kill(): Promise<void> {
    await this.crash();
    await this.#removeFolders();
  }

  /** Ends it as a crash does. */
  async crash(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async #removeFolders(): Promise<void> {
    for (const folder of [this.folder, `${FRR_CRASH_LOGS}/${this.name}.${this.#child.pid}`]) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Polls until `ready` gives a value; the error names what was waited for and the programs' last log lines. */
export async function waitFor<T>(
  what: string,
  ready: () => T | undefined | false,
  programs: readonly Program[] = [],
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = ready();
    if (value !== undefined && value !== false) return value;
    const ended = programs.find((program) => program.exit !== undefined);
    if (ended !== undefined || Date.now() > deadline) {
      const reason = ended === undefined
        ? `not within ${timeoutMs} ms`
        : `${ended.name} ended: ${ended.exit}`;
      throw new Error(`Cannot get ${what}: ${reason}${programs.map(logText).join("")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Waits until a new program is up; ends it when that fails. */
async function ready(program: Program, isReady: () => boolean): Promise<void> {
  try {
    await waitFor(`${program.name} ready`, isReady, [program]);
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** The end of a program's log, to be put behind a failure message. */
export function logText(program: Program): string {
  return `\n--- ${program.name}\n${program.log.slice(-4000)}`;
}

export async function temporaryFolder(name: string): Promise<string> {
  return await mkdtemp(join(tmpdir(), `edgebmp-${name}-`));
}

/** The BGP side of a daemon, as a {@linkcode Speaker} dials it. */
export interface Daemon {
  readonly program: Program;
  readonly host: string;
  readonly port: number;
}

/** A neighbour that the daemon waits for. */
export interface Neighbor {
  readonly address: string;
  readonly asn: number;
  readonly families: readonly Family[];
}

/** The daemons' own side, which shows up in Peer Up messages. */
export const DAEMON_ASN = 65001;
export const DAEMON_ROUTER_ID = "10.0.0.1";

export type GobgpView = "pre-policy" | "post-policy" | "local-rib" | "all";

/** The smallest that gobgpd takes. */
export const GOBGPD_STATISTICS_S = 15;

/** Starts gobgpd with a BMP session to 127.0.0.1:`bmpPort`, where somebody has to listen already. */
export async function startGobgpd(
  options: { path: string; view: GobgpView; bmpPort: number; neighbors: readonly Neighbor[] },
): Promise<Daemon> {
  const folder = await temporaryFolder("gobgpd");
  const [port, apiPort] = [await freePort(), await freePort()];
  const file = join(folder, "gobgpd.toml");
  const hosts = [...new Set(options.neighbors.map(localAddress))];
  await writeFile(
    file,
    [
      "[global.config]",
      `as = ${DAEMON_ASN}`,
      `router-id = "${DAEMON_ROUTER_ID}"`,
      `port = ${port}`,
      `local-address-list = ${JSON.stringify(hosts)}`,
      ...options.neighbors.map(gobgpdNeighbor),
      "[[bmp-servers]]",
      "[bmp-servers.config]",
      `address = "127.0.0.1"`,
      `port = ${options.bmpPort}`,
      `route-monitoring-policy = "${options.view}"`,
      `statistics-timeout = ${GOBGPD_STATISTICS_S}`,
      "",
    ].join("\n"),
  );
  const command = [
    options.path,
    "-f",
    file,
    "--api-hosts",
    `127.0.0.1:${apiPort}`,
    "--pprof-disable",
    "-p",
  ];
  const program = new Program("gobgpd", command, folder);
  const count = options.neighbors.length;
  await ready(program, () => program.log.split("Add a peer configuration").length > count);
  return { program, host: "127.0.0.1", port };
}

function gobgpdNeighbor({ address, asn, families }: Neighbor): string {
  return [
    "[[neighbors]]",
    "[neighbors.config]",
    `neighbor-address = "${address}"`,
    `peer-as = ${asn}`,
    "[neighbors.transport.config]",
    "passive-mode = true",
    "[neighbors.timers.config]",
    "idle-hold-time-after-reset = 1",
    "[neighbors.ebgp-multihop.config]",
    "enabled = true",
    "multihop-ttl = 5",
    ...families.flatMap((family) => [
      "[[neighbors.afi-safis]]",
      "[neighbors.afi-safis.config]",
      `afi-safi-name = "${gobgpdFamily(family)}"`,
      ...(family.addPath ? ["[neighbors.afi-safis.add-paths.config]", "receive = true"] : []),
    ]),
  ].join("\n");
}

/** gobgpd's names of families. */
const GOBGPD_FAMILIES: Readonly<Record<string, string>> = {
  "1/1": "ipv4-unicast",
  "2/1": "ipv6-unicast",
  "1/2": "ipv4-multicast",
  "2/2": "ipv6-multicast",
  "1/4": "ipv4-labelled-unicast",
  "2/4": "ipv6-labelled-unicast",
  "1/7": "ipv4-encap",
  "2/7": "ipv6-encap",
  "1/73": "ipv4-srpolicy",
  "2/73": "ipv6-srpolicy",
  "1/85": "ipv4-mup",
  "2/85": "ipv6-mup",
  "1/128": "l3vpn-ipv4-unicast",
  "2/128": "l3vpn-ipv6-unicast",
  "1/132": "rtc",
  "1/133": "ipv4-flowspec",
  "2/133": "ipv6-flowspec",
  "1/134": "l3vpn-ipv4-flowspec",
  "2/134": "l3vpn-ipv6-flowspec",
  "25/65": "l2vpn-vpls",
  "25/70": "l2vpn-evpn",
  "25/134": "l2vpn-flowspec",
  "16388/71": "ls",
  "16397/241": "opaque",
};

function gobgpdFamily({ afi, safi }: Family): string {
  const name = GOBGPD_FAMILIES[`${afi}/${safi}`];
  if (name === undefined) throw new Error(`Cannot configure family ${afi}/${safi} of gobgpd`);
  return name;
}

function localAddress({ address }: Neighbor): string {
  return address.includes(":") ? "::1" : "127.0.0.1";
}

/**
 * Starts FRR's bgpd without zebra. `monitor`: what BMP shows for each unicast family of the neighbours; `mirror`: every BGP
 * message that bgpd receives, too.
 */
export async function startBgpd(
  options: {
    path: string;
    monitor: readonly ("pre-policy" | "post-policy")[];
    mirror: boolean;
    bmpPort: number;
    neighbors: readonly Neighbor[];
  },
): Promise<Daemon> {
  const folder = await temporaryFolder("bgpd");
  const port = await freePort();
  const file = join(folder, "bgpd.conf");
  const views = [..."46"].flatMap((version) =>
    options.monitor.map((policy) => `  bmp monitor ipv${version} unicast ${policy}`)
  );
  await writeFile(
    file,
    [
      "hostname frr",
      "log stdout",
      `router bgp ${DAEMON_ASN}`,
      ` bgp router-id ${DAEMON_ROUTER_ID}`,
      " no bgp ebgp-requires-policy",
      " no bgp default ipv4-unicast",
      " bmp mirror buffer-limit 4194304",
      ...options.neighbors.flatMap(bgpdNeighbor),
      " bmp targets edge",
      "  bmp stats interval 1000",
      ...views,
      ...(options.mirror ? ["  bmp mirror"] : []),
      `  bmp connect 127.0.0.1 port ${options.bmpPort} min-retry 1000 max-retry 2000`,
      " exit",
      "",
    ].join("\n"),
  );
  const command = [
    ...[options.path, "-Z", "-n", "-S", "-p", `${port}`, "-P", "0", "-f", file, "-M", "bmp"],
    ...["-i", join(folder, "bgpd.pid"), "--vty_socket", folder],
  ];
  const program = new Program("bgpd", command, folder);
  await ready(program, () => existsSync(join(folder, "bgpd.pid")));
  return { program, host: "127.0.0.1", port };
}

function bgpdNeighbor({ address, asn, families }: Neighbor): string[] {
  return [
    ` neighbor ${address} remote-as ${asn}`,
    ` neighbor ${address} ebgp-multihop 5`,
    ` neighbor ${address} passive`,
    ...families.flatMap((family) => [
      ` address-family ipv${family.afi === 1 ? 4 : 6} ${
        family.safi === 4 ? "labeled-" : ""
      }unicast`,
      `  neighbor ${address} activate`,
      // Without the stored Adj-RIB-In there is nothing to show before policy.
      `  neighbor ${address} soft-reconfiguration inbound`,
      " exit-address-family",
    ]),
  ];
}

/** Starts stunnel, which takes plain connections on the port that it gives and passes them on by TLS, with a certificate of its own. */
export async function startStunnel(
  options: { path: string; port: number; ca: string; cert: string; key: string },
): Promise<{ program: Program; port: number }> {
  const folder = await temporaryFolder("stunnel");
  const port = await freePort();
  const file = join(folder, "stunnel.conf");
  await writeFile(
    file,
    [
      "foreground = yes",
      "pid =",
      "[bmp]",
      "client = yes",
      `accept = 127.0.0.1:${port}`,
      `connect = 127.0.0.1:${options.port}`,
      `cert = ${options.cert}`,
      `key = ${options.key}`,
      `CAfile = ${options.ca}`,
      "verifyChain = yes",
      "checkHost = localhost",
      "",
    ].join("\n"),
  );
  const program = new Program("stunnel", [options.path, file], folder);
  await ready(program, () => program.log.includes("Configuration successful"));
  return { program, port };
}

/** One line of the collector's output. */
export interface Line {
  readonly msg_type: number;
  readonly msg_hash?: string;
  readonly msg_data: Record<string, unknown>;
}

/** The collector under test, writing to a file. */
export class Collector {
  readonly program: Program;
  readonly port: number;
  readonly #file: string;

  private constructor(program: Program, port: number, file: string) {
    this.program = program;
    this.port = port;
    this.#file = file;
  }

  /** The runtime that runs the test, with `mod.ts`; or the command in `EDGEBMP_BINARY`. `args`: further flags. */
  static async start(wantedPort?: number, ...args: readonly string[]): Promise<Collector> {
    const folder = await temporaryFolder("collector");
    const port = wantedPort ?? await freePort();
    const file = join(folder, "records.json");
    const command = [
      ...collectorCommand(),
      `--source-port=${port}`,
      "--dump=file",
      `--msg-file=${file}`,
      "--performance-port=0",
      ...args,
    ];
    const program = new Program("collector", command, folder);
    const collector = new Collector(program, port, file);
    await ready(program, () => program.log.includes(String(port)));
    return collector;
  }

  /** All whole lines so far. */
  lines(): Line[] {
    const text = existsSync(this.#file) ? readFileSync(this.#file, "utf8") : "";
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Line);
  }
}

/** How the collector is started: a program and its first arguments. */
export function collectorCommand(): string[] {
  const binary = process.env.EDGEBMP_BINARY;
  if (binary !== undefined && binary !== "") return binary.split(" ");
  if (process.versions.deno === undefined) return [process.execPath, join(ROOT, "mod.ts")];
  // With what the start task and compile.sh grant, so that a permission that is missing shows here.
  const flags = readFileSync(join(ROOT, "src/runtime/deno_flags.txt"), "utf8").trim();
  const options = ["--cached-only", "--no-prompt", ...flags.split("\n")];
  return [process.execPath, "run", ...options, join(ROOT, "mod.ts")];
}

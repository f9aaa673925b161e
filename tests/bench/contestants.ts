/** The programs that are measured side by side: this collector on each runtime, and others by recipe or by command line. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findProgram } from "./measured.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What stands for `{port}` and so on in a command. */
export interface Places {
  readonly port: number;
  /** A second free port. */
  readonly port2: number;
  /** The BMP stream to read. */
  readonly file: string;
  /** Where the records go. */
  readonly out: string;
  /** A file that {@linkcode Contestant.config} is written to. */
  readonly config: string;
}

export interface Contestant {
  readonly name: string;
  /** Words with places in braces. One with `{port}` is a collector that gets the stream by TCP; others read `{file}` and end. */
  readonly command: readonly string[];
  /** Contents of the configuration file, with places. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A topic of the server's that it needs. */
  readonly topic?: string;
  /** What it makes records of; `prefix` where it says nothing, `update`: two of each, for its attributes and its prefixes. */
  readonly recordsPer?: "prefix" | "update" | "message";
  /** Whether it writes the CPU seconds that count into `{out}`, as text: those of a part of its work. */
  readonly reportsCpu?: boolean;
}

export function isCollector({ command, config }: Contestant): boolean {
  return [...command, config ?? ""].some((text) => text.includes("{port}"));
}

/** The command with its places filled in; writes the configuration file. */
export async function fill(contestant: Contestant, places: Places): Promise<string[]> {
  const fillText = (text: string) =>
    text.replace(
      /\{(port|port2|file|out|config)\}/g,
      (_, name: keyof Places) => String(places[name]),
    );
  if (contestant.config !== undefined) await writeFile(places.config, fillText(contestant.config));
  return contestant.command.map(fillText);
}

/** A runtime that runs this project's files. */
export interface BenchRuntime {
  readonly name: "deno" | "bun";
  /** What stands before the name of a file to run. */
  readonly command: readonly string[];
}

/**
 * The runtimes: the one that runs the bench, and the other one from npm.
 *
 * The executables themselves, as `npx` stays in between as a process of its own and would not be what is measured.
 */
export function benchRuntimes(names: readonly string[]): BenchRuntime[] {
  const own = "deno" in process.versions ? "deno" : "bun";
  return (["deno", "bun"] as const).filter((name) => names.includes(name)).map((name) => {
    const path = name === own ? process.execPath : npxPath(name);
    return { name, command: name === "deno" ? [path, "run", "--cached-only"] : [path] };
  });
}

const NPM_VERSIONS = { deno: "2.9.5", bun: "1.4.5" } as const;

function npxPath(name: "deno" | "bun"): string {
  const evaluate = name === "deno" ? ["eval"] : ["--eval"];
  const { stdout, error } = spawnSync(
    "npx",
    ["-y", `${name}@${NPM_VERSIONS[name]}`, ...evaluate, "process.stdout.write(process.execPath)"],
    { encoding: "utf8", cwd: ROOT },
  );
  if (error !== undefined || !existsSync(stdout)) {
    throw new Error(`Cannot find ${name}: npx -y ${name}@${NPM_VERSIONS[name]} does not run here`);
  }
  return stdout;
}

const COLLECTOR_FLAGS = [
  "--listen-address=127.0.0.1",
  "--source-port={port}",
  "--performance-port=0",
  // All of a bench come from one address.
  "--max-sessions-per-source=0",
  "--dump=file",
  "--msg-file={out}",
];

/** The permissions and engine flags that the collector is started with. */
export function shipped({ name }: BenchRuntime): string[] {
  if (name === "bun") return [];
  return readFileSync(join(ROOT, "src/runtime/deno_flags.txt"), "utf8").trim().split("\n");
}

/** This collector as a process. */
export function ownCollector(runtime: BenchRuntime): Contestant {
  return {
    name: `edgebmp ${runtime.name}`,
    command: [...runtime.command, ...shipped(runtime), join(ROOT, "mod.ts"), ...COLLECTOR_FLAGS],
  };
}

/** This collector as an executable made by `compile.sh`. */
export function compiledCollector(path: string): Contestant {
  return { name: "edgebmp compiled", command: [path, ...COLLECTOR_FLAGS] };
}

/** A collector of ours with its journal on disk. */
export function spooled(collector: Contestant): Contestant {
  const flags = ["--spool-dir={out}.spool", "--spool-min-free-bytes=64MiB"];
  return { ...collector, command: [...collector.command, ...flags] };
}

/** One stage of this collector, as a process that reads a file and ends. */
export function ownStage(runtime: BenchRuntime, stage: string): Contestant {
  return {
    name: `edgebmp ${runtime.name}`,
    command: [
      ...runtime.command,
      ...shipped(runtime),
      join(ROOT, "tests/bench/stage.ts"),
      stage,
      "{file}",
      "{out}",
    ],
    reportsCpu: ["format-warm", "parsed-warm", "spool-read"].includes(stage),
  };
}

/** The peer of a `--peer NAME=COMMAND`. @throws {Error} when it is none */
export function peerOf(text: string): Contestant {
  const match = /^([^=]+)=(.+)$/.exec(text);
  if (match === null) throw new Error(`Cannot read peer "${text}": expected NAME=COMMAND`);
  // exec, so that the process that is measured and ended is the program and not the shell.
  return { name: match[1]!, command: ["sh", "-c", `exec ${match[2]!}`] };
}

/** Recipes for the programs that are found in `folder` and on this system. */
export function knownPeers(folder: string): Contestant[] {
  const peers: Contestant[] = [];
  const bin = (name: string) => join(folder, "bin", name);
  if (existsSync(bin("gobmp"))) {
    peers.push({
      name: "goBMP",
      command: [
        bin("gobmp"),
        "--source-port={port}",
        "--performance-port={port2}",
        "--dump=file",
        "--msg-file={out}",
      ],
    });
  }
  const pmbmpd = findProgram("pmbmpd");
  if (pmbmpd !== undefined) {
    peers.push({
      name: "pmbmpd",
      command: [pmbmpd, "-f", "{config}"],
      config: "daemonize: false\nbmp_daemon_ip: 127.0.0.1\nbmp_daemon_port: {port}\n" +
        "bmp_daemon_max_peers: 4\nbmp_daemon_msglog_file: {out}\nbmp_daemon_msglog_output: json\n",
    });
  }
  if (existsSync(bin("netgauze-json"))) {
    peers.push({ name: "NetGauze", command: [bin("netgauze-json"), "{file}", "pfx", "/dev/null"] });
  }
  if (existsSync(bin("bgpkit-json"))) {
    peers.push({ name: "bgpkit-parser", command: [bin("bgpkit-json"), "{file}", "json"] });
  }
  return peers;
}

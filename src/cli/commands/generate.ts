/** `edgebmp generate`: a full Internet-sized table as a BMP session, for benches and for trying things out. */
import { type FileHandle, open } from "node:fs/promises";
import {
  GENERATE_DEFAULTS,
  GENERATED_FAMILIES,
  GENERATED_VIEWS,
  PEERS_MAX,
  PREFIXES_MAX,
} from "../../generate/options.ts";
import { generateSession } from "../../generate/session.ts";
import type { Command, CommandContext } from "../command.ts";
import { fileError } from "../file_error.ts";
import { anyText, type Flag, FlagError, integer, parseBoolean } from "../flag.ts";

const prefixesV4Flag: Flag<number> = {
  name: "prefixes-v4",
  placeholder: "COUNT",
  default: String(GENERATE_DEFAULTS.prefixesV4),
  help: "IPv4 prefixes per peer, view and family",
  parse: integer(0, PREFIXES_MAX),
};

const prefixesV6Flag: Flag<number> = {
  name: "prefixes-v6",
  placeholder: "COUNT",
  default: String(GENERATE_DEFAULTS.prefixesV6),
  help: "IPv6 prefixes per peer, view and family",
  parse: integer(0, PREFIXES_MAX),
};

const routesFlag: Flag<number> = {
  name: "routes",
  placeholder: "COUNT",
  default: String(GENERATE_DEFAULTS.routes),
  help: "EVPN routes and BGP-LS objects per peer and view",
  parse: integer(0, PREFIXES_MAX),
};

const peersFlag: Flag<number> = {
  name: "peers",
  placeholder: "COUNT",
  default: String(GENERATE_DEFAULTS.peers),
  help: "BGP peers, each with the whole table",
  parse: integer(1, PEERS_MAX),
};

const viewsFlag: Flag<(typeof GENERATED_VIEWS)[number][]> = {
  name: "views",
  placeholder: "VIEW,...",
  default: GENERATE_DEFAULTS.views.join(","),
  help: `RIB views, out of ${GENERATED_VIEWS.join(", ")}; loc-rib comes once, the others per peer`,
  parse: listOf(GENERATED_VIEWS),
};

const familiesFlag: Flag<(typeof GENERATED_FAMILIES)[number][]> = {
  name: "families",
  placeholder: "FAMILY,...",
  default: GENERATE_DEFAULTS.families.join(","),
  help: `Families, out of ${GENERATED_FAMILIES.join(", ")}; prefixes are IPv4 and IPv6`,
  parse: listOf(GENERATED_FAMILIES),
};

const addPathFlag: Flag<boolean> = {
  name: "add-path",
  placeholder: "BOOL",
  default: String(GENERATE_DEFAULTS.addPath),
  bare: true,
  help: "Path identifiers, and a second path for a quarter of the prefixes",
  parse: parseBoolean,
};

const as2Flag: Flag<boolean> = {
  name: "as2",
  placeholder: "BOOL",
  default: String(GENERATE_DEFAULTS.twoOctetAs),
  bare: true,
  help: "Peers without four-octet AS numbers",
  parse: parseBoolean,
};

const withdrawFlag: Flag<number> = {
  name: "withdraw",
  placeholder: "SHARE",
  default: String(GENERATE_DEFAULTS.withdraw),
  help: "Share of the UPDATEs, 0 to 1, that are withdrawn after the table and announced again",
  parse: share,
};

const terminateFlag: Flag<boolean> = {
  name: "terminate",
  placeholder: "BOOL",
  default: String(GENERATE_DEFAULTS.terminate),
  bare: true,
  help: "End with Peer Downs and a Termination",
  parse: parseBoolean,
};

const seedFlag: Flag<number> = {
  name: "seed",
  placeholder: "NUMBER",
  default: String(GENERATE_DEFAULTS.seed),
  help: "The same flags with the same seed give the same bytes",
  parse: integer(0, 4294967295),
};

const outFlag: Flag<string> = {
  name: "out",
  placeholder: "FILE",
  default: "-",
  help: "File to write, - for standard output",
  parse: anyText,
};

export const generateCommand: Command = {
  name: "generate",
  summary: "Write a full Internet-sized table as a BMP session",
  usage: "[--out FILE]",
  flags: [
    prefixesV4Flag,
    prefixesV6Flag,
    routesFlag,
    peersFlag,
    viewsFlag,
    familiesFlag,
    addPathFlag,
    as2Flag,
    withdrawFlag,
    terminateFlag,
    seedFlag,
    outFlag,
  ],
  run: runGenerate,
};

async function runGenerate({ flags, runtime, log, signal }: CommandContext): Promise<number> {
  const session = generateSession({
    prefixesV4: flags.get(prefixesV4Flag),
    prefixesV6: flags.get(prefixesV6Flag),
    routes: flags.get(routesFlag),
    peers: flags.get(peersFlag),
    views: flags.get(viewsFlag),
    families: flags.get(familiesFlag),
    addPath: flags.get(addPathFlag),
    twoOctetAs: flags.get(as2Flag),
    withdraw: flags.get(withdrawFlag),
    terminate: flags.get(terminateFlag),
    seed: flags.get(seedFlag),
  });
  const path = flags.get(outFlag);
  const file = path === "-" ? undefined : await openOutput(path);
  try {
    let step = session.next();
    while (!step.done) {
      if (signal.aborted) return 1;
      if (file === undefined) await runtime.writeStdout(step.value);
      else await writeAll(path, file, step.value);
      step = session.next();
    }
    log.info("generated a session", { ...step.value });
    return 0;
  } finally {
    await file?.close();
  }
}

async function openOutput(path: string): Promise<FileHandle> {
  try {
    return await open(path, "w");
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** A full disk takes a part of the bytes first and reports itself at the next write. */
async function writeAll(path: string, file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    for (let written = 0; written < bytes.length;) {
      written += (await file.write(bytes, written)).bytesWritten;
    }
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** A parser for a list of different words out of a few, between commas. */
function listOf<T extends string>(words: readonly T[]): (text: string) => T[] {
  return (text) => {
    const found = text.split(",").flatMap((part) => words.filter((word) => word === part.trim()));
    if (found.length !== text.split(",").length || new Set(found).size !== found.length) {
      throw new FlagError(`found "${text}", expected one or more of ${words.join(", ")}`);
    }
    return found;
  };
}

function share(text: string): number {
  const value = /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : NaN;
  if (!(value <= 1)) throw new FlagError(`found "${text}", expected a number from 0 to 1`);
  return value;
}

/** The registry of commands. Each is loaded when it is called, so that the collector's start does not wait for them. */
import type { Command } from "./command.ts";
import { nearestName, UsageError } from "./flag.ts";

const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["decode", async () => (await import("./commands/decode.ts")).decodeCommand],
  ["explain", async () => (await import("./commands/explain.ts")).explainCommand],
  ["replay", async () => (await import("./commands/replay.ts")).replayCommand],
  ["generate", async () => (await import("./commands/generate.ts")).generateCommand],
  ["ris-live", async () => (await import("./commands/ris_live.ts")).risLiveCommand],
  ["check-config", async () => (await import("./commands/check_config.ts")).checkConfigCommand],
  ["config", async () => (await import("./commands/config.ts")).configCommand],
  ["completions", async () => (await import("./commands/completions.ts")).completionsCommand],
  ["man", async () => (await import("./commands/man.ts")).manCommand],
  ["spool", async () => (await import("./commands/spool.ts")).spoolCommand],
  ["session", async () => (await import("./commands/session.ts")).sessionCommand],
  ["version", async () => (await import("./commands/version.ts")).versionCommand],
]);

export async function loadCommand(name: string): Promise<Command | undefined> {
  return await COMMANDS.get(name)?.();
}

export async function loadCommands(): Promise<Command[]> {
  return await Promise.all([...COMMANDS.values()].map((load) => load()));
}

/** The error for a word that is no command. */
export function noSuchCommand(name: string): UsageError {
  const known = [...COMMANDS.keys(), "help"];
  if (known.includes(name)) {
    return new UsageError(`Cannot run "${name}": a command comes before its flags`);
  }
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `expected ${known.join(", ")}` : `did you mean ${nearest}?`;
  return new UsageError(`Cannot run "${name}": no such command; ${hint}`);
}

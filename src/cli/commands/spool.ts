/** `edgebmp spool`: what is in a spool, whether it is sound, and what to do with the rest of it. */
import { stat } from "node:fs/promises";
import process from "node:process";
import { type Checked, checkSpool } from "../../journal/disk/check.ts";
import { Cursors, readCursors } from "../../journal/disk/cursors.ts";
import { lockDirectory } from "../../journal/disk/mod.ts";
import { openDirectory } from "../../journal/disk/storage.ts";
import { utf8 } from "../../wire/writer.ts";
import type { Command, CommandContext } from "../command.ts";
import { loadConfig } from "../config.ts";
import { UsageError } from "../flag.ts";
import { configFlag, FLAG_GROUPS } from "../flags.ts";

const ACTIONS = ["inspect", "verify", "drain", "drop-cursor"] as const;
type Action = typeof ACTIONS[number];

const SINK_TITLES: readonly string[] = ["Sinks", "Records"];
const DRAIN_TIMEOUT_MS = 2 ** 31 - 1;

export const spoolCommand: Command = {
  name: "spool",
  summary: "Look into a spool, check it, hand on what it holds, or forget a sink",
  usage: "inspect DIR | verify DIR | drain DIR | drop-cursor DIR SINK",
  // Where `drain` sends to.
  flags: [
    configFlag,
    ...FLAG_GROUPS.filter(({ title }) => SINK_TITLES.includes(title)).flatMap(({ flags }) => flags),
  ],
  async run(context) {
    const [action, dir, sink, ...more] = context.words;
    const known = ACTIONS.find((known) => known === action);
    if (known === undefined || dir === undefined || more.length > 0) {
      throw new UsageError(`Cannot run "spool": expected ${ACTIONS.join(", ")}, then a directory`);
    }
    if ((known === "drop-cursor") !== (sink !== undefined)) {
      throw new UsageError(
        `Cannot run "spool ${known}": only drop-cursor takes the name of a sink`,
      );
    }
    // Looking must not make one.
    if (!(await stat(dir)).isDirectory()) {
      throw new UsageError(`Cannot open spool "${dir}": it is no directory`);
    }
    return await run(known, dir, sink ?? "", context);
  },
};

async function run(
  action: Action,
  dir: string,
  sink: string,
  context: CommandContext,
): Promise<number> {
  switch (action) {
    case "inspect":
    case "verify": {
      const checked = await checkSpool(await openDirectory(dir));
      const text = action === "inspect" ? inspectText(checked) : verifyText(checked);
      await context.runtime.writeStdout(utf8(text));
      return action === "verify" && checked.damages.length > 0 ? 1 : 0;
    }
    case "drain":
      return await drain(dir, context);
    case "drop-cursor":
      return await dropCursor(dir, sink, context);
  }
}

/** Delivers what is there to the sinks that flags or file name; without any, prints it. */
async function drain(
  dir: string,
  { flags, runtime, log, signal }: CommandContext,
): Promise<number> {
  const config = await loadConfig(flags, process.env);
  const names = config.sinks.map(({ name }) => name);
  const known = (await readCursors(await openDirectory(dir))).map(({ name }) => name);
  const { startCollector } = await import("../../app.ts");
  const http = { ...config.http, port: 0 };
  const drained = { ...config, listen: [], http, spool: { ...config.spool, dir } };
  const collector = await startCollector(drained, runtime, log, signal);
  const isDone = await collector.stop(DRAIN_TIMEOUT_MS);
  // Who only looked leaves nothing behind that would hold entries.
  for (const { name, type } of config.sinks) {
    if (type === "console" && !known.includes(name)) await removeCursor(dir, name, runtime);
  }
  log.info("drained", { spool: dir, sinks: names.join(" "), complete: isDone });
  return isDone ? 0 : 1;
}

async function dropCursor(
  dir: string,
  name: string,
  { runtime, log }: CommandContext,
): Promise<number> {
  if (await removeCursor(dir, name, runtime)) return 0;
  log.error("spool has no such cursor", { spool: dir, sink: name });
  return 1;
}

async function removeCursor(
  dir: string,
  name: string,
  runtime: CommandContext["runtime"],
): Promise<boolean> {
  const { storage, unlock } = await lockDirectory(dir, runtime);
  try {
    const cursors = new Cursors(storage, await readCursors(storage), true);
    const isThere = cursors.remove(name);
    await cursors.store();
    return isThere;
  } finally {
    unlock();
  }
}

function inspectText({ segments, cursors, damages, notes }: Checked): string {
  const end = segments.at(-1)?.scan?.end ?? 0;
  const open = segments.at(-1)?.scan?.live.sequences() ?? new Map<number, number>();
  return lines([
    ...segments.map(({ name, bytes, base, scan }) =>
      `segment ${name} bytes=${bytes} from=${base ?? "?"} to=${scan?.end ?? "?"} entries=${
        scan?.entries ?? "?"
      }`
    ),
    ...cursors.map(({ name, position }) =>
      `cursor ${name} position=${position} behind=${Math.max(0, end - position)}`
    ),
    ...[...open].map(([session, sequence]) => `open session ${session} last_sequence=${sequence}`),
    ...damages.map((text) => `damaged ${text}`),
    ...notes.map((text) => `note ${text}`),
  ]);
}

function verifyText({ segments, damages, notes }: Checked): string {
  const entries = segments.reduce((sum, { scan }) => sum + (scan?.entries ?? 0), 0);
  return lines([
    ...damages.map((text) => `damaged ${text}`),
    ...notes.map((text) => `note ${text}`),
    `${damages.length === 0 ? "sound" : "damaged"} segments=${segments.length} entries=${entries}`,
  ]);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

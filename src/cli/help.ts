/** Help and the flag table of docs/flags.md, both from the flag registry. */
import { logFormatFlag, logLevelFlag } from "../ops/flags.ts";
import type { Command } from "./command.ts";
import { environmentName, type Flag } from "./flag.ts";
import { FLAG_GROUPS } from "./flags.ts";

/** Flags that every command takes beside its own. */
export const COMMON_FLAGS: readonly Flag[] = [logLevelFlag, logFormatFlag];

const HELP_COLUMNS = 100;
const INDENT = " ".repeat(6);

const PROGRAM_USAGE: readonly string[] = [
  "Usage:",
  "  edgebmp [flags]                  run the collector",
  "  edgebmp COMMAND [flags] [words]  see edgebmp help COMMAND",
];

/** What stands below an error on the command line: short, so that the error is still on the screen. */
export function usageText(command: Command | undefined): string {
  const lines = command === undefined
    ? [...PROGRAM_USAGE, "", "edgebmp help lists flags and commands."]
    : [...commandUsage(command), "", `edgebmp help ${command.name} lists its flags.`];
  return lines.join("\n") + "\n";
}

/** What `edgebmp help` prints. */
export function programHelp(commands: readonly Command[]): string {
  const lines = [
    "edgebmp takes BMP sessions of routers and writes what they say as JSON, in order.",
    "",
    ...PROGRAM_USAGE,
    "",
    "Commands:",
    ...commands.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`),
    "  help       Print this help, or that of a command",
    "",
    "Flags are written -x or --x, values follow by = or as the next word; each can also be given as environment",
    "variable EDGEBMP_X (--source-port: EDGEBMP_SOURCE_PORT) and, mostly, in the configuration file.",
  ];
  for (const group of FLAG_GROUPS) {
    lines.push("", `${group.title}:`, ...group.flags.flatMap(flagLines));
  }
  return lines.join("\n") + "\n";
}

/** What `edgebmp help NAME` prints. */
export function commandHelp(command: Command): string {
  const lines = [
    `${command.summary}.`,
    "",
    ...commandUsage(command),
    "",
    "Flags:",
    ...[...command.flags, ...COMMON_FLAGS].flatMap(flagLines),
    ...(command.inherits ? ["", "And those of the collector: see edgebmp help."] : []),
  ];
  return lines.join("\n") + "\n";
}

function commandUsage({ name, usage }: Command): string[] {
  return ["Usage:", `  edgebmp ${name} [flags] ${usage}`.trimEnd()];
}

function flagLines(flag: Flag): string[] {
  return [`  ${usageOf(flag)}`, ...wrap(sentence(flag))];
}

/** How it is given: a secret in the environment. */
export function usageOf(flag: Flag): string {
  if (flag.secret) return `${environmentName(flag)}=${flag.placeholder}`;
  return `--${flag.name} ${flag.placeholder}`.trimEnd();
}

function sentence(flag: Flag): string {
  return flag.default === "" ? flag.help : `${flag.help} (default ${flag.default})`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && INDENT.length + line.length + 1 + word.length > HELP_COLUMNS) {
      lines.push(INDENT + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(INDENT + line);
  return lines;
}

/** The tables of docs/flags.md, made from the registries of flags, settings and commands. */
import { loadCommands } from "../../src/cli/commands.ts";
import { FILE_SETTINGS, FLAG_GROUPS, FLAGS } from "../../src/cli/flags.ts";
import { usageOf } from "../../src/cli/help.ts";

/** Tables by the name in their markers: `<!-- flags -->`. */
export async function flagTables(): Promise<Map<string, string>> {
  return new Map([
    ["flags", flagTable()],
    ["keys", keyTable()],
    ["command-flags", await commandTable()],
  ]);
}

export function flagTable(): string {
  const flags = FLAG_GROUPS.flatMap((group) => group.flags);
  return table(
    ["Flag", "Default", "Configuration file", "What it does"],
    flags.map((flag) => [
      code(usageOf(flag)),
      code(flag.default),
      code(flag.key ?? ""),
      flag.help,
    ]),
  );
}

/** Keys that no flag has. */
function keyTable(): string {
  const settings = FILE_SETTINGS.filter((setting) => !FLAGS.includes(setting));
  return table(
    ["Key", "Default", "What it does"],
    settings.map(({ key, name, default: text, help }) => [code(key ?? name), code(text), help]),
  );
}

/** Flags of commands that the collector has not. */
async function commandTable(): Promise<string> {
  const commands = await loadCommands();
  return table(
    ["Command", "Flag", "Default", "What it does"],
    commands.flatMap(({ name, flags }) =>
      flags.filter((flag) => !FLAGS.includes(flag))
        .map((flag) => [code(name), code(usageOf(flag)), code(flag.default), flag.help])
    ),
  );
}

/** A page with each table between its markers written anew. @throws if a marker is missing */
export function withTables(page: string, tables: ReadonlyMap<string, string>): string {
  for (const [name, text] of tables) {
    const [head, rest] = parted(page, `<!-- ${name} -->`);
    const [, tail] = parted(rest, `<!-- /${name} -->`);
    page = `${head}<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->${tail}`;
  }
  return page;
}

function parted(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`Cannot update the tables: expected ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function table(head: string[], rows: string[][]): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")))];
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  cells.splice(1, 0, widths.map((width) => "-".repeat(width)));
  return cells.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`)
    .join("\n");
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

/**
 * An example of our configuration file with every key: a `#` in the first column, with an even number of spaces behind it, switches a
 * setting off that has its default; all others begin a comment.
 */
import type { Variants } from "./config_file.ts";
import { defaultOf, type Flag } from "./flag.ts";
import { keyTree, type Section } from "./key_tree.ts";

const COLUMNS = 100;

export function configExample(settings: readonly Flag[], variants: readonly Variants[]): string {
  const lines = [
    "# Configuration of edgebmp, with all its keys. Settings that are switched off by a # in the first column",
    "# have the defaults; what has none stands as a comment.",
    "version: 1",
    "",
  ];
  const ofVariants = new Set(variants.flatMap(({ flags }) => [...flags.values()].flat()));
  const tree = keyTree(settings.filter((flag) => !ofVariants.has(flag)));
  for (const [name, flag] of tree.flags) lines.push(...setting(name, flag, ""), "");
  for (const [name, section] of tree.lists) {
    const own = variants.filter(({ list }) => list === name);
    // A list is on or off as a whole: without it, its flags hold.
    lines.push(`#${name}:`);
    if (own.length === 0) lines.push(...entry(section, "", ""));
    for (const { flag, flags } of own) {
      for (const [value, more] of flags) {
        lines.push(...variantEntry(name, section, flag, value, more));
      }
    }
    lines.push("");
  }
  for (const [name, section] of tree.sections) {
    lines.push(`#${name}:`, ...keys(section, "  "), "");
  }
  return lines.join("\n").replace(/\n+$/, "\n");
}

/** One entry that shows what only this variant takes, and in the first one what all take. */
function variantEntry(
  list: string,
  section: Section,
  decider: Flag,
  value: string,
  more: readonly Flag[],
): string[] {
  const name = decider.key!.slice(`${list}[].`.length);
  const isDefault = value === defaultOf(decider);
  const own = keyTree(more).lists.get(list);
  if (own === undefined && !isDefault) return [];
  const lines = [`  # With ${name}: ${value}`, `#  - ${name}: ${value}`];
  if (name !== "name") lines.push(`#    name: example-${value}`);
  // Files only take every format.
  if (name === "format") lines.push("#    type: file", `#    path: /tmp/${value}`);
  if (isDefault && name === "type") {
    lines.push(
      ...keys({ ...section, flags: without(section.flags, ["name", "type", "format"]) }, "    "),
    );
  }
  if (own !== undefined) lines.push(...keys(own, "    "));
  return lines;
}

function without(flags: Map<string, Flag>, names: readonly string[]): Map<string, Flag> {
  return new Map([...flags].filter(([name]) => !names.includes(name)));
}

function entry(section: Section, indent: string, first: string): string[] {
  const lines = keys(section, `${indent}    `);
  // The first setting begins the entry.
  const i = lines.findIndex((line) => /^#\s*\w+:/.test(line));
  lines[i] = lines[i]!.replace(/^#(\s*) {2}(\w)/, `#$1- ${first}$2`);
  return lines;
}

function keys({ flags, sections }: Section, indent: string): string[] {
  const lines: string[] = [];
  for (const [name, flag] of flags) lines.push(...setting(name, flag, indent));
  for (const [name, section] of sections) {
    lines.push(`#${indent}${name}:`, ...keys(section, `${indent}  `));
  }
  return lines;
}

function setting(name: string, flag: Flag, indent: string): string[] {
  const lines = wrap(flag.help, `${indent}# `);
  const text = flag.default || flag.example;
  // What has no default stands as a comment: which value is right, nobody can say.
  lines.push(
    text === undefined || flag.secret
      ? `${indent}# ${name}: ${flag.placeholder}`
      : `#${indent}${name}: ${quoted(text, flag)}`,
  );
  return lines;
}

/** As YAML; words that look like numbers are words all the same. */
export function quoted(text: string, { parse: { accepts } }: Flag): string {
  if (accepts?.kind === "words" && /^[\d.]+$/.test(text)) return JSON.stringify(text);
  return /^[\w./+-][\w./:+-]*$/.test(text) && !text.endsWith(":") ? text : JSON.stringify(text);
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line.length + word.length > COLUMNS && line !== indent) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  lines.push(line.trimEnd());
  return lines;
}

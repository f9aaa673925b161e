/** What the configuration comes to, and where each value comes from, as a file of ours. */
import type { ListItem, Variants } from "./config_file.ts";
import { quoted } from "./config_example.ts";
import { type Flag, FlagValues } from "./flag.ts";
import { keyTree, type Section } from "./key_tree.ts";
import type { Layers } from "./layers.ts";
import { flagSinkItems } from "./sink_config.ts";

const HIDDEN = "(hidden)";
const DEFAULT = "default";
/** Where the comments begin, if there is room. */
const COMMENT_COLUMN = 48;

/** A value as text, and where it comes from. */
interface Shown {
  readonly text: string;
  readonly place: string;
}

/** Looks a flag up. */
type Show = (flag: Flag) => Shown;

/**
 * All settings that hold; defaults stand behind a `#` in the first column, as in the example. Secrets are hidden.
 * goBMP's file, flags and variables come out as a file of ours, as far as they have keys.
 */
export function showConfig(
  layers: Layers,
  settings: readonly Flag[],
  variants: readonly Variants[],
): string {
  const tree = keyTree(settings);
  const shown: Show = (flag) => shownOf(flag, layers.origin(flag));
  const lines = ["version: 1", ...keys({ ...tree, sections: new Map() }, "", shown)];
  for (const [name, section] of tree.lists) {
    const own = variants.filter(({ list }) => list === name);
    const entries = itemsOf(layers, name, section)
      .map((item) => {
        const flags = [...own.map(({ flag }) => flag), ...settings];
        const here = keyTree(flags.filter((flag) => isOf(item, own, flag))).lists.get(name)!;
        return keys(here, "    ", (flag) => shownInItem(layers, item, flag));
      });
    if (entries.length > 0) lines.push(`${name}:`);
    for (const entry of entries) {
      // What is switched off cannot begin an entry.
      const first = entry.findIndex((line) => !line.startsWith("#"));
      if (first < 0) lines.push("  - {}", ...entry);
      else lines.push(entry[first]!.replace("    ", "  - "), ...entry.toSpliced(first, 1));
    }
  }
  for (const [name, section] of tree.sections) {
    lines.push(`${name}:`, ...keys(section, "  ", shown));
  }
  const others = settings.filter((flag) => flag.key === undefined && layers.given(flag));
  if (others.length > 0) lines.push("# Flags without a key:");
  for (const flag of others) {
    const { text, place } = shown(flag);
    lines.push(`#   --${flag.name}=${text} (${place})`);
  }
  return `${lines.join("\n")}\n`;
}

/** The entries of a list: those of the file, or else those that flags stand for. */
function itemsOf(layers: Layers, list: string, section: Section): readonly ListItem[] {
  const items = layers.file?.lists.get(list);
  if (items !== undefined) return items;
  if (list === "sinks") return flagSinkItems(layers);
  const isGiven = [...section.flags.values()].some((flag) => layers.given(flag));
  return list === "listen" || isGiven ? [{ values: new FlagValues(), place: "" }] : [];
}

/** Whether a flag belongs to an entry: not if only entries of another type, or format, have it. */
function isOf({ values }: ListItem, variants: readonly Variants[], flag: Flag): boolean {
  return variants.every(({ flag: decider, flags }) => {
    const isOfVariant = [...flags.values()].some((own) => own.includes(flag));
    return !isOfVariant || flags.get(values.get(decider))?.includes(flag) === true;
  });
}

function shownInItem(layers: Layers, { values }: ListItem, flag: Flag): Shown {
  const isOutside = layers.outside(flag) !== undefined || !values.given(flag);
  return shownOf(flag, isOutside ? layers.origin(flag) : values.origin(flag));
}

function shownOf(flag: Flag, origin: Shown | undefined): Shown {
  const { text, place } = origin ?? { text: flag.default, place: DEFAULT };
  if (flag.secret) return { text: text && HIDDEN, place };
  // User and password of a server's URL.
  return { text: text.replace(/(^|,|\/\/)[^/,@\s]+@/g, `$1${HIDDEN}@`), place };
}

function keys({ flags, sections }: Section, indent: string, show: Show): string[] {
  const lines: string[] = [];
  for (const [name, flag] of flags) {
    const value = show(flag);
    // What has no value does not stand in a file.
    if (value.text !== "") lines.push(line(indent, name, value, flag));
  }
  for (const [name, section] of sections) {
    const inner = keys(section, `${indent}  `, show);
    if (inner.length > 0) lines.push(`${indent}${name}:`, ...inner);
  }
  return lines;
}

function line(indent: string, name: string, { text, place }: Shown, flag: Flag): string {
  const off = place === DEFAULT ? "#" : "";
  return `${`${off}${indent}${name}: ${quoted(text, flag)}`.padEnd(COMMENT_COLUMN)} # ${place}`;
}

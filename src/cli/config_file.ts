/**
 * Reads a configuration file, ours (`version: 1`) or goBMP's, against the keys that the flags declare.
 *
 * Errors name file, line, key, what was found and what is allowed; never more of the file than that, since a file may hold secrets.
 */
import { open } from "node:fs/promises";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parse,
  parseDocument,
} from "yaml";
import { toError } from "../runtime/error.ts";
import { ConfigError } from "./config_error.ts";
import { keyTree, type Section as Keys } from "./key_tree.ts";
import { type Flag, FlagError, FlagValues, nearestName } from "./flag.ts";

/** goBMP refuses larger files too. */
const FILE_BYTES_MAX = 1024 * 1024;

/** One entry of a list such as `sinks`. */
export interface ListItem {
  readonly values: FlagValues;
  /** For messages: `configuration file "edge.yaml", line 7: sinks[1]`. */
  readonly place: string;
}

/** Keys of a list's entries that depend on another of their keys, such as `type`. */
export interface Variants {
  readonly list: string;
  /** The deciding key. */
  readonly flag: Flag<string>;
  /** By its value. */
  readonly flags: ReadonlyMap<string, readonly Flag[]>;
}

export interface ConfigFile {
  /** Whether it is a file of goBMP's. */
  readonly gobmp: boolean;
  readonly values: FlagValues;
  /** By the name of the list; a list that the file does not have is missing. */
  readonly lists: ReadonlyMap<string, readonly ListItem[]>;
  readonly warnings: readonly string[];
}

/** What may stand under one mapping. */
interface Section extends Keys {
  /** For messages: what it is the section of; may be missing. */
  readonly of?: string;
}

/** @throws {ConfigError} */
export async function readConfigFile(
  path: string,
  settings: readonly Flag[],
  variants: readonly Variants[] = [],
): Promise<ConfigFile> {
  return parseConfigFile(path, await readText(path), settings, variants);
}

async function readText(path: string): Promise<string> {
  const bytes = new Uint8Array(FILE_BYTES_MAX + 1);
  let length = 0;
  try {
    const file = await open(path);
    try {
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ConfigError(`Cannot read configuration file "${path}": ${toError(error).message}`);
  }
  if (length > FILE_BYTES_MAX) {
    throw new ConfigError(
      `Cannot read configuration file "${path}": found more than ${FILE_BYTES_MAX} bytes, expected at most that`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length));
  } catch {
    throw new ConfigError(`Cannot read configuration file "${path}": expected UTF-8`);
  }
}

/** @throws {ConfigError} */
export function parseConfigFile(
  path: string,
  text: string,
  settings: readonly Flag[],
  variants: readonly Variants[] = [],
): ConfigFile {
  return new Parser(path, text, settings, variants).parse();
}

class Parser {
  readonly #path: string;
  readonly #settings: readonly Flag[];
  readonly #variants: readonly Variants[];
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #values = new FlagValues();
  readonly #lists = new Map<string, ListItem[]>();
  readonly #warnings: string[] = [];
  #gobmp = false;

  constructor(
    path: string,
    text: string,
    settings: readonly Flag[],
    variants: readonly Variants[],
  ) {
    this.#path = path;
    this.#settings = settings;
    this.#variants = variants;
    // The parser's own messages quote the source, which may be a secret.
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  parse(): ConfigFile {
    const [error] = this.#document.errors;
    if (error !== undefined) {
      const line = this.#lines.linePos(error.pos[0]).line;
      const reason = error.code === "DUPLICATE_KEY"
        ? "this key stands there a second time"
        : error.code === "MISSING_CHAR" && error.message.endsWith("quote")
        ? "a quotation mark before this line has no counterpart"
        : error.message.replace(/[:,]? *["'][^]*$/, "");
      throw new ConfigError(`Cannot read ${this.#place(line)}: not YAML: ${reason}`);
    }
    const root = this.#document.contents;
    const version: unknown = isMap(root) ? root.get("version") : undefined;
    this.#gobmp = version === undefined;
    if (!this.#gobmp && version !== 1) {
      this.#refuse(root, "version", `found ${JSON.stringify(version)}, expected 1`);
    }
    this.#section(root, this.#tree([]), this.#values, "");
    return {
      gobmp: this.#gobmp,
      values: this.#values,
      lists: this.#lists,
      warnings: this.#warnings,
    };
  }

  /** The keys that this kind of file may have; of those that belong to variants, the chosen ones. */
  #tree(chosen: readonly Flag[]): Section {
    const ofVariants = new Set(this.#variants.flatMap(({ flags }) => [...flags.values()].flat()));
    const own = this.#settings.filter((flag) => this.#gobmp || !ofVariants.has(flag));
    return keyTree([...own, ...chosen], ({ key, gobmpKey }) => this.#gobmp ? gobmpKey : key);
  }

  #section(found: unknown, section: Section, values: FlagValues, path: string): void {
    const node = this.#resolve(found);
    if (node === null || (isScalar(node) && node.value === null)) return;
    if (!isMap(node)) {
      const { flags, sections, lists } = section;
      const [some] = [...flags.keys(), ...sections.keys(), ...lists.keys()];
      const first = path === "" ? '"version: 1"' : some;
      this.#refuse(found, path, `found ${kindOf(node)}, expected keys with values, e.g. ${first}`);
    }
    for (const pair of node.items) this.#pair(pair, section, values, path);
  }

  #pair(pair: Pair, section: Section, values: FlagValues, path: string): void {
    const name = isScalar(pair.key) ? String(pair.key.value) : "";
    const key = path === "" ? name : `${path}.${name}`;
    const flag = section.flags.get(name);
    const inner = section.sections.get(name);
    const list = section.lists.get(name);
    if (flag !== undefined) this.#scalar(pair, flag, values, key);
    else if (inner !== undefined) this.#section(pair.value, inner, values, key);
    else if (list !== undefined) this.#list(pair, list, key);
    else if (key !== "version") this.#unknown(pair, section, name, key);
  }

  #scalar(pair: Pair, flag: Flag, values: FlagValues, key: string): void {
    const node = this.#resolve(pair.value);
    if (flag.list && isSeq(node)) return this.#words(pair, node.items, flag, values, key);
    if (!isScalar(node) || node.value === null) {
      if (this.#gobmp && (node === null || isScalar(node))) return;
      this.#refuse(pair.key, key, `found ${kindOf(node)}, expected ${flag.placeholder}`);
    }
    // The source, not the value: 0x10 and 1_000 mean in the file what they mean on the command line.
    const text = node.type === "PLAIN" && node.source !== undefined
      ? node.source
      : String(node.value);
    // In goBMP's file, as in Go, empty and absent are one.
    if (this.#gobmp && text === "") return;
    this.#set(pair, flag, values, key, text);
  }

  #words(pair: Pair, items: unknown[], flag: Flag, values: FlagValues, key: string): void {
    const words = items.map((item) => this.#resolve(item)).map((node) => {
      if (isScalar(node) && node.value !== null) return String(node.value);
      this.#refuse(pair.key, key, `found ${kindOf(node)} in the list, expected single values`);
    });
    this.#set(pair, flag, values, key, words.join(","));
  }

  #set(pair: Pair, flag: Flag, values: FlagValues, key: string, text: string): void {
    try {
      const place = `line ${this.#line(pair.key)} of ${this.#path}`;
      values.set(flag, flag.parse(text), { text, place });
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      this.#refuse(pair.key, key, error.message);
    }
  }

  #list(pair: Pair, section: Section, key: string): void {
    const node = this.#resolve(pair.value);
    if (!isSeq(node)) {
      this.#refuse(
        pair.key,
        key,
        `found ${kindOf(node)}, expected a list, each entry with "- " before it`,
      );
    }
    const items = node.items.map((item, i) => {
      const values = new FlagValues();
      const path = `${key}[${i}]`;
      this.#section(item, this.#variantSection(key, section, item, path), values, path);
      return { values, place: `${this.#place(this.#line(item))}: ${path}` };
    });
    this.#lists.set(key, items);
  }

  /** What may stand in one entry of a list, by the values of its deciding keys. */
  #variantSection(list: string, section: Section, item: unknown, path: string): Section {
    const variants = this.#variants.filter((each) => each.list === list);
    const node = this.#resolve(item);
    if (variants.length === 0 || !isMap(node)) return section;
    const chosen = variants.map(({ flag, flags }) => {
      const name = flag.key!.split(".").at(-1)!;
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === name);
      const values = new FlagValues();
      if (pair !== undefined) this.#scalar(pair, flag, values, `${path}.${name}`);
      const value = values.get(flag);
      return { flags: flags.get(value) ?? [], words: `${name} ${value}` };
    });
    return {
      ...this.#tree(chosen.flatMap(({ flags }) => flags)).lists.get(list)!,
      of: ` of ${chosen.map(({ words }) => words).join(" and ")}`,
    };
  }

  #unknown(pair: Pair, section: Section, name: string, key: string): void {
    if (!this.#gobmp) {
      const advice = this.#advice(section, name, key);
      this.#refuse(pair.key, key, `no such key${section.of ?? ""}; ${advice}`);
    }
    if (isOurs(key, this.#settings)) {
      this.#refuse(
        pair.key,
        key,
        `a file with this key begins with "version: 1"; without that line it is read as one of goBMP's`,
      );
    }
    this.#warnings.push(`${this.#place(this.#line(pair.key))}: key "${key}": not known, ignored`);
  }

  /** What may have been meant: a key here, one of another kind of entry, one elsewhere; else all that stand here. */
  #advice({ flags, sections, lists }: Section, name: string, key: string): string {
    const known = [...flags.keys(), ...sections.keys(), ...lists.keys()];
    const nearest = nearestName(name, known);
    if (nearest !== undefined) return `did you mean "${nearest}"?`;
    const path = key.replace(/\[\d+\]/g, "[]");
    for (const { flag, flags } of this.#variants) {
      const owners = [...flags].filter(([, own]) => own.some((each) => each.key === path));
      if (owners.length === 0) continue;
      const decider = flag.key!.split(".").at(-1);
      return `it is one of ${decider} ${owners.map(([value]) => value).join(", ")}`;
    }
    for (const { key } of this.#settings) {
      if (key?.split(".").at(-1) === name && !key.includes("[]")) return `did you mean "${key}"?`;
    }
    return `known here: ${known.join(", ")}`;
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) ?? null : node ?? null;
  }

  #line(node: unknown): number {
    const offset = (node as { range?: [number, number, number] } | null)?.range?.[0] ?? 0;
    return this.#lines.linePos(offset).line;
  }

  #place(line: number): string {
    return `configuration file "${this.#path}", line ${line}`;
  }

  #refuse(node: unknown, key: string, reason: string): never {
    const what = key === "" ? "" : ` key "${key}":`;
    throw new ConfigError(`Cannot read ${this.#place(this.#line(node))}:${what} ${reason}`);
  }
}

function isOurs(key: string, settings: readonly Flag[]): boolean {
  return settings.some((flag) => flag.key !== undefined && /^\w+/.exec(flag.key)?.[0] === key);
}

function kindOf(node: unknown): string {
  if (isMap(node)) return "keys with values";
  if (isSeq(node)) return "a list";
  return isScalar(node) && node.value !== null ? "a single value" : "nothing";
}

/** The values of a YAML document, for files that are none of ours. @throws when it is none */
export function parseYaml(text: string): unknown {
  return parse(text);
}

/**
 * Flags with Go's syntax, because goBMP's unit files and scripts must go on working: `-x` and `--x` are equal, the value follows by
 * `=` or as the next word, and most booleans are strings.
 *
 * A flag is one object, declared beside what it configures; help, README's table and the configuration are made from it.
 * `node:util` parseArgs cannot carry this syntax: it reads `-source-port` as a group of one-letter flags.
 */

/** One flag of the command line, and its place in the environment and in configuration files. */
export interface Flag<T = unknown> {
  /** Without dashes, e.g. `source-port`; the environment variable is `EDGEBMP_SOURCE_PORT`. */
  readonly name: string;
  /** Where it stands in our configuration file, e.g. `limits.max_sessions`, `listen[].port`; absent: not in files. */
  readonly key?: string;
  /** Where it stands in goBMP's, e.g. `kafka_config.kafka_srv`. */
  readonly gobmpKey?: string;
  /** One or two sentences for help and README, without a final period. */
  readonly help: string;
  /** What stands for the value in help, e.g. `PORT`. */
  readonly placeholder: string;
  /** Default as one would write it on the command line; empty: none. Read by {@linkcode Flag.parse} unless `initial` is given. */
  readonly default: string;
  /** Value when nothing was given and `default` is only a description of it. */
  readonly initial?: T;
  /** A true Go boolean: takes no next word, bare means true. Only glog's flags are such. */
  readonly bare?: boolean;
  /** Whether files may have a list of words instead of one text with commas. */
  readonly list?: boolean;
  /** Whether the command line may have it several times, each with one of the values that one text has with commas; of others the last wins. */
  readonly repeatable?: boolean;
  /** What it may be in an example, where `default` is empty. */
  readonly example?: string;
  /** Whether a reload of the configuration applies it; others need a restart. */
  readonly live?: boolean;
  /** The value is never shown, and not taken from the command line, which everybody on the machine can read. */
  readonly secret?: boolean;
  /** The value is a path; with neither this nor {@linkcode Flag.insteadOf} given it is that of the systemd credential of this name, if there is one. */
  readonly credential?: string;
  /** The flag for the value itself, where this is the path of a file that holds it. */
  readonly insteadOf?: Flag<string>;
  /** @throws {FlagError} saying what was expected. */
  readonly parse: Parse<T>;
}

/** Reads a value. @throws {FlagError} saying what was expected. */
export interface Parse<T> {
  (text: string): T;
  /** What it takes, for the schema of the configuration file and for completions; undefined: any text. */
  readonly accepts?: Accepts;
}

/** What a parser takes. */
export type Accepts =
  | { readonly kind: "boolean" }
  | { readonly kind: "integer" | "size"; readonly min: number; readonly max: number }
  | { readonly kind: "words"; readonly words: readonly string[] };

/** A value that a flag does not take. The message says what is allowed. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

/** A command line that cannot be understood: usage on standard error, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Values of flags, from wherever they were given. */
export interface FlagSource {
  /** The value given, else the default. */
  get<T>(flag: Flag<T>): T;
  /** Whether the flag was named. */
  given(flag: Flag): boolean;
}

/** How a value was given. */
export interface Origin {
  readonly text: string;
  /** For people: `--source-port`, `line 7`. */
  readonly place: string;
}

/** The flags of one command line. */
export class FlagValues implements FlagSource {
  readonly #given = new Map<string, unknown>();
  readonly #origins = new Map<string, Origin>();

  set<T>(flag: Flag<T>, value: T, origin?: Origin): void {
    this.#given.set(flag.name, value);
    if (origin !== undefined) this.#origins.set(flag.name, origin);
  }

  /** Undefined where the flag is not named, or was set without. */
  origin(flag: Flag): Origin | undefined {
    return this.#origins.get(flag.name);
  }

  given(flag: Flag): boolean {
    return this.#given.has(flag.name);
  }

  get<T>(flag: Flag<T>): T {
    return this.#given.has(flag.name) ? this.#given.get(flag.name) as T : defaultOf(flag);
  }
}

/** A command line, read. */
export interface ParsedArguments {
  readonly values: FlagValues;
  /** What is not a flag. */
  readonly words: string[];
  /** `-h`, `-help` or `--help` was found; what follows it has not been read. */
  readonly help: boolean;
}

/** The default of a flag. */
export function defaultOf<T>(flag: Flag<T>): T {
  return "initial" in flag ? flag.initial as T : flag.parse(flag.default);
}

/**
 * Reads a command line.
 *
 * @param mixed flags may also follow words (the commands' usage); else the first word ends the flags, as in Go
 * @throws {UsageError}
 */
export function parseArguments(
  args: readonly string[],
  flags: readonly Flag[],
  mixed: boolean,
): ParsedArguments {
  const values = new FlagValues();
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--") {
      words.push(...args.slice(i + 1));
      break;
    }
    if (word === "-" || !word.startsWith("-")) {
      if (!mixed) {
        words.push(...args.slice(i));
        break;
      }
      words.push(word);
      continue;
    }
    const [, name, , inline] = /^--?([^-=][^=]*)(=([^]*))?$/.exec(word) ?? [];
    if (name === undefined) {
      throw new UsageError(`Cannot read flag "${word}": expected -NAME, --NAME or --NAME=VALUE`);
    }
    const flag = flags.find((flag) => flag.name === name);
    if (flag === undefined) {
      if (name === "h" || name === "help") return { values, words, help: true };
      throw new UsageError(`Cannot read flag "--${name}": no such flag${hint(name, flags)}`);
    }
    if (flag.secret) throw new UsageError(`Cannot read flag "--${name}": ${notHere(flag, flags)}`);
    let text = inline;
    if (text === undefined && flag.bare) text = "true";
    if (text === undefined) {
      i++;
      if (i === args.length) {
        throw new UsageError(
          `Cannot read flag "--${name}": expected a value (${flag.placeholder})`,
        );
      }
      text = args[i]!;
    }
    const before = flag.repeatable ? values.origin(flag)?.text : undefined;
    if (before !== undefined) text = `${before},${text}`;
    try {
      values.set(flag, flag.parse(text), { text, place: `--${name}` });
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      throw new UsageError(`Cannot read flag "--${name}": ${error.message}`);
    }
  }
  return { values, words, help: false };
}

/** Where a secret belongs. */
function notHere(flag: Flag, flags: readonly Flag[]): string {
  const file = flags.find(({ insteadOf }) => insteadOf === flag);
  const other = file === undefined ? "" : `--${file.name} or `;
  return `everybody on the machine can read a command line; expected ${other}the environment variable ${
    environmentName(flag)
  }`;
}

/** The name of a flag's environment variable. */
export function environmentName(flag: Flag): string {
  return `EDGEBMP_${flag.name.replaceAll("-", "_").toUpperCase()}`;
}

function hint(name: string, flags: readonly Flag[]): string {
  const nearest = nearestName(name, flags.map((flag) => flag.name));
  return nearest === undefined ? "" : `; did you mean --${nearest}?`;
}

/** The known name that looks most like `name`, if one is near enough to have been meant: by default if two thirds are right. */
export function nearestName(
  name: string,
  known: readonly string[],
  mistakesMax: number = Math.max(1, Math.floor(name.length / 3)),
): string | undefined {
  let nearest: string | undefined;
  let distanceMin = Math.min(mistakesMax + 1, name.length);
  for (const candidate of known) {
    const distance = editDistance(name.slice(0, 64), candidate);
    if (distance < distanceMin) {
      nearest = candidate;
      distanceMin = distance;
    }
  }
  return nearest;
}

/** Levenshtein's distance: insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replace, row[j]! + 1, next[j - 1]! + 1);
    }
    row = next;
  }
  return row[b.length]!;
}

/** A parser for Go's boolean words. */
export const parseBoolean: Parse<boolean> = accepting({ kind: "boolean" }, (text) => {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw new FlagError(`found "${text}", expected true or false`);
});

/** A parser that says what it takes. */
export function accepting<T>(accepts: Accepts, parse: (text: string) => T): Parse<T> {
  return Object.assign((text: string) => parse(text), { accepts });
}

/** A parser for integers as Go reads them (0x, 0o, 0b, leading 0 for octal, `_` between digits), within bounds. */
export function integer(min: number, max: number): Parse<number> {
  return accepting({ kind: "integer", min, max }, (text) => {
    const value = readInteger(text);
    if (value === undefined || value < min || value > max) {
      throw new FlagError(`found "${text}", expected an integer from ${min} to ${max}`);
    }
    return value;
  });
}

function readInteger(text: string): number | undefined {
  const match =
    /^([+-]?)(0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|0[bB]_?[01]+(?:_[01]+)*|0[oO]?_?[0-7]+(?:_[0-7]+)*|0|[1-9][0-9]*(?:_[0-9]+)*)$/
      .exec(text);
  if (match === null) return undefined;
  const digits = match[2]!.replaceAll("_", "").replace(/^0(?=[0-7])/, "0o");
  const value = Number(digits);
  return match[1] === "-" ? -value : value;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  KiB: 1024,
  MiB: 1024 * 1024,
  GiB: 1024 * 1024 * 1024,
};

/** A parser for sizes in bytes, with or without KiB, MiB, GiB. */
export function size(min: number, max: number): Parse<number> {
  return accepting({ kind: "size", min, max }, (text) => {
    const [, digits = "", unit = ""] = /^([^KMG]*)(KiB|MiB|GiB)?$/.exec(text) ?? [];
    const value = (readInteger(digits) ?? NaN) * SIZE_UNITS[unit]!;
    if (!(value >= min && value <= max)) {
      throw new FlagError(
        `found "${text}", expected ${sizeText(min)} to ${
          sizeText(max)
        }; units are KiB, MiB and GiB`,
      );
    }
    return value;
  });
}

function sizeText(bytes: number): string {
  for (const unit of ["GiB", "MiB", "KiB"]) {
    if (bytes > 0 && bytes % SIZE_UNITS[unit]! === 0) return `${bytes / SIZE_UNITS[unit]!}${unit}`;
  }
  return `${bytes}`;
}

/** A parser for one word out of a few. */
export function oneOf<T extends string>(words: readonly T[]): Parse<T> {
  return accepting({ kind: "words", words }, (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) {
      const nearest = nearestName(text, words);
      const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
      throw new FlagError(`found "${text}", expected one of ${words.join(", ")}${hint}`);
    }
    return found;
  });
}

/** A parser for words with commas between them, and spaces around them. */
export function listOf<T>(parse: (text: string) => T): (text: string) => readonly T[] {
  return (text) =>
    text.split(",").map((word) => word.trim()).filter((word) => word !== "").map((word) =>
      parse(word)
    );
}

/** Where to connect to. */
export interface Endpoint {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A parser for `HOST:PORT`, where an IPv6 address stands in brackets. */
export function parseEndpoint(text: string): Endpoint {
  const [, bracketed, name, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? name ?? "";
  const port = Number(digits);
  const isHost = bracketed === undefined ? host !== "" : URL.canParse(`http://[${host}]`);
  if (!isHost || !(port >= 1 && port <= 65535)) {
    throw new FlagError(`found "${withoutLogin(text)}", expected HOST:PORT or [IPV6]:PORT`);
  }
  return { host, port };
}

/** For messages: a flag, and its key in a file. */
export function nameAndKey({ name, key }: Flag): string {
  return key === undefined ? `--${name}` : `--${name} (in files ${key.split(".").at(-1)})`;
}

/** For messages: what stands before an `@` may be a password, put where none is expected. */
export function withoutLogin(text: string): string {
  return text.replace(/^.*@/, "(hidden)@");
}

/** A parser that takes any text. */
export function anyText(text: string): string {
  return text;
}

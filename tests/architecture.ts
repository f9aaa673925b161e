/**
 * The rules of src/README.md as code: which room may import which, what a pure room never touches, and how long a file may be.
 * Sources go in as text and violations come out as text, so that each rule is tested on made-up sources.
 */

/** Path from the project's root, with `/`, and the file's text. */
export type Sources = ReadonlyMap<string, string>;

interface Room {
  /** Path or start of paths; the first room that fits a file is its room. */
  readonly path: string;
  /** Paths, or starts of paths, that this room may import besides itself. `*` is everything. */
  readonly may: readonly string[];
  /** No I/O, clock, log, metric, randomness or global state of the runtime. */
  readonly pure?: boolean;
  /** npm packages that may be imported here. */
  readonly packages?: readonly string[];
}

const RUNTIME = "src/runtime/types.ts";
// Pure: the system's code of a caught error.
const ERROR = "src/runtime/error.ts";
const ENTRIES = "src/journal/types.ts";
// A flag is declared beside what it configures, so this one file of src/cli is open to the rooms below it.
const FLAG = "src/cli/flag.ts";
const SECRET_FLAG = "src/cli/secret.ts";
const SECRET = "src/runtime/secret.ts";

const ROOMS: readonly Room[] = [
  { path: "src/wire/", may: [], pure: true },
  { path: "src/bgp/", may: ["src/wire/"], pure: true },
  // The framer fills the journal's batch directly: no list of frames in between.
  { path: "src/bmp/frame.ts", may: ["src/bmp/", "src/wire/", ENTRIES], pure: true },
  { path: "src/bmp/", may: ["src/bgp/", "src/wire/"], pure: true },
  { path: "src/formats/", may: ["src/bmp/", "src/bgp/", "src/wire/", ENTRIES, FLAG], pure: true },
  { path: "src/explain/", may: ["src/bmp/", "src/bgp/", "src/wire/"], pure: true },
  { path: "src/capture/", may: ["src/bmp/", "src/wire/"], pure: true },
  { path: "src/generate/", may: ["src/bmp/", "src/bgp/", "src/wire/"], pure: true },
  {
    path: "src/library.ts",
    may: ["src/formats/", "src/bmp/", "src/bgp/", "src/wire/", ENTRIES],
  },
  { path: ENTRIES, may: [], pure: true },
  // Sessions and peers that are up are known by their messages' headers.
  {
    path: "src/journal/",
    may: ["src/bmp/", "src/wire/", "src/ops/", RUNTIME, ERROR, FLAG],
  },
  { path: "src/runtime/", may: ["src/wire/"] },
  {
    path: "src/ops/http/",
    may: [
      "src/ops/",
      "src/sessions/",
      "src/pipeline/",
      "src/bmp/",
      "src/wire/",
      ENTRIES,
      RUNTIME,
      ERROR,
      FLAG,
      SECRET_FLAG,
      SECRET,
    ],
  },
  { path: "src/ops/", may: [RUNTIME, ERROR, FLAG, SECRET_FLAG, SECRET] },
  {
    path: "src/sessions/",
    may: ["src/bmp/", "src/journal/", "src/ops/", "src/wire/", RUNTIME, ERROR, SECRET, FLAG],
  },
  {
    path: "src/sinks/kafka/client.ts",
    may: ["src/sinks/kafka/"],
    packages: ["@platformatic/kafka"],
  },
  {
    path: "src/sinks/nats/client.ts",
    may: ["src/sinks/nats/", RUNTIME],
    packages: ["@nats-io/nats-core/internal"],
  },
  {
    path: "src/sinks/",
    may: [
      "src/formats/output.ts",
      "src/wire/",
      "src/ops/",
      RUNTIME,
      ERROR,
      FLAG,
      SECRET_FLAG,
      SECRET,
    ],
  },
  {
    path: "src/pipeline/",
    may: [
      ENTRIES,
      "src/formats/",
      "src/sinks/",
      "src/bmp/",
      "src/bgp/",
      "src/wire/",
      "src/ops/",
      ERROR,
      FLAG,
    ],
  },
  {
    path: "src/upstreams/",
    may: [
      ENTRIES,
      // What a session that goes on starts with is what a reader that does starts with.
      "src/journal/live_sessions.ts",
      "src/pipeline/filter.ts",
      "src/pipeline/flags.ts",
      "src/pipeline/turn.ts",
      "src/bmp/",
      "src/wire/",
      "src/ops/",
      RUNTIME,
      ERROR,
      FLAG,
    ],
  },
  { path: FLAG, may: [] },
  { path: SECRET_FLAG, may: [FLAG] },
  { path: "src/cli/", may: ["*"], packages: ["yaml"] },
  { path: "src/app.ts", may: ["*"] },
  { path: "src/app/", may: ["*"] },
  { path: "mod.ts", may: ["*"] },
];

/** What only these may import, whatever their room allows. */
const DOORS: readonly { readonly to: string; readonly from: readonly string[] }[] = [
  { to: "src/app/", from: ["src/app/", "src/app.ts"] },
  { to: "src/app.ts", from: ["src/cli/", "mod.ts"] },
  { to: "src/cli/", from: ["src/cli/", "src/app/", "src/app.ts", "mod.ts"] },
  { to: "mod.ts", from: [] },
];

/** Files that may pass the length limit, each with its reason. */
const LONG_FILES: ReadonlyMap<string, string> = new Map();

const LINES_MAX = 400;

/** Where a `Date` may be made from a number: the text form of a timestamp. */
const TIME_TEXT = "src/wire/text.ts";

const IMPURE: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /(?<!new )\bDate\(/,
  /\bMath\.random\b/,
  /\b(?:performance|process|console|crypto|navigator|localStorage|globalThis)\b(?!:)/,
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch|require)\s*\(/,
  /\bnew (?:Worker|WebSocket|BroadcastChannel|SharedArrayBuffer)\b/,
];

const MODULE =
  /\b(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|\bimport\s*"([^"]+)"|\bimport\s*\(\s*"([^"]+)"/g;
const COMPUTED_IMPORT = /\bimport\s*\(\s*[^"\s]/;

/** Comments become nothing; strings stay. */
export function withoutComments(source: string): string {
  return source.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[^]*?\*\/|\/\/[^\n]*/g,
    (_, text: string | undefined) => text ?? "",
  );
}

/** Comments and the contents of strings become nothing; what a template computes stays. */
export function codeOf(source: string): string {
  return withoutComments(source).replace(
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g,
    (text) => text[0] === "`" ? `"${(text.match(/\$\{[^}]*\}/g) ?? []).join("")}"` : '""',
  );
}

export interface Import {
  /** Path from the root for a neighbour, else the name as written. */
  readonly name: string;
  /** `import type`: an arrow like any other, but nothing that is loaded. */
  readonly types: boolean;
}

/** What a module imports. */
export function importsOf(path: string, source: string): Import[] {
  return [...withoutComments(source).matchAll(MODULE)].map((match) => {
    const name = (match[1] ?? match[2] ?? match[3])!;
    return {
      name: name.startsWith(".") ? new URL(name, `file:///${path}`).pathname.slice(1) : name,
      types: /^\w+\s+type\b/.test(match[0]),
    };
  });
}

/** All violations, one line each. */
export function violations(sources: Sources, longFiles = LONG_FILES): string[] {
  const found: string[] = [];
  const graph = new Map<string, Import[]>();
  for (const [path, source] of sources) {
    const imports = importsOf(path, source);
    graph.set(path, imports);
    const room = ROOMS.find((room) => path.startsWith(room.path));
    if (room === undefined) {
      found.push(`${path}: is in no room of the rules`);
      continue;
    }
    for (const { name } of imports) found.push(...importViolations(path, room, name));
    found.push(...contentViolations(path, room, codeOf(source)));
    const lines = source.split("\n").length - 1;
    if (lines > LINES_MAX !== longFiles.has(path)) {
      found.push(
        `${path}: has ${lines} lines, ${
          longFiles.has(path) ? "remove it from" : "split it or give the reason in"
        } the list of long files`,
      );
    }
  }
  for (const path of longFiles.keys()) {
    if (!sources.has(path)) found.push(`${path}: is in the list of long files but does not exist`);
  }
  found.push(...packageViolations(graph), ...cycles(graph));
  return found;
}

function importViolations(path: string, room: Room, name: string): string[] {
  if (!name.startsWith("src/") && name !== "mod.ts") {
    if (name.startsWith("node:")) {
      return room.pure ? [`${path}: a pure room imports "${name}"`] : [];
    }
    return room.packages?.includes(name) ? [] : [`${path}: imports the package "${name}"`];
  }
  const door = DOORS.find((door) => name.startsWith(door.to));
  const open = door === undefined || name === FLAG || name === SECRET_FLAG ||
    door.from.some((from) => path.startsWith(from));
  const home = room.path.endsWith("/") && name.startsWith(room.path);
  const may = home || room.may.some((to) => to === "*" || name.startsWith(to));
  return open && may ? [] : [`${path}: must not import ${name}`];
}

function contentViolations(path: string, room: Room, code: string): string[] {
  const found: string[] = [];
  if (!path.startsWith("src/runtime/")) {
    const name = /\b(?:Deno|Bun)\b/.exec(code)?.[0];
    if (name !== undefined) found.push(`${path}: names ${name} outside src/runtime`);
    // A computed import escapes every rule above.
    if (COMPUTED_IMPORT.test(withoutComments(code))) found.push(`${path}: imports a computed name`);
  }
  if (room.pure) {
    for (const pattern of IMPURE) {
      const text = pattern.exec(code)?.[0];
      if (text !== undefined) found.push(`${path}: a pure room uses ${text}`);
    }
    if (path !== TIME_TEXT && /\bnew Date\(\s*[^\s)]/.test(code)) {
      found.push(`${path}: a pure room makes a Date outside ${TIME_TEXT}`);
    }
  }
  return found;
}

/** A package is imported by one file, so that it can be replaced there. */
function packageViolations(graph: ReadonlyMap<string, readonly Import[]>): string[] {
  const users = new Map<string, string[]>();
  for (const [path, imports] of graph) {
    for (const name of new Set(imports.map((each) => each.name))) {
      if (name.startsWith("src/") || name === "mod.ts" || name.startsWith("node:")) continue;
      users.set(name, [...users.get(name) ?? [], path]);
    }
  }
  return [...users].filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) =>
      `the package "${name}" is imported in more than one place: ${paths.join(", ")}`
    );
}

/** Cycles in what is loaded, each once, written from the file where it was met first. */
function cycles(graph: ReadonlyMap<string, readonly Import[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const stack: string[] = [];
  function visit(path: string): void {
    const start = stack.indexOf(path);
    if (start >= 0) {
      found.push(`import cycle: ${[...stack.slice(start), path].join(" -> ")}`);
      return;
    }
    if (done.has(path)) return;
    stack.push(path);
    for (const { name, types } of graph.get(path) ?? []) {
      if (!types) visit(name);
    }
    stack.pop();
    done.add(path);
  }
  for (const path of graph.keys()) visit(path);
  return found;
}

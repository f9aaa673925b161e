/**
 * `deno task bench [FILE...]`: speed and memory of this collector, per stage and runtime, beside other collectors on the same
 * bytes.
 *
 * Every program runs in a process of its own on one core, all of them in turn, `--pairs` times over; figures are medians, and
 * comparisons are medians of the ratios within a turn, because the machine is never the same twice. The unit is CPU seconds
 * (user and system) of the whole process, its start included. Without a FILE the load is a generated full table; stages with a
 * table of their own (IPv6, labelled, VPN, EVPN, BGP-LS) have one generated too.
 */
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { GENERATE_DEFAULTS, type GenerateOptions } from "../../src/generate/options.ts";
import { generateSession } from "../../src/generate/session.ts";
import {
  type BenchRuntime,
  benchRuntimes,
  compiledCollector,
  type Contestant,
  isCollector,
  knownPeers,
  ownCollector,
  ownStage,
  peerOf,
  spooled,
} from "./contestants.ts";
import { interceptTable } from "./intercept.ts";
import { leaveMeasuredCore, MEASURED_CORE } from "./measured.ts";
import { kafkaPeers, kafkaServer, parsedCollectors, readyRecords } from "./kafka.ts";
import {
  BROKER_AWAY_BYTES_MAX,
  brokerAway,
  idleSession,
  smallMessages,
  type StalledPeaks,
  stalledSink,
  stalledSmallMessages,
  startUp,
} from "./memory.ts";
import { natsServer } from "./nats.ts";
import { count, median, megabytes, ratio, table } from "./report.ts";
import { type Load, type Result, run } from "./run.ts";
import { serverTable, withDestination } from "./servers.ts";
import { sessionsTable } from "./sessions.ts";

const STAGES = [
  "frame",
  "format",
  "format-warm",
  "parsed-warm",
  "format-ipv6",
  "labelled",
  "vpn",
  "evpn",
  "bgp-ls",
  "write-null",
  "write-file",
  "tcp",
  "spool",
  "spool-read",
  "kafka",
  "kafka-raw",
  "kafka-parsed",
  "nats",
  "intercept",
  "sessions",
  "memory",
] as const;
type Stage = typeof STAGES[number];

/** Stages that format a table of their own, warm. */
interface TableStage {
  readonly load: string;
  readonly options: Partial<GenerateOptions>;
  /** Whether other collectors get that table too; else it is compared with the full one. */
  readonly hasPeers: boolean;
}

const TABLE_STAGES: Readonly<Partial<Record<Stage, TableStage>>> = {
  "format-ipv6": {
    load: "IPv6 table",
    options: { prefixesV4: 0, prefixesV6: 500_000 },
    hasPeers: false,
  },
  // The prefixes of the full table, as many in each UPDATE.
  "labelled": {
    load: "labelled table",
    options: { families: ["labelled-unicast"] },
    hasPeers: false,
  },
  "vpn": { load: "VPN table", options: { families: ["vpn"] }, hasPeers: false },
  "evpn": { load: "EVPN table", options: { families: ["evpn"] }, hasPeers: true },
  "bgp-ls": { load: "link-state table", options: { families: ["bgp-ls"] }, hasPeers: true },
};

const USAGE = `Usage: deno task bench [FILE...] [options]

  --pairs N            turns (default 3)
  --only STAGE         ${STAGES.join(", ")}; can be repeated
  --quick              a tenth of the table
  --runtime NAME       deno or bun (default both); can be repeated
  --peer NAME=COMMAND  another program: a collector if COMMAND has {port}, else one that reads {file} and ends;
                       {out} is where its records go, {port2} a second free port; can be repeated
  --binary PATH        an executable made by compile.sh, measured as a collector of its own

EDGEBMP_PEERS names a folder with bin/gobmp, bin/bgpkit-json and bin/netgauze-json, which are then peers, as is an
installed pmbmpd; bin/openbmpd takes part in stages kafka and kafka-parsed, and confluent-kafka if the Python that EDGEBMP_PYTHON names has it.
`;

/** A table as raw messages takes half a second, of which the start of the program is half: not what a collector costs that runs for months. */
const RAW_TIMES = 4;

/** Something that is run in every turn. */
interface Job {
  readonly stage: Stage | "file";
  readonly contestant: Contestant;
  readonly load: Load;
  readonly isOwn: boolean;
  readonly results: Result[];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pairs: { type: "string", default: "3" },
      only: { type: "string", multiple: true, default: [...STAGES] },
      quick: { type: "boolean", default: false },
      runtime: { type: "string", multiple: true, default: ["deno", "bun"] },
      peer: { type: "string", multiple: true, default: [] },
      binary: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const unknown = values.only.find((stage) => !STAGES.some((known) => known === stage));
  if (values.help || unknown !== undefined) {
    say(unknown === undefined ? USAGE : `Cannot bench stage "${unknown}"\n\n${USAGE}`);
    process.exitCode = unknown === undefined ? 0 : 2;
    return;
  }
  leaveMeasuredCore();
  const folder = await mkdtemp(join(tmpdir(), "edgebmp-bench-"));
  try {
    const runtimes = benchRuntimes(values.runtime);
    const wants = (stage: Stage) => values.only.includes(stage);
    const peersFolder = process.env.EDGEBMP_PEERS;
    const peers = [
      ...values.peer.map(peerOf),
      ...(peersFolder === undefined ? [] : knownPeers(peersFolder)),
    ];
    const compiled = values.binary === undefined ? [] : [compiledCollector(values.binary)];
    const loads = positionals.length > 0
      ? await Promise.all(positionals.map(loadOf))
      : [await generate(folder, "full table", {}, values.quick)];
    say(`core ${MEASURED_CORE ?? "any"}, ${values.pairs} turns; figures per CPU second\n`);
    loads.forEach(sayLoad);
    const jobs = loads.flatMap((load) => jobsFor(load, wants, runtimes, peers, compiled));
    for (const stage of positionals.length === 0 ? STAGES.filter(wants) : []) {
      const its = TABLE_STAGES[stage];
      if (its === undefined) continue;
      const load = await generate(folder, its.load, its.options, values.quick);
      sayLoad(load);
      for (const runtime of runtimes) {
        jobs.push(job(stage, ownStage(runtime, "format-warm"), load, true));
      }
      for (const peer of its.hasPeers ? peers.filter(isCollector) : []) {
        jobs.push(job("tcp", peer, load, false));
      }
    }
    await runInTurns(jobs, Number(values.pairs), folder);
    if (jobs.length > 0) {
      say(`\n${resultTable(jobs)}`);
      const comparison = comparisonTable(jobs);
      if (comparison !== "") {
        say(`\ntimes the routes per CPU second of the other:\n${comparison}`);
      }
    }
    const collectors = [...runtimes.map(ownCollector), ...compiled, ...peers.filter(isCollector)];
    const destinations = [
      ["kafka", kafkaServer(), ["--kafka-server=127.0.0.1:{port2}"]],
      ["kafka-raw", kafkaServer(), ["--kafka-server=127.0.0.1:{port2}", "--bmp-raw=true"]],
      ["kafka-parsed", kafkaServer(), []],
      ["nats", natsServer(folder), ["--nats-server=nats://127.0.0.1:{port2}"]],
    ] as const;
    for (const [name, startServer, flags] of destinations) {
      if (!wants(name)) continue;
      if (startServer === undefined) {
        say(`\n${name}: not installed\n`);
        continue;
      }
      const note = (line: string) => void process.stderr.write(line);
      const turns = Number(values.pairs);
      const contestants = name === "kafka-parsed"
        ? parsedCollectors([...runtimes.map(ownCollector), ...compiled])
        : withDestination(collectors, ...flags).map((contestant) =>
          name === "kafka-raw" ? { ...contestant, recordsPer: "message" as const } : contestant
        );
      for (const once of loads) {
        const load = name === "kafka-raw" ? repeated(once, RAW_TIMES) : once;
        const others = name === "kafka"
          ? [...kafkaPeers(peersFolder), ...await readyRecords(runtimes, load, folder)]
          : name === "kafka-parsed"
          ? kafkaPeers(peersFolder).filter((peer) => peer.name === "openbmpd")
          : [];
        const all = [...contestants, ...others];
        say(`\n${await serverTable(name, startServer, all, load, turns, folder, note)}`);
      }
    }
    const own = collectors.filter(({ name }) => name.startsWith("edgebmp "));
    if (wants("intercept")) {
      const note = (line: string) => void process.stderr.write(line);
      for (const load of loads) {
        say(`\n${await interceptTable(own, load, Number(values.pairs), folder, note)}`);
      }
    }
    if (wants("sessions")) {
      const note = (line: string) => void process.stderr.write(line);
      say(`\n${await sessionsTable(own, folder, note)}`);
    }
    if (wants("memory")) await memory(collectors, loads[0]!, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function jobsFor(
  load: Load,
  wants: (stage: Stage) => boolean,
  runtimes: readonly BenchRuntime[],
  peers: readonly Contestant[],
  compiled: readonly Contestant[],
): Job[] {
  const jobs: Job[] = [];
  const stages = [
    "frame",
    "format",
    "format-warm",
    "parsed-warm",
    "write-null",
    "write-file",
    "spool-read",
  ] as const;
  for (const stage of stages) {
    if (!wants(stage)) continue;
    for (const runtime of runtimes) jobs.push(job(stage, ownStage(runtime, stage), load, true));
  }
  for (const own of [...runtimes.map(ownCollector), ...compiled]) {
    // Side by side: what a spool costs is the difference.
    if (wants("tcp") || wants("spool")) jobs.push(job("tcp", own, load, true));
    if (wants("spool")) jobs.push(job("spool", spooled(own), load, true));
  }
  for (const peer of peers) {
    const wantsFormat = wants("format") || wants("format-warm");
    if (isCollector(peer) && (wants("tcp") || wantsFormat)) {
      jobs.push(job("tcp", peer, load, false));
    }
    if (!isCollector(peer) && wantsFormat) jobs.push(job("file", peer, load, false));
  }
  return jobs;
}

function job(stage: Job["stage"], contestant: Contestant, load: Load, isOwn: boolean): Job {
  return { stage, contestant, load, isOwn, results: [] };
}

/** All jobs once, then all again: what is compared has run side by side. */
async function runInTurns(jobs: readonly Job[], turns: number, folder: string): Promise<void> {
  for (let turn = 1; turn <= turns; turn++) {
    for (const { stage, contestant, load, results } of jobs) {
      const result = await run(contestant, load, folder);
      results.push(result);
      process.stderr.write(
        `turn ${turn}: ${stage} ${contestant.name} ${load.name}: ${
          result.cpuSeconds.toFixed(2)
        } s\n`,
      );
    }
  }
}

function resultTable(jobs: readonly Job[]): string {
  const rows = [[
    "stage",
    "program",
    "load",
    "routes/s",
    "MB/s in",
    "MB/s out",
    "CPU s",
    "from",
    "to",
    "peak MB",
    "lines",
  ]];
  for (const job of jobs) {
    const { stage, contestant, load, results } = job;
    const prefixes = prefixesOf(load, jobs);
    const seconds = results.map((result) => result.cpuSeconds);
    const middle = median(seconds);
    const bytesOut = median(results.map((result) => result.bytesOut));
    rows.push([
      stage,
      contestant.name,
      load.name,
      prefixes > 0 ? count(prefixes / middle) : "",
      megabytes(load.bytes / middle),
      bytesOut > 0 ? megabytes(bytesOut / middle) : "",
      middle.toFixed(2),
      Math.min(...seconds).toFixed(2),
      Math.max(...seconds).toFixed(2),
      megabytes(Math.max(...results.map((result) => result.peakBytes))),
      count(median(linesOf(job))),
    ]);
  }
  return table(rows, 3);
}

/** Of a stream that we did not make: the lines that this collector, or the first one there is, has written for it. */
function prefixesOf(load: Load, jobs: readonly Job[]): number {
  const wrote = jobs.find((job) => job.load === load && median(linesOf(job)) > 0);
  return load.prefixes > 0 || wrote === undefined ? load.prefixes : median(linesOf(wrote));
}

function linesOf({ results }: Job): number[] {
  return results.map((result) => result.lines);
}

/** What is compared: formatting with every peer, the whole collector with other collectors, other tables with the full one. */
function isComparable(own: Job, other: Job): boolean {
  const its = own.stage === "file" ? undefined : TABLE_STAGES[own.stage];
  if (its?.hasPeers === false || own.stage === "parsed-warm") {
    return other.stage === "format-warm" && other.contestant.name === own.contestant.name;
  }
  if (own.stage === "spool") {
    return other.stage === "tcp" && other.contestant.name === own.contestant.name;
  }
  if (!own.isOwn || other.isOwn || other.load !== own.load) return false;
  return its !== undefined || own.stage === "format" || own.stage === "format-warm" ||
    (own.stage === "tcp" && other.stage === "tcp");
}

function comparisonTable(jobs: readonly Job[]): string {
  const cost = ({ results, load }: Job) =>
    results.map((result) => result.cpuSeconds / Math.max(1, load.prefixes));
  const rows = jobs.flatMap((own) =>
    jobs.filter((other) => isComparable(own, other)).map((other) => [
      own.stage,
      own.contestant.name,
      own.load.name,
      `${other.contestant.name} (${other.stage}, ${other.load.name})`,
      ratio(cost(other), cost(own)).toFixed(2),
    ])
  );
  return rows.length === 0 ? "" : table(rows, 4);
}

async function memory(
  collectors: readonly Contestant[],
  load: Load,
  folder: string,
): Promise<void> {
  const rows = [[
    "collector",
    "start ms",
    "idle session KB",
    "stalled, drained MB",
    "1,000 x 100 B MB",
    "stalled, drained MB",
    "broker away, spool MB",
  ]];
  for (const collector of collectors) {
    const [away] = collector.name.startsWith("edgebmp ")
      ? withDestination([spooled(collector)], "--kafka-server=127.0.0.1:{port2}")
      : [];
    process.stderr.write(`memory: ${collector.name}\n`);
    rows.push([
      collector.name,
      await cell(() => startUp(collector, folder), (ms) => ms.toFixed(0)),
      await cell(() => idleSession(collector, folder), (bytes) => (bytes / 1e3).toFixed(1)),
      await cell(() => stalledSink(collector, load, folder), stalledPeaks),
      await cell(() => smallMessages(collector, folder), megabytes),
      await cell(() => stalledSmallMessages(collector, folder), stalledPeaks),
      away === undefined ? "" : await cell(() => brokerAway(away, load, folder), boundedAway),
    ]);
  }
  say(`\n${table(rows, 1)}`);
}

function boundedAway(bytes: number): string {
  if (bytes <= BROKER_AWAY_BYTES_MAX) return megabytes(bytes);
  process.exitCode = 1;
  return `${megabytes(bytes)}, too much`;
}

function stalledPeaks({ stalled, drained }: StalledPeaks): string {
  return `${megabytes(stalled)}, ${megabytes(drained)}`;
}

/** A peer that cannot do a scenario (few sessions, no FIFO) gets a dash; the log says why. */
async function cell<T>(measure: () => Promise<T>, text: (value: T) => string): Promise<string> {
  try {
    return text(await measure());
  } catch (error) {
    process.stderr.write(`${error}\n`);
    return "-";
  }
}

async function generate(
  folder: string,
  name: string,
  options: Partial<GenerateOptions>,
  isQuick: boolean,
): Promise<Load> {
  const { prefixesV4, prefixesV6, routes, ...others } = { ...GENERATE_DEFAULTS, ...options };
  const share = isQuick ? 0.1 : 1;
  const session = generateSession({
    ...others,
    prefixesV4: Math.round(prefixesV4 * share),
    prefixesV6: Math.round(prefixesV6 * share),
    routes: Math.round(routes * share),
  });
  const path = join(folder, `${name.replaceAll(" ", "-")}.bmp`);
  const file = await open(path, "w");
  let step = session.next();
  for (; !step.done; step = session.next()) await file.write(step.value);
  await file.close();
  const { bytes, announced, messages } = step.value;
  return { name, path, bytes, prefixes: announced, messages };
}

async function loadOf(path: string): Promise<Load> {
  return { name: basename(path), path, bytes: (await stat(path)).size, prefixes: 0, messages: 0 };
}

function repeated(load: Load, times: number): Load {
  const { bytes, prefixes, messages } = load;
  return {
    ...load,
    times,
    bytes: bytes * times,
    prefixes: prefixes * times,
    messages: messages * times,
  };
}

function sayLoad({ name, bytes, prefixes }: Load): void {
  const routes = prefixes > 0 ? count(prefixes) : "?";
  say(`${name}: ${megabytes(bytes)} MB, ${routes} routes\n`);
}

function say(text: string): void {
  process.stdout.write(text);
}

await main();

/**
 * The intercept proxy beside a plain relay (socat), and what one upstream costs a collector that decodes: a stream goes in as fast as it
 * is taken, from `cat`, and comes out at a reader that counts its bytes.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { Contestant } from "./contestants.ts";
import { withDestination } from "./servers.ts";
import { findProgram } from "./measured.ts";
import { median, megabytes, ratio, table } from "./report.ts";
import { listening, type Load, makePlaces, start } from "./run.ts";

/** Times the file, so that a run lasts for seconds: the first is not yet compiled code. */
const REPEATS = 32;
const MB = 1e6;
const RUN_TIMEOUT_MS = 120_000;

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

interface Job {
  readonly name: string;
  readonly contestant: Contestant;
  /** Whether the stream comes out. */
  readonly isRelay: boolean;
  readonly repeats: number;
  readonly runs: Run[];
}

/** The relay, and each collector: as a relay alone, decoding alone, and both. */
function jobsOf(collectors: readonly Contestant[]): Job[] {
  const job = (name: string, contestant: Contestant, isRelay: boolean, repeats: number): Job => ({
    name,
    contestant,
    isRelay,
    repeats,
    runs: [],
  });
  const jobs: Job[] = [];
  const socat = findProgram("socat");
  if (socat !== undefined) {
    const command = [
      ...[socat, "-b", "65536", "TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr"],
      "TCP:127.0.0.1:{port2}",
    ];
    jobs.push(job("socat", { name: "socat", command }, true, REPEATS));
  }
  const upstream = "--upstream=127.0.0.1:{port2}";
  const decode = ["--dump=file", "--msg-file=/dev/null"];
  const variants = (...flags: string[]) => withDestination(collectors, ...flags);
  for (const [i, { name }] of variants().entries()) {
    const of = (...flags: string[]) => variants(...flags)[i]!;
    jobs.push(job(`${name}, decode off`, of(upstream, "--observe=false"), true, REPEATS));
    jobs.push(job(`${name}, decode alone`, of(...decode), false, 1));
    jobs.push(job(`${name}, decode and upstream`, of(...decode, upstream), true, 1));
  }
  return jobs;
}

/** Text of a table. */
export async function interceptTable(
  collectors: readonly Contestant[],
  load: Load,
  turns: number,
  folder: string,
  note: (line: string) => void,
): Promise<string> {
  const jobs = jobsOf(collectors);
  for (let turn = 1; turn <= turns; turn++) {
    for (const job of jobs) {
      const run = await runOnce(job, load, folder);
      job.runs.push(run);
      note(`turn ${turn}: intercept ${job.name}: ${run.seconds.toFixed(2)} s\n`);
    }
  }
  const rows = [["intercept", "MB/s", "CPU ms/MB", "peak MB"]];
  for (const { name, runs, repeats } of jobs) {
    const mb = load.bytes * repeats / MB;
    rows.push([
      name,
      (mb / median(runs.map(({ seconds }) => seconds))).toFixed(0),
      (1000 * median(runs.map(({ cpuSeconds }) => cpuSeconds)) / mb).toFixed(2),
      megabytes(Math.max(...runs.map(({ peakBytes }) => peakBytes))),
    ]);
  }
  return table(rows, 1) + comparison(jobs);
}

function comparison(jobs: readonly Job[]): string {
  const lines: string[] = [];
  const relay = jobs.find(({ name }) => name === "socat");
  const seconds = ({ runs }: Job) => runs.map((run) => run.seconds);
  const cpu = ({ runs }: Job) => runs.map((run) => run.cpuSeconds);
  for (const [i, job] of jobs.entries()) {
    if (job.name.endsWith("decode off") && relay !== undefined) {
      lines.push(`${job.name}: ${ratio(seconds(relay), seconds(job)).toFixed(2)} of socat's MB/s`);
    }
    if (job.name.endsWith("and upstream")) {
      const more = 100 * (ratio(cpu(job), cpu(jobs[i - 1]!)) - 1);
      lines.push(`${job.name}: ${more.toFixed(0)} % more CPU than decode alone`);
    }
  }
  return `\n${lines.join("\n")}\n`;
}

async function runOnce(
  { contestant, isRelay, repeats }: Job,
  load: Load,
  folder: string,
): Promise<Run> {
  const places = await makePlaces(load.path, folder);
  let received = 0;
  const runtime = await loadRuntime();
  const sink = await runtime.listen(
    { host: "127.0.0.1", port: places.port2 },
    () => ({
      data: (chunk) => void (received += chunk.length),
      closed: () => {},
    }),
    () => {},
  );
  const program = await start(contestant, places, folder);
  try {
    await listening(program, places.port);
    const before = program.sample().cpuSeconds;
    const startedMs = performance.now();
    const files = Array(repeats).fill('"$0"').join(" ");
    const script = `cat ${files} > /dev/tcp/127.0.0.1/${places.port}`;
    const sender = spawn("bash", ["-c", script, load.path], { stdio: "ignore" });
    const sent = once(sender, "exit");
    if (isRelay) {
      while (received < load.bytes * repeats) {
        if (performance.now() - startedMs > RUN_TIMEOUT_MS) {
          throw new Error(`Cannot measure "${contestant.name}": ${received} bytes came out`);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    const seconds = (performance.now() - startedMs) / 1000;
    await sent;
    // What decodes may have more to do; a relay may have ended.
    if (program.isRunning) await program.idle(() => received);
    const { cpuSeconds, peakBytes } = program.sample();
    return { seconds, cpuSeconds: cpuSeconds - before, peakBytes };
  } finally {
    await program.stop();
    sink.close();
  }
}

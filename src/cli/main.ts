/** The program: `edgebmp [flags]` runs the collector, `edgebmp COMMAND ...` a command. */
import process from "node:process";
import { Log, type LogLevel } from "../ops/log.ts";
import { LogWriter } from "../ops/log_writer.ts";
import { logFormatFlag, logLevelFlag } from "../ops/flags.ts";
import { errorCode, toError } from "../runtime/error.ts";
import { loadRuntime } from "../runtime/mod.ts";
import type { Runtime } from "../runtime/types.ts";
import { addressText } from "../upstreams/options.ts";
import { utf8 } from "../wire/writer.ts";
import { loadCommand, loadCommands, noSuchCommand } from "./commands.ts";
import { loadConfig } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import type { Collector } from "../app.ts";
import type { Command } from "./command.ts";
import { defaultOf, type FlagValues, parseArguments, UsageError } from "./flag.ts";
import { FLAGS } from "./flags.ts";
import { commandHelp, COMMON_FLAGS, programHelp, usageText } from "./help.ts";
import { outputOf } from "./sink_config.ts";
import { isJournal } from "./journal_stream.ts";
import { misspeltVariables } from "./misspelt_variables.ts";
import { Signals } from "./signals.ts";
import { ServiceManager } from "../ops/service_manager.ts";
import { VERSION } from "./version.ts";

/** Exit codes. */
const OK = 0;
const FAILED = 1;
const USAGE = 2;

/** What all parts of the program share; some of it becomes known in the course of the start. */
class Program {
  readonly signals: Signals;
  readonly runtime: Runtime;
  readonly stderr: LogWriter;
  log: Log;
  /** The command that runs; undefined: the collector. */
  command: Command | undefined = undefined;

  constructor(signals: Signals, runtime: Runtime) {
    this.signals = signals;
    this.runtime = runtime;
    this.stderr = new LogWriter(
      (bytes) => runtime.writeStderr(bytes),
      (lines) => this.log.warn("log lines dropped: standard error is not read", { lines }),
    );
    this.log = new Log(defaultOf(logLevelFlag), defaultOf(logFormatFlag), this.stderr.write);
    this.log.toJournal = isJournal(process.env.JOURNAL_STREAM);
  }

  openLog(level: LogLevel, format: "text" | "json"): Log {
    this.log.configure(level, format);
    return this.log;
  }
}

/** Runs the program and sets the exit code of the process. */
export async function runProgram(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2));
  // All output is written by now. What still holds the event loop (a router that does not close, a stuck pipe) must not keep the
  // process alive; without such, it ends before this fires.
  setTimeout(() => process.exit(), 500).unref();
}

/**
 * Runs the program; returns its exit code: 0, 1 after a failure, 2 when the command line cannot be understood.
 *
 * Its handlers stay: a repeated signal between the return and the end of the process would kill it with another exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  // Deno panics if its signal driver starts when no file descriptor is left, so this comes before everything else.
  const signals = new Signals();
  const program = new Program(signals, await loadRuntime());
  process.on("uncaughtException", (error) => dieOf(error, program));
  process.on("unhandledRejection", (error) => dieOf(error, program));
  try {
    return await dispatch(args, program);
  } catch (error) {
    return report(error, program);
  }
}

async function dispatch(args: readonly string[], program: Program): Promise<number> {
  const [name = "", ...rest] = args;
  if (name === "help") return await printHelp(program, rest[0]);
  const command = await loadCommand(/^--?version$/.test(name) ? "version" : name);
  if (command !== undefined) return await runCommand(command, rest, program);
  const { values, words: [word], help } = parseArguments(args, FLAGS, false);
  if (help) return await printHelp(program);
  // goBMP passes over what follows the first word, flags too; the user would not learn that they have no effect.
  if (word !== undefined) throw noSuchCommand(word);
  return await runCollector(values, program);
}

async function printHelp({ runtime }: Program, name?: string): Promise<number> {
  let text;
  if (name === undefined) {
    text = programHelp(await loadCommands());
  } else {
    const command = await loadCommand(name);
    if (command === undefined) throw noSuchCommand(name);
    text = commandHelp(command);
  }
  await runtime.writeStdout(utf8(text));
  return OK;
}

async function runCommand(
  command: Command,
  args: readonly string[],
  program: Program,
): Promise<number> {
  program.command = command;
  const { values, words, help } = parseArguments(
    args,
    [...command.flags, ...command.inherits ?? [], ...COMMON_FLAGS],
    true,
  );
  if (help) return await printHelp(program, command.name);
  return await command.run({
    flags: values,
    words,
    runtime: program.runtime,
    log: program.openLog(values.get(logLevelFlag), values.get(logFormatFlag)),
    signal: program.signals.stop,
    loadCommands,
  });
}

async function runCollector(values: FlagValues, program: Program): Promise<number> {
  const { signals, runtime } = program;
  const config = await loadConfig(values, process.env);
  const log = program.openLog(config.log.level, config.log.format);
  const misspelt = misspeltVariables(runtime.variableNames());
  for (const warning of [...misspelt, ...config.warnings]) log.warn(warning);
  log.info("starting", {
    version: VERSION,
    runtime: `${runtime.name} ${runtime.version}`,
  });
  const { startCollector } = await import("../app.ts");
  const stopAsked = aborted(signals.stop);
  // The start may wait, for the reader of a FIFO say.
  const collector = await Promise.race([
    startCollector(config, runtime, log, signals.stop, () => loadConfig(values, process.env)),
    stopAsked,
  ]);
  if (collector === undefined) return OK;
  const manager = new ServiceManager({ environment: process.env, log, ...runtime });
  const reloading = (reload: Promise<unknown>) =>
    void manager.reloading(reload, () => statusOf(collector));
  collector.onReload = reloading;
  signals.onHangup = () => reloading(hangUp(collector));
  log.info("started", {
    listening: collector.addresses.join(" "),
    speakers: config.speakers.length || undefined,
    records_to: config.sinks.map(outputOf).join(" ") || undefined,
    sessions_to: config.upstreams.map(addressText).join(" ") || undefined,
    spool: config.spool.dir || undefined,
  });
  manager.ready(statusOf(collector));
  manager.keepStatus(() => statusOf(collector));
  manager.watch(() => collector.pipelines);
  let failed = false;
  try {
    await Promise.race([collector.done, stopAsked]);
    log.info("stopping", { signal: String(signals.stop.reason) });
  } catch (error) {
    failed = true;
    log.error("stopping", { error: toError(error).message });
  }
  manager.stopping();
  const drained = await collector.stop();
  log.info("stopped", { drained });
  return drained && !failed ? OK : FAILED;
}

/** Reads the configuration again, and opens files again, which logrotate may have moved. */
async function hangUp(collector: Collector): Promise<void> {
  // Its errors are in the log.
  await collector.reload().catch(() => {});
  await collector.reopen();
}

/** For `systemctl status`. */
function statusOf({ addresses, metrics }: Collector): string {
  return `sessions: ${metrics.total("edgebmp_sessions")}, listening on ${addresses.join(" ")}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Says why a run ended early; returns the exit code. */
function report(error: unknown, program: Program): number {
  if (error instanceof UsageError) {
    program.stderr.write(`${error.message}\n\n${usageText(program.command)}`);
    return USAGE;
  }
  if (error instanceof ConfigError) {
    program.stderr.write(`${error.message}\n`);
    return FAILED;
  }
  // Whoever closes the pipe (head, less) has seen enough.
  if (errorCode(error) !== "EPIPE") program.log.error("failed", { error: toError(error).message });
  return FAILED;
}

/** Nothing is known about the state after an error that nobody caught, so the process ends. */
function dieOf(error: unknown, { log, stderr }: Program): void {
  log.error("uncaught error", { error: error instanceof Error ? error.stack : String(error) });
  void stderr.flushed().then(() => process.exit(FAILED));
  setTimeout(() => process.exit(FAILED), 1000);
}

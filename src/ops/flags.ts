/** What can be set about the log and the operation of the process. */
import { anyText, type Flag, integer, oneOf, parseBoolean } from "../cli/flag.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

export const logLevelFlag: Flag<LogLevel> = {
  name: "log-level",
  key: "log.level",
  live: true,
  placeholder: "LEVEL",
  default: "info",
  help: `${LOG_LEVELS.join(", ")}; trace adds hex dumps of messages. Wins over --v`,
  parse: oneOf(LOG_LEVELS),
};

export const logFormatFlag: Flag<"text" | "json"> = {
  name: "log-format",
  key: "log.format",
  live: true,
  placeholder: "FORMAT",
  default: "text",
  help: "text or json, one line per event on standard error",
  parse: oneOf(["text", "json"]),
};

export const shutdownTimeoutMsFlag: Flag<number> = {
  name: "shutdown-timeout-ms",
  key: "limits.shutdown_timeout_ms",
  live: true,
  placeholder: "MS",
  // Container runtimes kill ten seconds after SIGTERM.
  default: "8000",
  help: "Longest time from SIGTERM or SIGINT to the end, for draining what has been received",
  parse: integer(0, 2_147_483_647),
};

export const verbosityFlag: Flag<number | undefined> = {
  name: "v",
  live: true,
  placeholder: "LEVEL",
  default: "",
  initial: undefined,
  help: "Log level as in goBMP: 1 errors, 3 normal, 6 with hex dumps of messages",
  parse: integer(0, 7),
};

/** The log level that goBMP's `--v` asks for. */
export function verbosityLevel(verbosity: number): LogLevel {
  const levels: LogLevel[] = ["error", "error", "warn", "info", "debug", "debug", "trace", "trace"];
  return levels[verbosity]!;
}

const GLOG_HELP = "Accepted for goBMP's sake, without effect";

/** Flags of glog, goBMP's log library: accepted, without effect, as the log always goes to standard error. */
export const GLOG_FLAGS: readonly Flag[] = [
  glogSwitch("logtostderr"),
  glogSwitch("alsologtostderr"),
  glogText("stderrthreshold"),
  glogText("vmodule"),
  glogText("log_dir"),
  glogText("log_backtrace_at"),
  glogText("log_link"),
  glogText("logbuflevel"),
];

function glogSwitch(name: string): Flag<boolean> {
  return {
    name,
    placeholder: "",
    default: "",
    initial: false,
    bare: true,
    help: GLOG_HELP,
    parse: parseBoolean,
  };
}

function glogText(name: string): Flag<string> {
  return { name, placeholder: "TEXT", default: "", help: GLOG_HELP, parse: anyText };
}

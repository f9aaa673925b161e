/** `edgebmp check-config`: whether the collector would start with these flags, this environment and this file. */
import process from "node:process";
import { clearTimeout, setTimeout } from "node:timers";
import { formatSpec } from "../../formats/registry.ts";
import { Metrics } from "../../ops/metrics.ts";
import { toError } from "../../runtime/error.ts";
import type { Runtime } from "../../runtime/types.ts";
import { readServeTls } from "../../sessions/tls_entrance.ts";
import { sinkSpec } from "../../sinks/registry.ts";
import { utf8 } from "../../wire/writer.ts";
import type { Command, CommandContext } from "../command.ts";
import { type Config, loadConfig } from "../config.ts";
import { ConfigError } from "../config_error.ts";
import { type Flag, parseBoolean, UsageError } from "../flag.ts";
import { configFlag, FLAGS } from "../flags.ts";
import { misspeltVariables } from "../misspelt_variables.ts";
import type { SinkConfig } from "../sink_config.ts";

const CONNECT_TIMEOUT_MS = 10_000;

const connectFlag: Flag<boolean> = {
  name: "connect",
  placeholder: "",
  default: "",
  initial: false,
  bare: true,
  help: "Also try to reach what sinks and upstreams send to, for 10 seconds each",
  parse: parseBoolean,
};

export const checkConfigCommand: Command = {
  name: "check-config",
  summary: "Check the configuration that these flags, the environment and a file come to",
  usage: "[FILE]",
  flags: [connectFlag],
  inherits: FLAGS,
  async run(context) {
    const { flags, words: [path, ...more], runtime } = context;
    if (more.length > 0) throw new UsageError("Cannot check: expected one file at most");
    if (path !== undefined) flags.set(configFlag, path, { text: path, place: "command line" });
    const config = await loadConfig(flags, process.env);
    await checkCertificates(config, runtime);
    const warnings = [...misspeltVariables(runtime.variableNames()), ...config.warnings];
    const lines = warnings.map((warning) => `warning: ${warning}`);
    lines.push("The configuration is right.");
    await runtime.writeStdout(utf8(`${lines.join("\n")}\n`));
    if (!flags.get(connectFlag)) return 0;
    const tries = [
      ...config.sinks.map((sink) => ({
        name: `sink ${sink.name}`,
        try: () => reach(sink, context),
      })),
      ...config.upstreams.map(({ name, host, port }) => ({
        name: `upstream ${name}`,
        try: () => connect(host, port, runtime),
      })),
    ];
    let isReached = true;
    for (const each of tries) {
      const failure = await each.try().then(() => undefined, (error) => toError(error).message);
      isReached &&= failure === undefined;
      await runtime.writeStdout(utf8(`${each.name}: ${failure ?? "reached"}\n`));
    }
    return isReached ? 0 : 1;
  },
};

/** @throws {ConfigError} where a listener's certificates cannot be used */
async function checkCertificates({ listen }: Config, runtime: Runtime): Promise<void> {
  for (const { tls } of listen) {
    if (tls === undefined) continue;
    try {
      runtime.serveTls(await readServeTls(tls), () => undefined, () => {}).close();
    } catch (error) {
      throw new ConfigError(toError(error).message);
    }
  }
}

/** Opens a connection and closes it again, without a word. */
async function connect(host: string, port: number, runtime: Runtime): Promise<void> {
  const silent = { data() {}, closed() {} };
  (await runtime.connect(host, port, CONNECT_TIMEOUT_MS, () => silent)).close();
}

/** @throws when it cannot be reached in time */
async function reach(config: SinkConfig, { runtime, log }: CommandContext): Promise<void> {
  const { name, type, options, format, formatOptions, topicPrefix } = config;
  const form = formatSpec(format);
  const sink = sinkSpec(type).create(options, {
    name,
    format,
    topics: form.topics(formatOptions),
    topicPrefix,
    lines: form.lines,
    identityInHeaders: form.lacksIdentity(formatOptions),
    runtime,
    metrics: new Metrics(),
    log,
  });
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), CONNECT_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    end.signal.addEventListener("abort", () => {
      reject(new Error(`found no end of it within ${CONNECT_TIMEOUT_MS / 1000} s`));
    }, { once: true });
  });
  try {
    await Promise.race([sink.check?.(), late]);
  } finally {
    clearTimeout(timer);
    await sink.close(AbortSignal.abort()).catch(() => {});
  }
}

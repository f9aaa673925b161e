/** From flags, environment and file to one typed configuration. Precedence: flag, environment `EDGEBMP_*`, file, default. */
import { hostname } from "node:os";
import type { GobmpOptions } from "../formats/gobmp/options.ts";
import { journalMaxBytesFlag } from "../journal/flags.ts";
import {
  logFormatFlag,
  logLevelFlag,
  performancePortFlag,
  shutdownTimeoutMsFlag,
  verbosityFlag,
  verbosityLevel,
} from "../ops/flags.ts";
import type { LogLevel } from "../ops/log.ts";
import { extraFieldsFlag, routerIdentityFlag, splitAfFlag } from "../pipeline/flags.ts";
import {
  adminIdFlag,
  listenAddressFlag,
  listenParallel,
  maxMessageBytesFlag,
  maxSessionsFlag,
  sessionIdleAlarmMsFlag,
  sourcePortFlag,
} from "../sessions/flags.ts";
import {
  dumpFlag,
  msgFileFlag,
  msgFileTruncateFlag,
  sinkFormat,
  sinkName,
  type SinkType,
  sinkType,
} from "../sinks/flags.ts";
import { ConfigError } from "./config_error.ts";
import type { ConfigFile, ListItem } from "./config_file.ts";
import { defaultOf, type Flag, FlagError, FlagValues } from "./flag.ts";
import { configFlag, FILE_SETTINGS, FLAGS } from "./flags.ts";
import {
  activeMode,
  bmpRawFlag,
  interceptFlag,
  kafkaServerFlag,
  natsServerFlag,
} from "./gobmp_flags.ts";

export interface ListenConfig {
  readonly address: string;
  readonly port: number;
  /** Parallel sessions of one source count as separate routers. */
  readonly parallel: boolean;
}

/** What a record says and how. */
export type RecordConfig = Omit<GobmpOptions, "collector">;

export interface SinkConfig extends RecordConfig {
  readonly name: string;
  readonly type: SinkType;
  readonly format: "gobmp";
  /** For `file`. */
  readonly path: string;
  readonly truncate: boolean;
}

export interface Config {
  readonly listen: readonly ListenConfig[];
  readonly sinks: readonly SinkConfig[];
  readonly limits: {
    readonly journalMaxBytes: number;
    readonly maxMessageBytes: number;
    /** 0: what the limit on open files allows. */
    readonly maxSessions: number;
    /** 0: never. */
    readonly sessionIdleAlarmMs: number;
    readonly shutdownTimeoutMs: number;
  };
  readonly log: { readonly level: LogLevel; readonly format: "text" | "json" };
  /** The field `collector` of our records. */
  readonly collector: string;
  /** For the log: what was given and has no effect. */
  readonly warnings: readonly string[];
}

/** The environment of the process; read by name only, as Deno's permission is for single names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The name of a flag's environment variable. */
export function environmentName(flag: Flag): string {
  return `EDGEBMP_${flag.name.replaceAll("-", "_").toUpperCase()}`;
}

/**
 * Makes the configuration of the collector, and reads the file that `--config` names.
 *
 * @throws {ConfigError}
 */
export async function loadConfig(values: FlagValues, environment: Environment): Promise<Config> {
  const warnings: string[] = [];
  const fromEnvironment = readEnvironment(environment);
  const path = (values.given(configFlag) ? values : fromEnvironment).get(configFlag);
  const layers = new Layers(values, fromEnvironment, await readFile(path));
  warnings.push(...layers.file?.warnings ?? []);
  refuseUnbuilt(layers, warnings);
  return {
    listen: listenConfig(layers),
    sinks: sinkConfig(layers, warnings),
    limits: {
      journalMaxBytes: layers.get(journalMaxBytesFlag),
      maxMessageBytes: layers.get(maxMessageBytesFlag),
      maxSessions: layers.get(maxSessionsFlag),
      sessionIdleAlarmMs: layers.get(sessionIdleAlarmMsFlag),
      shutdownTimeoutMs: layers.get(shutdownTimeoutMsFlag),
    },
    log: { level: layers.logLevel(), format: layers.get(logFormatFlag) },
    collector: collectorName(layers.get(adminIdFlag)),
    warnings,
  };
}

/** The configuration of records as flags alone give it, for commands without a collector. */
export function recordConfig(values: FlagValues): RecordConfig {
  return {
    splitAf: values.get(splitAfFlag),
    routerIdentity: values.get(routerIdentityFlag),
    extraFields: values.get(extraFieldsFlag),
  };
}

/** The name of this collector. */
export function collectorName(adminId: string): string {
  return adminId || hostname() || "edgebmp";
}

async function readFile(path: string): Promise<ConfigFile | undefined> {
  if (path === "") return undefined;
  // Loaded late: the YAML parser would cost every start 20 ms, and few use it.
  const { readConfigFile } = await import("./config_file.ts");
  return await readConfigFile(path, [...FLAGS, ...FILE_SETTINGS]);
}

/** Empty variables count as unset: container files often declare them so. */
function readEnvironment(environment: Environment): FlagValues {
  const values = new FlagValues();
  for (const flag of FLAGS) {
    const name = environmentName(flag);
    const text = environment[name];
    if (text === undefined || text === "") continue;
    try {
      values.set(flag, flag.parse(text));
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      throw new ConfigError(`Cannot read environment variable "${name}": ${error.message}`);
    }
  }
  return values;
}

/** Where a value can come from, strongest first. */
class Layers {
  constructor(
    readonly flags: FlagValues,
    readonly environment: FlagValues,
    readonly file: ConfigFile | undefined,
  ) {}

  /** The value from the command line or the environment; undefined if neither names the flag. */
  outside<T>(flag: Flag<T>): T | undefined {
    if (this.flags.given(flag)) return this.flags.get(flag);
    return this.environment.given(flag) ? this.environment.get(flag) : undefined;
  }

  get<T>(flag: Flag<T>): T {
    return this.outside(flag) ?? this.file?.values.get(flag) ?? defaultOf(flag);
  }

  given(flag: Flag): boolean {
    return this.outside(flag) !== undefined || this.file?.values.given(flag) === true;
  }

  /** A property of one entry of a list: a flag holds for all entries. */
  item<T>(flag: Flag<T>, item: ListItem): T {
    return this.outside(flag) ?? item.values.get(flag);
  }

  /** `--log-level` wins over `--v` where both stand in the same place. */
  logLevel(): LogLevel {
    for (const layer of [this.flags, this.environment]) {
      if (layer.given(logLevelFlag)) return layer.get(logLevelFlag);
      const verbosity = layer.get(verbosityFlag);
      if (verbosity !== undefined) return verbosityLevel(verbosity);
    }
    return this.get(logLevelFlag);
  }
}

/** What this version cannot do is refused, not passed over: whoever asked for it would wait for records that never come. */
function refuseUnbuilt(layers: Layers, warnings: string[]): void {
  const dump = layers.get(dumpFlag);
  if (dump === "kafka" || dump === "nats") refuse(`write to ${dump} (--dump=${dump})`);
  if (layers.get(interceptFlag)) refuse("forward sessions to another collector (--intercept)");
  if (layers.get(bmpRawFlag)) refuse("write OpenBMP raw messages (--bmp-raw)");
  if (layers.get(activeMode)) refuse("connect to routers (active_mode); it only listens");
  // goBMP: --dump wins over both servers.
  for (const [flag, name] of [[kafkaServerFlag, "Kafka"], [natsServerFlag, "NATS"]] as const) {
    if (layers.get(flag) === "") continue;
    if (dump === undefined) refuse(`write to ${name} (--${flag.name})`);
    warnings.push(`--${flag.name} has no effect: --dump=${dump} wins`);
  }
  if (layers.given(performancePortFlag) && layers.get(performancePortFlag) !== 0) {
    warnings.push(`--${performancePortFlag.name} has no effect: this version has no HTTP server`);
  }
}

function refuse(what: string): never {
  throw new ConfigError(`Cannot start: this version of edgebmp cannot ${what}`);
}

function listenConfig(layers: Layers): ListenConfig[] {
  const items = layers.file?.lists.get("listen");
  if (items === undefined) {
    // goBMP's file says 0 for its default.
    const port = layers.file?.gobmp && layers.outside(sourcePortFlag) === undefined
      ? layers.get(sourcePortFlag) || defaultOf(sourcePortFlag)
      : layers.get(sourcePortFlag);
    return [{ address: layers.get(listenAddressFlag), port, parallel: false }];
  }
  if (items.length === 0) throw new ConfigError(`Cannot start: key "listen" names no listener`);
  if (items.length > 1) {
    refuseAmbiguous(layers, sourcePortFlag, "listen");
    refuseAmbiguous(layers, listenAddressFlag, "listen");
  }
  return items.map((item) => ({
    address: layers.item(listenAddressFlag, item),
    port: layers.item(sourcePortFlag, item),
    parallel: item.values.get(listenParallel),
  }));
}

function sinkConfig(layers: Layers, warnings: string[]): SinkConfig[] {
  const dump = layers.outside(dumpFlag);
  const items = layers.file?.lists.get("sinks");
  if (items === undefined || dump !== undefined) {
    const type = dump === "file" ? "file" : "console";
    if (type !== "file") warnFileFlags(layers, warnings);
    return [{
      name: type,
      type,
      format: "gobmp",
      path: layers.get(msgFileFlag),
      truncate: layers.get(msgFileTruncateFlag),
      splitAf: layers.get(splitAfFlag),
      routerIdentity: layers.get(routerIdentityFlag),
      extraFields: layers.get(extraFieldsFlag),
    }];
  }
  if (items.length === 0) throw new ConfigError(`Cannot start: key "sinks" names no sink`);
  const files = items.filter((item) => item.values.get(sinkType) === "file");
  if (files.length > 1) refuseAmbiguous(layers, msgFileFlag, "sinks");
  if (files.length === 0) warnFileFlags(layers, warnings);
  const sinks = items.map((item): SinkConfig => ({
    name: item.values.get(sinkName) || item.values.get(sinkType),
    type: item.values.get(sinkType),
    format: item.values.get(sinkFormat),
    path: layers.item(msgFileFlag, item),
    truncate: layers.item(msgFileTruncateFlag, item),
    splitAf: layers.item(splitAfFlag, item),
    routerIdentity: layers.item(routerIdentityFlag, item),
    extraFields: layers.item(extraFieldsFlag, item),
  }));
  for (const [i, sink] of sinks.entries()) {
    refuseFileKeys(sink, items[i]!);
    refuseTwin(sink, sinks.slice(0, i), items[i]!.place);
  }
  return sinks;
}

function refuseFileKeys(sink: SinkConfig, item: ListItem): void {
  if (sink.type === "file") return;
  if (!item.values.given(msgFileFlag) && !item.values.given(msgFileTruncateFlag)) return;
  throw new ConfigError(
    `Cannot read ${item.place}: found "path" or "truncate" for type ${sink.type}, expected them for type file only`,
  );
}

/** Two sinks on one output would write into each other's lines. */
function refuseTwin(sink: SinkConfig, earlier: readonly SinkConfig[], place: string): void {
  for (const other of earlier) {
    if (other.name === sink.name) {
      throw new ConfigError(
        `Cannot read ${place}.name: found "${sink.name}" again, expected a name of its own`,
      );
    }
    if (sink.type !== other.type) continue;
    if (sink.type === "console" || sink.path === other.path) {
      throw new ConfigError(
        `Cannot read ${place}: sink "${other.name}" has the same output already`,
      );
    }
  }
}

function warnFileFlags(layers: Layers, warnings: string[]): void {
  const flags: Flag[] = [msgFileFlag, msgFileTruncateFlag];
  for (const flag of flags) {
    if (layers.outside(flag) !== undefined) {
      warnings.push(`--${flag.name} has no effect: no sink is a file (--dump=file)`);
    }
  }
}

function refuseAmbiguous(layers: Layers, flag: Flag, list: string): void {
  if (layers.outside(flag) === undefined) return;
  throw new ConfigError(
    `Cannot use --${flag.name} or ${
      environmentName(flag)
    }: the configuration file has several entries under "${list}", expected one`,
  );
}

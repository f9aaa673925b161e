/** From flags, environment and file to one typed configuration. Precedence: flag, environment `EDGEBMP_*`, file, default. */
import { hostname } from "node:os";
import { journalMaxBytesFlag, type SpoolConfig, spoolConfig } from "../journal/flags.ts";
import { logFormatFlag, shutdownTimeoutMsFlag } from "../ops/flags.ts";
import { type HttpConfig, httpConfig } from "../ops/http/flags.ts";
import type { LogLevel } from "../ops/log.ts";
import { adminIdFlag } from "../sessions/flags.ts";
import { type SessionLimits, sessionLimits } from "../sessions/limits.ts";
import { ConfigError } from "./config_error.ts";
import type { ConfigFile } from "./config_file.ts";
import { environmentName, FlagError, FlagValues } from "./flag.ts";
import { configFlag, FILE_SETTINGS, FLAGS, SINK_VARIANTS } from "./flags.ts";
import { inheritedSockets, withSockets } from "./inherited_sockets.ts";
import { Layers } from "./layers.ts";
import {
  type ListenConfig,
  listenConfigs,
  type SpeakerConfig,
  speakerConfigs,
} from "./session_config.ts";
import { type SinkConfig, sinkConfigs } from "./sink_config.ts";
import type { UpstreamOptions } from "../upstreams/options.ts";
import { upstreamConfigs } from "./upstream_config.ts";

export interface Config {
  readonly listen: readonly ListenConfig[];
  /** Routers that are connected to. */
  readonly speakers: readonly SpeakerConfig[];
  readonly sinks: readonly SinkConfig[];
  readonly upstreams: readonly UpstreamOptions[];
  readonly limits: SessionLimits & {
    readonly journalMaxBytes: number;
    readonly shutdownTimeoutMs: number;
  };
  readonly spool: SpoolConfig;
  readonly http: HttpConfig;
  readonly log: { readonly level: LogLevel; readonly format: "text" | "json" };
  /** The field `collector` of our records. */
  readonly collector: string;
  /** For the log: what was given and has no effect. */
  readonly warnings: readonly string[];
  /** Values of all flags outside of lists, by name, to see what has changed. */
  readonly settings: ReadonlyMap<string, string>;
}

/**
 * Reads where values come from, the file that `--config` names too.
 *
 * @throws {ConfigError}
 */
export async function loadLayers(values: FlagValues, environment: Environment): Promise<Layers> {
  const fromEnvironment = readEnvironment(environment);
  const path = (values.given(configFlag) ? values : fromEnvironment).get(configFlag);
  return new Layers(
    values,
    fromEnvironment,
    await readFile(path),
    environment.CREDENTIALS_DIRECTORY,
  );
}

/** The environment of the process; read by name only, as Deno's permission is for single names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes the configuration of the collector, and reads the file that `--config` names.
 *
 * @throws {ConfigError}
 */
export async function loadConfig(values: FlagValues, environment: Environment): Promise<Config> {
  const layers = await loadLayers(values, environment);
  const warnings: string[] = [];
  warnings.push(...layers.file?.warnings ?? []);
  const listen = withSockets(listenConfigs(layers), inheritedSockets(environment));
  const speakers = speakerConfigs(layers);
  if (listen.length === 0 && speakers.length === 0) {
    throw new ConfigError("Cannot start: found no listener and no speaker, expected one at least");
  }
  const sinks = sinkConfigs(layers, warnings);
  return {
    listen,
    speakers,
    sinks,
    upstreams: upstreamConfigs(layers, sinks.map(({ name }) => name)),
    limits: {
      journalMaxBytes: layers.get(journalMaxBytesFlag),
      ...sessionLimits(layers),
      shutdownTimeoutMs: layers.get(shutdownTimeoutMsFlag),
    },
    spool: spoolConfig(layers),
    http: httpConfigOf(layers),
    log: { level: layers.logLevel(), format: layers.get(logFormatFlag) },
    collector: collectorName(layers.get(adminIdFlag)),
    warnings,
    settings: settingsOf(layers),
  };
}

function settingsOf(layers: Layers): Map<string, string> {
  const flags = FLAGS.filter(({ key }) => !key?.includes("[]"));
  return new Map(flags.map((flag) => [flag.name, JSON.stringify(layers.get(flag)) ?? ""]));
}

/** The name of this collector. */
export function collectorName(adminId: string): string {
  return adminId || hostname() || "edgebmp";
}

async function readFile(path: string): Promise<ConfigFile | undefined> {
  if (path === "") return undefined;
  // Loaded late: the YAML parser would cost every start 20 ms, and few use it.
  const { readConfigFile } = await import("./config_file.ts");
  return await readConfigFile(path, [...FLAGS, ...FILE_SETTINGS], SINK_VARIANTS);
}

/** Empty variables count as unset: container files often declare them so. */
function readEnvironment(environment: Environment): FlagValues {
  const values = new FlagValues();
  for (const flag of FLAGS) {
    const name = environmentName(flag);
    const text = environment[name];
    if (text === undefined || text === "") continue;
    try {
      values.set(flag, flag.parse(text), { text, place: name });
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      throw new ConfigError(`Cannot read environment variable "${name}": ${error.message}`);
    }
  }
  return values;
}

function httpConfigOf(layers: Layers): HttpConfig {
  try {
    return httpConfig(layers);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new ConfigError(`Cannot start: ${error.message}`);
  }
}

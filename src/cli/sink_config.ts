/** From flags and `sinks` to the sinks that run. */
import { FORMATS, formatSpec } from "../formats/registry.ts";
import { sinkFormat } from "../pipeline/flags.ts";
import { dumpFlag, sinkName, sinkType, topicPrefix } from "../sinks/flags.ts";
import { SINKS, sinkSpec } from "../sinks/registry.ts";
import type { SinkSpec } from "../sinks/spec.ts";
import { ConfigError } from "./config_error.ts";
import type { ListItem } from "./config_file.ts";
import { type Flag, FlagError, type FlagSource } from "./flag.ts";
import type { Layers } from "./layers.ts";

/** One sink with its format: plain data. */
export interface SinkConfig {
  readonly name: string;
  readonly type: string;
  /** What the spec of the type makes of the flags. */
  readonly options: unknown;
  readonly format: string;
  /** What the spec of the format makes of the flags. */
  readonly formatOptions: unknown;
  /** Stands before the names of topics, with a dot; empty: nothing does. */
  readonly topicPrefix: string;
}

/** @throws {ConfigError} */
export function sinkConfigs(layers: Layers, warnings: string[]): SinkConfig[] {
  const items = layers.file?.lists.get("sinks");
  const isListed = items !== undefined && layers.outside(dumpFlag) === undefined;
  const sinks = isListed ? listedSinks(layers, items) : flagSinks(layers);
  warnOfUnused(layers, sinks, warnings);
  return sinks;
}

/** Where a sink goes, for the log: its output, or else its type. */
export function outputOf({ type, options }: SinkConfig): string {
  return sinkSpec(type).output?.(options) ?? type;
}

/** Those that flags, or goBMP's file, ask for: `--dump` and servers at once. */
function flagSinks(layers: Layers): SinkConfig[] {
  const dump = layers.outside(dumpFlag);
  const specs = SINKS.filter((spec) => spec.type === dump || isNamed(spec, layers));
  if (specs.length === 0) specs.push(sinkSpec("console"));
  return specs.map((spec) => {
    const { type, namedBy } = spec;
    if (namedBy !== undefined && !isNamed(spec, layers)) {
      throw new ConfigError(`Cannot start: --dump=${type} needs --${namedBy.name}`);
    }
    return sinkOf(type, spec, layers, "gobmp", "Cannot start");
  });
}

function isNamed({ namedBy }: SinkSpec, layers: Layers): boolean {
  return namedBy !== undefined && layers.get(namedBy) !== "";
}

function listedSinks(layers: Layers, items: readonly ListItem[]): SinkConfig[] {
  if (items.length === 0) throw new ConfigError(`Cannot start: key "sinks" names no sink`);
  const sinks: SinkConfig[] = [];
  for (const item of items) {
    const { values, place } = item;
    const spec = sinkSpec(values.get(sinkType));
    const name = values.get(sinkName) || spec.type;
    const where = `Cannot read ${place}`;
    const sink = sinkOf(name, spec, layers.item(item), values.get(sinkFormat), where);
    refuseTwin(sink, sinks, where);
    sinks.push(sink);
  }
  for (const { type, namedBy } of SINKS) {
    if (namedBy === undefined || layers.outside(namedBy) === undefined) continue;
    if (sinks.some((sink) => sink.type === type)) continue;
    throw new ConfigError(
      `Cannot use --${namedBy.name}: the configuration file has no entry of type ${type} under "sinks"`,
    );
  }
  return sinks;
}

function sinkOf(
  name: string,
  spec: SinkSpec,
  values: FlagSource,
  format: string,
  where: string,
): SinkConfig {
  try {
    return {
      name,
      type: spec.type,
      options: spec.options(values),
      format,
      formatOptions: formatSpec(format).options(values),
      topicPrefix: values.get(topicPrefix),
    };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new ConfigError(`${where}: ${error.message}`);
  }
}

/** Two sinks on one output would write into each other's records. */
function refuseTwin(sink: SinkConfig, earlier: readonly SinkConfig[], where: string): void {
  const output = sinkSpec(sink.type).output?.(sink.options);
  for (const other of earlier) {
    if (other.name === sink.name) {
      throw new ConfigError(
        `${where}.name: found "${sink.name}" again, expected a name of its own`,
      );
    }
    if (output === undefined || sink.type !== other.type) continue;
    if (output === sinkSpec(other.type).output?.(other.options)) {
      throw new ConfigError(`${where}: sink "${other.name}" has the same output already`);
    }
  }
}

/** Flags of kinds of sinks and formats that are not in use. */
function warnOfUnused(layers: Layers, sinks: readonly SinkConfig[], warnings: string[]): void {
  const warn = (flags: readonly Flag[], reason: string) => {
    for (const flag of flags) {
      if (layers.outside(flag) === undefined) continue;
      warnings.push(`--${flag.name} has no effect: no sink has ${reason}`);
    }
  };
  for (const { type, flags, namedBy } of SINKS) {
    if (sinks.some((sink) => sink.type === type)) continue;
    warn(flags.filter((flag) => flag !== namedBy), `type ${type}`);
  }
  for (const { name, flags } of FORMATS) {
    if (!sinks.some((sink) => sink.format === name)) warn(flags, `format ${name}`);
  }
}

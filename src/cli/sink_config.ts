/** From flags and `sinks` to the sinks that run. */
import { FORMATS, formatSpec } from "../formats/registry.ts";
import type { FilterOptions } from "../pipeline/filter.ts";
import {
  batchBytes,
  batchMs,
  filterFamilies,
  filterMessages,
  filterPeers,
  filterRouters,
  filterViews,
  maxInFlightBytes,
  optionalSink,
  sinkFormat,
  sinkStart,
  type StartWord,
} from "../pipeline/flags.ts";
import { dumpFlag, sinkName, sinkType, UPSTREAM_TYPE } from "../sinks/flags.ts";
import { SINKS, sinkSpec } from "../sinks/registry.ts";
import { OBSERVER_NAME } from "../pipeline/reader_names.ts";
import { namesUpstream } from "../upstreams/flags.ts";
import type { SinkSpec } from "../sinks/spec.ts";
import { ConfigError } from "./config_error.ts";
import type { ListItem } from "./config_file.ts";
import { type Flag, FlagError, type FlagSource, FlagValues } from "./flag.ts";
import { bmpRawFlag } from "./gobmp_flags.ts";
import type { Layers } from "./layers.ts";

/** One sink, what it gets and how: plain data. */
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
  readonly filter: FilterOptions;
  readonly batchBytes: number;
  readonly batchMs: number;
  readonly inFlightBytesMax: number;
  /** A full journal does not wait for it. */
  readonly optional: boolean;
  /** Where it begins when the journal does not know it. */
  readonly start: StartWord;
}

/** @throws {ConfigError} */
export function sinkConfigs(layers: Layers, warnings: string[]): SinkConfig[] {
  const items = layers.file?.lists.get("sinks");
  const isListed = items !== undefined && layers.outside(dumpFlag) === undefined;
  const sinks = isListed ? listedSinks(layers, items) : flagSinks(layers);
  warnOfUnused(layers, sinks, warnings);
  return sinks;
}

/** Where a sink goes, for the log: its output, or else its type and servers. */
export function outputOf({ type, options }: SinkConfig): string {
  const { output, servers } = sinkSpec(type);
  const urls = servers?.(options).map((server) =>
    server.includes("://") ? server : `${type}://${server}`
  );
  return output?.(options) ?? urls?.join(",") ?? type;
}

/** The entries of a file that would be the same as what flags ask for. */
export function flagSinkItems(layers: Layers): ListItem[] {
  return flagSinks(layers).map(({ name, type, format }) => {
    const values = new FlagValues();
    for (
      const [flag, text] of [[sinkName, name], [sinkType, type], [sinkFormat, format]] as const
    ) {
      values.set(flag, text, { text, place: "flags" });
    }
    return { values, place: "" };
  });
}

/** Those that flags, or goBMP's file, ask for: `--dump` and servers at once. */
function flagSinks(layers: Layers): SinkConfig[] {
  const dump = layers.outside(dumpFlag);
  const specs = SINKS.filter((spec) => spec.type === dump || isNamed(spec, layers));
  if (specs.length === 0 && !namesUpstream(layers)) specs.push(sinkSpec("console"));
  return specs.flatMap((spec) => {
    const { type, namedBy } = spec;
    if (namedBy !== undefined && !isNamed(spec, layers)) {
      throw new ConfigError(`Cannot start: --dump=${type} needs --${namedBy.name}`);
    }
    return flagFormats(spec, layers).map((format, i) =>
      sinkOf(i === 0 ? type : `${type}-raw`, spec, layers, format, "Cannot start")
    );
  });
}

function isNamed({ namedBy }: SinkSpec, layers: Layers): boolean {
  return namedBy !== undefined && layers.get(namedBy) !== "";
}

/** What such a sink gets by `--bmp-raw`. Both formats need topics to tell them apart. */
function flagFormats({ textOnly, topicPrefix }: SinkSpec, layers: Layers): readonly string[] {
  switch (layers.get(bmpRawFlag)) {
    case "false":
      return ["gobmp"];
    case "true":
      return [textOnly ? "gobmp" : "openbmp-raw"];
    case "both":
      return topicPrefix === undefined ? ["gobmp"] : ["gobmp", "openbmp-raw"];
  }
}

function listedSinks(layers: Layers, items: readonly ListItem[]): SinkConfig[] {
  if (items.length === 0) {
    throw new ConfigError('Cannot start: found no entry under "sinks", expected one at least');
  }
  if (layers.outside(bmpRawFlag) !== undefined) {
    throw new ConfigError(
      `Cannot use --${bmpRawFlag.name}: the configuration file has "sinks", each with its format`,
    );
  }
  const sinks: SinkConfig[] = [];
  for (const item of items) {
    const { values, place } = item;
    if (values.get(sinkType) === UPSTREAM_TYPE) continue;
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
  formatName: string,
  where: string,
): SinkConfig {
  const { type, textOnly, topicPrefix } = spec;
  const format = formatSpec(formatName);
  try {
    if (textOnly && !format.lines) {
      throw new FlagError(`found format ${format.name} for type ${type}, expected lines of text`);
    }
    return {
      name,
      type,
      options: spec.options(values),
      format: format.name,
      formatOptions: format.options(values),
      topicPrefix: topicPrefix === undefined ? "" : values.get(topicPrefix),
      filter: {
        routers: values.get(filterRouters),
        peers: values.get(filterPeers),
        families: values.get(filterFamilies),
        messages: values.get(filterMessages),
        views: values.get(filterViews),
      },
      batchBytes: values.get(batchBytes),
      batchMs: values.get(batchMs),
      inFlightBytesMax: values.get(maxInFlightBytes),
      optional: values.get(optionalSink),
      start: values.get(sinkStart),
    };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new ConfigError(`${where}: ${error.message}`);
  }
}

/** Two sinks on one output would write into each other's records. */
function refuseTwin(sink: SinkConfig, earlier: readonly SinkConfig[], where: string): void {
  const output = sinkSpec(sink.type).output?.(sink.options);
  if (sink.name === OBSERVER_NAME) {
    throw new ConfigError(`${where}.name: found "${OBSERVER_NAME}", which is a reader of our own`);
  }
  for (const other of earlier) {
    if (other.name === sink.name) {
      throw new ConfigError(
        `${where}.name: found "${sink.name}" again, expected a name of its own`,
      );
    }
    if (output === undefined || sink.type !== other.type) continue;
    if (output === sinkSpec(other.type).output?.(other.options)) {
      throw new ConfigError(`${where}: sink "${other.name}" writes to ${output} already`);
    }
  }
}

/** Flags of kinds of sinks and formats that are not in use. */
function warnOfUnused(layers: Layers, sinks: readonly SinkConfig[], warnings: string[]): void {
  const types = SINKS.filter(({ type }) => sinks.some((sink) => sink.type === type));
  const formats = FORMATS.filter(({ name }) => sinks.some((sink) => sink.format === name));
  const used = new Set([...types, ...formats].flatMap(({ flags }) => flags));
  const warn = (flags: readonly Flag[], reason: string) => {
    for (const flag of flags) {
      if (used.has(flag) || layers.outside(flag) === undefined) continue;
      used.add(flag);
      warnings.push(`--${flag.name} has no effect: no sink has ${reason}`);
    }
  };
  // An empty list of servers switches a sink off.
  for (const { namedBy } of SINKS) if (namedBy !== undefined) used.add(namedBy);
  for (const { type, flags } of SINKS) warn(flags, `type ${type}`);
  for (const { name, flags } of FORMATS) warn(flags, `format ${name}`);
  if (layers.get(bmpRawFlag) !== "false" && !formats.some(({ name }) => name === "openbmp-raw")) {
    warnings.push(`--${bmpRawFlag.name} has no effect: no sink takes OpenBMP raw messages`);
  }
}

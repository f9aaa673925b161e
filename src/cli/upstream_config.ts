/** From flags and `sinks` to the upstreams that run. */
import {
  filterFamilies,
  filterPeers,
  filterRouters,
  optionalSink,
  PIPELINE_SETTINGS,
} from "../pipeline/flags.ts";
import { dumpFlag, sinkName, sinkType, UPSTREAM_TYPE } from "../sinks/flags.ts";
import { flagUpstreams, upstreamOptions } from "../upstreams/flags.ts";
import type { UpstreamOptions } from "../upstreams/options.ts";
import { ConfigError } from "./config_error.ts";
import { type Flag, FlagError } from "./flag.ts";
import type { Layers } from "./layers.ts";

/** What every sink can be told, and means something where there are no records. */
const MEANT: readonly Flag[] = [filterRouters, filterPeers, filterFamilies, optionalSink];

/** @throws {ConfigError} */
export function upstreamConfigs(layers: Layers, sinkNames: readonly string[]): UpstreamOptions[] {
  const names = new Set(sinkNames);
  const upstreams = read("Cannot start", () => flagUpstreams(layers));
  for (const { name } of upstreams) names.add(name);
  const items = layers.outside(dumpFlag) === undefined ? layers.file?.lists.get("sinks") : [];
  for (const { values, place } of items ?? []) {
    if (values.get(sinkType) !== UPSTREAM_TYPE) continue;
    const where = `Cannot read ${place}`;
    const name = values.get(sinkName) || UPSTREAM_TYPE;
    if (names.has(name)) {
      throw new ConfigError(`${where}.name: found "${name}" again, expected a name of its own`);
    }
    names.add(name);
    const unmeant = PIPELINE_SETTINGS.find((flag) => values.given(flag) && !MEANT.includes(flag));
    if (unmeant !== undefined) {
      const key = unmeant.name.replace("sinks[].", "");
      throw new ConfigError(`${where}: key "${key}": an upstream gets messages as they came`);
    }
    upstreams.push(read(where, () => upstreamOptions(values, name)));
  }
  return upstreams;
}

function read<T>(where: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new ConfigError(`${where}: ${error.message}`);
  }
}

/** The registry of sinks: one line each. */
import { CONSOLE } from "./console.ts";
import { FILE } from "./file/spec.ts";
import { KAFKA } from "./kafka/spec.ts";
import { NATS } from "./nats/spec.ts";
import type { SinkSpec } from "./spec.ts";

export const SINKS: readonly SinkSpec[] = [
  CONSOLE,
  FILE,
  KAFKA,
  NATS,
];

/** The kind of sink with this type. @throws if there is none */
export function sinkSpec(type: string): SinkSpec {
  const spec = SINKS.find((spec) => spec.type === type);
  if (spec === undefined) throw new Error(`Cannot find sink type "${type}"`);
  return spec;
}

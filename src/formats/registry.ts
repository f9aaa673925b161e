/** The registry of formats: one line each. */
import { GOBMP } from "./gobmp/spec.ts";
import { OPENBMP_PARSED } from "./openbmp_parsed/spec.ts";
import { OPENBMP_RAW } from "./openbmp_raw/spec.ts";
import type { FormatSpec } from "./spec.ts";

export const FORMATS: readonly FormatSpec[] = [
  GOBMP,
  OPENBMP_PARSED,
  OPENBMP_RAW,
];

/** The format with this name. @throws if there is none */
export function formatSpec(name: string): FormatSpec {
  const spec = FORMATS.find((spec) => spec.name === name);
  if (spec === undefined) throw new Error(`Cannot find format "${name}"`);
  return spec;
}

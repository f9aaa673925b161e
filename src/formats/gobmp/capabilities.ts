/** The capabilities of an OPEN as goBMP's consumers read them. */
import type { Capability } from "../../bgp/capabilities/registry.ts";
import { base64Text } from "../../wire/strings.ts";
import { snakeCased } from "./snake_case.ts";

/** goBMP's map of capabilities: by code, each with its value and description; ours has what the value says too. */
export function capabilityMap(
  capabilities: readonly Capability[] | undefined,
  bytes: Uint8Array,
  withDecoded: boolean,
): Record<string, object[]> | undefined {
  if (capabilities === undefined || capabilities.length === 0) return undefined;
  const map: Record<string, object[]> = {};
  for (const { code, start, end, description, value } of capabilities) {
    const isTelling = withDecoded && value.kind !== "empty" && value.kind !== "opaque";
    (map[code] ??= []).push({
      ...(end > start ? { capability_value: base64Text(bytes, start, end) } : {}),
      capability_descr: description,
      ...(isTelling ? { decoded: snakeCased(value) } : {}),
    });
  }
  return map;
}

/** Capabilities (RFC 5492 section 4), of an OPEN or of a version 4 Route Monitoring. */
import type { Capability } from "../bgp/capabilities/registry.ts";
import type { Part } from "./part.ts";
import { shownValue } from "./value.ts";

const HEADER_BYTES = 2;

export function addCapabilities(
  to: Part,
  bytes: Uint8Array,
  capabilities: readonly Capability[],
): void {
  for (const { code, name, start, end, value, reference } of capabilities) {
    const part = to.add("Capability", start - HEADER_BYTES, end, {
      value: code,
      meaning: name ?? "unknown",
      reference,
    });
    if (value.kind === "opaque") part.addBytes("Value", bytes, start, end);
    else if (end > start) part.add("Value", start, end, { value: shownValue(value) });
  }
}

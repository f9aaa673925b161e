/**
 * Multisession BGP (draft-ietf-idr-bgp-multisession section 4): several sessions between two speakers, told apart by capabilities.
 *
 * ```
 * 0  u8  G 0x80 (several values of the identifier in one session), reserved
 * 1  u8  capability code that is part of the session identifier, repeated
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { CapabilitySpec } from "./spec.ts";

/** Value of capability 68: several sessions between two speakers. */
export interface Multisession {
  /** Tells which capability this is. */
  readonly kind: "multisession";
  /** G bit: sessions carry groups of families. */
  readonly grouping: boolean;
  /** Codes of the capabilities that tell sessions apart. */
  readonly codes: readonly number[];
}

export const MULTISESSION: CapabilitySpec<Multisession> = {
  code: 68,
  name: "Multisession BGP Capability",
  reference: "draft-ietf-idr-bgp-multisession section 4",
  decode(bytes, _view, start, end) {
    if (start === end) fail("capability-value-length", start, "at least 1, found 0");
    return {
      kind: "multisession",
      grouping: (bytes[start]! & 0x80) !== 0,
      codes: [...bytes.subarray(start + 1, end)],
    };
  },
};

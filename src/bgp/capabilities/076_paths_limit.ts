/**
 * PATHS-LIMIT (draft-abraitis-idr-addpath-paths-limit): how many paths per prefix the speaker wants, per family.
 *
 * ```
 * 0  u16  AFI      \
 * 2  u8   SAFI      > entry, repeated
 * 3  u16  limit    /
 * ```
 */
import { type CapabilitySpec, expectMultiple } from "./spec.ts";

/** Value of capability 76: how many paths per prefix the speaker takes. */
export interface PathsLimit {
  /** Tells which capability this is. */
  readonly kind: "paths-limit";
  /** One per family, in the order of the wire. */
  readonly entries: readonly {
    readonly afi: number;
    readonly safi: number;
    readonly limit: number;
  }[];
}

export const PATHS_LIMIT: CapabilitySpec<PathsLimit> = {
  code: 76,
  name: "PATHS-LIMIT Capability",
  reference: "draft-abraitis-idr-addpath-paths-limit",
  description: "Unknown capability 76",
  decode(bytes, view, start, end) {
    expectMultiple(start, end, 5);
    const entries = [];
    for (let pos = start; pos < end; pos += 5) {
      entries.push({
        afi: view.getUint16(pos),
        safi: bytes[pos + 2]!,
        limit: view.getUint16(pos + 3),
      });
    }
    return { kind: "paths-limit", entries };
  },
};

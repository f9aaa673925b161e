/**
 * Multiple Labels (RFC 8277 section 2.1): how many labels per prefix the speaker can take, per family.
 *
 * ```
 * 0  u16  AFI     \
 * 2  u8   SAFI     > entry, repeated
 * 3  u8   count   /   255: no limit
 * ```
 */
import { type CapabilitySpec, expectMultiple } from "./spec.ts";

/** Value of capability 8: how many labels a prefix may have. */
export interface MultipleLabels {
  /** Tells which capability this is. */
  readonly kind: "multiple-labels";
  /** One per family, in the order of the wire. */
  readonly entries: readonly {
    readonly afi: number;
    readonly safi: number;
    readonly count: number;
  }[];
}

export const MULTIPLE_LABELS: CapabilitySpec<MultipleLabels> = {
  code: 8,
  name: "Multiple Labels Capability",
  reference: "RFC 8277 section 2.1",
  decode(bytes, view, start, end) {
    expectMultiple(start, end, 4);
    const entries = [];
    for (let pos = start; pos < end; pos += 4) {
      entries.push({ afi: view.getUint16(pos), safi: bytes[pos + 2]!, count: bytes[pos + 3]! });
    }
    return { kind: "multiple-labels", entries };
  },
};

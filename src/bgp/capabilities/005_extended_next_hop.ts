/**
 * Extended Next Hop Encoding (RFC 8950 section 4): families whose next hop may be of another address family.
 *
 * ```
 * 0  u16  NLRI AFI       \
 * 2  u16  NLRI SAFI       > entry, repeated
 * 4  u16  next hop AFI   /
 * ```
 */
import { type CapabilitySpec, expectMultiple } from "./spec.ts";

/** Value of capability 5: families that may have next hops of another family. */
export interface ExtendedNextHop {
  /** Tells which capability this is. */
  readonly kind: "extended-next-hop";
  /** Family of the routes, and that of their next hops. */
  readonly entries: readonly {
    readonly afi: number;
    readonly safi: number;
    readonly nextHopAfi: number;
  }[];
}

export const EXTENDED_NEXT_HOP: CapabilitySpec<ExtendedNextHop> = {
  code: 5,
  name: "Extended Next Hop Encoding",
  reference: "RFC 8950 section 4",
  decode(_bytes, view, start, end) {
    expectMultiple(start, end, 6);
    const entries = [];
    for (let pos = start; pos < end; pos += 6) {
      entries.push({
        afi: view.getUint16(pos),
        safi: view.getUint16(pos + 2),
        nextHopAfi: view.getUint16(pos + 4),
      });
    }
    return { kind: "extended-next-hop", entries };
  },
};

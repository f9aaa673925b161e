/**
 * Outbound Route Filtering (RFC 5291 section 5): filters that the speaker takes or sends, per family. The prestandard code 130 has the
 * same layout.
 *
 * ```
 * 0  u16  AFI                \
 * 2  u8   reserved            |
 * 3  u8   SAFI                > entry, repeated
 * 4  u8   number of ORFs     |
 * 5  u8   ORF type    \      |
 * 6  u8   Send/Receive > ... /
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { CapabilitySpec } from "./spec.ts";

/** Value of capabilities 3 and 130: route filters that the speaker takes or sends. */
export interface OutboundRouteFiltering {
  /** Tells which capability this is. */
  readonly kind: "outbound-route-filtering";
  /** One per family, in the order of the wire. */
  readonly entries: readonly {
    readonly afi: number;
    readonly safi: number;
    /** `mode` 1: willing to receive, 2: to send, 3: both. */
    readonly filters: readonly { readonly type: number; readonly mode: number }[];
  }[];
}

export const OUTBOUND_ROUTE_FILTERING: CapabilitySpec<OutboundRouteFiltering> = {
  code: 3,
  name: "Outbound Route Filtering Capability",
  reference: "RFC 5291 section 5",
  decode: decodeOutboundRouteFiltering,
};

export const PRESTANDARD_OUTBOUND_ROUTE_FILTERING: CapabilitySpec<OutboundRouteFiltering> = {
  code: 130,
  name: "Prestandard Outbound Route Filtering (deprecated)",
  reference: "RFC 8810 section 2",
  decode: decodeOutboundRouteFiltering,
};

function decodeOutboundRouteFiltering(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): OutboundRouteFiltering {
  const entries = [];
  // One entry at least (RFC 5291 section 5).
  for (let pos = start; pos < end || pos === start;) {
    if (end - pos < 5) fail("orf-entry-length", pos, `at least 5 bytes, found ${end - pos}`);
    const filtersStart = pos + 5;
    const filtersEnd = filtersStart + 2 * bytes[pos + 4]!;
    if (filtersEnd > end) fail("orf-count", pos + 4, `at most ${(end - filtersStart) >> 1} ORFs`);
    const filters = [];
    for (let i = filtersStart; i < filtersEnd; i += 2) {
      filters.push({ type: bytes[i]!, mode: bytes[i + 1]! });
    }
    entries.push({ afi: view.getUint16(pos), safi: bytes[pos + 3]!, filters });
    pos = filtersEnd;
  }
  return { kind: "outbound-route-filtering", entries };
}

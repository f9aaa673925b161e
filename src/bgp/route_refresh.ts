/**
 * BGP ROUTE-REFRESH (RFC 2918 section 3, subtypes RFC 7313 section 3.2, filters RFC 5291 section 4). Seen in Route Mirroring.
 *
 * ```
 * 0  u16  AFI
 * 2  u8   Message Subtype
 * 3  u8   SAFI
 * 4  ...  outbound route filters, if any
 * ```
 */
import { fail } from "../wire/fault.ts";
import type { ByteRange } from "../wire/range.ts";

const SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Route-Refresh",
  1: "BoRR",
  2: "EoRR",
};

export interface RouteRefresh {
  readonly afi: number;
  readonly safi: number;
  readonly subtype: number;
  readonly subtypeName: string | undefined;
  /** Filters, as sent. */
  readonly filters: ByteRange;
}

/**
 * Decodes the ROUTE-REFRESH whose body (after the 19-byte header) is `bytes[start, end)`.
 *
 * @throws DecodeFault `route-refresh-length`
 */
export function decodeRouteRefresh(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): RouteRefresh {
  if (end - start < 4) {
    fail("route-refresh-length", start, `at least 4 bytes, found ${end - start}`);
  }
  const subtype = bytes[start + 2]!;
  return {
    afi: view.getUint16(start),
    safi: bytes[start + 3]!,
    subtype,
    subtypeName: SUBTYPE_NAMES[subtype],
    filters: { start: start + 4, end },
  };
}

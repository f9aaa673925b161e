/** How a list of routes reads, for families that are decoded to objects. */
import { isFault } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";

/** Length of a path identifier (RFC 7911 section 3). */
export const PATH_ID_BYTES = 4;

/**
 * Whether path identifiers are there: what was negotiated, unless the list does not divide into routes that way, and the other way
 * every route of it can be decoded.
 */
export function hasPathIds(
  family: ObjectFamily,
  negotiated: boolean,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): boolean {
  if (!family.addPath) return false;
  if (readsAs(family, negotiated, false, bytes, view, start, end)) return negotiated;
  return readsAs(family, !negotiated, true, bytes, view, start, end) ? !negotiated : negotiated;
}

/** Whether the bytes are a whole number of routes, with path identifiers or without; `strictly`: and each of them is sound. */
function readsAs(
  family: ObjectFamily,
  withPathIds: boolean,
  strictly: boolean,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): boolean {
  try {
    for (let pos = start; pos < end;) {
      if (withPathIds) {
        // One above 2^24 is more likely the start of a route.
        if (strictly && bytes[pos] !== 0) return false;
        pos += PATH_ID_BYTES;
      }
      if (pos >= end) return false;
      const next = endOfRoute(family, bytes, view, pos, end);
      if (strictly) family.decode(bytes, view, pos, next, false);
      pos = next;
    }
    return true;
  } catch (error) {
    if (!isFault(error)) throw error;
    return false;
  }
}

/** End of the route at `pos`, behind its path identifier. @throws DecodeFault when that cannot be told */
export function endOfRoute(
  family: ObjectFamily,
  bytes: Uint8Array,
  view: DataView,
  pos: number,
  end: number,
): number {
  const next = family.endOfRoute(bytes, view, pos, end);
  if (next <= pos || next > end) {
    throw new Error(
      `Cannot divide routes of ${family.name}: its spec went from ${pos} to ${next} of ${end}`,
    );
  }
  return next;
}

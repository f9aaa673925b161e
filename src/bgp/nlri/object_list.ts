/** Where the routes of a list end, for families that are decoded to objects. */
import { isFault } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";

/** Length of a path identifier (RFC 7911 section 3). */
export const PATH_ID_BYTES = 4;

/** Whether the bytes are a whole number of routes, read with path identifiers or without. */
export function dividesIntoRoutes(
  family: ObjectFamily,
  hasPathIds: boolean,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): boolean {
  try {
    for (let pos = start; pos < end;) {
      if (hasPathIds) pos += PATH_ID_BYTES;
      if (pos >= end) return false;
      pos = endOfRoute(family, bytes, view, pos, end);
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

/** How the routes of a table are gone through and written. */
import type { ByteWriter } from "../wire/writer.ts";
import type { PeerView } from "./peers.ts";
import type { Random } from "./random.ts";

/** Goes through a table in groups: routes that are announced in one UPDATE. */
export interface RouteWalk {
  /** Routes in the current group. */
  readonly count: number;
  /** Moves on to the next group; false at the end of the table. */
  next(): boolean;
  /** Writes NLRI i of the group, without a path identifier. */
  putNlri(out: ByteWriter, i: number): void;
  /** Writes the group's attributes in ascending order of their codes; calls `putReach` in the place of MP_REACH_NLRI. */
  putAttributes(
    out: ByteWriter,
    random: Random,
    view: PeerView,
    putReach: ((nextHop: Uint8Array) => void) | undefined,
  ): void;
}

/** Lists of prefixes of an UPDATE as records. */
import type { DecodeCounts } from "../counts.ts";
import { PrefixReadings } from "../prefix_readings.ts";
import type { DecodeErrors } from "./decode_error.ts";
import {
  ASSUMED_ADD_PATH,
  ASSUMED_AS_WIDTH,
  ASSUMED_NO_PEER_UP,
  NOTHING_ASSUMED,
  type Records,
} from "./records.ts";
import type { PrefixRouteWriter, RouteList, RouteListFacts } from "./prefix_routes.ts";
import type { UpdateMessage } from "./update_message.ts";

export class PrefixLists {
  readonly #unicast: PrefixRouteWriter;
  readonly #counts: DecodeCounts;
  readonly #errors: DecodeErrors;
  readonly #readings = new PrefixReadings();

  constructor(unicast: PrefixRouteWriter, counts: DecodeCounts, errors: DecodeErrors) {
    this.#unicast = unicast;
    this.#counts = counts;
    this.#errors = errors;
  }

  /** Begins an UPDATE. */
  start(): void {
    this.#readings.start();
  }

  /** Writes `list`, whose bytes are `[start, end)`, the way it reads best; a broken rest is an error, what stands before it is not lost. */
  write(
    records: Records,
    message: UpdateMessage,
    list: RouteList,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): void {
    const { view: { peer, view: ribView }, statelessModes } = message;
    const readings = this.#readings;
    const { isFirstCall } = records;
    readings.read(list, peer, ribView, statelessModes, isFirstCall, bytes, start, end);
    list.assumed = message.assumed | (readings.isAssumed ? ASSUMED_ADD_PATH : 0);
    if (readings.fault !== undefined) this.#errors.note(readings.fault, "routes-dropped");
    if (list.start < list.end) {
      const count = this.#unicast.write(records, message, list, bytes, view);
      if (isFirstCall) countRoutes(this.#counts, list, list.family.name, count);
    }
  }
}

/** Counts the routes of a list, and what was assumed to read it. */
export function countRoutes(
  counts: DecodeCounts,
  list: RouteListFacts,
  family: string,
  count: number,
): void {
  const { isAnnounced, isTreatedAsWithdraw, assumed } = list;
  counts.add(
    isAnnounced && !isTreatedAsWithdraw ? "routes_announced" : "routes_withdrawn",
    family,
    count,
  );
  if (assumed === NOTHING_ASSUMED) return;
  if ((assumed & ASSUMED_NO_PEER_UP) !== 0) counts.add("assumed_readings", "no_peer_up", 1);
  if ((assumed & ASSUMED_AS_WIDTH) !== 0) counts.add("assumed_readings", "as_width", 1);
  if ((assumed & ASSUMED_ADD_PATH) !== 0) counts.add("assumed_readings", "add_path", 1);
}

/** Lists of prefixes of an UPDATE: how each reads, and what of a broken one can be kept. */
import { familyKey } from "../../bgp/families.ts";
import { failAtBrokenPrefix, Reading, readingScore, soundEnd } from "../../bgp/nlri/prefix.ts";
import { hasLocalAddPath } from "../../bmp/peer_table.ts";
import { faultWithin } from "../../wire/fault.ts";
import type { DecodeCounts } from "../counts.ts";
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
  /**
   * How the lists of the UPDATE under way read, with path identifiers or without; decided at the first call for it, because what a
   * later list teaches must not change how an earlier one goes on.
   */
  readonly #readings: boolean[] = [];
  #listCount = 0;

  constructor(unicast: PrefixRouteWriter, counts: DecodeCounts, errors: DecodeErrors) {
    this.#unicast = unicast;
    this.#counts = counts;
    this.#errors = errors;
  }

  /** Begins an UPDATE. */
  start(): void {
    this.#listCount = 0;
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
    const { peer, view: ribView } = message.view;
    const { family } = list;
    let expected: boolean;
    let score: Reading = Reading.odd;
    const i = this.#listCount++;
    if (message.statelessModes === undefined) {
      const reading = peer.familyReading(ribView, family);
      expected = reading.expected;
      if (records.isFirstCall) {
        score = reading.choose(bytes, start, end);
        this.#readings[i] = reading.current;
      }
    } else {
      expected = negotiatedAddPath(message, familyKey(family.afi, family.safi));
      this.#readings[i] = expected;
    }
    list.addPath = this.#readings[i]!;
    list.assumed = message.assumed | (list.addPath === expected ? 0 : ASSUMED_ADD_PATH);
    list.start = start;
    list.end = end;
    if (score !== Reading.clean) score = readingScore(bytes, start, end, family, list.addPath);
    if (score === Reading.impossible) {
      // A list that is broken gives what reads well before the break, and nothing where it was read by guess: never a made-up 0.0.0.0/0.
      const sound = soundEnd(bytes, start, end, family, list.addPath);
      const isClean = readingScore(bytes, start, sound, family, list.addPath) === Reading.clean;
      list.end = list.addPath === expected && isClean ? sound : start;
      try {
        failAtBrokenPrefix(bytes, start, end, family, list.addPath);
      } catch (error) {
        this.#errors.note(faultWithin(error, `in NLRI of ${family.name}`), "routes-dropped");
      }
    }
    if (list.start < list.end) {
      const count = this.#unicast.write(records, message, list, bytes, view);
      if (records.isFirstCall) countRoutes(this.#counts, list, family.name, count);
    }
  }
}

/** What the message itself says of path identifiers, else the OPENs. */
export function negotiatedAddPath(message: UpdateMessage, key: number): boolean {
  const { view: { peer, view }, statelessModes } = message;
  if (statelessModes === undefined) return peer.negotiatedAddPath(view, key);
  return hasLocalAddPath(view, statelessModes.get(key) ?? 0);
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

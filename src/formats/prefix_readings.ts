/** How the lists of prefixes of an UPDATE read: with path identifiers or without, and what of a broken one can be kept. */
import { familyKey } from "../bgp/families.ts";
import type { PrefixFamily } from "../bgp/nlri/family.ts";
import { failAtBrokenPrefix, Reading, readingScore, soundEnd } from "../bgp/nlri/prefix.ts";
import type { RibView } from "../bmp/peer_header.ts";
import { hasLocalAddPath, type Peer } from "../bmp/peer_table.ts";
import { type DecodeFault, faultWithin } from "../wire/fault.ts";

/** A list as the bytes `[start, end)`, which read well. */
export interface PrefixRange {
  family: PrefixFamily;
  addPath: boolean;
  start: number;
  end: number;
}

/** What the message itself says of path identifiers (`statelessModes`: ADD-PATH modes of the router), else the OPENs. */
export function negotiatedAddPath(
  peer: Peer,
  view: RibView,
  statelessModes: ReadonlyMap<number, number> | undefined,
  family: number,
): boolean {
  if (statelessModes === undefined) return peer.negotiatedAddPath(view, family);
  return hasLocalAddPath(view, statelessModes.get(family) ?? 0);
}

export class PrefixReadings {
  /**
   * Of the UPDATE under way; decided at the first call for it, because what a later list teaches must not change how an earlier one
   * goes on.
   */
  readonly #readings: boolean[] = [];
  #listCount = 0;
  /** Whether the last list does not read as it was negotiated. */
  isAssumed = false;
  /** What is wrong with the last list. */
  fault: DecodeFault | undefined = undefined;

  /** Begins an UPDATE. */
  start(): void {
    this.#listCount = 0;
  }

  /** Sets how `list` reads best; of one that is broken, what stands before the break. */
  read(
    list: PrefixRange,
    peer: Peer,
    ribView: RibView,
    statelessModes: ReadonlyMap<number, number> | undefined,
    isFirstCall: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { family } = list;
    let expected: boolean;
    let score: Reading = Reading.odd;
    const i = this.#listCount++;
    if (statelessModes === undefined) {
      const reading = peer.familyReading(ribView, family);
      expected = reading.expected;
      if (isFirstCall) {
        score = reading.choose(bytes, start, end);
        this.#readings[i] = reading.current;
      }
    } else {
      const key = familyKey(family.afi, family.safi);
      expected = negotiatedAddPath(peer, ribView, statelessModes, key);
      this.#readings[i] = expected;
    }
    list.addPath = this.#readings[i]!;
    list.start = start;
    list.end = end;
    this.isAssumed = list.addPath !== expected;
    this.fault = undefined;
    if (score !== Reading.clean) score = readingScore(bytes, start, end, family, list.addPath);
    if (score !== Reading.impossible) return;
    // A list that is broken gives what reads well before the break, and nothing where it was read by guess: never a made-up 0.0.0.0/0.
    const sound = soundEnd(bytes, start, end, family, list.addPath);
    const isClean = readingScore(bytes, start, sound, family, list.addPath) === Reading.clean;
    list.end = !this.isAssumed && isClean ? sound : start;
    try {
      failAtBrokenPrefix(bytes, start, end, family, list.addPath);
    } catch (error) {
      this.fault = faultWithin(error, `in NLRI of ${family.name}`);
    }
  }
}

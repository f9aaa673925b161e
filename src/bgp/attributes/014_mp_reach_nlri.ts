/**
 * MP_REACH_NLRI (RFC 4760 section 3): announced routes of a family, with their next hop.
 *
 * ```
 * 0  u16  AFI
 * 2  u8   SAFI
 * 3  u8   length of the next hop
 * 4  ...  next hop
 *    u8   reserved
 *    ...  NLRI
 * ```
 *
 * Its routes leave as records of their own, so it writes nothing into `base_attrs`.
 */
import { fail } from "../../wire/fault.ts";
import { type AttributeSpec, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

export const MP_REACH_NLRI_CODE = 14;

/** Where the parts of one MP_REACH_NLRI or MP_UNREACH_NLRI are. Reused. */
export class MultiprotocolNlri {
  afi = 0;
  safi = 0;
  /** Empty range in MP_UNREACH_NLRI. */
  nextHopStart = 0;
  nextHopEnd = 0;
  nlriStart = 0;
  nlriEnd = 0;
}

/** Finds the parts of the MP_REACH_NLRI value `bytes[start, end)`. @throws DecodeFault when the lengths do not fit. */
export function readMpReach(
  into: MultiprotocolNlri,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  if (end - start < 5) fail("mp-reach-length", start, "at least 5 bytes");
  into.afi = view.getUint16(start);
  into.safi = bytes[start + 2]!;
  into.nextHopStart = start + 4;
  into.nextHopEnd = into.nextHopStart + bytes[start + 3]!;
  into.nlriStart = into.nextHopEnd + 1;
  into.nlriEnd = end;
  if (into.nlriStart > end) fail("mp-next-hop-length", start + 3, `at most ${end - start - 5}`);
}

export const MP_REACH_NLRI: AttributeSpec = {
  code: MP_REACH_NLRI_CODE,
  name: "MP_REACH_NLRI",
  reference: "RFC 4760 section 3",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw,
  write() {},
};

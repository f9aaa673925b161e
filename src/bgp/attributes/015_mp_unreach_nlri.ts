/**
 * MP_UNREACH_NLRI (RFC 4760 section 4): withdrawn routes of a family.
 *
 * ```
 * 0  u16  AFI
 * 2  u8   SAFI
 * 3  ...  withdrawn NLRI; none: End-of-RIB (RFC 4724 section 2)
 * ```
 *
 * Its routes leave as records of their own, so it writes nothing into `base_attrs`.
 */
import { fail } from "../../wire/fault.ts";
import type { MultiprotocolNlri } from "./014_mp_reach_nlri.ts";
import { type AttributeSpec, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

export const MP_UNREACH_NLRI_CODE = 15;

/** Finds the parts of the MP_UNREACH_NLRI value `bytes[start, end)`. @throws DecodeFault when shorter than 3 bytes. */
export function readMpUnreach(
  into: MultiprotocolNlri,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  if (end - start < 3) fail("mp-unreach-length", start, "at least 3 bytes");
  into.afi = view.getUint16(start);
  into.safi = bytes[start + 2]!;
  into.nextHopStart = start + 3;
  into.nextHopEnd = start + 3;
  into.nlriStart = start + 3;
  into.nlriEnd = end;
}

export const MP_UNREACH_NLRI: AttributeSpec = {
  code: MP_UNREACH_NLRI_CODE,
  name: "MP_UNREACH_NLRI",
  reference: "RFC 4760 section 4",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw,
  write() {},
};

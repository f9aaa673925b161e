/**
 * Support for four-octet AS numbers (RFC 6793 section 3): carries the speaker's own.
 *
 * ```
 * 0  u32  AS number
 * ```
 */
import { type CapabilitySpec, expectLength } from "./spec.ts";

/** Value of capability 65: the speaker's AS number. */
export interface FourOctetAs {
  /** Tells which capability this is. */
  readonly kind: "four-octet-as";
  /** AS number of four octets. */
  readonly asn: number;
}

export const FOUR_OCTET_AS: CapabilitySpec<FourOctetAs> = {
  code: 65,
  name: "Support for 4-octet AS number capability",
  reference: "RFC 6793 section 3",
  decode(_bytes, view, start, end) {
    expectLength(start, end, 4);
    return { kind: "four-octet-as", asn: view.getUint32(start) };
  },
};

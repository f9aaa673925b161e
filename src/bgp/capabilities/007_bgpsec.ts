/**
 * BGPsec (RFC 8205 section 2.1): signed paths for one address family, in one direction.
 *
 * ```
 * 0  u8   version (high 4 bits), direction 0x08 (0 receive, 1 send), reserved
 * 1  u16  AFI
 * ```
 */
import { type CapabilitySpec, expectLength } from "./spec.ts";

/** Value of capability 7: BGPsec in one direction for one address family. */
export interface Bgpsec {
  /** Tells which capability this is. */
  readonly kind: "bgpsec";
  /** BGPsec version, 0 by RFC 8205. */
  readonly version: number;
  /** What the speaker wants to do. */
  readonly direction: "receive" | "send";
  /** Address family. */
  readonly afi: number;
}

export const BGPSEC: CapabilitySpec<Bgpsec> = {
  code: 7,
  name: "BGPsec Capability",
  reference: "RFC 8205 section 2.1",
  decode(bytes, view, start, end) {
    expectLength(start, end, 3);
    const first = bytes[start]!;
    return {
      kind: "bgpsec",
      version: first >> 4,
      direction: (first & 0x08) === 0 ? "receive" : "send",
      afi: view.getUint16(start + 1),
    };
  },
};

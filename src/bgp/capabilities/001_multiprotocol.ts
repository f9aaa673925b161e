/**
 * Multiprotocol Extensions (RFC 4760 section 8): one address family that the speaker can carry.
 *
 * ```
 * 0  u16  AFI
 * 2  u8   reserved
 * 3  u8   SAFI
 * ```
 */
import { type CapabilitySpec, expectLength } from "./spec.ts";

/** Value of capability 1: a family that the speaker can carry. */
export interface Multiprotocol {
  /** Tells which capability this is. */
  readonly kind: "multiprotocol";
  /** Address family. */
  readonly afi: number;
  /** Subsequent address family. */
  readonly safi: number;
}

export const MULTIPROTOCOL: CapabilitySpec<Multiprotocol> = {
  code: 1,
  name: "Multiprotocol Extensions for BGP-4",
  reference: "RFC 4760 section 8",
  decode(bytes, view, start, end) {
    expectLength(start, end, 4);
    return { kind: "multiprotocol", afi: view.getUint16(start), safi: bytes[start + 3]! };
  },
  describe(bytes, view, start) {
    const afi = view.getUint16(start);
    const safi = bytes[start + 3]!;
    // goBMP knows only these names; both spaces stay where a name is unknown.
    return ` : afi=${afi} safi=${safi} ${GOBMP_SAFI_NAMES[safi] ?? ""} ${
      GOBMP_AFI_NAMES[afi] ?? ""
    }`;
  },
};

const GOBMP_AFI_NAMES: Readonly<Record<number, string>> = {
  1: "IPv4",
  2: "IPv6",
  16388: "BGP-LS",
};

const GOBMP_SAFI_NAMES: Readonly<Record<number, string>> = {
  1: "Unicast",
  2: "Multicast",
  4: "MPLS Labels",
  70: "BGP EVPN",
  71: "BGP-LS",
  72: "BGP-LS-VPN",
  128: "MPLS-labeled VPN",
};

/** Extended communities that name an AS or an IPv4 address (RFC 4360 sections 3.1, 3.2; RFC 5668). */
import type { ByteWriter } from "../../wire/writer.ts";
import {
  communityType,
  numbers,
  putFourOctetAs,
  putIpv4Specific,
  putSixOctets,
  putTwoOctetAs,
} from "./types.ts";

/** RFC 10005 section 2: AS number, then IEEE float, bytes per second; transitive and not. */
function putLinkBandwidth(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  out.ascii(fixed6(view.getFloat32(at + 2)));
}

/** A number with 6 decimals, as C's %f: never an exponent. */
function fixed6(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

export const TWO_OCTET_AS = communityType(putTwoOctetAs, {
  0x02: "rt=",
  0x03: "ro=",
  0x04: ["link-bw=", putLinkBandwidth],
  0x05: "odi=",
  0x08: "bdc=",
  0x09: "sas=",
  0x0a: "l2i=",
  0x10: "cvd=",
  0x13: "rtr=",
  0x15: ["rt-derived=", putSixOctets], // draft-ietf-idr-rt-derived-community
  0x80: "t-vni=",
}, putTwoOctetAs);

export const IPV4_SPECIFIC = communityType(putIpv4Specific, {
  0x02: "rt=",
  0x03: "ro=",
  0x04: "ifit-tail=", // draft-ietf-idr-bgp-ifit-capabilities
  0x05: "odi=",
  0x07: "ori=",
  0x09: "node-target=", // draft-ietf-idr-node-target-ext-comm
  0x0a: "l2i=",
  0x0b: "vri=",
  0x0c: "fsr=",
  0x10: "cvd=",
  0x12: "snh=",
  0x13: "rtr=",
  0x14: "rnh=",
  0x15: ["rt-derived=", putSixOctets],
  0x20: "rpa=",
}, putIpv4Specific);

export const FOUR_OCTET_AS = communityType(putFourOctetAs, {
  0x02: "rt=",
  0x03: "ro=",
  0x04: "deprecated=",
  0x05: "odi=",
  0x08: "bdc=",
  0x09: "sas=",
  0x10: "cvd=",
  0x13: "rtr=",
  0x15: ["rt-derived=", putSixOctets],
}, putFourOctetAs);

export const NON_TRANSITIVE_TWO_OCTET_AS = communityType(putTwoOctetAs, {
  0x04: ["link-bw=", putLinkBandwidth],
  0x80: "vni=", // draft-drao-bgp-l3vpn-virtual-network-overlays: AS number, VN-ID
}, numbers(4));

export const NON_TRANSITIVE_FOUR_OCTET_AS = communityType(putFourOctetAs, {
  0x04: "deprecated=",
});

/** Segment identifiers of mobile user planes (draft-ietf-bess-mup-safi section 3.2): direct and interwork, by kind of administrator. */
export const MUP = communityType(putTwoOctetAs, {
  0x00: "mup-ds=",
  0x01: ["mup-ds=", putIpv4Specific],
  0x02: ["mup-ds=", putFourOctetAs],
  0x03: "mup-is=",
  0x04: ["mup-is=", putIpv4Specific],
  0x05: ["mup-is=", putFourOctetAs],
});

/** Encapsulation SAFI (RFC 5512 section 3, obsoleted by RFC 9012): `length u8 in bits, endpoint address`. */
import { fail } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";
import { endOfCountedBits, NlriReader } from "./reader.ts";

export interface EncapsulationRoute {
  /** Address of the tunnel's endpoint. */
  readonly endpoint: string;
}

function encapsulation(afi: 1 | 2, addressBits: 32 | 128): ObjectFamily<EncapsulationRoute> {
  return {
    kind: "object",
    afi,
    safi: 7,
    name: afi === 1 ? "ipv4-encapsulation" : "ipv6-encapsulation",
    reference: "RFC 5512 section 3",
    addPath: true,
    endOfRoute: endOfCountedBits,
    decode(bytes, view, start, end) {
      const reader = new NlriReader(bytes, view, start, end);
      if (reader.u8("length") !== addressBits) fail("nlri-length", start, `${addressBits} bits`);
      return { endpoint: reader.address(addressBits, "endpoint") };
    },
  };
}

export const IPV4_ENCAPSULATION = encapsulation(1, 32);
export const IPV6_ENCAPSULATION = encapsulation(2, 128);

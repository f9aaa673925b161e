/**
 * MDT (RFC 6037 section 4.4.1): `length u8, 128 bits; RD 8; address of the PE; group`. The RFC draws no length; routers, tcpdump and
 * freeRtr have one, as RFC 4760 section 5 asks for.
 */
import { fail } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";
import { type Distinguished, endOfCountedBits, NlriReader } from "./reader.ts";

export interface MdtRoute extends Distinguished {
  /** Address of the PE, which is the source of the tree. */
  readonly originator: string;
  readonly group: string;
}

const BITS = 128;

export const IPV4_MDT: ObjectFamily<MdtRoute> = {
  kind: "object",
  afi: 1,
  safi: 66,
  name: "ipv4-mdt",
  reference: "RFC 6037 section 4.4.1",
  addPath: true,
  endOfRoute: endOfCountedBits,
  decode(bytes, view, start, end) {
    const reader = new NlriReader(bytes, view, start, end);
    if (reader.u8("length") !== BITS) fail("nlri-length", start, `${BITS} bits`);
    return {
      ...reader.routeDistinguisher(),
      originator: reader.address(32, "originating router"),
      group: reader.address(32, "group"),
    };
  },
};

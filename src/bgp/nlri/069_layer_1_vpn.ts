/**
 * Layer 1 VPN auto-discovery (RFC 5195 section 3, RFC 5251 section 4.1.2).
 *
 * ```
 * 0  u8   length of the rest; the RFC has no unit, so bits (RFC 4760 section 5) and octets are taken
 * 1  u8   length of the provider's port identifier (PPI)
 *    ...  PPI, of the provider's own form
 *    u16  address family of the customer's port identifier (CPI)
 *    u8   length of the CPI
 *    ...  CPI: an address, or a port index and an address
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";
import { NlriReader } from "./reader.ts";

export interface Layer1VpnRoute {
  /** Provider's port identifier as hex. */
  readonly ppi: string;
  readonly cpiAfi: number;
  /** Customer's port identifier: an address where it has the length of one of its family, else hex. */
  readonly cpi: string;
}

const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 16 };

/** The end by the lengths inside. */
function endOfRoute(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const reader = new NlriReader(bytes, view, start, end);
  const length = reader.u8("length");
  reader.take(reader.u8("length of the PPI"), "PPI");
  reader.take(2, "address family of the CPI");
  reader.take(reader.u8("length of the CPI"), "CPI");
  const octets = reader.pos - start - 1;
  if (length !== octets && length !== 8 * octets) {
    fail("nlri-length", start, `${octets} octets, or their bits`);
  }
  return reader.pos;
}

export const IPV4_LAYER_1_VPN: ObjectFamily<Layer1VpnRoute> = {
  kind: "object",
  afi: 1,
  safi: 69,
  name: "ipv4-layer-1-vpn",
  reference: "RFC 5195 section 3",
  addPath: true,
  endOfRoute,
  decode(bytes, view, start, end) {
    const reader = new NlriReader(bytes, view, start + 1, end);
    const ppi = reader.hex(reader.u8("length of the PPI"), "PPI");
    const cpiAfi = reader.u16("address family of the CPI");
    const length = reader.u8("length of the CPI");
    const cpi = length === ADDRESS_BYTES[cpiAfi]
      ? reader.address(8 * length, "CPI")
      : reader.hex(length, "CPI");
    return { ppi, cpiAfi, cpi };
  },
};

/**
 * VPLS, its auto-discovery and layer 2 VPNs, all in one family, told apart by length (RFC 6074 section 7).
 *
 * ```
 *  0 u16  length of the rest
 *  2 RD   8 octets
 * 12: auto-discovery (RFC 6074 section 3.2.2)     from 17: VPLS (RFC 4761 section 3.2.2), layer 2 VPN (RFC 6624 section 3)
 * 10 PE address 4                                 10 u16  VE ID, or CE ID of a layer 2 VPN
 *                                                 12 u16  VE block offset
 *                                                 14 u16  VE block size
 *                                                 16 u24  label base, in the upper 20 bits
 *                                                 19 TLVs: type u8, length u16 in bits, value padded to whole octets
 * ```
 *
 * Senders from before RFC 6624 leave out the block size: where the octets do not divide into TLVs behind it and do without it, they
 * are read so (as tcpdump does).
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text } from "../../wire/strings.ts";
import type { ObjectFamily } from "./family.ts";
import { type Distinguished, NlriReader } from "./reader.ts";

const LENGTH_BYTES = 2;
const AUTO_DISCOVERY_BYTES = 12;
const VPLS_BYTES = 17;
const UNSIZED_BYTES = 15;
const TLV_HEADER_BYTES = 3;
const CIRCUIT_STATUS_VECTOR = 1;

/** `pe_address` alone, or the members of a label block. */
export interface VplsRoute extends Distinguished {
  /** `auto-discovery`; `label-block`: VPLS or layer 2 VPN, which the encapsulation in the Layer2 Info community tells. */
  readonly kind: "auto-discovery" | "label-block";
  readonly peAddress?: string;
  readonly veId?: number;
  readonly veBlockOffset?: number;
  /** Absent where the sender leaves it out. */
  readonly veBlockSize?: number;
  /** 20 bits. */
  readonly labelBase?: number;
  /** Absent where there are none. */
  readonly tlvs?: readonly L2vpnTlv[];
}

/** A TLV of a layer 2 VPN (RFC 6624 section 3). */
export interface L2vpnTlv {
  readonly type: number;
  readonly name?: string;
  /** Length in bits; those of a circuit status vector stand for the labels of the block, 1: down. */
  readonly bits: number;
  readonly hex: string;
}

export const VPLS: ObjectFamily<VplsRoute> = {
  kind: "object",
  afi: 25,
  safi: 65,
  name: "l2vpn-vpls",
  reference: "RFC 4761 section 3.2.2, RFC 6074 section 3.2.2, RFC 6624 section 3",
  addPath: true,
  endOfRoute: endOfVplsRoute,
  decode: decodeVplsRoute,
};

function endOfVplsRoute(
  _bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number {
  const bodyStart = start + LENGTH_BYTES;
  if (bodyStart > end) fail("nlri-truncated", start, "a length of 2 bytes");
  const next = bodyStart + view.getUint16(start);
  if (next > end) fail("nlri-truncated", start, `a length of at most ${end - bodyStart}`);
  return next;
}

function decodeVplsRoute(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): VplsRoute {
  const bodyStart = start + LENGTH_BYTES;
  const length = end - bodyStart;
  const reader = new NlriReader(bytes, view, bodyStart, end);
  if (length === AUTO_DISCOVERY_BYTES) {
    const rd = reader.routeDistinguisher();
    return { kind: "auto-discovery", ...rd, peAddress: ipv4Text(bytes, reader.pos) };
  }
  const isSized = length >= VPLS_BYTES && dividesIntoTlvs(view, bodyStart + VPLS_BYTES, end);
  const isUnsized = !isSized && length >= UNSIZED_BYTES &&
    dividesIntoTlvs(view, bodyStart + UNSIZED_BYTES, end);
  if (!isSized && !isUnsized) {
    fail("vpls-length", start, "12 or 17 bytes, or 17 and whole TLVs");
  }
  return {
    kind: "label-block",
    ...reader.routeDistinguisher(),
    veId: reader.u16("VE ID"),
    veBlockOffset: reader.u16("VE block offset"),
    ...(isSized ? { veBlockSize: reader.u16("VE block size") } : {}),
    labelBase: reader.u24("label base") >> 4,
    ...(reader.left > 0 ? { tlvs: readTlvs(reader) } : {}),
  };
}

function dividesIntoTlvs(view: DataView, start: number, end: number): boolean {
  let pos = start;
  while (pos + TLV_HEADER_BYTES <= end) {
    pos += TLV_HEADER_BYTES + bytesOfBits(view.getUint16(pos + 1));
  }
  return pos === end;
}

function readTlvs(reader: NlriReader): L2vpnTlv[] {
  const tlvs: L2vpnTlv[] = [];
  while (reader.left > 0) {
    const type = reader.u8("TLV type");
    const bits = reader.u16("TLV length");
    const at = reader.take(bytesOfBits(bits), "TLV value");
    const hex = hexText(reader.bytes, at, reader.pos);
    tlvs.push(
      type === CIRCUIT_STATUS_VECTOR
        ? { type, name: "circuit-status-vector", bits, hex }
        : { type, bits, hex },
    );
  }
  return tlvs;
}

function bytesOfBits(bits: number): number {
  return (bits + 7) >> 3;
}

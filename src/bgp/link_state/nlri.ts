/**
 * BGP-LS NLRI (RFC 9552 section 5.2): a node, link, prefix, SRv6 SID (RFC 9514) or candidate path of an SR policy (RFC 9857).
 *
 * ```
 *  0  u16  NLRI Type
 *  2  u16  Total NLRI Length: of what follows
 *  4  ...  Route Distinguisher, 8 octets, where the SAFI is for VPNs
 *     u8   Protocol-ID  \
 *     u64  Identifier    > of the types that are known
 *     ...  descriptors  /
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText, routeDistinguisherText } from "../../wire/strings.ts";
import { familyName } from "../families.ts";
import type { ObjectFamily } from "../nlri/family.ts";
import { decodeDescriptors, type Descriptors, isKnownNlriType } from "./descriptors.ts";

const HEADER_BYTES = 4;
const RD_BYTES = 8;
/** Types of route distinguishers begin at 0 (RFC 4364 section 4.2). */
const LAST_RD_TYPE = 2;
const PROTOCOL_AND_IDENTIFIER_BYTES = 9;

interface AnyLinkStateRoute {
  /** NLRI type. */
  readonly type: number;
  /** Of a VPN's route. */
  readonly routeDistinguisher?: string;
}

/** An NLRI of a known type. */
export interface LinkStateObject extends AnyLinkStateRoute, Descriptors {
  readonly protocolId: number;
  /** Of the routing universe (RFC 9552 section 5.2): unsigned, 64 bits. */
  readonly identifier: bigint;
}

/** An NLRI of another type, which a speaker has to keep and pass on (RFC 9552 section 5.2). */
export interface UnknownLinkStateRoute extends AnyLinkStateRoute {
  /** What follows the length and the route distinguisher, hex. */
  readonly value: string;
}

export type LinkStateRoute = LinkStateObject | UnknownLinkStateRoute;

/** A family of BGP-LS NLRI; `isVpn`: with a route distinguisher. */
export function linkStateFamily(
  safi: number,
  reference: string,
  isVpn: boolean,
): ObjectFamily<LinkStateRoute> {
  return {
    kind: "object",
    afi: 16388,
    safi,
    name: familyName(16388, safi),
    reference,
    addPath: true,
    endOfRoute: isVpn ? endOfVpnRoute : endOfRoute,
    decode: (bytes, view, start, end) => decodeRoute(bytes, view, start, end, isVpn),
  };
}

function endOfRoute(_bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const room = end - start - HEADER_BYTES;
  if (room < 0) fail("ls-nlri-header", start, "type and length, 4 bytes");
  const length = view.getUint16(start + 2);
  if (length > room) fail("ls-nlri-length", start + 2, `at most ${room}`);
  return start + HEADER_BYTES + length;
}

function endOfVpnRoute(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const isFirst = isDistinguisherFirst(view, start, end);
  return endOfRoute(bytes, view, isFirst ? start + RD_BYTES : start, end);
}

/**
 * Whether the route distinguisher stands before the type, where goBMP expects it: the bytes fit that, and are not an NLRI as drawn
 * above, because their type is the reserved 0, or their length has no room for a distinguisher or runs past the end.
 */
function isDistinguisherFirst(view: DataView, start: number, end: number): boolean {
  const room = end - start - RD_BYTES - HEADER_BYTES;
  if (room < 0) return false;
  const length = view.getUint16(start + 2);
  const hasRoom = length >= RD_BYTES && length <= room + RD_BYTES;
  if (hasRoom && view.getUint16(start) !== 0) return false;
  return view.getUint16(start) <= LAST_RD_TYPE &&
    isKnownNlriType(view.getUint16(start + RD_BYTES)) &&
    view.getUint16(start + RD_BYTES + 2) <= room;
}

function decodeRoute(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  isVpn: boolean,
): LinkStateRoute {
  let type = view.getUint16(start);
  let pos = start + HEADER_BYTES;
  let rd: string | undefined;
  if (isVpn) {
    const isFirst = isDistinguisherFirst(view, start, end);
    const distinguisher = isFirst ? start : pos;
    if (end - distinguisher < RD_BYTES) fail("ls-route-distinguisher", pos, "8 bytes");
    if (isFirst) type = view.getUint16(start + RD_BYTES);
    rd = routeDistinguisherText(bytes, distinguisher);
    pos += RD_BYTES;
  }
  if (!isKnownNlriType(type)) {
    const value = hexText(bytes, pos, end);
    return rd === undefined ? { type, value } : { type, routeDistinguisher: rd, value };
  }
  const descriptors = pos + PROTOCOL_AND_IDENTIFIER_BYTES;
  if (descriptors > end) fail("ls-nlri-identifier", pos, "a protocol and an identifier, 9 bytes");
  const protocolId = bytes[pos]!;
  const identifier = view.getBigUint64(pos + 1);
  const known = rd === undefined
    ? { type, protocolId, identifier }
    : { type, routeDistinguisher: rd, protocolId, identifier };
  return decodeDescriptors(known, type, bytes, view, descriptors, end);
}

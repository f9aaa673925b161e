/**
 * MCAST-VPN (RFC 6514 section 4): `route type u8, length u8, body`.
 *
 * ```
 * 1     Intra-AS I-PMSI     RD 8, originator
 * 2     Inter-AS I-PMSI     RD 8, source AS u32
 * 3     S-PMSI              RD 8, source, group, originator
 * 4     Leaf                route key, originator
 * 5     Source Active       RD 8, source, group
 * 6, 7  Shared and Source Tree Join    RD 8, source AS u32, source (6: rendezvous point), group
 * 0x43  S-PMSI for mLDP     RD 8, FEC element, originator          (RFC 7441 section 3)
 * 0x44  Leaf for mLDP       route key, originator
 * 0x47  Source Tree Join for mLDP      RD 8, source AS u32, FEC element
 * ```
 *
 * Source and group are `length in bits u8, address`; 0 bits: any (RFC 6625 section 2). An originator is as long as the rest, whatever
 * the AFI is (RFC 6515 section 2). A route key is the whole NLRI of another route, or, with an RD of zeros or ones,
 * `RD 8, source, group (or FEC element), ingress PE` (RFC 7524 section 6.2.2).
 */
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import { readMldpFec } from "../mldp_fec.ts";
import type { ObjectFamily } from "./family.ts";
import type { GlobalTableKey, McastVpnRoute } from "./mcast_vpn/route.ts";
import { endOfTypedRoute, type NlriReader, readTypedRoute, type RouteTypes } from "./reader.ts";

type Body = Omit<McastVpnRoute, "routeType" | "name">;
type Flow = Pick<McastVpnRoute, "multicastSource" | "multicastGroup" | "groupHex" | "mldpFec">;

const LEAF = 4;
const MLDP_LEAF = 0x44;

const ROUTE_TYPES: RouteTypes<Body> = {
  1: ["intra-as-i-pmsi-auto-discovery", readIntraAs],
  2: ["inter-as-i-pmsi-auto-discovery", readInterAs],
  3: ["s-pmsi-auto-discovery", (reader) => readSelective(reader, readFlow)],
  [LEAF]: ["leaf-auto-discovery", (reader) => readLeaf(reader, readFlow)],
  5: ["source-active-auto-discovery", readSourceActive],
  6: ["shared-tree-join", (reader) => readJoin(reader, readFlow)],
  7: ["source-tree-join", (reader) => readJoin(reader, readFlow)],
  0x43: ["mldp-s-pmsi-auto-discovery", (reader) => readSelective(reader, readMldpFlow)],
  [MLDP_LEAF]: ["mldp-leaf-auto-discovery", (reader) => readLeaf(reader, readMldpFlow)],
  0x47: ["mldp-source-tree-join", (reader) => readJoin(reader, readMldpFlow)],
};

function readRoute(bytes: Uint8Array, view: DataView, start: number, end: number): McastVpnRoute {
  return readTypedRoute(ROUTE_TYPES, bytes, view, start, end);
}

function readIntraAs(reader: NlriReader): Body {
  return { ...reader.routeDistinguisher(), originator: readOriginator(reader) };
}

function readInterAs(reader: NlriReader): Body {
  return { ...reader.routeDistinguisher(), sourceAs: reader.u32("source AS") };
}

function readSelective(reader: NlriReader, readItsFlow: (reader: NlriReader) => Flow): Body {
  return {
    ...reader.routeDistinguisher(),
    ...readItsFlow(reader),
    originator: readOriginator(reader),
  };
}

function readSourceActive(reader: NlriReader): Body {
  return { ...reader.routeDistinguisher(), ...readFlow(reader) };
}

function readJoin(reader: NlriReader, readItsFlow: (reader: NlriReader) => Flow): Body {
  return {
    ...reader.routeDistinguisher(),
    sourceAs: reader.u32("source AS"),
    ...readItsFlow(reader),
  };
}

function readFlow(reader: NlriReader): Flow {
  const multicastSource = reader.optionalAddress("multicast source");
  const source = multicastSource === undefined ? {} : { multicastSource };
  const bits = reader.u8("length of multicast group");
  if (bits === 0) return source;
  if (bits === 32 || bits === 128) {
    return { ...source, multicastGroup: reader.address(bits, "multicast group") };
  }
  return { ...source, groupHex: reader.hex((bits + 7) >> 3, "multicast group") };
}

function readMldpFlow(reader: NlriReader): Flow {
  return { mldpFec: readMldpFec(reader) };
}

function readOriginator(reader: NlriReader): string {
  return reader.restAddress("originating router");
}

function readLeaf(reader: NlriReader, readItsFlow: (reader: NlriReader) => Flow): Body {
  const { bytes, pos } = reader;
  const first = bytes[pos];
  // The first octet tells: no route type is 0 or 255, and no other RD begins so (RFC 7524 section 9).
  const isGlobal = reader.left > 0 && (first === 0 || first === 0xff);
  const leafOf = isGlobal ? readGlobalKey(reader, readItsFlow) : readRouteOfKey(reader);
  const routeKey = hexText(bytes, pos, reader.pos);
  return { routeKey, leafOf, originator: readOriginator(reader) };
}

/** The route at the start of a leaf's body; a leaf answers no leaf, so that this goes one level deep. */
function readRouteOfKey(reader: NlriReader): McastVpnRoute {
  const { bytes, view, pos, end } = reader;
  const next = endOfTypedRoute(bytes, view, pos, end);
  if (bytes[pos] === LEAF || bytes[pos] === MLDP_LEAF) {
    fail("mcast-vpn-route-key", pos, "a route that is no leaf itself");
  }
  reader.pos = next;
  return readRoute(bytes, view, pos, next);
}

function readGlobalKey(
  reader: NlriReader,
  readItsFlow: (reader: NlriReader) => Flow,
): GlobalTableKey {
  const key = { ...reader.routeDistinguisher(), ...readItsFlow(reader) };
  const { pos, left } = reader;
  // The two addresses have no lengths of their own: they are of one family, that of the network between them.
  if (left !== 8 && left !== 32) {
    fail("mcast-vpn-route-key", pos, "the addresses of an ingress PE and of the originator");
  }
  return { ...key, ingress: reader.address(4 * left, "ingress PE") };
}

export const IPV4_MCAST_VPN: ObjectFamily<McastVpnRoute> = {
  kind: "object",
  afi: 1,
  safi: 5,
  name: "ipv4-mcast-vpn",
  reference: "RFC 6514 section 4",
  addPath: true,
  endOfRoute: endOfTypedRoute,
  decode: readRoute,
};

export const IPV6_MCAST_VPN: ObjectFamily<McastVpnRoute> = {
  ...IPV4_MCAST_VPN,
  afi: 2,
  name: "ipv6-mcast-vpn",
};

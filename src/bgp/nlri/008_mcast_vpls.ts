/**
 * Multicast in VPLS (RFC 7117 section 9.2): `route type u8, length u8, body`.
 *
 * ```
 * 3 S-PMSI A-D  RD 8, source, group (length in bits u8, address; 0 bits: any), originator 4/16
 * 4 leaf A-D    route key, originator 4/16
 * ```
 *
 * The route key of a leaf is the S-PMSI route that it answers (section 8.3), or the distinguisher and VE ID of a VPLS route,
 * u16 or, of auto-discovery, u32 (sections 7.2.2.2 and 4). They differ in the first octet: 3, the route type, against 0 of a
 * distinguisher's type.
 */
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import type { ObjectFamily } from "./family.ts";
import { type Distinguished, endOfTypedRoute, NlriReader } from "./reader.ts";

const S_PMSI = 3;
const LEAF = 4;

export interface McastVplsRoute extends Partial<Distinguished> {
  readonly routeType: number;
  /** Absent where the type is unknown. */
  readonly name?: string;
  /** Absent for a wildcard. */
  readonly multicastSource?: string;
  /** Absent for a wildcard. */
  readonly multicastGroup?: string;
  /** Of the S-PMSI route in a leaf's key it stands in the key. */
  readonly originator?: string;
  readonly routeKey?: McastVplsRoute | (Distinguished & { readonly veId: number });
  /** The octets behind type and length of a route of an unknown type. */
  readonly hex?: string;
}

export const MCAST_VPLS: ObjectFamily<McastVplsRoute> = {
  kind: "object",
  afi: 25,
  safi: 8,
  name: "l2vpn-mcast-vpls",
  reference: "RFC 7117 section 9.2",
  addPath: true,
  endOfRoute: endOfTypedRoute,
  decode(bytes, view, start, end) {
    const routeType = bytes[start]!;
    if (routeType === S_PMSI) return readSelectivePmsi(bytes, view, start, end);
    if (routeType === LEAF) return readLeaf(bytes, view, start, end);
    return { routeType, hex: hexText(bytes, start + 2, end) };
  },
};

function readSelectivePmsi(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): McastVplsRoute {
  const reader = new NlriReader(bytes, view, start + 2, end);
  const rd = reader.routeDistinguisher();
  const multicastSource = reader.optionalAddress("multicast source");
  const multicastGroup = reader.optionalAddress("multicast group");
  return {
    routeType: S_PMSI,
    name: "s-pmsi-auto-discovery",
    ...rd,
    ...(multicastSource === undefined ? {} : { multicastSource }),
    ...(multicastGroup === undefined ? {} : { multicastGroup }),
    originator: readOriginator(reader),
  };
}

function readLeaf(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): McastVplsRoute {
  const reader = new NlriReader(bytes, view, start + 2, end);
  return {
    routeType: LEAF,
    name: "leaf-auto-discovery",
    routeKey: readRouteKey(reader),
    originator: readOriginator(reader),
  };
}

function readRouteKey(reader: NlriReader): NonNullable<McastVplsRoute["routeKey"]> {
  const { bytes, view, pos, end, left } = reader;
  if (left > 0 && bytes[pos] === S_PMSI) {
    reader.pos = endOfTypedRoute(bytes, view, pos, end);
    return readSelectivePmsi(bytes, view, pos, reader.pos);
  }
  switch (left) {
    case 8 + 2 + 4:
    case 8 + 2 + 16:
      return { ...reader.routeDistinguisher(), veId: reader.u16("VE ID") };
    case 8 + 4 + 4:
    case 8 + 4 + 16:
      return { ...reader.routeDistinguisher(), veId: reader.u32("VE ID") };
    default:
      fail("mcast-vpls-route-key", pos, "an S-PMSI route, or a distinguisher and a VE ID");
  }
}

function readOriginator(reader: NlriReader): string {
  return reader.restAddress("originating router");
}

/**
 * EVPN (RFC 7432 section 7): `route type u8, length u8, body`. The layouts of the bodies are drawn in `evpn/`.
 *
 * Labels are left as they stand in the NLRI: with SRv6 they may be a part of the SID (RFC 9252 section 4), which is put together
 * where the Prefix-SID attribute is read.
 */
import { fail } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";
import { endOfTypedRoute, NlriReader } from "./reader.ts";
import {
  readLeaveSynch,
  readMembershipSynch,
  readPerRegion,
  readSelectivePmsi,
  readSelectiveTag,
} from "./evpn/multicast.ts";
import { EvpnLayout } from "./evpn/layout.ts";
import { type EvpnRoute, evpnRoute } from "./evpn/route.ts";
import {
  readAutoDiscovery,
  readEthernetSegment,
  readInclusiveTag,
  readIpPrefix,
  readMacIp,
  readOriginator,
} from "./evpn/unicast.ts";

interface RouteType {
  readonly name: string | undefined;
  /** Reads the body of a route into its members. */
  readonly read: (route: EvpnLayout, reader: NlriReader) => void;
}

const TYPE_AND_LENGTH_BYTES = 2;
const LEAF = 11;

const ROUTE_TYPES: Readonly<Record<number, RouteType>> = {
  1: { name: "ethernet-auto-discovery", read: readAutoDiscovery },
  2: { name: "mac-ip-advertisement", read: readMacIp },
  3: { name: "inclusive-multicast-ethernet-tag", read: readInclusiveTag },
  4: { name: "ethernet-segment", read: readEthernetSegment },
  5: { name: "ip-prefix", read: readIpPrefix },
  6: { name: "selective-multicast-ethernet-tag", read: readSelectiveTag },
  7: { name: "multicast-membership-report-synch", read: readMembershipSynch },
  8: { name: "multicast-leave-synch", read: readLeaveSynch },
  9: { name: "per-region-i-pmsi-auto-discovery", read: readPerRegion },
  10: { name: "s-pmsi-auto-discovery", read: readSelectivePmsi },
  [LEAF]: { name: "leaf-auto-discovery", read: readLeaf },
};

const UNKNOWN: RouteType = { name: undefined, read: readUnknown };

export const EVPN: ObjectFamily<EvpnRoute> = {
  kind: "object",
  afi: 25,
  safi: 70,
  name: "l2vpn-evpn",
  reference: "RFC 7432 section 7",
  addPath: true,
  endOfRoute: endOfTypedRoute,
  decode: (bytes, view, start, end) => evpnRoute(layOutEvpnRoute(bytes, view, start, end)),
};

/** Finds the fields of a route, with all checks of its decoder. @throws DecodeFault */
export function layOutEvpnRoute(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): EvpnLayout {
  const routeType = bytes[start]!;
  const { name, read } = ROUTE_TYPES[routeType] ?? UNKNOWN;
  const route = new EvpnLayout(bytes, view, routeType, name);
  const reader = new NlriReader(bytes, view, start + TYPE_AND_LENGTH_BYTES, end);
  read(route, reader);
  reader.finish();
  return route;
}

function readUnknown(route: EvpnLayout, reader: NlriReader): void {
  route.unknownAt = reader.take(reader.left, "route");
  route.unknownEnd = reader.end;
}

function readLeaf(route: EvpnLayout, reader: NlriReader): void {
  route.routeKey = readRouteKey(reader);
  readOriginator(route, reader);
}

/** The route at the start of a leaf's body; a leaf answers no leaf, so that this goes one level deep. */
function readRouteKey(reader: NlriReader): EvpnLayout {
  const { bytes, view, pos, end } = reader;
  const next = endOfTypedRoute(bytes, view, pos, end);
  if (bytes[pos] === LEAF) fail("evpn-route-key", pos, "a route that is no leaf itself");
  reader.pos = next;
  return layOutEvpnRoute(bytes, view, pos, next);
}

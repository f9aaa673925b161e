/**
 * EVPN (RFC 7432 section 7): `route type u8, length u8, body`. The layouts of the bodies are drawn in `evpn/`.
 *
 * Labels are left as they stand in the NLRI: with SRv6 they may be a part of the SID (RFC 9252 section 4), which is put together
 * where the Prefix-SID attribute is read.
 */
import { fail } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";
import { endOfTypedRoute, type NlriReader, readTypedRoute, type RouteTypes } from "./reader.ts";
import {
  readLeaf,
  readLeaveSynch,
  readMembershipSynch,
  readPerRegion,
  readSelectivePmsi,
  readSelectiveTag,
} from "./evpn/multicast.ts";
import type { EvpnRoute } from "./evpn/route.ts";
import {
  readAutoDiscovery,
  readEthernetSegment,
  readInclusiveTag,
  readIpPrefix,
  readMacIp,
} from "./evpn/unicast.ts";

const LEAF = 11;

const ROUTE_TYPES: RouteTypes<Omit<EvpnRoute, "routeType" | "name">> = {
  1: ["ethernet-auto-discovery", readAutoDiscovery],
  2: ["mac-ip-advertisement", readMacIp],
  3: ["inclusive-multicast-ethernet-tag", readInclusiveTag],
  4: ["ethernet-segment", readEthernetSegment],
  5: ["ip-prefix", readIpPrefix],
  6: ["selective-multicast-ethernet-tag", readSelectiveTag],
  7: ["multicast-membership-report-synch", readMembershipSynch],
  8: ["multicast-leave-synch", readLeaveSynch],
  9: ["per-region-i-pmsi-auto-discovery", readPerRegion],
  10: ["s-pmsi-auto-discovery", readSelectivePmsi],
  [LEAF]: ["leaf-auto-discovery", (reader) => readLeaf(reader, readRouteKey)],
};

export const EVPN: ObjectFamily<EvpnRoute> = {
  kind: "object",
  afi: 25,
  safi: 70,
  name: "l2vpn-evpn",
  reference: "RFC 7432 section 7",
  addPath: true,
  endOfRoute: endOfTypedRoute,
  decode: readRoute,
};

function readRoute(bytes: Uint8Array, view: DataView, start: number, end: number): EvpnRoute {
  return readTypedRoute(ROUTE_TYPES, bytes, view, start, end);
}

/** The route at the start of a leaf's body; a leaf answers no leaf, so that this goes one level deep. */
function readRouteKey(reader: NlriReader): EvpnRoute {
  const { bytes, view, pos, end } = reader;
  const next = endOfTypedRoute(bytes, view, pos, end);
  if (bytes[pos] === LEAF) fail("evpn-route-key", pos, "a route that is no leaf itself");
  reader.pos = next;
  return readRoute(bytes, view, pos, next);
}

/** What a route of any family is to the tests, and its records in each of gobgpd's views. */
import { DAEMON_ASN, DAEMON_ROUTER_ID } from "./programs.ts";
import type { ExpectedRoute, Neighbor, View } from "./scenario.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** One route. */
export interface FamilyRoute {
  readonly name: string;
  readonly afi: number;
  readonly safi: number;
  /** Next hop, in hex. */
  readonly nextHop: string;
  readonly nlri: string;
  /** As MP_UNREACH_NLRI has it, where that is different. */
  readonly withdrawn?: string;
  /** Attributes beside ORIGIN, AS_PATH and MP_REACH_NLRI, in hex, and what they are in `base_attrs`. */
  readonly attributes?: string;
  readonly baseAttrs?: Fields;
  /** Message type of its records. */
  readonly type: number;
  /** What says which route it is: announced and withdrawn. */
  readonly route: Fields;
  /** What the announcement says besides. */
  readonly announced?: Fields;
  /** What gobgpd's own RIBs make of it: they show multicast routes as unicast ones. */
  readonly ribs?: { readonly type: number; readonly baseAttrs?: Fields };
  /** What the withdrawal of gobgpd's Loc-RIB says besides: it leaves the label as it was. */
  readonly locRibWithdrawn?: Fields;
}

/** Message types whose records name the origin AS and the next hop's family. */
const WITH_ORIGIN: ReadonlySet<number> = new Set([
  ...[14, 17, 74, 76, 114, 116, 154, 156, 164, 166, 184, 186],
]);
/** Those of them that take a missing next hop for one of the route's family; the others for IPv4. */
const OF_PREFIXES: ReadonlySet<number> = new Set([74, 76, 114, 116, 184, 186]);
/** Those that name the peer's BGP identifier. */
const OF_LAYER_2: ReadonlySet<number> = new Set([14, 17]);
const LS_NODE = 8;
/** The next hops of all routes, with an RD before them or without: 192.0.2.21 and 2001:db8::15. */
export const NEXT_HOP_V4 = "c0000215";
export const NEXT_HOP_V6 = "20010db8000000000000000000000015";

/** The record of the route's announcement or withdrawal in one of gobgpd's views. */
export function expectedRecord(
  route: FamilyRoute,
  neighbor: Neighbor,
  view: View,
  isAnnounced: boolean,
): { readonly type: number; readonly contents: ExpectedRoute } {
  const { type, baseAttrs } = view === "pre" || route.ribs === undefined
    ? route
    : { ...route, ...route.ribs };
  const isLoc = view === "loc";
  const isNextHopIpv4 = isAnnounced
    ? !nextHopText(route).includes(":")
    : !OF_PREFIXES.has(type) || route.route.is_ipv4 === true;
  const path = [neighbor.asn];
  const attributes = {
    origin: "igp",
    as_path: path,
    as_path_count: 1,
    as_path_segments: [{ type: 2, asns: path }],
    ...baseAttrs,
  };
  return {
    type,
    contents: {
      action: isAnnounced ? "add" : "del",
      router_ip: "127.0.0.1",
      peer_ip: isLoc ? "0.0.0.0" : neighbor.address,
      peer_type: isLoc ? 3 : 0,
      peer_asn: isLoc ? DAEMON_ASN : neighbor.asn,
      is_adj_rib_in_post_policy: view === "post",
      is_adj_rib_out_post_policy: false,
      is_adj_rib_out: false,
      is_loc_rib: isLoc,
      is_loc_rib_filtered: false,
      base_attrs: { ...(isAnnounced ? attributes : {}), is_atomic_agg: false },
      ...(OF_LAYER_2.has(type)
        ? { remote_bgp_id: isLoc ? DAEMON_ROUTER_ID : neighbor.routerId }
        : {}),
      ...(WITH_ORIGIN.has(type) && isAnnounced ? { origin_as: neighbor.asn } : {}),
      ...(WITH_ORIGIN.has(type) ? { is_nexthop_ipv4: isNextHopIpv4 } : {}),
      ...(isAnnounced && route.nextHop !== "" && type !== LS_NODE
        ? { nexthop: nextHopText(route) }
        : {}),
      ...route.route,
      ...(isAnnounced ? route.announced : {}),
      ...(isLoc && !isAnnounced ? route.locRibWithdrawn : {}),
    },
  };
}

function nextHopText({ nextHop }: FamilyRoute): string {
  return nextHop.endsWith(NEXT_HOP_V6) ? "2001:db8::15" : nextHop === "" ? "" : "192.0.2.21";
}

/**
 * MCAST-VPN routes (message types 204 and 206). goBMP has no topics for them; the names follow its pattern, and as its message types
 * do not, the topics do not depend on `split-af`.
 */
import { IPV4_MCAST_VPN, IPV6_MCAST_VPN } from "../../../bgp/nlri/005_mcast_vpn.ts";
import type { McastVpnRoute } from "../../../bgp/nlri/mcast_vpn/route.ts";
import { snakeCased } from "../snake_case.ts";
import { MCAST_VPN_V4, MCAST_VPN_V6 } from "../topics.ts";
import type { RouteKind } from "./kind.ts";

export const MCAST_VPN_ROUTES: RouteKind<McastVpnRoute> = {
  families: [IPV4_MCAST_VPN, IPV6_MCAST_VPN],
  topic: (_, facts) => facts.afi === 1 ? MCAST_VPN_V4 : MCAST_VPN_V6,
  fields: (route, facts) => [
    ["route_type!", route.routeType],
    ["rd", route.rd],
    ["originator_ip", route.originator],
    ["multicast_source", route.multicastSource],
    ["multicast_group", route.multicastGroup],
    ["source_as", route.sourceAs],
    ["route_key", route.routeKey],
    ["nexthop", facts.nextHop],
    ["is_ipv4!", facts.afi === 1],
    // As goBMP has it: false where there is no next hop.
    ["is_nexthop_ipv4!", facts.nextHop !== "" && facts.isNextHopIpv4],
  ],
  ownFields: (route, facts) => [
    ["route_type_name", route.name],
    ["rd_type", route.rdType],
    ["group_hex", route.groupHex],
    ["mldp_fec", snakeCased(route.mldpFec) as object | undefined],
    ["leaf_of", snakeCased(route.leafOf) as object | undefined],
    ["nlri_hex", route.hex],
    ["path_id", facts.pathId],
  ],
};

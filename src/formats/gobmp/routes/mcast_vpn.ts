/**
 * MCAST-VPN routes (message types 204 and 206). goBMP has no topics for them; the names follow its pattern, and as its message types
 * do not, the topics do not depend on `split-af`.
 */
import { IPV4_MCAST_VPN, IPV6_MCAST_VPN } from "../../../bgp/nlri/005_mcast_vpn.ts";
import type { McastVpnRoute } from "../../../bgp/nlri/mcast_vpn/route.ts";
import { MCAST_VPN_V4, MCAST_VPN_V6 } from "../topics.ts";
import type { RouteKind } from "./kind.ts";

export const MCAST_VPN_ROUTES: RouteKind<McastVpnRoute> = {
  families: [IPV4_MCAST_VPN, IPV6_MCAST_VPN],
  topic: (_, facts) => facts.afi === 1 ? MCAST_VPN_V4 : MCAST_VPN_V6,
  putFields(to, route, facts) {
    to.numberOrZero("route_type", route.routeType);
    to.text("rd", route.rd);
    to.text("originator_ip", route.originator);
    to.text("multicast_source", route.multicastSource);
    to.text("multicast_group", route.multicastGroup);
    to.number("source_as", route.sourceAs);
    to.text("route_key", route.routeKey);
    to.written("nexthop", facts.nextHop);
    to.flag("is_ipv4", facts.afi === 1);
    // As goBMP has it: false where there is no next hop.
    to.flag("is_nexthop_ipv4", facts.nextHop.pos > 0 && facts.isNextHopIpv4);
  },
  putOwnFields(to, route, facts) {
    to.text("route_type_name", route.name);
    to.number("rd_type", route.rdType);
    to.text("group_hex", route.groupHex);
    to.decoded("mldp_fec", route.mldpFec);
    to.decoded("leaf_of", route.leafOf);
    to.text("nlri_hex", route.hex);
    to.number("path_id", facts.pathId);
  },
};

/** goBMP's record of a link-state prefix (message type 12), IPv4 or IPv6. */
import {
  LOCAL_ROUTER_ID_IPV4,
  LOCAL_ROUTER_ID_IPV6,
} from "../../../bgp/link_state/attribute_topology.ts";
import { NlriType } from "../../../bgp/link_state/descriptors.ts";
import { isOspf } from "../../../bgp/link_state/protocols.ts";
import { LS_PREFIX } from "../topics.ts";
import { putPrefixFields } from "./ls_attribute_prefix.ts";
import {
  type LinkStateRecord,
  ospfArea,
  putCommonFields,
  putTopology,
  routerId,
} from "./ls_common.ts";

export const PREFIX_RECORD: LinkStateRecord = {
  topic: LS_PREFIX,
  needs: "prefix",
  putFields(to, route, { nextHop }, attribute) {
    const isIpv6 = route.type === NlriType.ipv6Prefix;
    putCommonFields(to, route);
    to.text("router_id", routerId(attribute, isIpv6, LOCAL_ROUTER_ID_IPV4, LOCAL_ROUTER_ID_IPV6));
    to.textOrEmpty("area_id", ospfArea(route) ?? "0");
    to.written("nexthop", nextHop);
    to.text("local_node_hash", route.localNode?.hash);
    putTopology(to, route);
    if (isOspf(route.protocolId)) to.number("ospf_route_type", route.ospfRouteType);
    to.text("prefix", route.prefix?.address);
    to.number("prefix_len", route.prefix?.length);
    attribute?.put(to, route.protocolId, putPrefixFields);
  },
};

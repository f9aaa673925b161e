/** goBMP's record of a link-state prefix (message type 12), IPv4 or IPv6. */
import {
  LOCAL_ROUTER_ID_IPV4,
  LOCAL_ROUTER_ID_IPV6,
} from "../../../bgp/link_state/attribute_topology.ts";
import { NlriType } from "../../../bgp/link_state/descriptors.ts";
import { isOspf } from "../../../bgp/link_state/protocols.ts";
import { LS_PREFIX } from "../topics.ts";
import { prefixAttributeFields } from "./ls_attribute.ts";
import { commonFields, type LinkStateRecord, ospfArea, routerId, topology } from "./ls_common.ts";

export const PREFIX_RECORD: LinkStateRecord = {
  topic: LS_PREFIX,
  needs: "prefix",
  fields: (route, { nextHop }, attribute) => {
    const isIpv6 = route.type === NlriType.ipv6Prefix;
    return [
      ...commonFields(route),
      ["router_id", routerId(attribute, isIpv6, LOCAL_ROUTER_ID_IPV4, LOCAL_ROUTER_ID_IPV6)],
      ["area_id!", ospfArea(route) ?? "0"],
      ["nexthop", nextHop],
      ["local_node_hash", route.localNode?.hash],
      ["mt_id_tlv", topology(route)],
      ["ospf_route_type", isOspf(route.protocolId) ? route.ospfRouteType : undefined],
      ["prefix", route.prefix?.address],
      ["prefix_len", route.prefix?.length],
      ...prefixAttributeFields(attribute, route.protocolId),
    ];
  },
};

/** goBMP's record of a link-state link (message type 9): one direction of it. */
import {
  LINK_IDENTIFIERS,
  LOCAL_ROUTER_ID_IPV4,
  LOCAL_ROUTER_ID_IPV6,
  REMOTE_ROUTER_ID_IPV4,
  REMOTE_ROUTER_ID_IPV6,
} from "../../../bgp/link_state/attribute_topology.ts";
import type { LinkStateObject } from "../../../bgp/link_state/nlri.ts";
import { Protocol } from "../../../bgp/link_state/protocols.ts";
import type { Field } from "../records.ts";
import { LS_LINK } from "../topics.ts";
import { linkAttributeFields } from "./ls_attribute.ts";
import { commonFields, type LinkStateRecord, ospfArea, routerId, topology } from "./ls_common.ts";

export const LINK_RECORD: LinkStateRecord = {
  topic: LS_LINK,
  fields: (route, { nextHop, view: { isIpv6 } }, attribute) => {
    const { localNode, remoteNode } = route;
    const linkIds = route.linkIds ?? attribute?.value(LINK_IDENTIFIERS);
    return [
      ...commonFields(route),
      ["router_id", routerId(attribute, isIpv6, LOCAL_ROUTER_ID_IPV4, LOCAL_ROUTER_ID_IPV6)],
      ["nexthop", nextHop],
      ["mt_id_tlv", topology(route)],
      ["local_link_id", linkIds?.local],
      ["remote_link_id", linkIds?.remote],
      ["local_link_ip", route.ipv4InterfaceAddress ?? route.ipv6InterfaceAddress],
      ["remote_link_ip", route.ipv4NeighborAddress ?? route.ipv6NeighborAddress],
      ["remote_node_hash", remoteNode?.hash],
      ["local_node_hash", localNode?.hash],
      ["remote_igp_router_id", remoteNode?.igpRouterId],
      [
        "remote_router_id",
        routerId(attribute, isIpv6, REMOTE_ROUTER_ID_IPV4, REMOTE_ROUTER_ID_IPV6),
      ],
      ["local_node_asn", localNode?.asn],
      ["remote_node_asn", remoteNode?.asn],
      ...protocolFields(route),
      ...linkAttributeFields(attribute, route.protocolId),
    ];
  },
};

/** A link between BGP speakers (RFC 9086) has the AS for its area. */
function protocolFields(route: LinkStateObject): readonly Field[] {
  if (route.protocolId !== Protocol.bgp) return [["area_id!", ospfArea(route) ?? "0"]];
  return [
    ["area_id!", String(route.localNode?.asn ?? 0)],
    ["bgp_router_id", route.localNode?.bgpRouterId],
    ["bgp_remote_router_id", route.remoteNode?.bgpRouterId],
    ["member_as", route.localNode?.memberAsn],
  ];
}

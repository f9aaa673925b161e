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
import type { FieldWriter } from "../fields.ts";
import { LS_LINK } from "../topics.ts";
import { putLinkFields } from "./ls_attribute_link.ts";
import {
  type LinkStateRecord,
  ospfArea,
  putCommonFields,
  putTopology,
  routerId,
} from "./ls_common.ts";

export const LINK_RECORD: LinkStateRecord = {
  topic: LS_LINK,
  putFields(to, route, { nextHop, view: { isIpv6 } }, attribute) {
    const { localNode, remoteNode } = route;
    const linkIds = route.linkIds ?? attribute?.value(LINK_IDENTIFIERS);
    putCommonFields(to, route);
    to.text("router_id", routerId(attribute, isIpv6, LOCAL_ROUTER_ID_IPV4, LOCAL_ROUTER_ID_IPV6));
    to.written("nexthop", nextHop);
    putTopology(to, route);
    to.number("local_link_id", linkIds?.local);
    to.number("remote_link_id", linkIds?.remote);
    to.text("local_link_ip", route.ipv4InterfaceAddress ?? route.ipv6InterfaceAddress);
    to.text("remote_link_ip", route.ipv4NeighborAddress ?? route.ipv6NeighborAddress);
    to.text("remote_node_hash", remoteNode?.hash);
    to.text("local_node_hash", localNode?.hash);
    to.text("remote_igp_router_id", remoteNode?.igpRouterId);
    to.text(
      "remote_router_id",
      routerId(attribute, isIpv6, REMOTE_ROUTER_ID_IPV4, REMOTE_ROUTER_ID_IPV6),
    );
    to.number("local_node_asn", localNode?.asn);
    to.number("remote_node_asn", remoteNode?.asn);
    putProtocolFields(to, route);
    attribute?.put(to, route.protocolId, putLinkFields);
  },
};

/** A link between BGP speakers (RFC 9086) has the AS for its area. */
function putProtocolFields(to: FieldWriter, route: LinkStateObject): void {
  if (route.protocolId !== Protocol.bgp) {
    to.textOrEmpty("area_id", ospfArea(route) ?? "0");
    return;
  }
  to.textOrEmpty("area_id", String(route.localNode?.asn ?? 0));
  to.text("bgp_router_id", route.localNode?.bgpRouterId);
  to.text("bgp_remote_router_id", route.remoteNode?.bgpRouterId);
  to.number("member_as", route.localNode?.memberAsn);
}

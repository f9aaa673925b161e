/** goBMP's record of a link-state node (message type 8). */
import {
  ISIS_AREA,
  LOCAL_ROUTER_ID_IPV4,
  LOCAL_ROUTER_ID_IPV6,
} from "../../../bgp/link_state/attribute_topology.ts";
import type { LinkStateObject } from "../../../bgp/link_state/nlri.ts";
import { isIsis } from "../../../bgp/link_state/protocols.ts";
import { LS_NODE } from "../topics.ts";
import { type LinkStateAttribute, nodeAttributeFields } from "./ls_attribute.ts";
import { commonFields, type LinkStateRecord, ospfArea, routerId } from "./ls_common.ts";

export const NODE_RECORD: LinkStateRecord = {
  topic: LS_NODE,
  fields: (route, { view }, attribute) => [
    ...commonFields(route),
    ["router_id", routerId(attribute, view.isIpv6, LOCAL_ROUTER_ID_IPV4, LOCAL_ROUTER_ID_IPV6)],
    ["asn", route.localNode?.asn],
    ["area_id!", areaId(route, attribute)],
    ...nodeAttributeFields(attribute, route.protocolId),
  ],
};

/** A node of IS-IS has its areas in the attribute, and can have several. */
function areaId(route: LinkStateObject, attribute: LinkStateAttribute | undefined): string {
  if (isIsis(route.protocolId)) return attribute?.values(ISIS_AREA).join(",") ?? "";
  return ospfArea(route) ?? "";
}

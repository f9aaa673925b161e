/** goBMP's record of a link-state node (message type 8). */
import {
  ISIS_AREA,
  LOCAL_ROUTER_ID_IPV4,
  LOCAL_ROUTER_ID_IPV6,
} from "../../../bgp/link_state/attribute_topology.ts";
import type { LinkStateObject } from "../../../bgp/link_state/nlri.ts";
import { isIsis } from "../../../bgp/link_state/protocols.ts";
import { LS_NODE } from "../topics.ts";
import type { LinkStateAttribute } from "./ls_attribute.ts";
import { putNodeFields } from "./ls_attribute_node.ts";
import { type LinkStateRecord, ospfArea, putCommonFields, routerId } from "./ls_common.ts";

export const NODE_RECORD: LinkStateRecord = {
  topic: LS_NODE,
  putFields(to, route, { view: { isIpv6 } }, attribute) {
    putCommonFields(to, route);
    to.text("router_id", routerId(attribute, isIpv6, LOCAL_ROUTER_ID_IPV4, LOCAL_ROUTER_ID_IPV6));
    to.number("asn", route.localNode?.asn);
    to.textOrEmpty("area_id", areaId(route, attribute));
    attribute?.put(to, route.protocolId, putNodeFields);
  },
};

/** A node of IS-IS has its areas in the attribute, and can have several. */
function areaId(route: LinkStateObject, attribute: LinkStateAttribute | undefined): string {
  if (isIsis(route.protocolId)) return attribute?.values(ISIS_AREA).join(",") ?? "";
  return ospfArea(route) ?? "";
}

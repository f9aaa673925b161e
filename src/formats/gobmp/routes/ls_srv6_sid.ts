/** goBMP's record of an SRv6 SID (message type 13; RFC 9514). */
import { LS_SRV6_SID } from "../topics.ts";
import { sidAttributeFields } from "./ls_attribute.ts";
import { commonFields, type LinkStateRecord, topology } from "./ls_common.ts";

export const SRV6_SID_RECORD: LinkStateRecord = {
  topic: LS_SRV6_SID,
  needs: "srv6Sid",
  fields: (route, { nextHop }, attribute) => [
    ...commonFields(route),
    ["local_node_asn", route.localNode?.asn],
    ["nexthop", nextHop],
    ["local_node_hash", route.localNode?.hash],
    ["mt_id_tlv", topology(route)],
    // No TLV of a SID has them; goBMP writes the 0.
    ["igp_flags!", 0],
    ["srv6_sid", route.srv6Sid],
    ...sidAttributeFields(attribute, route.protocolId),
  ],
};

/** goBMP's record of an SRv6 SID (message type 13; RFC 9514). */
import { LS_SRV6_SID } from "../topics.ts";
import { putSidFields } from "./ls_attribute_prefix.ts";
import { type LinkStateRecord, putCommonFields, putTopology } from "./ls_common.ts";

export const SRV6_SID_RECORD: LinkStateRecord = {
  topic: LS_SRV6_SID,
  needs: "srv6Sid",
  putFields(to, route, { nextHop }, attribute) {
    putCommonFields(to, route);
    to.number("local_node_asn", route.localNode?.asn);
    to.written("nexthop", nextHop);
    to.text("local_node_hash", route.localNode?.hash);
    putTopology(to, route);
    // No TLV of a SID has them; goBMP writes the 0.
    to.numberOrZero("igp_flags", 0);
    to.text("srv6_sid", route.srv6Sid);
    attribute?.put(to, route.protocolId, putSidFields);
  },
};

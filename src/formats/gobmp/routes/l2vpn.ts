/** Fields that goBMP's records of layer 2 routes share. */
import { PeerHeader } from "../../../bmp/peer_header.ts";
import { ipv4Text } from "../../../wire/strings.ts";
import type { FieldWriter } from "../fields.ts";
import type { RouteFacts } from "./kind.ts";

/** Writes `remote_bgp_id` to `is_nexthop_ipv4`, and `path_id`. */
export function putL2vpnFields(to: FieldWriter, facts: RouteFacts, isIpv4: boolean): void {
  to.text("remote_bgp_id", ipv4Text(facts.view.peer.header, PeerHeader.bgpId));
  to.flag("is_ipv4", isIpv4);
  to.number("origin_as", Math.max(facts.scope.originAs, 0));
  to.text("nexthop", facts.nextHop);
  to.flag("is_nexthop_ipv4", facts.isNextHopIpv4);
  to.number("path_id", facts.pathId);
}

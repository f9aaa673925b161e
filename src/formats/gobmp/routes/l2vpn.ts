/** Fields that goBMP's records of layer 2 routes share. */
import type { FieldWriter } from "../fields.ts";
import type { RouteFacts } from "./kind.ts";

/** Writes `remote_bgp_id` to `is_nexthop_ipv4`, and `path_id`. */
export function putL2vpnFields(to: FieldWriter, facts: RouteFacts, isIpv4: boolean): void {
  to.text("remote_bgp_id", facts.view.bgpId);
  to.flag("is_ipv4", isIpv4);
  to.number("origin_as", Math.max(facts.scope.originAs, 0));
  to.written("nexthop", facts.nextHop);
  to.flag("is_nexthop_ipv4", facts.isNextHopIpv4);
  to.number("path_id", facts.pathId);
}

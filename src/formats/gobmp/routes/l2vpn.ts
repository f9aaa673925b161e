/** Fields that goBMP's records of layer 2 routes share. */
import { PeerHeader } from "../../../bmp/peer_header.ts";
import { ipv4Text } from "../../../wire/strings.ts";
import type { Field } from "../records.ts";
import type { RouteFacts } from "./kind.ts";

/** `remote_bgp_id` to `is_nexthop_ipv4`, and `path_id`. */
export function l2vpnFields(facts: RouteFacts, isIpv4: boolean): Field[] {
  const { header } = facts.view.peer;
  const { originAs } = facts.scope;
  return [
    ["remote_bgp_id!", ipv4Text(header, PeerHeader.bgpId)],
    ["is_ipv4!", isIpv4],
    ["origin_as", originAs > 0 ? originAs : undefined],
    ["nexthop", facts.nextHop],
    ["is_nexthop_ipv4!", facts.isNextHopIpv4],
    ["path_id", facts.pathId],
  ];
}

/** EVPN routes (message type 14). */
import { readPmsiTunnel } from "../../../bgp/attributes/022_pmsi_tunnel.ts";
import { EVPN } from "../../../bgp/nlri/070_evpn.ts";
import type { EvpnRoute } from "../../../bgp/nlri/evpn/route.ts";
import { isFault } from "../../../wire/fault.ts";
import { base64Text } from "../../../wire/strings.ts";
import { snakeCased } from "../snake_case.ts";
import { EVPN as TOPIC } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";
import { l2vpnFields } from "./l2vpn.ts";

const PMSI_TUNNEL = 22;
const INCLUSIVE_TAG = 3;
const ETHERNET_SEGMENT = 4;
const MAC_BITS = 48;

/** `pmsi_tunnel`, undefined where the UPDATE has none or a malformed one. */
type Shared = object | undefined;

export const EVPN_ROUTES: RouteKind<EvpnRoute, Shared> = {
  families: [EVPN],
  topic: () => TOPIC,
  shared: pmsiTunnel,
  fields(route, facts, pmsi) {
    const { routeType, rawLabels } = route;
    const isOriginator = isOriginatorAddress(route);
    const address = isOriginator ? route.originator : route.ipAddress;
    const isIpv4 = !(address?.includes(":") ?? false);
    return [
      ...l2vpnFields(facts, isIpv4),
      ["labels", rawLabels?.map((label) => label >> 4)],
      ["rawlabels", rawLabels],
      ["vpn_rd", route.rd],
      ["vpn_rd_type!", route.rdType ?? 0],
      ["eth_segment_id", route.esi],
      ["eth_tag", tagText(route.ethernetTag)],
      ["ip_address", address],
      ["ip_len", isOriginator ? (isIpv4 ? 32 : 128) : route.ipLength],
      ["gw_address", route.gateway],
      ["mac", route.mac],
      ["mac_len", route.mac === undefined ? undefined : MAC_BITS],
      ["route_type!", routeType],
      ["pmsi_tunnel", routeType === INCLUSIVE_TAG ? pmsi : undefined],
    ];
  },
  ownFields(route) {
    return [
      ["route_type_name", route.name],
      ["eth_segment", snakeCased(route.segment) as object | undefined],
      ["multicast_source", route.multicastSource],
      ["multicast_group", route.multicastGroup],
      ["originator", isOriginatorAddress(route) ? undefined : route.originator],
      ["membership", snakeCased(route.membership) as object | undefined],
      ["maximum_response_time", route.maximumResponseTime],
      ["region_id", route.regionId],
      ["route_key", snakeCased(route.routeKey) as object | undefined],
      ["nlri_hex", route.hex],
    ];
  },
};

/** goBMP shows the originator of these types as the address; for the other types it has no field. */
function isOriginatorAddress({ routeType }: EvpnRoute): boolean {
  return routeType === INCLUSIVE_TAG || routeType === ETHERNET_SEGMENT;
}

/** Read once for all routes of a list; what is wrong with it was noted with the other attributes. */
function pmsiTunnel(facts: RouteFacts): Shared {
  const range = facts.attribute(PMSI_TUNNEL);
  if (range === undefined) return undefined;
  try {
    return readPmsiTunnel(facts.bytes, facts.data, range.start, range.end);
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}

let lastTag = 0;
let lastTagText = "AAAAAA==";

/** goBMP has the 4 octets in base64. The last one is kept: most routes have the tag of the one before. */
function tagText(tag: number | undefined): string | undefined {
  if (tag === undefined) return undefined;
  if (tag !== lastTag) {
    const octets = new Uint8Array(4);
    new DataView(octets.buffer).setUint32(0, tag);
    lastTagText = base64Text(octets, 0, 4);
    lastTag = tag;
  }
  return lastTagText;
}

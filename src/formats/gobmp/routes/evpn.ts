/** EVPN routes (message type 14). */
import { readPmsiTunnel } from "../../../bgp/attributes/022_pmsi_tunnel.ts";
import { EVPN } from "../../../bgp/nlri/070_evpn.ts";
import type { EvpnRoute } from "../../../bgp/nlri/evpn/route.ts";
import { isFault } from "../../../wire/fault.ts";
import type { FieldWriter } from "../fields.ts";
import { EVPN as TOPIC } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";
import { putL2vpnFields } from "./l2vpn.ts";

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
  putFields(to, route, facts, pmsi) {
    const { routeType, rawLabels } = route;
    const isOriginator = isOriginatorAddress(route);
    const address = isOriginator ? route.originator : route.ipAddress;
    const isIpv4 = !(address?.includes(":") ?? false);
    putL2vpnFields(to, facts, isIpv4);
    to.numbers("labels", rawLabels?.map((label) => label >> 4));
    to.numbers("rawlabels", rawLabels);
    to.text("vpn_rd", route.rd);
    to.numberOrZero("vpn_rd_type", route.rdType ?? 0);
    to.text("eth_segment_id", route.esi);
    putTag(to, route.ethernetTag);
    to.text("ip_address", address);
    to.number("ip_len", isOriginator ? (isIpv4 ? 32 : 128) : route.ipLength);
    to.text("gw_address", route.gateway);
    to.text("mac", route.mac);
    if (route.mac !== undefined) to.number("mac_len", MAC_BITS);
    to.numberOrZero("route_type", routeType);
    if (routeType === INCLUSIVE_TAG) to.json("pmsi_tunnel", pmsi);
  },
  putOwnFields(to, route) {
    to.text("route_type_name", route.name);
    to.decoded("eth_segment", route.segment);
    to.text("multicast_source", route.multicastSource);
    to.text("multicast_group", route.multicastGroup);
    if (!isOriginatorAddress(route)) to.text("originator", route.originator);
    to.decoded("membership", route.membership);
    to.number("maximum_response_time", route.maximumResponseTime);
    to.text("region_id", route.regionId);
    to.decoded("route_key", route.routeKey);
    to.text("nlri_hex", route.hex);
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

const TAG = new Uint8Array(4);
const TAG_VIEW = new DataView(TAG.buffer);

/** goBMP has the 4 octets in base64. */
function putTag(to: FieldWriter, tag: number | undefined): void {
  if (tag === undefined) return;
  TAG_VIEW.setUint32(0, tag);
  to.base64("eth_tag", TAG, 0, TAG.length);
}

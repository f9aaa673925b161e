/** EVPN routes (message type 14). */
import { readPmsiTunnel } from "../../../bgp/attributes/022_pmsi_tunnel.ts";
import { EVPN, layOutEvpnRoute } from "../../../bgp/nlri/070_evpn.ts";
import { ESI_BYTES, ethernetSegment } from "../../../bgp/nlri/evpn/ethernet_segment.ts";
import { ABSENT, type EvpnLayout } from "../../../bgp/nlri/evpn/layout.ts";
import { type EvpnRoute, evpnRoute } from "../../../bgp/nlri/evpn/route.ts";
import { isFault } from "../../../wire/fault.ts";
import { putAddress } from "../../../wire/text.ts";
import { ByteWriter } from "../../../wire/writer.ts";
import type { FieldWriter } from "../fields.ts";
import { EVPN as TOPIC } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";
import { putL2vpnFields } from "./l2vpn.ts";

const PMSI_TUNNEL = 22;
const INCLUSIVE_TAG = 3;
const ETHERNET_SEGMENT = 4;
const LAST_UNICAST_TYPE = 5;
const MAC_BITS = 48;

/** `pmsi_tunnel`, undefined where the UPDATE has none or a malformed one. */
type Shared = object | undefined;

export const EVPN_ROUTES: RouteKind<EvpnLayout, Shared> = {
  families: [EVPN],
  decode: layOutEvpnRoute,
  topic: () => TOPIC,
  shared: pmsiTunnel,
  putFields(to, route, facts, pmsi) {
    const { bytes, view, routeType, rawLabels, rdAt, esiAt, macAt } = route;
    const isOriginator = isOriginatorAddress(route);
    const addressBits = isOriginator ? route.originatorBits : route.ipBits;
    ADDRESS.reset();
    if (addressBits > 0) {
      putAddress(ADDRESS, bytes, isOriginator ? route.originatorAt : route.ipAt, addressBits);
    }
    const isIpv4 = !isIpv6Text(ADDRESS);
    putL2vpnFields(to, facts, isIpv4);
    to.numbers("labels", rawLabels?.map((label) => label >> 4));
    to.numbers("rawlabels", rawLabels);
    if (rdAt !== ABSENT) to.routeDistinguisher("vpn_rd", bytes, rdAt);
    to.numberOrZero("vpn_rd_type", rdAt === ABSENT ? 0 : view.getUint16(rdAt));
    if (esiAt !== ABSENT) to.colonHex("eth_segment_id", bytes, esiAt, esiAt + ESI_BYTES);
    putTag(to, route.ethernetTag);
    to.written("ip_address", ADDRESS);
    to.number("ip_len", isOriginator ? (isIpv4 ? 32 : 128) : route.ipLength);
    if (route.gatewayAt !== ABSENT) {
      to.address("gw_address", bytes, route.gatewayAt, route.ipBits);
    }
    if (macAt !== ABSENT) {
      to.colonHex("mac", bytes, macAt, macAt + (MAC_BITS >> 3));
      to.number("mac_len", MAC_BITS);
    }
    to.numberOrZero("route_type", routeType);
    if (routeType === INCLUSIVE_TAG) to.decoded("pmsi_tunnel", pmsi);
  },
  putOwnFields(to, route) {
    const { bytes, view, esiAt } = route;
    to.text("route_type_name", route.name);
    if (esiAt !== ABSENT) to.decoded("eth_segment", ethernetSegment(bytes, view, esiAt));
    if (!isUnicast(route)) putOtherFields(to, evpnRoute(route));
  },
};

/** Whether the route is of a type that {@linkcode putOtherFields} has nothing to say of: all but few routes are. */
function isUnicast({ routeType }: EvpnLayout): boolean {
  return routeType > 0 && routeType <= LAST_UNICAST_TYPE;
}

function putOtherFields(to: FieldWriter, route: EvpnRoute): void {
  to.text("multicast_source", route.multicastSource);
  to.text("multicast_group", route.multicastGroup);
  to.text("originator", route.originator);
  to.decoded("membership", route.membership);
  to.number("maximum_response_time", route.maximumResponseTime);
  to.text("region_id", route.regionId);
  to.decoded("route_key", route.routeKey);
  to.text("nlri_hex", route.hex);
}

/** goBMP shows the originator of these types as the address; for the other types it has no field. */
function isOriginatorAddress({ routeType }: EvpnLayout): boolean {
  return routeType === INCLUSIVE_TAG || routeType === ETHERNET_SEGMENT;
}

/** Text of a route's address. */
const ADDRESS = new ByteWriter(39);
const COLON = 0x3a;

/** Not by the length on the wire: an IPv4-mapped address has the text of an IPv4 one. */
function isIpv6Text({ bytes, pos }: ByteWriter): boolean {
  for (let i = 0; i < pos; i++) if (bytes[i] === COLON) return true;
  return false;
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

/** Flow Specifications of IPv4, IPv6 and Ethernet, without and with a route distinguisher. */
import { flowSpecFamily } from "../flowspec/family.ts";

const RFC_8955 = "RFC 8955 section 4";
const RFC_8956 = "RFC 8956 section 3";
const L2VPN_DRAFT = "draft-ietf-idr-flowspec-l2vpn";

export const IPV4_FLOWSPEC = flowSpecFamily(1, 133, "ipv4", RFC_8955);
export const IPV6_FLOWSPEC = flowSpecFamily(2, 133, "ipv6", RFC_8956);
export const VPN_IPV4_FLOWSPEC = flowSpecFamily(1, 134, "ipv4", RFC_8955);
export const VPN_IPV6_FLOWSPEC = flowSpecFamily(2, 134, "ipv6", RFC_8956);
export const L2VPN_FLOWSPEC = flowSpecFamily(25, 133, "ethernet", L2VPN_DRAFT);
export const VPN_L2VPN_FLOWSPEC = flowSpecFamily(25, 134, "ethernet", L2VPN_DRAFT);

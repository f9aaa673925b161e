/** Flow Specifications of IPv4, IPv6 and Ethernet with a route distinguisher. */
import { flowSpecFamily } from "../flowspec/family.ts";

export const VPN_IPV4_FLOWSPEC = flowSpecFamily(1, 134, "ipv4", "RFC 8955 section 8");
export const VPN_IPV6_FLOWSPEC = flowSpecFamily(2, 134, "ipv6", "RFC 8956 section 3");
export const VPN_L2VPN_FLOWSPEC = flowSpecFamily(
  25,
  134,
  "ethernet",
  "draft-ietf-idr-flowspec-l2vpn",
);

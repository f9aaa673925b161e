/** Flow Specifications of IPv4, IPv6 and Ethernet. The layout is drawn in `flowspec/family.ts`. */
import { flowSpecFamily } from "../flowspec/family.ts";

export const IPV4_FLOWSPEC = flowSpecFamily(1, 133, "ipv4", "RFC 8955 section 4");
export const IPV6_FLOWSPEC = flowSpecFamily(2, 133, "ipv6", "RFC 8956 section 3");
export const L2VPN_FLOWSPEC = flowSpecFamily(
  25,
  133,
  "ethernet",
  "draft-ietf-idr-flowspec-l2vpn",
);

/** IPv6 prefixes for multicast reverse path forwarding (RFC 4760 section 6): as unicast. */
import type { PrefixFamily } from "./family.ts";

export const IPV6_MULTICAST: PrefixFamily = {
  kind: "prefix",
  afi: 2,
  safi: 2,
  name: "ipv6-multicast",
  reference: "RFC 4760 section 6",
  addressBits: 128,
  labelled: false,
  distinguisherBits: 0,
};

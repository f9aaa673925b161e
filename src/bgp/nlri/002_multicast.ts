/** Prefixes for multicast reverse path forwarding (RFC 4760 section 6): as unicast. */
import type { PrefixFamily } from "./family.ts";

export const IPV4_MULTICAST: PrefixFamily = {
  kind: "prefix",
  afi: 1,
  safi: 2,
  name: "ipv4-multicast",
  reference: "RFC 4760 section 6",
  addressBits: 32,
  labelled: false,
  distinguisherBits: 0,
};

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

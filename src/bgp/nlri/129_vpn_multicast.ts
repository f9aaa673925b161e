/**
 * VPN prefixes for multicast reverse path forwarding (RFC 6514 section 10, RFC 6515): `length u8 in bits of what follows, route
 * distinguisher of 8 octets, prefix`.
 *
 * Without a label: goBMP reads the route types of MCAST-VPN here, tshark a label stack; the RFC has neither.
 */
import type { PrefixFamily } from "./family.ts";

export const VPN_IPV4_MULTICAST: PrefixFamily = {
  kind: "prefix",
  afi: 1,
  safi: 129,
  name: "l3vpn-ipv4-multicast",
  reference: "RFC 6514 section 10",
  addressBits: 32,
  labelled: false,
  distinguisherBits: 64,
};

export const VPN_IPV6_MULTICAST: PrefixFamily = {
  kind: "prefix",
  afi: 2,
  safi: 129,
  name: "l3vpn-ipv6-multicast",
  reference: "RFC 6514 section 10",
  addressBits: 128,
  labelled: false,
  distinguisherBits: 64,
};

/** VPN-IPv6 (RFC 4659 section 3.2, RFC 8277 section 2): `length u8 in bits of all that follows, labels of 3 octets, route distinguisher of 8 octets, prefix`. */
import type { PrefixFamily } from "./family.ts";

export const VPN_IPV6_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 2,
  safi: 128,
  name: "l3vpn-ipv6-unicast",
  reference: "RFC 4659 section 3.2",
  addressBits: 128,
  labelled: true,
  distinguisherBits: 64,
};

/** VPN-IPv4 (RFC 4364 section 4.3.4, RFC 8277 section 2): `length u8 in bits of all that follows, labels of 3 octets, route distinguisher of 8 octets, prefix`. */
import type { PrefixFamily } from "./family.ts";

export const VPN_IPV4_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 1,
  safi: 128,
  name: "l3vpn-ipv4-unicast",
  reference: "RFC 4364 section 4.3.4",
  addressBits: 32,
  labelled: true,
  distinguisherBits: 64,
};

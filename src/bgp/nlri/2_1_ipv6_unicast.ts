/** IPv6 unicast (RFC 2545, RFC 4760): `length u8 in bits, prefix`. */
import type { PrefixFamily } from "./family.ts";

export const IPV6_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 2,
  safi: 1,
  name: "ipv6-unicast",
  reference: "RFC 4760, RFC 2545",
  addressBits: 128,
  labelled: false,
  distinguisherBits: 0,
};

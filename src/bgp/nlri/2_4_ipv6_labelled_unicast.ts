/** IPv6 labelled unicast (RFC 8277 section 2; 6PE RFC 4798): `length u8 in bits of labels and prefix, labels, prefix`. */
import type { PrefixFamily } from "./family.ts";

export const IPV6_LABELLED_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 2,
  safi: 4,
  name: "ipv6-labelled-unicast",
  reference: "RFC 8277 section 2",
  addressBits: 128,
  labelled: true,
  distinguisherBits: 0,
};

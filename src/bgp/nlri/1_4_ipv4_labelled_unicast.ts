/** IPv4 labelled unicast (RFC 8277 section 2): `length u8 in bits of labels and prefix, labels of 3 octets, prefix`. */
import type { PrefixFamily } from "./family.ts";

export const IPV4_LABELLED_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 1,
  safi: 4,
  name: "ipv4-labelled-unicast",
  reference: "RFC 8277 section 2",
  addressBits: 32,
  labelled: true,
  distinguisherBits: 0,
};

/** Labelled unicast (RFC 8277 section 2; 6PE RFC 4798): `length u8 in bits of labels and prefix, labels of 3 octets, prefix`. */
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

/** Classful transport (RFC 9832 section 7), laid out as SAFI 128: `length u8 in bits of all that follows, labels of 3 octets, route distinguisher of 8 octets, prefix`. */
import type { PrefixFamily } from "./family.ts";

export const IPV4_CLASSFUL_TRANSPORT: PrefixFamily = {
  kind: "prefix",
  afi: 1,
  safi: 76,
  name: "ipv4-classful-transport",
  reference: "RFC 9832 section 7",
  addressBits: 32,
  labelled: true,
  distinguisherBits: 64,
};

export const IPV6_CLASSFUL_TRANSPORT: PrefixFamily = {
  kind: "prefix",
  afi: 2,
  safi: 76,
  name: "ipv6-classful-transport",
  reference: "RFC 9832 section 7",
  addressBits: 128,
  labelled: true,
  distinguisherBits: 64,
};

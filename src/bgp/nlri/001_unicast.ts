/** Unicast (RFC 4271 section 4.3; in MP attributes RFC 4760, of IPv6 RFC 2545): `length u8 in bits, prefix`. */
import type { PrefixFamily } from "./family.ts";

export const IPV4_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 1,
  safi: 1,
  name: "ipv4-unicast",
  reference: "RFC 4271 section 4.3",
  addressBits: 32,
  labelled: false,
  distinguisherBits: 0,
};

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

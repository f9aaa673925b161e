/** Differences on vectors of the same projects that the known set does not have: whoever runs another set meets them. */
import type { Difference } from "./differences.ts";

export const ELSEWHERE: readonly Difference[] = [
  {
    file: "exabgp",
    where: /srv6-mup/,
    what: /^missing 12345$/,
    reason:
      "a TEID of 23 bits: its octets are the upper ones here (draft-ietf-bess-mup-safi section 3.1.4), a number by themselves there",
    elsewhere: true,
  },
  {
    file: "exabgp",
    where: /decoding\/bgp-ls-/,
    what: /^missing 0x[0-9A-F]+$/,
    reason: "a TLV that ExaBGP does not know and keeps as bytes",
    elsewhere: true,
  },
  {
    file: "exabgp",
    where: /./,
    what: /^missing \d+:\d+\.\d+\.\d+\.\d+$/,
    reason: "AGGREGATOR is base64, as goBMP's consumers know it",
    elsewhere: true,
  },
  {
    file: "frr-vectors",
    where: /GR-short/,
    what: /read here/,
    reason: "capability 0 behind the first: reserved (RFC 5492 section 5), kept here as bytes",
    elsewhere: true,
  },
  {
    file: "frr-vectors",
    where: /bad-transposition/,
    what: /read here/,
    reason:
      "21 transposed bits: too many for a label of 20 bits, not for the 24 of EVPN (RFC 9252 section 4); the attribute does not know its routes",
    elsewhere: true,
  },
  {
    file: "rust-vectors",
    where: /NetGauze .*invalid_utf8/,
    what: /read here/,
    reason: "a name that is no UTF-8: the odd octets are replaced, the rest is kept",
    elsewhere: true,
  },
  {
    file: "gobmp-vectors",
    where: /^rtc .*[Pp]artial/,
    what: /^refused here: route-target-length/,
    reason: "a prefix of less than 32 bits that is not 0 (RFC 4684 section 4)",
    elsewhere: true,
  },
  {
    file: "gobgp-vectors",
    where: /WithImplicitPrefix/,
    what: /^refused here: mp-next-hop-length/,
    reason: "MP_REACH_NLRI as in a table dump, with the next hop alone (RFC 6396 section 4.3.4)",
    elsewhere: true,
  },
  {
    file: "bio-rd-vectors",
    where: /route mirror message ok/,
    what: /^refused here: mirroring-information-length/,
    reason: "an information code of 1 octet; it has 2 (RFC 7854 section 4.7)",
    elsewhere: true,
  },
];

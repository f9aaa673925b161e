/** Where this program and another one differ on a vector, each with the reason. A vector that differs and is not here fails its test. */
import { ELSEWHERE } from "./differences_elsewhere.ts";
import { REFUSED } from "./differences_refused.ts";

export interface Difference {
  /** File of vectors. */
  readonly file: string | RegExp;
  readonly where: RegExp;
  /** What differs; absent: anything. */
  readonly what?: RegExp;
  readonly reason: string;
  /** Of vectors of the same projects that the known set does not have. */
  readonly elsewhere?: true;
}

const RAW_LABELS =
  "label fields of EVPN stay the 24 bits that they are: the encapsulation beside them tells a label from a VNI";
const TAKEN_WHOLE =
  "a length that runs past the end: there the rest is taken, here the route is refused";
const KEPT = "an unknown code point is kept here, with its number and bytes; there it is an error";

export const DIFFERENCES: readonly Difference[] = [
  {
    file: "gobmp-vectors",
    where: /^bgp TestUnmarshalBGPOpenMessage valid|^bmp TestPeerUpMsg/,
    what: /^missing/,
    reason: "the values of capabilities stand there as bytes, here as what they say",
  },
  {
    file: "gobmp-vectors",
    where: /SAFI=134/,
    what: /missing 134/,
    reason: "the SAFI is the test's own parameter, and no part of the bytes",
  },
  {
    file: "gobmp-vectors",
    where: /sub-TLV type 1043 Flags zero length/,
    what: /read here/,
    reason:
      "the flags of a definition may have any length (RFC 9350 section 6.4); none say nothing",
  },
  {
    file: "gobmp-vectors",
    where: /SRCapabilities RFC 9085/,
    what: /ls-tlv-header/,
    reason: "the test's layout has no room for the reserved octet of RFC 9085 section 2.1.2",
  },
  {
    file: "gobmp-vectors",
    where: /PeerDownMessageGuards reason 4/,
    what: /tlv-header/,
    reason: "reason 4 has no data (RFC 7854 section 4.9); goBMP reads an FSM event there",
  },
  { file: "gobmp-vectors", where: /^evpn /, what: /^missing \d+/, reason: RAW_LABELS },
  {
    file: "gobmp-vectors",
    where: /^flowspec TestRFC8955_SecurityRules/,
    what: /nlri-truncated/,
    reason: TAKEN_WHOLE,
  },
  {
    file: "gobmp-vectors",
    where: /srv6 based l3vpn/,
    what: /^labels 16896 for 1056$/,
    reason:
      "with an SRv6 SID beside it goBMP reads the label as 24 bits; here it is one of 20, and the SID is put together (RFC 9252)",
  },
  {
    file: "gobmp-vectors",
    where: /^rtc .*Wrong Extended Community SubType/,
    what: /read here/,
    reason: "any extended community may be a route target there (RFC 4684 section 4)",
  },
  {
    file: "gobmp-vectors",
    where: /SRPolicyTLV_ENLP/,
    what: /sr-policy-enlp-length/,
    reason: "ENLP has 3 octets (RFC 9830 section 2.4.5); goBMP wants 4",
  },
  {
    file: "rust-vectors",
    where: /NetGauze .*bad_information_wire/,
    what: /read here/,
    reason: KEPT,
  },
  { file: "rust-vectors", where: /NetGauze .*bad_local_pdu/, what: /read here/, reason: KEPT },
  {
    file: "gobgp-vectors",
    where: /NextHop_InvalidLength valid IPv6/,
    what: /next-hop-length/,
    reason: "NEXT_HOP has 4 octets (RFC 7606 section 7.3)",
  },
  {
    file: "bio-rd-vectors",
    where: /TestDecodeNLRI LU NLRI #2/,
    what: /^missing/,
    reason: "labels stand there with their traffic class and bottom bit",
  },
  {
    file: "bio-rd-vectors",
    where: /TestDecode(PeerUp| peer up|RouteMonitoring)/,
    what: /^missing/,
    reason: "the 16 octets of an IPv4 peer's address: bio-rd keeps them, here the last 4 count",
  },
  {
    file: "frr-vectors",
    where: /test_aspath\.c (\w*multi\S*|\w*set|reconcile_\w+) /,
    what: /^asns/,
    reason: "FRR sorts sets and leaves out what is in them twice; here a path is as it came",
  },
  {
    file: "frr-vectors",
    where: /BGP_AS_ZERO/,
    what: /^asns/,
    reason:
      "FRR's table has the path alone: its reader of the attribute refuses AS 0 (RFC 7607 section 2)",
  },
  {
    file: "scapy-vectors",
    where: /./,
    what: /^refused here: as-zero$/,
    reason: "AS 0 makes the attribute malformed (RFC 7607 section 2)",
  },
  {
    file: "frr-vectors",
    where: /repeated-mp-reach/,
    what: /read here/,
    reason:
      "a second MP_REACH_NLRI resets a session (RFC 7606 section 3 g); a collector has none to reset, and shows the routes of both",
  },
  {
    file: "yabgp",
    where: /(withdraw_parse|mpls_vpn_construct|mpls_vpn_withdraw)/,
    what: /^labels 524288(,524288)* for $/,
    reason: "524288 is the label that fills the place in a withdrawal (RFC 8277 section 2.4)",
  },
  {
    file: "yabgp",
    where: /Aggregator|test_construct_attributes_ipv4/,
    what: /^missing/,
    reason: "AGGREGATOR is base64, as goBMP's consumers know it",
  },
  {
    file: "yabgp",
    where: /ExtCommunity\.construct/,
    what: /missing (515|258|32776)$/,
    reason: "the type stands there as a number, here as a word",
  },
  {
    file: "yabgp",
    where: /(ipv6_mpls_vpn|ipv6_unicast)/,
    what: /missing ::ffff:/,
    reason: "an IPv4-mapped next hop is written as the IPv4 address, as goBMP does",
  },
  {
    file: "yabgp",
    where: /IPv6Unicast\.test_parse_2/,
    what: /^prefix .*,::\/0,::\/0$/,
    reason:
      "each of the two octets of 0 behind the prefix is a default route (RFC 4271 section 4.3); yabgp leaves them out",
  },
  {
    file: "exabgp",
    where: /decoding\/ipv4-unicast-1$/,
    what: /^prefix 0\.0\.0\.0/,
    reason:
      "four default routes there; here a path identifier 0, since routers have them that no capability announced",
  },
  {
    file: "pcap-messages",
    where: /tcpdump/,
    what: /^refused here/,
    reason: "a message that is broken: tcpdump has it to test that it does not fall over it",
  },
  {
    file: "pcap-messages",
    where: /(pmacct|traffic-reproducer)/,
    what: /bgp-length$/,
    reason: "the capture ends within the message",
  },
  {
    file: "frr-vectors",
    where: /IPv6-bug/,
    what: /read here/,
    reason:
      "FRR refuses a link-local next hop of a peer that is not on the link; a collector does not know the link",
  },
  {
    file: "frr-vectors",
    where: /ORF(nu|no|pad)/,
    what: /orf-/,
    reason:
      "FRR passes over what follows the first broken ORF entry; here the whole value stays bytes",
  },
  {
    file: /./,
    where: /./,
    what: /^refused here: attribute-flags(, attribute-flags)*$/,
    reason:
      "flags that do not fit the attribute: RFC 7606 section 3 c refuses them, the test's project does not look",
  },
  {
    file: "gobmp-vectors",
    where: /TestRFC4364_RouteDistinguisher_Type[02]/,
    what: /^labels (1 for 256|200 for 3200)$/,
    reason:
      "a label is the upper 20 bits of its 3 octets (RFC 8277 section 2.1); the test's is not what its bytes say, and it does not compare it",
  },
  {
    file: "gobmp-vectors",
    where: /SRPolicyTLV_(Priority|MultipleSubTLVs)/,
    what: /sr-policy-(priority|enlp)-length/,
    reason:
      "Priority has 2 octets and ENLP 3 (RFC 9830 sections 2.4.6, 2.4.5); goBMP wants 1 and 4",
  },
  {
    file: "gobmp-vectors",
    where: /TestMVPN_/,
    what: /nlri-distinguisher-length/,
    reason: "goBMP reads routes of MCAST-VPN in SAFI 129, which has prefixes (RFC 6514 section 10)",
  },
  ...REFUSED,
  ...ELSEWHERE,
];

/** The reason of a difference; undefined: nobody knows. */
export function reasonOf(file: string, place: string, what: string): Difference | undefined {
  return DIFFERENCES.find((it) =>
    (typeof it.file === "string" ? it.file === file : it.file.test(file)) &&
    it.where.test(place) && (it.what === undefined || it.what.test(what))
  );
}

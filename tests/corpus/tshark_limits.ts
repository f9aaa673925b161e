/** Where tshark 4.0 and this program say different things of the same bytes, each with the reason. */
import type { TsharkDifference } from "./tshark_facts.ts";

export interface TsharkLimit {
  /** Place and field, as in a difference. */
  readonly field: RegExp;
  /** Vectors; absent: all, but only of values that were looked for anywhere in the attribute. */
  readonly where?: RegExp;
  readonly reason: string;
  /** Comes up in vectors of other projects alone. */
  readonly isOfVectors?: true;
}

/** Values that stand here in another form, or that our ranges say: looked for, and not found as they are. */
const FORMS: readonly (readonly [field: RegExp, reason: string])[] = [
  [
    /(\.|_)(len|length|maclen|iplen|address_length|opaque_length)$/,
    "lengths of routes, options and TLVs: our ranges say them",
  ],
  [/ ext_com\.s?type/, "the type of an extended community: its name stands here"],
  [/ ext_com\.value_(raw|as[24]|an[24]|IP4)$/, "an extended community that has no such halves"],
  [/ ext_com\.value_link_bw$/, "rounded"],
  [/ ext_com\.value_ospf_rtype\.area$/, "an area as an address, here as a number"],
  [/ ext_com_flow\.rate_limit$/, "bytes per second there, bits per second here"],
  [/ ext_com_qos\.flags$/, "flags together there, apart here"],
  [/\.(emptybytes|reserved)$/, "reserved octets"],
  [
    / update\.path_attribute\.mpls_label_value_20bits$/,
    "20 bits of a field of 24 that we keep whole",
  ],
  [/ flowspec_nlri$/, "the bytes of a rule, whose components are found"],
  [/ mcast_vpn_nlri(_route_key)?$/, "the bytes of a route, whose members are found"],
  [/ ls\.type$/, "types of TLVs whose values are found"],
  [
    / ls\.(bandwidth_value|igp_te_metric\.\w+_bandwidth_value)$/,
    "a float, there in other units or as bits",
  ],
  [/ ls\.tlv\.extended_administrative_group_value$/, "words of a mask that is one here"],
  [/ ls\.tlv\.application_specific_link_attributes\.(sa|uda)bm$/, "a mask that is padded there"],
  [/ ls\..*\.flags$/, "flags together there, apart here"],
  [/ .*bgpsec\.ss\.sig$/, "base64 here"],
  [/^128 .*flags$/, "flags of attributes inside ATTR_SET"],
];

export const TSHARK_LIMITS: readonly TsharkLimit[] = [
  ...FORMS.map(([field, reason]) => ({ field, reason })),
  {
    field: / ls\.tlv\.administrative_group(_color_value)?$/,
    reason: "numbers of bits there, the mask here",
    isOfVectors: true,
  },
  {
    field: / .*next_hop\.(rd|ipv6)$/,
    reason: "the RD is always zero, and an IPv4-mapped next hop the IPv4 address",
    isOfVectors: true,
  },
  {
    field: /^1[45] (label_stack|rd|prefix_bits|mp_(un)?reach_nlri_ipv4_prefix)$/,
    where: /over SRv6|srv6 based l3vpn|SRv6_L3VPN/,
    reason: "tshark looks for a bottom-of-stack bit until it finds one, in the route distinguisher",
  },
  {
    field: /^1[45] (label_stack|rd|prefix_bits|mp_(un)?reach_nlri_ipv4_prefix)$/,
    where: /^1\/129 /,
    reason: "tshark reads labels in SAFI 129, which has none (RFC 6514 section 10)",
  },
  {
    field: /^1[45] mp_(un)?reach_nlri_ipv4_prefix$/,
    where: /host bits set/,
    reason: "host bits stay as they came",
  },
  {
    field: /^1[45] (vplsad\.)?rd$/,
    where: /a distinguisher of an unknown type|InvalidRD/,
    reason: "in hex here",
  },
  {
    field: /^1[45] (prefix_bits|community_prefix)$/,
    where:
      /^([12]\/132 |opendaylight.*rt_constrain|gobmp.*(rtc|RTC)|rust.*(target|rtc)|pcap-messages)/,
    reason: "a route target as a prefix",
  },
  {
    field: /^1[45] mcast_vpn_nlri_origin_router_ipv4$/,
    where:
      /originator in IPv6|of the global table, .*in IPv6|an mLDP opaque value for a group|Type 3 - S-PMSI A-D IPv6/,
    reason: "tshark takes an IPv6 originator for IPv4, and sees no route inside a leaf's",
  },
  {
    field: /^1[45] vplsbgp\.labelblock\.size$/,
    where: /layer 2 VPN/,
    reason: "layer 2 VPNs may have no block size (RFC 6624 section 3); tshark reads on",
  },
  {
    field: /^1[45] vplsad\.rd$/,
    where: /TestUnmarshalVPLSNLRI_Multiple/,
    reason: "tshark shows the first route of a list",
    isOfVectors: true,
  },
  {
    field: /^1[45] nlri_path_id$/,
    where: /8, \(S,G\) of IPv6|TestUnmarshalEVPNMcastLeave_Valid IPv6/,
    reason:
      "the maximum response time, which tshark does not know in a Leave (RFC 9251 section 9.3)",
  },
  {
    field: /^1[45] ls\.(nlri_ip_reachability|tlv\.igp_router_id)/,
    where: /the first counts|repeated sub-TLVs|Test_LsAddrPrefix/,
    reason: "a TLV that comes twice: the first counts, the other is kept as bytes",
  },
  {
    field: /^1[45] ls\./,
    where: /^16388\/(72|128) |AddPath/,
    reason: "tshark expects no route distinguisher in SAFI 72, and no path identifier",
  },
  {
    field: /^14 ls\.nlri_node\./,
    where: /NetGauze.*test_bgp_ls_mp_reach/,
    reason: "tshark shows the first route of a list",
    isOfVectors: true,
  },
  {
    field: /^1[45] flowspec_nlri\.dec_val_8$/,
    where: /values of 1, 2, 4 and 8 octets/,
    reason: "tshark reads values of 8 octets as lists of operators",
  },
  {
    field: /^1[45] flowspec_nlri\.dst_ipv6_pref$/,
    where: /pattern from the first bit|^pcap-messages ryu/,
    reason: "a pattern that begins at the first bit, as in drafts before RFC 8956",
  },
  {
    field: /^14 flowspec_nlri\.filter_type$/,
    where: /SimpleFlowspec/,
    reason: "a path identifier that tshark does not expect",
    isOfVectors: true,
  },
  {
    field: /^14 flowspec_(route_distinguisher_|nlri\.)/,
    where: /FlowspecL3vpnIpv4/,
    reason:
      "a path identifier that tshark does not expect, and TCP flags of 2 octets that it goes astray at",
    isOfVectors: true,
  },
  {
    field: /^22 update\.path_attribute\.pmsi\.rsvp\./,
    where: /RSVP-TE|pmsi_rsvp|PMSI/,
    reason:
      "the order of RFC 6514 section 5, extended tunnel id first, as tcpdump has it; tshark has that of the RSVP object",
  },
  {
    field: /^22 update\.path_attribute\.pmsi\.mldp\./,
    where: /in a topology|unknown address family|PMSI/,
    reason: "address families of RFC 7307 and unknown ones, which tshark takes for IPv4",
  },
  {
    field: /^23 update\.encaps_tunnel_tlv_subtlv\./,
    where: /malformed sub-TLVs|TestRFC9012_MultipleTunnels/,
    reason: "sub-TLVs without room for a value: tshark reads on",
  },
  {
    field: /^29 ls\.sr\.tlv\./,
    where: /TLVs that are malformed/,
    reason: "tshark reads on behind a TLV's end",
  },
  {
    field: /^36 update\.attribute\.dpath\./,
    where: /two segments/,
    reason: "tshark reads the second segment from a wrong place",
  },
  {
    field: /^- codes$/,
    where: /^128 |pmsi_mldp_mp2mp/,
    reason:
      "attributes inside ATTR_SET are listed with the others; tshark stops at a broken tunnel",
  },
  {
    field: /^2 update\.path_attribute\.as_path_segment\./,
    where: /AllAttrTypes|^pcap-messages (bgp-rs|tcpdump)/,
    reason: "AS_PATH and AS4_PATH put together (RFC 6793 section 4.2.3)",
    isOfVectors: true,
  },
  {
    field: /^1[45] (nlri_path_id|prefix_bits|mp_(un)?reach_nlri_ipv[46]_prefix)$/,
    where: /test_mp_attr\.c IPv[46]/,
    reason: "tshark guesses path identifiers",
    isOfVectors: true,
  },
  {
    field: /^1[45] mp_(un)?reach_nlri_ipv6_prefix$/,
    where: /^scapy.*(MP_?(UN)?REACH)/i,
    reason: "an IPv4-mapped prefix is written as goBMP does",
    isOfVectors: true,
  },
  {
    field: /^14 (prefix_bits|mp_reach_nlri_ipv6_prefix)$/,
    where: /TestIPv6Unicast\.test_parse_2/,
    reason: "tshark leaves out default routes behind another",
    isOfVectors: true,
  },
  {
    field: /^nlri (nlri_prefix|prefix_bits)$/,
    where: /addpath_ipv4_prefix_len_exc/,
    reason: "host bits stay as they came",
    isOfVectors: true,
  },
  {
    field: /^10 path_attribute\.cluster_id$/,
    where: /holo-bgp/,
    reason: "tshark takes the length of a list with Extended Length from the wrong octet",
    isOfVectors: true,
  },
];

/** Families of which tshark says only that it does not know them. */
export const TSHARK_UNKNOWN_FAMILIES: readonly string[] =
  ("1/67 1/69 1/74 1/76 1/83 1/84 1/85 2/76 2/83 2/84 2/85 2/132 25/6 25/8 25/133 25/134 31/9 " +
    "16388/80 16397/241 16398/75").split(" ");

/** Attributes that tshark leaves as bytes. */
export const TSHARK_UNKNOWN_ATTRIBUTES: readonly string[] = "20 21 24 25 27 35 37 38 39 41".split(
  " ",
);

/** The reason of a difference; undefined: nobody knows. */
export function limitOf(place: string, difference: TsharkDifference): TsharkLimit | undefined {
  return TSHARK_LIMITS.find(({ field, where }) =>
    field.test(difference.field) &&
    (where === undefined ? difference.ours === undefined : where.test(place))
  );
}

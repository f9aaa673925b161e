/** How the test vectors of other projects read, by file, test and field. */
import * as as from "./reading.ts";
import { otherProtocol, piece, type Rule, rule } from "./rules.ts";
import { GOBMP_RULES } from "./rules_gobmp.ts";

const { nlriOf, attributeOf, capabilityOf } = as;

/** A message type, then the rest with its per-peer header, as NetGauze's tests have it. */
function typeAndBody(hex: string): string {
  return bmpOf(Number.parseInt(hex.slice(0, 2), 16), hex.slice(2));
}

/** A body with its per-peer header. */
function withPeerHeader(type: number): as.Reader {
  return (hex) => as.bmpMessage(bmpOf(type, hex), {});
}

function bmpOf(type: number, hex: string): string {
  const length = (6 + hex.length / 2).toString(16).padStart(8, "0");
  return `03${length}${type.toString(16).padStart(2, "0")}${hex}`;
}

/** Marked as it begins in the BGP header: length and type. */
function withHeaderType(hex: string, negotiated: as.Negotiated): string {
  return as.message("ff".repeat(16) + hex, negotiated);
}

/** A value behind an octet of its length. */
function behindLength(reader: as.Reader): as.Reader {
  return (hex, negotiated) => reader(hex.slice(2), negotiated);
}

const RUST: readonly Rule[] = [
  rule(/peer_up_notification/, piece, /^(.{32}|.{40})$/),
  rule(/routecore .*(aspath\.rs single|aspath\.rs partial)/, attributeOf(2, 0x40)),
  rule(
    /routecore .*afisafi\.rs (parse_ipv4mpls|iter raw|iter_generic)|routecore .*mpls\.rs labels/,
    nlriOf(1, 4),
  ),
  rule(/rustybgp .*ipv6_eor body/, withHeaderType),
  rule(/routecore .*iter_addpath/, as.prefixes),
  rule(/routecore .*evpn\.rs|rustybgp .*evpn\.rs type\d/, nlriOf(25, 70)),
  rule(/routecore .*routetarget\.rs|rustybgp .*packet\/src\/rtc\.rs .*wire/, nlriOf(1, 132)),
  rule(/routecore .*path_attributes\.rs|rustbgpd .*attribute\.rs/, as.attributes),
  rule(/rustbgpd .*capability\.rs/, as.capabilities),
  rule(/rustbgpd .*nlri\.rs/, as.prefixes),
  rule(
    /rustbgpd .*open\.rs|NetGauze .*tests\/open\.rs|bgp-rs .*(test_open_decode|test_encode_open)/,
    as.bodyOf(1),
  ),
  rule(/bgpkit.*test_extended_next_hop_cap/, capabilityOf(5)),
  rule(/bgpkit.*flowspec\/(nlri|tests)\.rs .*ipv6/, nlriOf(2, 133)),
  rule(/bgpkit.*flowspec\/(nlri|tests)\.rs/, nlriOf(1, 133)),
  rule(/bgpkit.*network\/mpls\.rs/, nlriOf(1, 4)),
  rule(/bgpkit.*attr_08/, attributeOf(8)),
  rule(/bgpkit.*attr_10/, attributeOf(10, 0x80)),
  rule(/bgpkit.*attr_14_15.*test_(parsing_nlri_e|encode)/, attributeOf(14, 0x80)),
  rule(/bgpkit.*attr_16.*ipv6/, attributeOf(25), /^(.{40})+$/),
  rule(/bgpkit.*attr_16/, as.extendedCommunities),
  rule(/bgpkit.*attr_24/, attributeOf(24, 0x80)),
  rule(/NetGauze .*test_large_community/, as.attributes, /^c020/),
  rule(/bgpkit.*attr_32|NetGauze .*test_large_community/, attributeOf(32)),
  rule(/bgpkit.*attr_40|rustybgp .*prefix_sid\.rs/, attributeOf(40)),
  rule(
    /bgpkit.*attributes\/mod\.rs|bgpkit.*(valid_update_attributes_wire|wire_level_attribute|wasm\.rs .*as_path_attr)/,
    as.attributes,
  ),
  rule(/bgpkit.*messages\.rs test_(encode_bgp_open|bgp_open_wire)/, as.bodyOf(1)),
  rule(/bgpkit.*peer_up_notification/, as.bmpBody(3)),
  rule(/bgpkit.*utils\.rs test_(encode_nlri|parse_nlri)/, as.prefixes),
  rule(/bgpkit.*(mrt|rtr|openbmp|geo_peer|iters\/|wasm)/, otherProtocol),
  rule(/NetGauze .*bgp_ls\.rs test_wire/, as.attributes),
  rule(/NetGauze .*bgp_ls\.rs test_bgp_ls_(attr_parse|sid)/, behindLength(attributeOf(29, 0x80))),
  rule(/NetGauze .*bgp_ls\.rs test_bgp_ls_(vpn_)?mp_reach/, behindLength(attributeOf(14, 0x80))),
  rule(/NetGauze .*bgp_ls\.rs test_bgp_ls_(vpn_)?mp_unreach/, behindLength(attributeOf(15, 0x80))),
  rule(/NetGauze .*bgp_ls\.rs/, nlriOf(16388, 71)),
  rule(/NetGauze .*capabilities\.rs test_extended_next_hop/, capabilityOf(5), /^.{12}$/),
  rule(/NetGauze .*capabilities\.rs test_extended_next_hop/, as.capabilities, /^05/),
  rule(/NetGauze .*capabilities\.rs test_extended_next_hop/, behindLength(capabilityOf(5))),
  rule(/NetGauze .*capabilities\.rs/, as.capabilities),
  rule(
    /NetGauze .*test_upa_extended|rustybgp .*convert\.rs extcom|rustybgp .*(extended_community_round_trip|mac_mobility|encap_to_string)|bgp-rs .*flowspec\.rs/,
    as.extendedCommunities,
  ),
  rule(/NetGauze .*nlri\.rs test_ipv4_mpls_vpn/, nlriOf(1, 128)),
  rule(/NetGauze .*nlri\.rs test_ipv6_mpls_vpn/, nlriOf(2, 128)),
  rule(/NetGauze .*inclusive_multicast/, as.evpnRoute(3)),
  rule(/NetGauze .*test_l2_evpn_route/, nlriOf(25, 70)),
  rule(/NetGauze .*test_route_target_membership_address .*wire/, nlriOf(1, 132)),
  rule(
    /NetGauze .*path_attribute\.rs .*(path_attribute_|communit|mp_reach_labeled|mp_reach_nlri_mpls_labels_ipv6|path_attr_route_target_membership good|aigp)/,
    as.attributes,
  ),
  rule(/NetGauze .*v3\.rs test_bmp_value/, typeAndBody),
  rule(/NetGauze .*v3\.rs test_peer_down_notification/, withPeerHeader(2)),
  rule(/NetGauze .*v3\.rs test_peer_down_reason/, as.bmpBody(2)),
  rule(/NetGauze .*v3\.rs test_termination_(info|mess)/, as.bmpBody(5)),
  rule(/NetGauze .*test_initiation_information .*experimental/, as.bmpBody(4)),
  rule(/NetGauze .*test_router_mirroring_value .*experimental/, as.bmpBody(6)),
  rule(/NetGauze .*(experimental|serde_benchmark)/, as.bmpMessage),
  rule(/rustybgp .*v6_fragment/, nlriOf(2, 134)),
  rule(/rustybgp .*labeled\.rs/, nlriOf(2, 4), /20010db8/),
  rule(/rustybgp .*labeled\.rs/, nlriOf(1, 4)),
  rule(/rustybgp .*vpn\.rs/, nlriOf(1, 128)),
  rule(/rustybgp .*ls\.rs igp_router/, nlriOf(16388, 71)),
  rule(/rustybgp .*sr_policy\.rs fmt/, nlriOf(2, 73)),
  rule(/rustybgp .*tunnel_encap\.rs/, attributeOf(23)),
  rule(/rustybgp .*(attr_value|mpreach_update mp)/, attributeOf(14, 0x80)),
  rule(/rustybgp .*(ipv6_eor body)|bgp-rs .*(update_bogus|encode_update_withdraw)/, as.bodyOf(2)),
  rule(/rustybgp .*aigp/, attributeOf(26, 0x80)),
  rule(/./, piece),
];

/** The test names the attribute by 41, 0x29, instead of 29. */
function linkStateAttribute(hex: string, negotiated: as.Negotiated): string {
  return as.attributes(hex.replace(/^8029/, "801d"), negotiated);
}

const GOBGP: readonly Rule[] = [
  rule(/Test_UnknownIP6\w*Extended/, attributeOf(25), /^.{40}$/),
  rule(/Test_PathAttributeLs/, linkStateAttribute),
  rule(/Test_MalformedUpdateMsg/, as.bodyOf(2)),
  rule(
    /Test_Unknown(IP6Extended|PathAttributes_)|Test_Mp.*bufin|NextHop_InvalidLength|Test_VPLSNLRI_decoding/,
    as.attributes,
  ),
  // Its tests read the first TLV of what they have.
  rule(/Test_LsTLV(Autonomous|Bgp|IgpRouterID|OspfAreaID)/, as.firstTlv(as.nodeDescriptors)),
  rule(/Test_LsTLV(OspfRouteType|IPReachability) tests/, as.firstTlv(as.linkStateDescriptors(3))),
  rule(/Test_LsTLV(LinkID|IPv[46](Interface|Neighbor))/, as.firstTlv(as.linkStateDescriptors(2))),
  rule(/Test_LsTLVDecode/, as.linkStateDescriptors(3)),
  rule(
    /Test_LsNodeDescriptor/,
    (hex, negotiated) => as.linkStateNlri(1)(`020000000000000000${hex}`, negotiated),
  ),
  rule(/Test_LsTLV.*(tests|body length|multiple)/, as.firstTlv(attributeOf(29, 0x80))),
  rule(/Test_LsAddrPrefix|LsNodeNLRIWithoutBgp/, nlriOf(16388, 71)),
  rule(/TestSRv6ServiceTLVUnknown/, attributeOf(40)),
  rule(/^(netutils|bfd|zebra|mrt) /, otherProtocol),
  rule(/./, piece),
];

const OPENDAYLIGHT: readonly Rule[] = [
  rule(/rib-impl|bgp\/util|parser-mock/, {
    reason: "a dump of messages with octets of a header of its own before them, or random bytes",
  }),
  rule(
    /nlri\/IncMultEth/,
    (hex, negotiated) => as.evpnRoute(3)(`0001010203040001${hex}`, negotiated),
    /^0000000a20/,
  ),
  rule(/nlri\/(EthADR|IncMultEth)/, nlriOf(25, 70)),
  rule(/FlowspecL3vpnIpv4/, nlriOf(1, 134)),
  rule(/SimpleFlowspecIpv4/, nlriOf(1, 133)),
  rule(/Ipv4NlriParserTest/, as.prefixes),
  rule(/L3vpnMcastNlri/, nlriOf(1, 129)),
  rule(/VpnIpv6Nlri/, nlriOf(2, 128)),
  rule(/LUNlriParser/, nlriOf(2, 4), /20010db8/),
  rule(/LUNlriParser/, nlriOf(1, 4)),
  rule(/Linkstate(Attribute|Nlri)Parser/, piece, /^(010203040506|1234567810305070|000000000042)$/),
  rule(/LinkstateAttributeParser/, attributeOf(29, 0x80)),
  rule(/LinkstateNlriParser/, nlriOf(16388, 71)),
  rule(
    /PMSITunnelA|message\/update\/(Aggreg|Cluster|Communi|LocalPref|Originator|NextHopAt)|UtilsTest/,
    as.attributes,
  ),
  rule(/(LeafAD|SharedTreeJoin)/, nlriOf(1, 5)),
  rule(/CapabilityHandle|GracefulCap/, as.capabilities),
  rule(/FSExtended/, attributeOf(25), /^.{40}$/),
  rule(/FSExtended/, as.extendedCommunities),
  rule(/./, piece),
];

const SCAPY: readonly Rule[] = [
  rule(/BGPNLRI_IPv4/, as.prefixes),
  rule(/BGPNLRI_IPv6/, nlriOf(2, 1)),
  rule(/BGPCap(Multi|ORF|GracefulRestart -|Four)/, as.capabilities),
  rule(/BGPOptParam/, as.openParameters),
  rule(/BGPOpen/, as.bodyOf(1)),
  rule(/BGPPAOrigin -/, attributeOf(1, 0x40)),
  rule(/BGPPAASPath/, attributeOf(2, 0x40)),
  rule(/BGPPANextHop/, attributeOf(3, 0x40)),
  rule(/BGPPAMultiExit/, attributeOf(4, 0x80)),
  rule(/BGPPALocalPref/, attributeOf(5, 0x40)),
  rule(/BGPPAAggregator/, attributeOf(7)),
  rule(/BGPPACommunity/, attributeOf(8)),
  rule(/BGPPAOriginatorID/, attributeOf(9, 0x80)),
  rule(/BGPPAClusterList/, attributeOf(10, 0x80)),
  rule(/BGPPAMPReach/, attributeOf(14, 0x80)),
  rule(/BGPPAMPUnreach/, attributeOf(15, 0x80)),
  rule(/BGPPAExtComms/, as.extendedCommunities),
  rule(/BGPPAAS4Path/, attributeOf(17)),
  rule(/BGPPAAS4Agg/, attributeOf(18)),
  rule(/BGPPathAttr/, as.attributes),
  rule(/BGPRouteRefresh/, as.bodyOf(5)),
  rule(/./, piece),
];

const BIO_RD: readonly Rule[] = [
  rule(
    /(CSNP|PSNP|LSPDU|LSP|Hello|hello|lspLocal|HeaderDecode|NET |TLV|Adjacency|DynamicHostname)/,
    otherProtocol,
  ),
  rule(/DecodeUpdateMsg .*input/, as.bodyOf(2)),
  rule(/DecodeOpenMsg/, as.bodyOf(1)),
  rule(/TestDecodeCapability/, as.capabilities),
  rule(/TestDecodeAddPathCapability/, capabilityOf(69)),
  rule(/TestDecodePathAttr/, as.attributes),
  rule(/TestDecodeASPath/, attributeOf(2, 0x40)),
  rule(/TestDecodeLargeCommunity/, attributeOf(32)),
  rule(/TestDecodeClusterList/, attributeOf(10, 0x80)),
  rule(/MultiProtocolReach/, attributeOf(14, 0x80)),
  rule(/MultiProtocolUnreach/, attributeOf(15, 0x80)),
  rule(/TestDecodeNLRI LU/, nlriOf(1, 4)),
  rule(/TestDecodeNLRI/, as.prefixes),
  rule(/TestDecode(CommonHeader| (peer|route|Invalid|stats|init|term))/, as.bmpMessage),
  rule(/TestDecodePeerUp/, withPeerHeader(3)),
  rule(/TestDecodeRouteMonitoring/, withPeerHeader(0)),
  rule(/TestDecodeStatsReport/, withPeerHeader(1)),
  rule(/TestDecodeTermination/, as.bmpBody(5)),
  rule(/./, piece),
];

const BGPFIX: readonly Rule[] = [
  rule(/FlowGeneric_FromJSONLen arg/, piece),
  rule(/TestAspath.*Unmarshal|TestAspath_Multi|TestAspath.*raw/, attributeOf(2, 0x40)),
  rule(/TestU32.*Unmarshal/, attributeOf(4, 0x80)),
  rule(/TestNextHop.*Unmarshal/, attributeOf(3, 0x40)),
  rule(/TestAggregator.*Unmarshal/, attributeOf(7)),
  rule(/TestClusterList.*Unmarshal/, attributeOf(10, 0x80)),
  rule(/TestOTC.*Unmarshal/, attributeOf(35)),
  rule(/TestMPReachIPv6/, attributeOf(14, 0x80)),
  rule(/TestCommunity_MultiValue.*Unmarshal/, attributeOf(8)),
  rule(/unreachVal/, attributeOf(15, 0x80)),
  rule(/TestExtCommunity/, as.extendedCommunities),
  rule(/^attrs .*require\.Equal/, as.attributes),
  rule(/TestFQDN/, capabilityOf(73)),
  rule(/^caps TestRaw/, as.capabilities),
  rule(/ nlri( |$)/, as.prefixes),
  rule(/ValidInitiation|ExtraBytes/, as.bmpBody(4)),
  rule(/ValidTermination/, as.bmpBody(5)),
  rule(/^(mrt|rtr) /, otherProtocol),
  rule(/./, piece),
];

const FRR: readonly Rule[] = [
  rule(/\.c (mp_reach_segments|mp_prefix_sid|test_segments|misc_segments)$/, {
    reason: "the empty entry that ends a table",
  }),
  rule(/attr_tests/, as.attributes),
  rule(/mp_reach_segments/, attributeOf(14, 0x80)),
  rule(/mp_unreach_segments/, attributeOf(15, 0x80)),
  rule(/mp_prefix_sid/, attributeOf(40)),
  rule(/test_capability\.c .*(test|mp|misc)_segments/, as.capabilities),
  rule(/opt_params/, as.openParameters),
  rule(/test_aspath\.c/, attributeOf(2, 0x40)),
  rule(/test_ecommunity\.c \w/, as.extendedCommunities),
  rule(/./, piece),
];

const YABGP: readonly Rule[] = [
  rule(/Update\.parse_prefix_list/, as.prefixes),
  rule(/Update\.parse_attributes/, as.attributes),
  rule(/Update\.parse/, as.bodyOf(2)),
  rule(/Open\.parse/, as.bodyOf(1)),
  rule(/Notification\.parse/, as.bodyOf(3)),
  rule(/MpReachNLRI\.parse/, attributeOf(14, 0x80)),
  rule(/MpUnReachNLRI\.parse/, attributeOf(15, 0x80)),
  rule(/ExtCommunity\.parse/, as.extendedCommunities),
  rule(/(^| )Community\.parse/, attributeOf(8)),
  rule(/LargeCommunity\.parse/, attributeOf(32)),
  rule(/Aggregator\.parse/, attributeOf(7)),
  rule(/NextHop\.parse/, attributeOf(3, 0x40)),
  rule(/Origin\.parse/, attributeOf(1, 0x40)),
  rule(/ASPath\.parse/, attributeOf(2, 0x40)),
  rule(/AtomicAggregate\.parse/, attributeOf(6, 0x40)),
  rule(/PMSITunnel\.parse/, attributeOf(22)),
  rule(/LinkState\.unpack/, attributeOf(29, 0x80)),
  rule(/SRv6Capabilities\.unpack/, as.linkStateTlv(1038)),
  rule(/SRv6Locator\.unpack/, as.linkStateTlv(1162)),
  rule(/EVPN\.parse( |$)|EVPN\.construct( |$)/, nlriOf(25, 70)),
  rule(/EVPN\.(parse|construct)_esi/, as.segmentIdentifier),
  rule(/IPv4SRTE\.construct/, nlriOf(1, 73)),
  rule(/Update\.construct_prefix_v4/, as.prefixes),
  rule(/ipv6_labeled.*LabeledUnicast\./, nlriOf(2, 4)),
  rule(/LabeledUnicast\.|LabelUnicast/, nlriOf(1, 4)),
  rule(/IPv4MPLSVPN\.(parse|construct)( |$)/, nlriOf(1, 128)),
  rule(/IPv6MPLSVPN\.(parse|construct)( |$)/, nlriOf(2, 128)),
  rule(/IPv6Unicast\.(parse|construct)( |$)/, nlriOf(2, 1)),
  rule(
    /IPv4FlowSpec\.parse( |$)/,
    (hex, negotiated) =>
      nlriOf(1, 133)((hex.length / 2).toString(16).padStart(2, "0") + hex, negotiated),
  ),
  rule(/IPv4FlowSpec\.construct( |$)/, nlriOf(1, 133)),
  rule(
    /(ExtCommunity|Community|MED|Origin|NextHop|ASPath|LocalPref\w*|Aggregator|ClusterList|OriginatorID|AtomicAggregate|MpReachNLRI|MpUnReachNLRI|PMSITunnel|TunnelEncaps|LargeCommunity)\.construct/,
    as.attributes,
  ),
  rule(/./, piece),
];

/** By file. */
export const RULES: Readonly<Record<string, readonly Rule[]>> = {
  "gobmp-vectors": GOBMP_RULES,
  "rust-vectors": RUST,
  "gobgp-vectors": GOBGP,
  "opendaylight-vectors": OPENDAYLIGHT,
  "scapy-vectors": SCAPY,
  "bio-rd-vectors": BIO_RD,
  "bgpfix-vectors": BGPFIX,
  "frr-vectors": FRR,
  "yabgp": YABGP,
  "exabgp": [],
  "pcap-messages": [],
  "messages": [],
};

/** How goBMP's test vectors read; by package and test. */
import * as as from "./reading.ts";
import { piece, type Rule, rule } from "./rules.ts";

const { nlriOf, attributeOf, linkStateTlv, linkStateNlri } = as;

export const GOBMP_RULES: readonly Rule[] = [
  rule(/RFC9085_Combined Value/, linkStateTlv(1034), /0489/),
  rule(/RFC9085_Combined Value/, linkStateTlv(1158)),
  rule(/arg of (assertPrefix|bytes\.Equal)/, piece),
  rule(/TestUnmarshalLSNLRI72 payload/, piece, /^abcdef$/),
  rule(
    /expectedRouterI|TestGetLSRangeTLV Multiple|CommonHeaderGuards valid version 3, RouteMonitor/,
    piece,
  ),
  rule(
    /^bgp TestUnmarshalLabelIndexTLV Label-Index/,
    (hex, negotiated) => as.attributeOf(40)(`010007${hex}`, negotiated),
  ),
  rule(
    /^bgp TestUnmarshalOriginatorSRGBTLV .* input/,
    (hex, negotiated) =>
      attributeOf(40)(`03${(hex.length / 2).toString(16).padStart(4, "0")}${hex}`, negotiated),
  ),
  rule(/^message TestProcessNLRI72SubTypes.* nodeBytes/, linkStateNlri(1)),
  rule(/^message TestProcessNLRI72SubTypes.* linkBytes/, linkStateNlri(2)),
  rule(/^message TestProcessNLRI72SubTypes.* sidBytes/, linkStateNlri(6)),
  rule(/^ls .*teBody/, linkStateNlri(5)),
  rule(/^pmsi .*data/, attributeOf(22)),
  // BMP
  rule(/^main TestCommonHeader|^bmp TestUnmarshalCommonHeader|^parser /, as.bmpMessage),
  rule(/^main TestInitiationMessage|^bmp TestUnmarshalInitiation/, as.bmpBody(4)),
  rule(/^bmp TestPeerDownMsg|^bmp TestUnmarshalPeerDown/, as.bmpBody(2)),
  rule(/^bmp TestPeerUpMsg/, as.bmpBody(3)),
  rule(/^bmp TestUnmarshalBMPStatsReport/, as.bmpBody(1)),
  rule(/^bmp TestUnmarshalTLV/, as.bmpBody(4)),
  rule(/^bmp TestUnmarshalBMPRawMessage/, as.bmpMessage),
  // BGP messages
  rule(/^bgp TestUnmarshalBGPUpdate /, as.bodyOf(2)),
  rule(
    /^bgp Test(AddPathCapability|UnmarshalBGPOpenMessage).* openMsgRaw| TestUnmarshalBGPOpenMessage(_Is4ByteASCapable)? .*input/,
    openBody,
  ),
  // The length of its BGP header is one octet short: marker, length and type are put anew.
  rule(
    /^bgp TestBGPRoleCapability.* openMsgRaw/,
    (hex, negotiated) => as.bodyOf(1)(hex.slice(6), negotiated),
  ),
  rule(/^bgp TestAddPathCapability_MultipleTLVs/, as.capabilityOf(69)),
  rule(/^bgp TestUnmarshalMPReachNLRI NLRI/, piece),
  rule(/^bgp TestUnmarshalMPReachNLRI /, attributeOf(14, 0x80)),
  rule(
    /^bgp TestUnmarshalMPUnReachNLRI |^message .*unreachBytes|^message .*EORTopics/,
    attributeOf(15, 0x80),
  ),
  rule(/^message .*(reachBytes|reachWithRoute)/, attributeOf(14, 0x80)),
  rule(
    /^bgp TestUnmarshal(Attr)?ASPath(_| )|^bgp TestUnmarshalAttrAS4Path|^bgp TestUnmarshalASPathSegments/,
    attributeOf(2, 0x40),
  ),
  rule(/^bgp TestUnmarshalAttrOTC/, attributeOf(35)),
  rule(
    /^bgp TestUnmarshalBGPBaseAttributes_|^bgp TestUnmarshalBaseAttributes_WellKnown|^bgp TestUnmarshalBGPUpdate_AS4Hint/,
    as.attributes,
  ),
  rule(/^bgp TestRFC5701/, attributeOf(25)),
  rule(
    /^bgp Test(EVPNLinkBandwidth|FlowspecTraffic|RFC8097_(FullExt|MakeExt|UnmarshalBGPExt)).* (input|raw)|^vpls TestParseLayer2Info|^vpls .*ParseRouteTarget/,
    as.extendedCommunities,
  ),
  rule(
    /^bgp TestRFC8669_(CompletePrefixSID|ErrorCases|ForwardCompat|LabelIndex|OriginatorSRGB)|^bgp TestUnmarshalBGPPrefixSID|^prefixsid /,
    attributeOf(40),
  ),
  rule(
    /^bgp TestUnmarshal(BaseAttrs_BGPLS|LabelIndex)|^bgp TestUpdate_GetBGPLS|^bgpls TestRFC7752_.*TLVs|^bgpls TestUnmarshalBGPLSAttribute_|^bgpls TestBGPLSTLV|^bgpls TestUnmarshalBGPLS(NLRI|TLV)|^bgpls TestValidateBGPLSTLV/,
    attributeOf(29, 0x80),
  ),
  rule(
    /^bgp TestBaseAttr(ibute)?s_TunnelEncap(_WellFormed| )|^tunnel TestRFC9012_(Error|Multiple|TunnelTLV)|^tunnel TestTunnelJSON|^tunnel TestUnmarshalTunnelEncapsulation_Error|^bgp TestBaseAttrs_TunnelEncap/,
    attributeOf(23),
  ),
  // BGP-LS
  rule(/^bgpls TestGetIGPMetric/, linkStateTlv(1095)),
  rule(/^bgpls TestGetLSRangeTLV|^bgpls TestUnmarshalRangeTLV/, linkStateTlv(1159)),
  rule(/^bgpls TestGetLocalIPv4RouterID/, linkStateTlv(1028)),
  rule(/^bgpls TestGetLocalIPv6RouterID/, linkStateTlv(1029)),
  rule(/^bgpls TestGetRemoteIPv4RouterID/, linkStateTlv(1030)),
  rule(/^bgpls TestGetRemoteIPv6RouterID/, linkStateTlv(1031)),
  rule(/^bgpls TestGetMTID_Present/, linkStateTlv(263)),
  rule(/^bgpls TestGetMaxLinkBandwidthKbps/, linkStateTlv(1089)),
  rule(/^bgpls TestGetOpaqueNodeAttribute/, linkStateTlv(1025)),
  rule(/^bgpls TestGetPrefixIGPExtRouteTag/, linkStateTlv(1154)),
  rule(/^bgpls TestGetPrefixIGPRouteTag/, linkStateTlv(1153)),
  rule(/^bgpls TestGetPrefixMetric/, linkStateTlv(1155)),
  rule(/^bgpls TestGetPrefixOSPFForwardAddr/, linkStateTlv(1156)),
  rule(/^bgpls TestGetSRCandidatePathState/, linkStateTlv(1202)),
  rule(/^bgpls TestGetSRLG/, linkStateTlv(1096)),
  rule(/^bgpls TestGetUnidirAvailable/, linkStateTlv(1119)),
  rule(/^bgpls TestGetUnidirLinkDelay/, linkStateTlv(1114)),
  rule(/^bgpls TestGetUnidirLinkLoss/, linkStateTlv(1117)),
  rule(/^bgpls TestGetUnidirResidual/, linkStateTlv(1118)),
  rule(/^bgpls TestGetLSSourceRouterID/, linkStateTlv(1171)),
  rule(/^bgpls TestUnmarshalAppSpecLinkAttr/, linkStateTlv(1122)),
  rule(/^bgpls TestUnmarshalFlexAlgoDefinition/, linkStateTlv(1039)),
  rule(/^bgpls TestUnmarshalFlexAlgoPrefixMetric/, linkStateTlv(1044)),
  rule(/^bgpls TestUnmarshalSRAffinity/, linkStateTlv(1208)),
  rule(/^bgpls TestUnmarshalSRSRLG/, linkStateTlv(1209)),
  rule(/^bgpls TestUnmarshalSRBandwidth/, linkStateTlv(1210)),
  rule(
    /^bgpls TestUnmarshalSRCandidatePathConstraintsSubTLV |^bgpls TestUnmarshalSRSegmentListSubTLV /,
    attributeOf(29, 0x80),
  ),
  rule(/^sr TestUnmarshalPeerSID/, linkStateTlv(1101)),
  rule(/^sr TestUnmarshalPrefixSIDTLV/, linkStateTlv(1158)),
  rule(/^sr TestUnmarshalSRLocalBlock/, linkStateTlv(1036)),
  rule(/^base TestUnmarshalLinkNLRI/, linkStateNlri(2)),
  rule(/^base TestUnmarshalPrefixNLRI|^ls .*Type3.*prefixVal/, linkStateNlri(3)),
  rule(/^ls .*Type4.*prefixVal/, linkStateNlri(4)),
  rule(/^ls .*Type5.*tePolicyVal|^te TestUnmarshalTEPolicyNLRI/, linkStateNlri(5)),
  rule(/^ls .*Type6.*srv6Val|^srv6 \(package\)/, linkStateNlri(6)),
  rule(/^ls .*nodeBody/, linkStateNlri(1)),
  rule(/^ls .*(input|payload)/i, nlriOf(16388, 71)),
  rule(/^base TestUnmarshalMSDTV/, linkStateTlv(266)),
  rule(/^base TestUnmarshalMultiTopology/, linkStateTlv(263)),
  // families
  rule(/^multicast .*IPv6/, nlriOf(2, 2)),
  rule(
    /^unicast TestUnmarshalUnicastNLRI|^base TestUnmarshalBaseNLRI|^multicast /,
    withOwnPathIds(1, 1),
  ),
  rule(/^unicast .*IPv6/, nlriOf(2, 4)),
  rule(/^unicast /, withOwnPathIds(1, 4)),
  rule(/^l3vpn .*(IPv6|VPNv6)/, nlriOf(2, 128)),
  // More bits than label, distinguisher and an IPv4 address have.
  rule(/^l3vpn /, nlriOf(2, 128), /^(79|7[a-f]|[89a-f].)/),
  rule(/^l3vpn /, nlriOf(1, 128)),
  rule(/^rtc .*(data|input)/, nlriOf(1, 132)),
  rule(/^vpls .*(input|nlri)/i, nlriOf(25, 65)),
  rule(/^evpn TestRFC9251_SMET .*input/, as.evpnRoute(6)),
  rule(/^evpn TestUnmarshalEVPNMcastMembershipReport/, as.evpnRoute(7)),
  rule(/^evpn TestUnmarshalEVPNMcastLeave/, as.evpnRoute(8)),
  rule(/^evpn TestRFC9572_PerRegionIPMSIAD/, as.evpnRoute(9)),
  rule(/^evpn TestUnmarshalEVPNSPMSI/, as.evpnRoute(10)),
  rule(/^evpn TestUnmarshalEVPNLeafAD/, as.evpnRoute(11)),
  rule(/^evpn .* input/, nlriOf(25, 70)),
  rule(/^mcastvpn .* input/, nlriOf(1, 5)),
  rule(/^flowspec TestVPNFlowspecNLRI_IPv6/, nlriOf(2, 134)),
  rule(/^flowspec TestVPN|^bgp .*VPNWithData/, nlriOf(1, 134)),
  rule(/^flowspec TestUnmarshalOpVal|^flowspec TestPrefixSpec|^flowspec .*OpVal /, piece),
  rule(/^flowspec .*(IPv6|RFC8956)|^bgp .*GetFlowspecNLRI_IPv6/, nlriOf(2, 133)),
  rule(/^flowspec |^bgp .*Flowspec|^message (TestFlowspec|parseOneNLRI)/, nlriOf(1, 133)),
  rule(
    /^srpolicy (TestRFC9256_NLRIv4|TestRFC9256_LengthValues|TestUnmarshalLSNLRI73(?!.*v6))/,
    nlriOf(1, 73),
  ),
  rule(/^srpolicy (TestRFC9256_NLRIv6|TestUnmarshalLSNLRI73 .*v6)/, nlriOf(2, 73)),
  rule(
    /^srpolicy TestUnmarshalSRPolicyTLV_(BSID|ENLP|Minimal|Multiple|Priority|Unknown)/,
    attributeOf(23),
  ),
  rule(/^srpolicy TestUnmarshalSegmentListSTLV_.* input/, as.segments),
  rule(/^srpolicy TestUnmarshalTypeASegment/, as.segmentOf(1)),
  rule(/^srpolicy TestUnmarshalTypeBSegment/, as.segmentOf(13)),
  rule(/^srpolicy TestUnmarshalTypeCSegment/, as.segmentOf(3)),
  rule(/^srpolicy TestUnmarshalTypeDSegment/, as.segmentOf(4)),
  rule(/^srpolicy TestUnmarshalTypeESegment/, as.segmentOf(5)),
  rule(/^srpolicy TestUnmarshalTypeFSegment/, as.segmentOf(6)),
  rule(/^srv6 TestRFC9252_AllSubTLV/, attributeOf(29, 0x80)),
  rule(/^srv6 TestRFC9252_BGPPeerNodeSID/, linkStateTlv(1251)),
  rule(/^srv6 TestRFC9252_CapabilityTLV/, linkStateTlv(1038)),
  rule(/^srv6 Test(RFC9252_EndXSID|UnmarshalSRv6EndXSID)/, linkStateTlv(1106)),
  rule(/^srv6 TestRFC9252_EndpointBehavior/, linkStateTlv(1250)),
  rule(/^srv6 TestRFC9252_SIDStructureTLV/, linkStateTlv(1252)),
  rule(
    /^srv6 TestUnmarshalSRv6L3Service/,
    (hex, negotiated) =>
      attributeOf(40)(`05${(hex.length / 2).toString(16).padStart(4, "0")}${hex}`, negotiated),
  ),
  rule(/./, piece),
];

/** goBMP's OPENs begin at the length of the BGP header. */
function openBody(hex: string, negotiated: as.Negotiated): string {
  return as.message("ff".repeat(16) + hex, negotiated);
}

/** Lists whose path identifiers are in the bytes, as goBMP guesses too. */
function withOwnPathIds(afi: number, safi: number): as.Reader {
  return nlriOf(afi, safi);
}

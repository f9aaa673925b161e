/**
 * Vectors that are refused here while their project states nothing: broken by a test's design, or by another reading of a layout. Each names
 * the fault, so that another one in the same vector shows up.
 */
import type { Difference } from "./differences.ts";

export const REFUSED: readonly Difference[] = [
  {
    file: "gobmp-vectors",
    where: /TestGet(SRLG|RemoteIPv6RouterID|MaxLinkBandwidth|PrefixOSPFForwardAddr)/,
    what: /^refused here: ls-tlv-value-length/,
    reason:
      "the length is none that the TLV can have (RFC 9552 section 8.2.2): goBMP says nothing of it, here it is a fault",
  },
  {
    file: "gobmp-vectors",
    where: /TestGetPrefixIGP(Ext)?RouteTag/,
    what: /^refused here: ls-tlv-value-length/,
    reason:
      "tags and a rest (RFC 9552 sections 5.3.3.2, 5.3.3.3): goBMP takes the tags before the rest",
  },
  {
    file: "gobmp-vectors",
    where: /TestUnmarshalSRSegmentListSubTLV b/,
    what: /^refused here: ls-tlv-value-length/,
    reason:
      "an SR Segment of type 1 that ends before its SID, which is there also without flag S (RFC 9857 section 5.7.1)",
  },
  {
    file: "gobmp-vectors",
    where: /RFC9085_Combined/,
    what: /^refused here: ls-sid-range/,
    reason: "the test's layout has no room for the reserved octet of RFC 9085 section 2.1.2",
  },
  {
    file: /^(gobmp-vectors|messages)$/,
    where: /CommonHeaderGuards|UnmarshalBMPRawMessage_|TestProduceRawMessage/,
    what: /^refused here: per-peer-header/,
    reason: "the test is of the common header: there is no message of that type behind it",
  },
  {
    file: "gobmp-vectors",
    where: /TestParsingWorker/,
    what: /^refused here: tlv-length/,
    reason:
      "of goBMP's message an Initiation is the first half, and its sysDescr is longer than the message",
  },
  {
    file: "gobmp-vectors",
    where: /TestRFC8955_EdgeCases nlri/,
    what: /^refused here: flowspec-component-type/,
    reason:
      "component type 255 (RFC 8955 section 4.2.2: types that are not known make the NLRI malformed)",
  },
  {
    file: "gobmp-vectors",
    where: /TestVPNFlowspecNLRI_IPv6 ipv4Input/,
    what: /^refused here: flowspec-prefix-length/,
    reason:
      "an IPv4 prefix without the offset that IPv6 has: the test reads it as IPv4, here it was read as IPv6",
  },
  {
    file: "gobmp-vectors",
    where: /RDOnlyNoSpecs/,
    what: /^refused here: flowspec-empty/,
    reason:
      "a Flow Specification of no component matches all traffic; RFC 8955 section 4.2 has at least one",
  },
  {
    file: "gobmp-vectors",
    where: /nonVPNInput|LengthExceeds(Buffer|128|Data)|PrefixLengthExceeds128/,
    what: /^refused here: nlri-truncated/,
    reason:
      "a length that runs past the end, by the test's design; goBMP states no error for one that its tests only hash",
  },
  {
    file: "gobmp-vectors",
    where: /ParsePMSITunnel_NoLabel/,
    what: /^refused here: pmsi-tunnel-identifier/,
    reason:
      "the label's 3 octets are always there (RFC 6514 section 5); goBMP lets them be left out",
  },
  {
    file: "gobmp-vectors",
    where: /PrefixSID_Bounds type 5 zero length/,
    what: /^refused here: srv6-service-length/,
    reason: "an SRv6 Service TLV has a reserved octet at least (RFC 9252 section 2)",
  },
  {
    file: "rust-vectors",
    where: /format_as_pcap/,
    what: /^refused here: bytes-after-update/,
    reason: "two UPDATEs one behind the other",
  },
  {
    file: /^(rust-vectors|messages)$/,
    where: /peer_down_lacking_notification/,
    what: /^refused here: bgp-length/,
    reason:
      "reason 1 has a NOTIFICATION (RFC 7854 section 4.9); the test has a router that leaves it out",
  },
  {
    file: "rust-vectors",
    where: /test_structured_tlv_attributes/,
    what: /^refused here: bfd-discriminator-length/,
    reason: "shorter than 11 octets (RFC 9026 section 3.1.6); the test takes TLVs of any shape",
  },
  {
    file: "rust-vectors",
    where: /test_structured_tlv_attributes/,
    what: /^refused here: sfp-hop/,
    reason: "no Hop TLV (RFC 9015 section 3.2.1); the test takes TLVs of any shape",
  },
  {
    file: "rust-vectors",
    where: /NetGauze .*test_open_(sent|confirm)_update_err/,
    what: /^refused here: nlri-truncated/,
    reason: "a broken prefix, by the test's design",
  },
  {
    file: "gobgp-vectors",
    where: /Test_LsTLV/,
    what: /^refused here: ls-(tlv-value-length|tlv-length|sid-length|sid-range)/,
    reason: "a length that the TLV cannot have: the rows of these tables that gobgp refuses too",
  },
  {
    file: "gobgp-vectors",
    where: /Test_LsAddrPrefix/,
    what: /^refused here: ls-(tlv|nlri)-length/,
    reason: "a length that runs past the end: the rows of this table that gobgp refuses too",
  },
  {
    file: "gobgp-vectors",
    where: /Test_PathAttributeLs/,
    what: /^refused here: ls-tlv-length, attribute-header/,
    reason:
      "an attribute that is longer than its TLV: the row of this table that gobgp refuses too",
  },
  {
    file: "opendaylight-vectors",
    where: /l3vpn(_m|\/m|M)cast/,
    what: /^refused here: nlri-distinguisher-length/,
    reason:
      "OpenDaylight writes a length octet of its own before RD and prefix; routes of SAFI 129 are those of RFC 4364 section 4.3.4 (RFC 6514 section 10)",
  },
  {
    file: "opendaylight-vectors",
    where: /up8\.bin/,
    what: /^refused here: origin-length, attribute-flags, attribute-length$/,
    reason: "attributes whose lengths are all wrong, by the test's design",
  },
  {
    file: "opendaylight-vectors",
    where: /NextHopAttributeParserTest/,
    what: /^refused here: next-hop-length/,
    reason:
      "NEXT_HOP has 4 octets (RFC 7606 section 7.3); an IPv6 next hop stands in MP_REACH_NLRI",
  },
  {
    file: "bio-rd-vectors",
    where: /TestDecodeUpdateMsg/,
    what: /^refused here: path-attribute-length/,
    reason: "Path Attributes that run past the end, by the test's design",
  },
  {
    file: "bio-rd-vectors",
    where: /TestDecodeOpenMsg/,
    what: /^refused here: open-version/,
    reason: "version 3, by the test's design",
  },
  {
    file: "bio-rd-vectors",
    where: /TestDecodePathAttr Not supported/,
    what: /^refused here: attribute-length/,
    reason: "an attribute that ends with its header, by the test's design",
  },
  {
    file: "bio-rd-vectors",
    where: /one and a half ClusterID/,
    what: /^refused here: cluster-list-length/,
    reason: "a CLUSTER_LIST of 6 octets, by the test's design",
  },
  {
    file: "bio-rd-vectors",
    where: /route mirror message nok/,
    what: /^refused here: per-peer-header/,
    reason: "a message that ends within the per-peer header, by the test's design",
  },
  {
    file: "bgpfix-vectors",
    where: /TestFQDN_Wire/,
    what: /^refused here: fqdn-length/,
    reason: "a host name that runs past the end, by the test's design",
  },
  {
    file: "messages",
    where: /bio-rd .* (TestBMPServer termination|TestDecode termination)/,
    what: /^refused here: termination-reason-length/,
    reason: "a reason of 1 octet; it has 2 (RFC 7854 section 4.5)",
  },
  {
    file: "messages",
    where: /scapy .*BGPOpen/,
    what: /^refused here: per-peer-header/,
    reason: "no BMP: the OPEN of scapy begins as BMP version 4 does",
  },
];

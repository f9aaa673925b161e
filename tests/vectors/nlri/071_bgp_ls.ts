// BGP-LS (RFC 9552 section 5.2), without route distinguisher.
import type { FamilyVectors } from "./vectors.ts";

/** Protocol 2, identifier 0. */
const IN_ISIS = "020000000000000000";
/** Local Node Descriptors: IGP Router-ID 10.0.0.1. */
const NODE = "0100 0008 0203 0004 0a000001".replaceAll(" ", "");

/** What goBMP's tests have as the head end of a path. */
const TE_HEAD_END = {
  hash: "398544e7951a2ae3dbfaf45d3122ba81",
  asn: 65000,
  bgpRouterId: "192.168.1.1",
};

/** An NLRI of this type: local node and these descriptors. */
function nlri(type: number, descriptors: string): string {
  return framed(type, IN_ISIS + NODE + descriptors.replaceAll(" ", ""));
}

function framed(type: number, body: string): string {
  return [type, body.length / 2].map((it) => it.toString(16).padStart(4, "0")).join("") + body;
}

export const BGP_LS_VECTORS: FamilyVectors = {
  good: [
    {
      name: "a link of IS-IS level 2 without AS",
      source: "exabgp qa/decoding/bgp-ls-5",
      nlri:
        "000200350200000000000000000100000a020300060001000000010101000a02030006000100000002010300040a000000010400040a000001",
      route: {
        type: 2,
        protocolId: 2,
        identifier: 0n,
        localNode: { hash: "dcbb8e2272e6438cd23fded1930e35c9", igpRouterId: "0001.0000.0001" },
        remoteNode: { hash: "fbf95a72e2c21fd18ecf1987a11c189f", igpRouterId: "0001.0000.0002" },
        ipv4InterfaceAddress: "10.0.0.0",
        ipv4NeighborAddress: "10.0.0.1",
      },
    },
    {
      name: "an IPv4 prefix of universe 700",
      source: "exabgp qa/decoding/bgp-ls-8",
      nlri:
        "000300300200000000000002bc0100001a0200000400003e34020100040000000002030006010135000041010900051e0a860258",
      route: {
        type: 3,
        protocolId: 2,
        identifier: 700n,
        localNode: {
          hash: "f8a1300c5fb7c85aa63dbbe0bfdc25f7",
          asn: 15924,
          bgpLsId: 0,
          igpRouterId: "0101.3500.0041",
        },
        prefix: { address: "10.134.2.88", length: 30 },
      },
    },
    {
      name: "a link between pseudonodes",
      source: "opendaylight bgp/util bgp_hex.txt block 7",
      nlri:
        "000200570200000000000000010100001b0200000400000048020100042828282802030007000000000043000101001b02000004000000480201000428282828020300070000000000400001030004c914a02b01040004c914a028",
      route: {
        type: 2,
        protocolId: 2,
        identifier: 1n,
        localNode: {
          hash: "61609190d99f686ba59b3665b7500652",
          asn: 72,
          bgpLsId: 673720360,
          igpRouterId: "0000.0000.0043.00",
        },
        remoteNode: {
          hash: "bedd96e3f34f3499ab845e4d4a19f870",
          asn: 72,
          bgpLsId: 673720360,
          igpRouterId: "0000.0000.0040.00",
        },
        ipv4InterfaceAddress: "201.20.160.43",
        ipv4NeighborAddress: "201.20.160.40",
      },
    },
    {
      name: "a node of OSPFv2",
      source: "opendaylight up3.bin",
      nlri:
        "0001002d030000000000000001010000200200000400000064020100041919190102020004000000000203000403030304",
      route: {
        type: 1,
        protocolId: 3,
        identifier: 1n,
        localNode: {
          hash: "5628e59768d0aaf854d5959a9746bafa",
          asn: 100,
          bgpLsId: 421075201,
          ospfAreaId: 0,
          igpRouterId: "3.3.3.4",
        },
      },
    },
    {
      name: "a pseudonode of OSPFv2",
      source: "opendaylight up3.bin",
      nlri:
        "000100310300000000000000010100002402000004000000640201000419191901020200040000000002030008030303040b0b0b03",
      route: {
        type: 1,
        protocolId: 3,
        identifier: 1n,
        localNode: {
          hash: "4ca17c244f128687a95f0b0ac7610b2a",
          asn: 100,
          bgpLsId: 421075201,
          ospfAreaId: 0,
          igpRouterId: "0303.0304.0b0b.0b03",
        },
      },
    },
    {
      name: "a node with an IS-IS router of 4 bytes",
      source: "gobgp Test_LsNodeNLRIWithoutBgpRouterIDRoundTrip",
      nlri: "0001001d02000000000000000001000010020000040000fde8020300040a000001",
      route: {
        type: 1,
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "42ead91552a68aaab6c28d5fad00acba",
          asn: 65000,
          igpRouterId: "10.0.0.1",
        },
      },
    },
    {
      name: "a pseudonode of IS-IS level 1",
      source: "NetGauze test_wire",
      nlri:
        "000100280100000000000000000100001b020000040001000002010004000000000203000700000000000901",
      route: {
        type: 1,
        protocolId: 1,
        identifier: 0n,
        localNode: {
          hash: "77d6415654e72c333d087a26a3d7feb5",
          asn: 65536,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0009.01",
        },
      },
    },
    {
      name: "an IPv4 prefix with topology and OSPF route type",
      source: "opendaylight LinkstateNlriParserTest",
      nlri:
        "000300390200000000000000010100001a020000040000004802010004282828280203000600000000004201070002000f01080001030109000310ffff",
      route: {
        type: 3,
        protocolId: 2,
        identifier: 1n,
        localNode: {
          hash: "28f4efc360ae901dc9d2a2f67533521d",
          asn: 72,
          bgpLsId: 673720360,
          igpRouterId: "0000.0000.0042",
        },
        multiTopologyIds: [15],
        ospfRouteType: 3,
        prefix: { address: "255.255.0.0", length: 16 },
      },
    },
    {
      name: "two prefixes in one NLRI: the first counts",
      source: "gobgp Test_LsAddrPrefix",
      nlri:
        "00030043020000000000000000010000220200000407070707020100040707070702020004070707070203000601020304050601090002080a010900051fc0a807fe0108000106",
      route: {
        type: 3,
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "e6af57115de4c522844f8289b3048fd2",
          asn: 117901063,
          bgpLsId: 117901063,
          ospfAreaId: 117901063,
          igpRouterId: "0102.0304.0506",
        },
        prefix: { address: "10.0.0.0", length: 8 },
        ospfRouteType: 6,
        otherTlvs: [{ type: 265, value: "1fc0a807fe" }],
      },
    },
    {
      name: "a prefix NLRI without prefix (RFC 9552 section 8.2.2: no malformed one)",
      source: "gobgp Test_LsAddrPrefix",
      nlri:
        "0003002f0200000000000000000100002202000004070707070201000407070707020200040707070702030006010203040506",
      route: {
        type: 3,
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "e6af57115de4c522844f8289b3048fd2",
          asn: 117901063,
          bgpLsId: 117901063,
          ospfAreaId: 117901063,
          igpRouterId: "0102.0304.0506",
        },
      },
    },
    {
      name: "an IPv6 prefix of two topologies and an area",
      source: "NetGauze test_bgp_ls_nlri_ipv6_parse",
      nlri:
        "0004003701000000000000004501000008020200040000001201090011800001000200030004000500060007000801070004004500150108000104",
      route: {
        type: 4,
        protocolId: 1,
        identifier: 69n,
        localNode: { hash: "9783a890d9ab7353683be302a0cf70be", ospfAreaId: 18 },
        prefix: { address: "1:2:3:4:5:6:7:8", length: 128 },
        multiTopologyIds: [69, 21],
        ospfRouteType: 4,
      },
    },
    {
      name: "an IPv6 prefix of 127 bits without its octets of 0",
      source: "exabgp test_unpack_prefix_v6_nlri",
      nlri: "0004001d03000000000000000101000008020000040000fffd010900047f200107",
      route: {
        type: 4,
        protocolId: 3,
        identifier: 1n,
        localNode: { hash: "7c8a52e4c3bb6269faf4f6d44b375182", asn: 65533 },
        prefix: { address: "2001:700::", length: 127 },
      },
    },
    {
      name: "an IPv6 prefix of 120 bits",
      source: "gobmp TestUnmarshalPrefixNLRI",
      nlri:
        "000400410200000000000000000100001a02000004000013ce0201000400000000020300060000000000930107000200020109001078009000340000000000000000000000",
      route: {
        type: 4,
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "6ba91f7f4f4032d0b82caa898b9fef8d",
          asn: 5070,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0093",
        },
        multiTopologyIds: [2],
        prefix: { address: "90:34::", length: 120 },
      },
    },
    {
      name: "a link of topology 2 with IPv6 addresses",
      source: "gobmp TestUnmarshalLSNLRI71_RFC7752_MultipleNLRIs",
      nlri:
        "000200730200000000000000000100001a020000040000fde80201000400000000020300060000000000050101001a020000040000fde802010004000000000203000600000000000301050010fc00dddd00030005000000000000000501060010fc00dddd000300050000000000000003010700020002",
      route: {
        type: 2,
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "7fde188f17be178b06ad87f6290ba0a0",
          asn: 65000,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0005",
        },
        remoteNode: {
          hash: "55e30b6c9124f06f654a2c1bbccfa9f5",
          asn: 65000,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0003",
        },
        ipv6InterfaceAddress: "fc00:dddd:3:5::5",
        ipv6NeighborAddress: "fc00:dddd:3:5::3",
        multiTopologyIds: [2],
      },
    },
    {
      name: "a link of BGP, confederation member",
      source: "gobmp's record of the same bytes",
      nlri:
        "0002005107000000000000000001000020020000040000fde90201000400000000020400040a000001020500040000fdea01010010020000040000fdeb020400040a000002010300040a010101010400040a010102",
      route: {
        type: 2,
        protocolId: 7,
        identifier: 0n,
        localNode: {
          hash: "e78c16412ca35ddf3dcb2f654a27df2a",
          asn: 65001,
          bgpLsId: 0,
          bgpRouterId: "10.0.0.1",
          memberAsn: 65002,
        },
        remoteNode: {
          hash: "a2037a08c7c902143b9e5efc161fc7f6",
          asn: 65003,
          bgpRouterId: "10.0.0.2",
        },
        ipv4InterfaceAddress: "10.1.1.1",
        ipv4NeighborAddress: "10.1.1.2",
      },
    },
    {
      name: "an SRv6 SID",
      source: "gobmp sidNLRIFixture",
      nlri:
        "000600410200000000000000000100001a02000004000013ce0201000400000000020300060000000000930107000200020206001001920168009300000011000000000000",
      route: {
        type: 6,
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "6ba91f7f4f4032d0b82caa898b9fef8d",
          asn: 5070,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0093",
        },
        multiTopologyIds: [2],
        srv6Sid: "192:168:93:0:11::",
      },
    },
    {
      name: "a headend without candidate path",
      source: "gobmp TestUnmarshalLSNLRI71_Type5_TEPolicy",
      nlri: "0005001d09000000000000000001000010020000040000fde802040004c0a80101",
      route: {
        type: 5,
        protocolId: 9,
        identifier: 0n,
        localNode: {
          hash: "398544e7951a2ae3dbfaf45d3122ba81",
          asn: 65000,
          bgpRouterId: "192.168.1.1",
        },
      },
    },
    {
      name: "a candidate path of an SR policy, IPv4",
      source: "gobgp Test_LsSrPolicyCandidatePathNLRI",
      nlri:
        "0005004909000000000000000001000020020000040000fde902010004000000000204000401010101040400040a000001022a0018140000000a000002000000640000fde90101010100000001",
      route: {
        type: 5,
        protocolId: 9,
        identifier: 0n,
        localNode: {
          hash: "c89d64613837c3c5b2507884399373f4",
          asn: 65001,
          bgpLsId: 0,
          bgpRouterId: "1.1.1.1",
          ipv4RouterId: "10.0.0.1",
        },
        candidatePath: {
          protocolOrigin: 20,
          endpoint: "10.0.0.2",
          color: 100,
          originatorAsn: 65001,
          originatorAddress: "1.1.1.1",
          discriminator: 1,
        },
      },
    },
    {
      name: "a candidate path of an SR policy, IPv6",
      source: "gobgp Test_LsSrPolicyCandidatePathNLRI",
      nlri:
        "0005006109000000000000000701000020020000040000fde902010004000000000204000401010101040400040a000001022a003014c0000020010db8000000000000000000000002000000640000fde920010db800000000000000000000000100000001",
      route: {
        type: 5,
        protocolId: 9,
        identifier: 7n,
        localNode: {
          hash: "c89d64613837c3c5b2507884399373f4",
          asn: 65001,
          bgpLsId: 0,
          bgpRouterId: "1.1.1.1",
          ipv4RouterId: "10.0.0.1",
        },
        candidatePath: {
          protocolOrigin: 20,
          endpoint: "2001:db8::2",
          color: 100,
          originatorAsn: 65001,
          originatorAddress: "2001:db8::1",
          discriminator: 1,
        },
      },
    },
    {
      name: "a candidate path from an IPv4 originator to an IPv6 endpoint",
      source: "gobgp Test_LsSrPolicyCandidatePathNLRI",
      nlri:
        "0005005509000000000000000001000020020000040000fde902010004000000000204000401010101040400040a000001022a00241480000020010db8000000000000000000000002000000640000fde90101010100000001",
      route: {
        type: 5,
        protocolId: 9,
        identifier: 0n,
        localNode: {
          hash: "c89d64613837c3c5b2507884399373f4",
          asn: 65001,
          bgpLsId: 0,
          bgpRouterId: "1.1.1.1",
          ipv4RouterId: "10.0.0.1",
        },
        candidatePath: {
          protocolOrigin: 20,
          endpoint: "2001:db8::2",
          color: 100,
          originatorAsn: 65001,
          originatorAddress: "1.1.1.1",
          discriminator: 1,
        },
      },
    },
    {
      name: "an unnumbered link, an address family, repeated identifiers",
      nlri:
        "0002003e05ffffffffffffffff01000008020300040a00000101010008020300040a00000201020008000000010000000201020008000000030000000404a1000102",
      route: {
        type: 2,
        protocolId: 5,
        identifier: 18446744073709551615n,
        localNode: { hash: "690cd354df23773090da1c11a9bcc434", igpRouterId: "10.0.0.1" },
        remoteNode: { hash: "e3e8bc33f52a5b5fe81e5f56ab3e4e13", igpRouterId: "10.0.0.2" },
        linkIds: { local: 1, remote: 2 },
        linkAddressFamily: 2,
        otherTlvs: [{ type: 258, value: "0000000300000004" }],
      },
    },
    {
      name: "unknown and repeated sub-TLVs of a node",
      nlri: "00010025010000000000000000010000180203000600000000000902030001ff028000050102030405",
      route: {
        type: 1,
        protocolId: 1,
        identifier: 0n,
        localNode: {
          hash: "2ac2a3bf70a40ef023b0d0a33a939cac",
          igpRouterId: "0000.0000.0009",
          otherTlvs: [{ type: 515, value: "ff" }, { type: 640, value: "0102030405" }],
        },
      },
    },
    {
      name: "a stub link, whose type no standard has",
      nlri: "0007000401020304",
      route: { type: 7, value: "01020304" },
    },
    {
      name: "a type of private use, empty",
      nlri: "fde80000",
      route: { type: 65000, value: "" },
    },
    {
      name: "an IPv4 prefix of OSPFv2, intra-area",
      source: "gobmp",
      nlri:
        "0003003a03000000000000000001000020020000040000fde902010004000000000202000400000000020300040a000001010800010101090004180a0101",
      route: {
        type: 3,
        protocolId: 3,
        identifier: 0n,
        localNode: {
          hash: "fc2206c0c0811445a6b39bfd3015e249",
          asn: 65001,
          bgpLsId: 0,
          ospfAreaId: 0,
          igpRouterId: "10.0.0.1",
        },
        ospfRouteType: 1,
        prefix: { address: "10.1.1.0", length: 24 },
      },
    },
    {
      name: "a headend of IPv6",
      nlri:
        "0005003d090000000000000000010000140405001020010db8000000000000000000000001022a0018010000000a00000200000064000000000000000000000001",
      route: {
        type: 5,
        protocolId: 9,
        identifier: 0n,
        localNode: { hash: "58c9d7bad9a0691f3dc9a5725dfc0df5", ipv6RouterId: "2001:db8::1" },
        candidatePath: {
          protocolOrigin: 1,
          endpoint: "10.0.0.2",
          color: 100,
          originatorAsn: 0,
          originatorAddress: "0.0.0.0",
          discriminator: 1,
        },
      },
    },
    {
      name: "an MPLS-TE path",
      source: "gobmp TestTEPolicy_GetTunnelID, _GetLSPID, _GetTunnelHeadEndAddr_IPv4, _GetTunnelTailEndAddr_IPv4",
      nlri: "0005003908000000000000000001000010020000040000fde802040004c0a801010226000230390227000203e7022800040a00000102290004ac100001",
      route: {
        type: 5,
        protocolId: 8,
        identifier: 0n,
        localNode: TE_HEAD_END,
        tunnelId: 12345,
        lspId: 999,
        tunnelHeadEnd: "10.0.0.1",
        tunnelTailEnd: "172.16.0.1",
      },
    },
    {
      name: "an MPLS-TE path of IPv6",
      source: "gobmp TestTEPolicy_GetTunnelHeadEndAddr_IPv6",
      nlri: "0005003108000000000000000001000010020000040000fde802040004c0a801010228001020010db8000000000000000000000001",
      route: {
        type: 5,
        protocolId: 8,
        identifier: 0n,
        localNode: TE_HEAD_END,
        tunnelHeadEnd: "2001:db8::1",
      },
    },
    {
      name: "an MPLS cross-connect",
      source: "gobmp TestTEPolicy_LocalMPLSCrossConnect_WithFECSubTLV, _WithInterfaceSubTLV, _UnknownSubTLV",
      nlri: "0005004408000000000000000001000010020000040000fde802040004c0a80101022b002300000064000000c8022c0009800000002a0a000001022d00058018c0a80103e7000100",
      route: {
        type: 5,
        protocolId: 8,
        identifier: 0n,
        localNode: TE_HEAD_END,
        crossConnect: {
          incomingLabel: 100,
          outgoingLabel: 200,
          interfaces: [{ isIncoming: true, localId: 42, address: "10.0.0.1" }],
          fecs: [{ address: "192.168.1.0", length: 24 }],
          otherTlvs: [{ type: 999, value: "00" }],
        },
      },
    },
  ],
  malformed: [
    { name: "a tunnel id of 3 octets", nlri: "0005002408000000000000000001000010020000040000fde802040004c0a8010102260003000001", fault: "ls-tlv-value-length@37" },
    { name: "a head end of 8 octets", nlri: "0005002908000000000000000001000010020000040000fde802040004c0a80101022800080000000000000000", fault: "ls-tlv-value-length@37" },
    { name: "a cross-connect of 7 octets", nlri: "0005002808000000000000000001000010020000040000fde802040004c0a80101022b000700000000000000", fault: "ls-tlv-value-length@37" },
    { name: "a FEC of IPv4 with 33 bits", nlri: "0005002f08000000000000000001000010020000040000fde802040004c0a80101022b000e0000000000000000022d00028021", fault: "ls-prefix-length@50" },
    { name: "an interface without an address", nlri: "0005003108000000000000000001000010020000040000fde802040004c0a80101022b00100000000000000000022c000400000000", fault: "ls-tlv-value-length@49" },
    { name: "3 bytes", nlri: "000100", fault: "ls-nlri-header@0", isBorderLost: true },
    {
      name: "a length past the end",
      nlri: "0001000502",
      fault: "ls-nlri-length@2",
      isBorderLost: true,
    },
    {
      name: "no room for protocol and identifier",
      nlri: framed(1, "0200000000000000"),
      fault: "ls-nlri-identifier@4",
    },
    { name: "half a TLV header", nlri: framed(1, `${IN_ISIS}010000`), fault: "ls-tlv-header@13" },
    {
      name: "a TLV past the end",
      nlri: framed(1, `${IN_ISIS}0100000200`),
      fault: "ls-tlv-length@15",
    },
    {
      name: "a sub-TLV past its node",
      nlri: framed(1, `${IN_ISIS}0100000402000004`),
      fault: "ls-tlv-length@19",
    },
    {
      name: "an AS number of 3 bytes",
      nlri: framed(1, `${IN_ISIS}0100000702000003000001`),
      fault: "ls-tlv-value-length@21",
    },
    {
      name: "an area of 3 bytes",
      // gobmp TestNodeDescriptorGetOSPFAreaID
      nlri: framed(1, `${IN_ISIS}0100000702020003000007`),
      fault: "ls-tlv-value-length@21",
    },
    {
      name: "an empty IGP Router-ID",
      nlri: framed(1, `${IN_ISIS}0100000402030000`),
      fault: "ls-tlv-value-length@21",
    },
    {
      name: "a BGP Router-ID of 5 bytes",
      // gobgp Test_LsTLVBgpRouterID
      nlri: framed(1, `${IN_ISIS}01000009020400050aff000102`),
      fault: "ls-tlv-value-length@21",
    },
    {
      name: "link identifiers of 4 bytes",
      // gobmp TestLinkDescriptorGetLinkID
      nlri: nlri(2, "0102 0004 00000001"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "an IPv4 interface of 3 bytes",
      nlri: nlri(2, "0103 0003 0a0000"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "an IPv6 neighbor of 4 bytes",
      nlri: nlri(2, "0106 0004 0a000001"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "an odd length of topologies",
      nlri: nlri(2, "0107 0003 000200"),
      fault: "ls-tlv-value-length@29",
    },
    { name: "no topology", nlri: nlri(2, "0107 0000"), fault: "ls-tlv-value-length@29" },
    {
      name: "an address family of 2 bytes",
      // gobmp
      nlri: nlri(2, "04a1 0002 0001"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "an OSPF route type of 2 bytes",
      nlri: nlri(3, "0108 0002 0001"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "an empty prefix",
      // gobmp
      nlri: nlri(3, "0109 0000"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "an IPv4 prefix of 33 bits",
      nlri: nlri(3, "0109 0006 21 0a00000000"),
      fault: "ls-prefix-length@29",
    },
    {
      name: "an IPv4 prefix with a byte too many",
      nlri: nlri(3, "0109 0005 18 0a000000"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "a prefix without an octet (gobgp Test_LsTLVIPReachability)",
      nlri: nlri(4, "0109 0001 01"),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "an SRv6 SID of 15 bytes",
      nlri: nlri(6, `0206 000f ${"20".repeat(15)}`),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "a candidate path of 23 bytes",
      nlri: nlri(5, `022a 0017 ${"00".repeat(23)}`),
      fault: "ls-tlv-value-length@29",
    },
    {
      name: "a candidate path whose flags want IPv6 addresses",
      nlri: nlri(5, `022a 0018 01c0${"00".repeat(22)}`),
      fault: "ls-tlv-value-length@29",
    },
  ],
};

import type { FamilyVectors } from "./vectors.ts";

const ODL = "OpenDaylight";
const ODL_RD = { rd: "1.2.3.4:258", rdType: 1 };
const GOBMP = "gobmp";
const GOBMP_RD = { rd: "100:100", rdType: 0 };
const EXABGP = "exabgp";
const EXABGP_RD = { rd: "65000:99999", rdType: 0 };
/** RD 65001:100. */
const RD = "0000fde900000064";
const OWN_RD = { rd: "65001:100", rdType: 0 };
/** P2MP FEC: root 10.1.1.1, generic LSP identifier 7. */
const P2MP_FEC = "06 0001 04 0a010101 0007 01 0004 00000007";
const P2MP = { type: 6, root: "10.1.1.1", opaque: [{ type: 1, lspId: 7 }] };

const S_PMSI = "03 16 0001010203040102 20 0a00000a 20 0c00000c 01000001";

export const IPV4_MCAST_VPN_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, Intra-AS I-PMSI",
      source: ODL,
      nlri: "01 0c 0001010203040102 0a0a0a0a",
      route: {
        routeType: 1,
        name: "intra-as-i-pmsi-auto-discovery",
        ...ODL_RD,
        originator: "10.10.10.10",
      },
    },
    {
      name: "1 with an originator in IPv6",
      nlri: `01 18 ${RD} 20010db8000000000000000000000001`,
      route: {
        routeType: 1,
        name: "intra-as-i-pmsi-auto-discovery",
        ...OWN_RD,
        originator: "2001:db8::1",
      },
    },
    {
      name: "2, Inter-AS I-PMSI",
      source: ODL,
      nlri: "02 0c 0001010203040102 00000001",
      route: { routeType: 2, name: "inter-as-i-pmsi-auto-discovery", ...ODL_RD, sourceAs: 1 },
    },
    {
      name: "2, withdrawn",
      source: ODL,
      nlri: "02 0c 0001010203040102 0000fbf0",
      isWithdrawn: true,
      route: { routeType: 2, name: "inter-as-i-pmsi-auto-discovery", ...ODL_RD, sourceAs: 64496 },
    },
    {
      name: "3, S-PMSI",
      source: ODL,
      nlri: S_PMSI,
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        ...ODL_RD,
        multicastSource: "10.0.0.10",
        multicastGroup: "12.0.0.12",
        originator: "1.0.0.1",
      },
    },
    {
      name: "3",
      source: GOBMP,
      nlri: "03 16 0000006400000064 20 c0a80101 20 e0000001 0a000001",
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        ...GOBMP_RD,
        multicastSource: "192.168.1.1",
        multicastGroup: "224.0.0.1",
        originator: "10.0.0.1",
      },
    },
    {
      name: "3, any source",
      nlri: `03 12 ${RD} 00 20 ef010101 0a000001`,
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        ...OWN_RD,
        multicastGroup: "239.1.1.1",
        originator: "10.0.0.1",
      },
    },
    {
      name: "3, any source and any group",
      nlri: `03 0e ${RD} 00 00 0a000001`,
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        ...OWN_RD,
        originator: "10.0.0.1",
      },
    },
    {
      name: "3 of the global table, originator in IPv6",
      nlri: "03 22 0000000000000000 20 0a010101 20 ef010101 20010db8000000000000000000000001",
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        rd: "0:0",
        rdType: 0,
        multicastSource: "10.1.1.1",
        multicastGroup: "239.1.1.1",
        originator: "2001:db8::1",
      },
    },
    {
      name: "4, Leaf of an Inter-AS I-PMSI",
      source: ODL,
      nlri: "04 12 020c000101020304010200000001 01000001",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: "020c000101020304010200000001",
        leafOf: { routeType: 2, name: "inter-as-i-pmsi-auto-discovery", ...ODL_RD, sourceAs: 1 },
        originator: "1.0.0.1",
      },
    },
    {
      name: "4 of an S-PMSI, originator in IPv6",
      nlri: `04 28 ${S_PMSI} 20010db8000000000000000000000001`,
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: "03160001010203040102200a00000a200c00000c01000001",
        leafOf: {
          routeType: 3,
          name: "s-pmsi-auto-discovery",
          ...ODL_RD,
          multicastSource: "10.0.0.10",
          multicastGroup: "12.0.0.12",
          originator: "1.0.0.1",
        },
        originator: "2001:db8::1",
      },
    },
    {
      name: "4 of an S-PMSI with an mLDP opaque value for a group",
      nlri: `04 1f 03 19 ${RD} 20 0a010101 38 01000400000007 0a000001 0a000002`,
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: "03190000fde900000064200a01010138010004000000070a000001",
        leafOf: {
          routeType: 3,
          name: "s-pmsi-auto-discovery",
          ...OWN_RD,
          multicastSource: "10.1.1.1",
          groupHex: "01000400000007",
          originator: "10.0.0.1",
        },
        originator: "10.0.0.2",
      },
    },
    {
      name: "4 of the global table",
      source: GOBMP,
      nlri: "04 1a 0000006400000064 20 c0a80101 20 e0000001 0a000001 0a000002",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: "000000640000006420c0a8010120e00000010a000001",
        leafOf: {
          ...GOBMP_RD,
          multicastSource: "192.168.1.1",
          multicastGroup: "224.0.0.1",
          ingress: "10.0.0.1",
        },
        originator: "10.0.0.2",
      },
    },
    {
      name: "4 of the global table, (*,G), in IPv6",
      nlri:
        "04 32 ffffffffffffffff 20 0a010101 20 ef010101 20010db8000000000000000000000001 20010db8000000000000000000000002",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: "ffffffffffffffff200a01010120ef01010120010db8000000000000000000000001",
        leafOf: {
          rd: "ffffffffffffffff",
          rdType: 65535,
          multicastSource: "10.1.1.1",
          multicastGroup: "239.1.1.1",
          ingress: "2001:db8::1",
        },
        originator: "2001:db8::2",
      },
    },
    {
      name: "4 of a route of an unknown type",
      nlri: "04 08 0902abcd 0a000001",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: "0902abcd",
        leafOf: { routeType: 9, hex: "abcd" },
        originator: "10.0.0.1",
      },
    },
    {
      name: "5, Source Active",
      source: ODL,
      nlri: "05 12 0001010203040102 20 01000001 20 02000002",
      route: {
        routeType: 5,
        name: "source-active-auto-discovery",
        ...ODL_RD,
        multicastSource: "1.0.0.1",
        multicastGroup: "2.0.0.2",
      },
    },
    {
      name: "6, Shared Tree Join",
      source: ODL,
      nlri: "06 16 0001010203040102 0000000a 20 01000001 20 02000002",
      route: {
        routeType: 6,
        name: "shared-tree-join",
        ...ODL_RD,
        sourceAs: 10,
        multicastSource: "1.0.0.1",
        multicastGroup: "2.0.0.2",
      },
    },
    {
      name: "6",
      source: EXABGP,
      nlri: "06 16 0000fde80001869f 0000fde8 20 0a63c701 20 effbffe4",
      route: {
        routeType: 6,
        name: "shared-tree-join",
        ...EXABGP_RD,
        sourceAs: 65000,
        multicastSource: "10.99.199.1",
        multicastGroup: "239.251.255.228",
      },
    },
    {
      name: "7, Source Tree Join",
      source: EXABGP,
      nlri: "07 16 0000fde80001869f 0000fde8 20 0a630c02 20 effbffe4",
      route: {
        routeType: 7,
        name: "source-tree-join",
        ...EXABGP_RD,
        sourceAs: 65000,
        multicastSource: "10.99.12.2",
        multicastGroup: "239.251.255.228",
      },
    },
    {
      name: "7 with an mLDP opaque value for a group",
      nlri: `07 19 ${RD} 0000fde9 20 0a010101 38 01000400000007`,
      route: {
        routeType: 7,
        name: "source-tree-join",
        ...OWN_RD,
        sourceAs: 65001,
        multicastSource: "10.1.1.1",
        groupHex: "01000400000007",
      },
    },
    {
      name: "67, S-PMSI for mLDP",
      nlri: `43 1d ${RD} ${P2MP_FEC} 0a000001`,
      route: {
        routeType: 67,
        name: "mldp-s-pmsi-auto-discovery",
        ...OWN_RD,
        mldpFec: P2MP,
        originator: "10.0.0.1",
      },
    },
    {
      name: "67, a root of an unknown address family",
      nlri: `43 1d ${RD} 06 00fc 04 01010101 0007 01 0004 00000007 0a000001`,
      route: {
        routeType: 67,
        name: "mldp-s-pmsi-auto-discovery",
        ...OWN_RD,
        mldpFec: {
          type: 6,
          rootAfi: 252,
          rootHex: "01010101",
          opaque: [{ type: 1, lspId: 7 }],
        },
        originator: "10.0.0.1",
      },
    },
    {
      name: "67, a root in a topology, other opaque values",
      nlri: `43 2a ${RD} 07 001d 08 0a010101 0000 0005 0010 02 0003 0a0b0c ff 0100 0005 0102030405 0a000001`,
      route: {
        routeType: 67,
        name: "mldp-s-pmsi-auto-discovery",
        ...OWN_RD,
        mldpFec: {
          type: 7,
          root: "10.1.1.1",
          mtId: 5,
          opaque: [{ type: 2, hex: "0a0b0c" }, { type: 256, isExtended: true, hex: "0102030405" }],
        },
        originator: "10.0.0.1",
      },
    },
    {
      name: "68, Leaf for mLDP",
      nlri: `44 23 43 1d ${RD} ${P2MP_FEC} 0a000001 0a000002`,
      route: {
        routeType: 68,
        name: "mldp-leaf-auto-discovery",
        routeKey: "431d0000fde900000064060001040a0101010007010004000000070a000001",
        leafOf: {
          routeType: 67,
          name: "mldp-s-pmsi-auto-discovery",
          ...OWN_RD,
          mldpFec: P2MP,
          originator: "10.0.0.1",
        },
        originator: "10.0.0.2",
      },
    },
    {
      name: "68 of the global table",
      nlri: `44 21 0000000000000000 ${P2MP_FEC} 0a000001 0a000002`,
      route: {
        routeType: 68,
        name: "mldp-leaf-auto-discovery",
        routeKey: "0000000000000000060001040a0101010007010004000000070a000001",
        leafOf: { rd: "0:0", rdType: 0, mldpFec: P2MP, ingress: "10.0.0.1" },
        originator: "10.0.0.2",
      },
    },
    {
      name: "71, Source Tree Join for mLDP",
      nlri: `47 1d ${RD} 0000fde9 ${P2MP_FEC}`,
      route: {
        routeType: 71,
        name: "mldp-source-tree-join",
        ...OWN_RD,
        sourceAs: 65001,
        mldpFec: P2MP,
      },
    },
    {
      name: "a route of an unknown type",
      source: GOBMP,
      nlri: "08 04 00000000",
      route: { routeType: 8, hex: "00000000" },
    },
  ],
  malformed: [
    {
      name: "1 with an originator of 3 octets",
      nlri: "01 0b 0000006400000064 0a0001",
      fault: "nlri-address-length@10",
    },
    { name: "1 without its RD", nlri: "01 04 00000064", fault: "nlri-truncated@2" },
    { name: "2 with a source AS of 5 octets", nlri: `02 0d ${RD} 0000fde900`, fault: "nlri-trailing-bytes@14" },
    {
      name: "3 with a source of 24 bits",
      nlri: "03 13 0000006400000064 18 c0a801 20 e0000001 0a00",
      fault: "nlri-address-length@10",
    },
    {
      name: "3 without an originator",
      nlri: `03 12 ${RD} 20 0a010101 20 ef010101`,
      fault: "nlri-address-length@20",
    },
    { name: "4 with nothing in it", nlri: "04 00", fault: "nlri-truncated@2" },
    {
      name: "4 of a leaf",
      nlri: "04 08 04020000 0a000001",
      fault: "mcast-vpn-route-key@2",
    },
    {
      name: "4 of an S-PMSI that is malformed",
      nlri: `04 14 03 0e ${RD} 00 10 0a000001 0a000002`,
      fault: "nlri-address-length@16",
    },
    {
      name: "4 of the global table, its addresses of two families",
      nlri: "04 26 0000000000000000 20 0a010101 20 ef010101 0a000001 20010db8000000000000000000000001",
      fault: "mcast-vpn-route-key@20",
    },
    { name: "5 that is too long", nlri: `05 13 ${RD} 20 0a010101 20 ef010101 00`, fault: "nlri-trailing-bytes@20" },
    { name: "5 with a group cut short", nlri: `05 10 ${RD} 20 0a010101 20 ef01`, fault: "nlri-truncated@16" },
    { name: "71 with a FEC of another type", nlri: `47 0d ${RD} 0000fde9 05`, fault: "mldp-fec-type@14" },
    {
      name: "71 with a root of 5 octets",
      nlri: `47 15 ${RD} 0000fde9 06 0001 05 0a01010100`,
      fault: "mldp-fec-root@17",
    },
    {
      name: "71 with an opaque value that is cut",
      nlri: `47 18 ${RD} 0000fde9 06 0001 04 0a010101 0007 0100`,
      fault: "nlri-truncated@24",
    },
    {
      name: "71 with an opaque element beyond the opaque value",
      nlri: `47 1d ${RD} 0000fde9 06 0001 04 0a010101 0003 01 0004 00000007`,
      fault: "mldp-opaque-value@24",
    },
    {
      name: "a length beyond the end",
      nlri: "01 0c 00000064",
      fault: "nlri-truncated@1",
      isBorderLost: true,
    },
    { name: "a type alone", nlri: "01", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

export const IPV6_MCAST_VPN_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, originator in IPv4",
      nlri: "01 0c 0000fde900000064 0a000001",
      route: {
        routeType: 1,
        name: "intra-as-i-pmsi-auto-discovery",
        rd: "65001:100",
        rdType: 0,
        originator: "10.0.0.1",
      },
    },
    {
      name: "3, S-PMSI",
      source: "gobmp",
      nlri:
        "03 3a 0000006400000064 80 20010db8000100000000000000000001 80 ff0e0000000000000000000000000001 20010db8000000000000000000000002",
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        rd: "100:100",
        rdType: 0,
        multicastSource: "2001:db8:1::1",
        multicastGroup: "ff0e::1",
        originator: "2001:db8::2",
      },
    },
    {
      name: "5, Source Active",
      source: "exabgp",
      nlri:
        "05 2a 0000fde80001869f 80 fd120000000000000000000000000004 80 ff0e0000000000000000000000000001",
      isWithdrawn: true,
      route: {
        routeType: 5,
        name: "source-active-auto-discovery",
        ...EXABGP_RD,
        multicastSource: "fd12::4",
        multicastGroup: "ff0e::1",
      },
    },
    {
      name: "6, Shared Tree Join",
      source: "exabgp",
      nlri:
        "06 2e 0000fde80001869f 0000fde8 80 fd000000000000000000000000000001 80 ff0e0000000000000000000000000001",
      route: {
        routeType: 6,
        name: "shared-tree-join",
        ...EXABGP_RD,
        sourceAs: 65000,
        multicastSource: "fd00::1",
        multicastGroup: "ff0e::1",
      },
    },
    {
      name: "71, Source Tree Join for mLDP, the root in a topology",
      nlri:
        "47 2d 0000fde900000064 0000fde9 08 001e 14 20010db8000000000000000000000001 0000 0002 0007 01 0004 00000007",
      route: {
        routeType: 71,
        name: "mldp-source-tree-join",
        rd: "65001:100",
        rdType: 0,
        sourceAs: 65001,
        mldpFec: { type: 8, root: "2001:db8::1", mtId: 2, opaque: [{ type: 1, lspId: 7 }] },
      },
    },
  ],
  malformed: [
    {
      name: "5 with a source of 64 bits",
      nlri: "05 13 0000fde80001869f 40 fd12000000000000 00 00",
      fault: "nlri-address-length@10",
    },
  ],
};

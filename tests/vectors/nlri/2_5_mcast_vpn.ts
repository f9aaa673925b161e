import type { FamilyVectors } from "./vectors.ts";

const EXABGP_RD = { rd: "65000:99999", rdType: 0 };

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

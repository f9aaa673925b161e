/** Multicast in VPLS. */
import type { FamilyVectors } from "./vectors.ts";

export const MCAST_VPLS_VECTORS: FamilyVectors = {
  good: [
    {
      name: "S-PMSI, (S,G), IPv4",
      nlri: "0316 0000fde900000064 20 0a010101 20 ef010101 0a000001",
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        rd: "65001:100",
        rdType: 0,
        multicastSource: "10.1.1.1",
        multicastGroup: "239.1.1.1",
        originator: "10.0.0.1",
      },
    },
    {
      name: "S-PMSI, (S,G), IPv4, IPv6 originator",
      nlri: "0322 0000fde900000064 20 0a010101 20 ef010101 20010db8000000000000000000000001",
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        rd: "65001:100",
        rdType: 0,
        multicastSource: "10.1.1.1",
        multicastGroup: "239.1.1.1",
        originator: "2001:db8::1",
      },
    },
    {
      name: "S-PMSI, (S,G), IPv6",
      nlri: "032e 0000fde900000064 80 20010db8000000000000000000000064 80 ff3e0000000000000000000000000005 0a000001",
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        rd: "65001:100",
        rdType: 0,
        multicastSource: "2001:db8::64",
        multicastGroup: "ff3e::5",
        originator: "10.0.0.1",
      },
    },
    {
      name: "S-PMSI, (*,*)",
      nlri: "030e 0000fde900000064 00 00 0a000001",
      route: {
        routeType: 3,
        name: "s-pmsi-auto-discovery",
        rd: "65001:100",
        rdType: 0,
        originator: "10.0.0.1",
      },
    },
    {
      name: "leaf, answering an S-PMSI route",
      nlri: "041c 0316 0000fde900000064 20 0a010101 20 ef010101 0a000001 0a000002",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: {
          routeType: 3,
          name: "s-pmsi-auto-discovery",
          rd: "65001:100",
          rdType: 0,
          multicastSource: "10.1.1.1",
          multicastGroup: "239.1.1.1",
          originator: "10.0.0.1",
        },
        originator: "10.0.0.2",
      },
    },
    {
      name: "leaf, answering a VPLS route",
      nlri: "040e 0000fde900000064 0005 0a000002",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: { rd: "65001:100", rdType: 0, veId: 5 },
        originator: "10.0.0.2",
      },
    },
    {
      name: "leaf, answering a VPLS route, IPv6 originator",
      nlri: "041a 0000fde900000064 0005 20010db8000000000000000000000002",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: { rd: "65001:100", rdType: 0, veId: 5 },
        originator: "2001:db8::2",
      },
    },
    {
      name: "leaf, answering auto-discovery",
      nlri: "0410 0000fde900000064 0a000001 0a000002",
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: { rd: "65001:100", rdType: 0, veId: 167772161 },
        originator: "10.0.0.2",
      },
    },
    {
      name: "leaf, answering auto-discovery, IPv6 originator, withdrawn",
      nlri: "041c 0000fde900000064 0a000001 20010db8000000000000000000000002",
      isWithdrawn: true,
      route: {
        routeType: 4,
        name: "leaf-auto-discovery",
        routeKey: { rd: "65001:100", rdType: 0, veId: 167772161 },
        originator: "2001:db8::2",
      },
    },
    {
      name: "an unknown type",
      nlri: "0502 beef",
      route: { routeType: 5, hex: "beef" },
    },
  ],
  malformed: [
    {
      name: "S-PMSI without an originator",
      nlri: "0312 0000fde900000064 20 0a010101 20 ef010101",
      fault: "nlri-address-length@20",
    },
    {
      name: "S-PMSI with a source of 24 bits",
      nlri: "0315 0000fde900000064 18 0a0101 20 ef010101 0a000001",
      fault: "nlri-address-length@10",
    },
    {
      name: "S-PMSI with an originator of 5 octets",
      nlri: "0317 0000fde900000064 20 0a010101 20 ef010101 0a00000100",
      fault: "nlri-address-length@20",
    },
    {
      name: "leaf with a key of 9 octets",
      nlri: "040d 0000fde90000006400 0a000002",
      fault: "mcast-vpls-route-key@2",
    },
    {
      name: "leaf whose S-PMSI route is longer than itself",
      nlri: "0407 0316 00 0a000002",
      fault: "nlri-truncated@3",
    },
    {
      name: "leaf without a key",
      nlri: "0400",
      fault: "mcast-vpls-route-key@2",
    },
    {
      name: "no length",
      nlri: "03",
      fault: "nlri-truncated@0",
      isBorderLost: true,
    },
    {
      name: "a length past the end of the list",
      nlri: "0316 0000fde900000064",
      fault: "nlri-truncated@1",
      isBorderLost: true,
    },
  ],
};

import type { FamilyVectors } from "./vectors.ts";

export const IPV4_SDWAN_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, a port of a node",
      nlri: "0001 0060 00000007 00000064 0a000001",
      route: { routeType: 1, localPort: 7, color: 100, node: "10.0.0.1" },
    },
    {
      name: "1, a node in IPv6",
      nlri: "0001 00c0 00000007 00000064 20010db8000000000000000000000001",
      route: { routeType: 1, localPort: 7, color: 100, node: "2001:db8::1" },
    },
    {
      name: "a route of an unknown type",
      nlri: "0002 0040 00000064 0a000001",
      route: { routeType: 2, hex: "000000640a000001" },
    },
  ],
  malformed: [
    { name: "1 without a node", nlri: "0001 0040 00000007 00000064", fault: "nlri-address-length@12" },
    { name: "a length in octets", nlri: "0001 000c 0000", fault: "nlri-truncated@4" },
    {
      name: "cut short",
      nlri: "0001 0060 00000007",
      fault: "nlri-truncated@2",
      isBorderLost: true,
    },
    { name: "no length", nlri: "0001 00", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

import type { FamilyVectors } from "./vectors.ts";

export const IPV4_ENCAPSULATION_VECTORS: FamilyVectors = {
  good: [
    // Sent by gobgpd for its RIBs.
    {
      name: "an endpoint",
      source: "gobgp",
      nlri: "20 c0000215",
      route: { endpoint: "192.0.2.21" },
    },
  ],
  malformed: [
    { name: "a length in octets", nlri: "04 0a", fault: "nlri-length@0" },
    { name: "cut short", nlri: "20 0a0000", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

export const IPV6_ENCAPSULATION_VECTORS: FamilyVectors = {
  good: [
    {
      name: "an endpoint",
      source: "gobgp",
      nlri: "80 20010db8000000000000000000000015",
      route: { endpoint: "2001:db8::15" },
    },
  ],
  malformed: [{ name: "an IPv4 endpoint", nlri: "20 0a000001", fault: "nlri-length@0" }],
};

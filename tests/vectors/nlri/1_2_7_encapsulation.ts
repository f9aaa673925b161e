import type { FamilyVectors } from "./vectors.ts";

export const IPV4_ENCAPSULATION_VECTORS: FamilyVectors = {
  good: [{ name: "an endpoint", nlri: "20 0a000001", route: { endpoint: "10.0.0.1" } }],
  malformed: [
    { name: "a length in octets", nlri: "04 0a", fault: "nlri-length@0" },
    { name: "cut short", nlri: "20 0a0000", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

export const IPV6_ENCAPSULATION_VECTORS: FamilyVectors = {
  good: [
    {
      name: "an endpoint",
      nlri: "80 20010db8000000000000000000000001",
      route: { endpoint: "2001:db8::1" },
    },
  ],
  malformed: [{ name: "an IPv4 endpoint", nlri: "20 0a000001", fault: "nlri-length@0" }],
};

import type { FamilyVectors } from "./vectors.ts";

export const ROUTING_POLICY_VECTORS: FamilyVectors = {
  good: [
    {
      name: "a policy for a peer",
      nlri: "09 01 00000007 0a000001",
      route: { policyType: 1, distinguisher: 7, peer: "10.0.0.1" },
    },
    {
      name: "a policy for a peer in IPv6",
      nlri: "15 02 00000007 20010db8000000000000000000000001",
      route: { policyType: 2, distinguisher: 7, peer: "2001:db8::1" },
    },
  ],
  malformed: [
    { name: "no peer", nlri: "05 01 00000007", fault: "nlri-address-length@6" },
    { name: "half a distinguisher", nlri: "03 01 0000", fault: "nlri-truncated@2" },
    { name: "cut short", nlri: "09 01 00000007", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

import type { FamilyVectors } from "./vectors.ts";

export const IPV4_MDT_VECTORS: FamilyVectors = {
  good: [
    {
      name: "a PE and its group",
      source: "tshark",
      nlri: "80 0000fde900000064 0a000001 e8010101",
      route: { rd: "65001:100", rdType: 0, originator: "10.0.0.1", group: "232.1.1.1" },
    },
    {
      name: "withdrawn, RD of type 1",
      nlri: "80 00010a0000010005 0a000002 ef000001",
      isWithdrawn: true,
      route: { rd: "10.0.0.1:5", rdType: 1, originator: "10.0.0.2", group: "239.0.0.1" },
    },
  ],
  malformed: [
    { name: "no group", nlri: "60 0000fde900000064 0a000001", fault: "nlri-length@0" },
    {
      name: "cut short",
      nlri: "80 0000fde900000064 0a000001 e801",
      fault: "nlri-truncated@0",
      isBorderLost: true,
    },
  ],
};

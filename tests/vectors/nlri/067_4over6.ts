import type { FamilyVectors } from "./vectors.ts";

export const IPV4_4OVER6_VECTORS: FamilyVectors = {
  good: [
    { name: "a prefix", nlri: "18 c63364", route: { prefix: "198.51.100.0", prefixLen: 24 } },
    { name: "the default route", nlri: "00", route: { prefix: "0.0.0.0", prefixLen: 0 } },
  ],
  malformed: [
    { name: "33 bits", nlri: "21 c633640180", fault: "nlri-prefix-length@0" },
    { name: "cut short", nlri: "18 c633", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

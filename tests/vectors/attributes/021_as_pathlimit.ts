import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const AS_PATHLIMIT_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "attributeDiscard",
  section: "RFC 7606 2",
  good: [{
    name: "a limit",
    value: "0a 0000fde9",
    members: { as_pathlimit: { limit: 10, asn: 65001 } },
  }],
  malformed: [
    { name: "empty", value: "", fault: "as-pathlimit-length@0" },
    { name: "six octets", value: "00".repeat(6), fault: "as-pathlimit-length@0" },
  ],
};

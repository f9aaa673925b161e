import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const CONNECTOR_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "attributeDiscard",
  section: "RFC 7606 2",
  good: [
    {
      name: "an address in a VPN",
      source: "routecore build_invalid_attribute",
      value: "0001 0001ac1509f60009 0a4001f6",
      members: { connector: { type: 1, rd: "172.21.9.246:9", address: "10.64.1.246" } },
    },
    {
      name: "another type",
      value: "0002 abcd",
      members: { connector: { type: 2, hex: "abcd" } },
    },
  ],
  malformed: [{ name: "one octet", value: "00", fault: "connector-length@0" }],
};

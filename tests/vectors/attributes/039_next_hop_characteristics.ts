import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const NEXT_HOP_CHARACTERISTICS_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "attributeDiscard",
  section: "draft-ietf-idr-nhc 2.5",
  good: [
    {
      name: "entropy label",
      source: "traffic-reproducer bmp-multi-sources, a Juniper MX204",
      value: "0001 04 04 c6336401 0001 0000",
      members: {
        next_hop_characteristics: {
          afi: 1,
          safi: 4,
          nexthop: "198.51.100.1",
          characteristics: [{ code: 1, name: "entropy-label" }],
        },
      },
    },
    {
      name: "every characteristic",
      value: "0001 01 04 c0000201 0001 0000 0002 0008 c0000201c0000202 0003 0004 c0000203 " +
        "00ff 0001 ab 0002 0003 c00002",
      members: {
        next_hop_characteristics: {
          afi: 1,
          safi: 1,
          nexthop: "192.0.2.1",
          characteristics: [
            { code: 1, name: "entropy-label" },
            { code: 2, name: "next-next-hop-nodes", bgp_ids: ["192.0.2.1", "192.0.2.2"] },
            { code: 3, name: "bgp-identifier", bgp_ids: ["192.0.2.3"] },
            { code: 255, hex: "ab" },
            { code: 2, name: "next-next-hop-nodes", hex: "c00002" },
          ],
        },
      },
    },
    {
      name: "IPv6",
      value: "0002 01 10 20010db8000000000000000000000001 0001 0000",
      members: {
        next_hop_characteristics: {
          afi: 2,
          safi: 1,
          nexthop: "2001:db8::1",
          characteristics: [{ code: 1, name: "entropy-label" }],
        },
      },
    },
    {
      name: "another kind of next hop",
      value: "0001 80 0c 0000000000000000 c0000201 0001 0000",
      members: {
        next_hop_characteristics: {
          afi: 1,
          safi: 128,
          nexthop_hex: "0000000000000000c0000201",
          characteristics: [{ code: 1, name: "entropy-label" }],
        },
      },
    },
  ],
  malformed: [
    { name: "three octets", value: "000101", fault: "nhc-length@0" },
    { name: "a next hop past the end", value: "0001 01 04 c00002", fault: "nhc-length@3" },
    { name: "a header cut short", value: "0001 01 04 c0000201 000100", fault: "attribute-tlv@8" },
    { name: "a length past the end", value: "0001 01 04 c0000201 0001 0001", fault: "attribute-tlv@10" },
  ],
};

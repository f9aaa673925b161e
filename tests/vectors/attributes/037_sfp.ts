import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

/** A hop, of which there has to be one. */
const HOP = "02 0004 ff 04 0000";
const HOP_MEMBER = {
  type: 2,
  name: "hop",
  service_index: 255,
  tlvs: [{ type: 4, name: "mpls-swapping-stacking" }],
};

export const SFP_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "treatAsWithdraw",
  section: "RFC 9015 3.2.1",
  good: [
    {
      name: "a path of every TLV",
      value: "01 000c 01 0000fde900000064 00000a " +
        "02 0014 ff 03 000a 0029 0001c00002010001 04 0000 ab 0000 " +
        "03 0002 0029 04 0000 05 0004 00000b fe",
      members: {
        sfp: [
          {
            type: 1,
            name: "association",
            association_type: 1,
            rd: "65001:100",
            service_path_id: 10,
          },
          {
            type: 2,
            name: "hop",
            service_index: 255,
            tlvs: [
              {
                type: 3,
                name: "sft",
                service_function_type: 41,
                instances: ["192.0.2.1:1"],
              },
              { type: 4, name: "mpls-swapping-stacking" },
              { type: 171, hex: "" },
            ],
          },
          { type: 3, name: "sft", service_function_type: 41, instances: [] },
          { type: 4, name: "mpls-swapping-stacking" },
          { type: 5, name: "traversal-with-mpls", service_path_id: 11, service_index: 254 },
        ],
      },
    },
    {
      name: "a short association",
      source: "bgpkit test_parse_sfp_association_tlv_round_trip",
      value: `01 0004 aabbccdd ${HOP}`,
      members: { sfp: [{ type: 1, hex: "aabbccdd" }, HOP_MEMBER] },
    },
    {
      name: "an unknown TLV",
      source: "bgpkit test_parse_sfp_unknown_tlv_round_trip",
      value: `7f 0002 dead ${HOP}`,
      members: { sfp: [{ type: 127, hex: "dead" }, HOP_MEMBER] },
    },
    {
      name: "a hop inside a hop",
      value: "02 0007 ff 02 0003 fe0401",
      members: {
        sfp: [{ type: 2, name: "hop", service_index: 255, tlvs: [{ type: 2, hex: "fe0401" }] }],
      },
    },
  ],
  malformed: [
    { name: "no hop", value: "01 000c 01 0000fde900000064 00000a", fault: "sfp-hop@0" },
    { name: "a hop without a service index", value: `${HOP} 02 0000`, fault: "sfp-hop@10" },
    { name: "a hop without TLVs", value: "02 0001 ff", fault: "sfp-hop@3" },
    { name: "two octets", value: "0100", fault: "attribute-tlv@0" },
    { name: "a length past the end", value: "01 0002 aa", fault: "attribute-tlv@1" },
    { name: "past the end of a hop", value: "02 0005 ff 03 0002 00", fault: "attribute-tlv@5" },
  ],
};

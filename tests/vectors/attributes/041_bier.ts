import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const BIER_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "attributeDiscard",
  section: "RFC 9793 4",
  good: [
    {
      name: "a sub-domain",
      value: "0001 000c 03 0102 00 0001 0004 04012345",
      members: {
        bier: [{
          type: 1,
          sub_domain_id: 3,
          bfr_id: 258,
          sub_tlvs: [{ type: 1, hex: "04012345" }],
        }],
      },
    },
    {
      name: "too short to be one",
      source: "bgpkit test_parse_bier_tlv_round_trip",
      value: "0001 0003 aabbcc",
      members: { bier: [{ type: 1, hex: "aabbcc" }] },
    },
    {
      name: "an unknown TLV",
      source: "bgpkit test_parse_bier_unknown_tlv_round_trip",
      value: "1234 0002 dead",
      members: { bier: [{ type: 4660, hex: "dead" }] },
    },
  ],
  malformed: [
    { name: "three octets", value: "000100", fault: "attribute-tlv@0" },
    { name: "a length past the end", value: "0001 0002 aa", fault: "attribute-tlv@2" },
    { name: "a sub-TLV past the end", value: "0001 0008 03 0102 00 0001 0001", fault: "attribute-tlv@10" },
  ],
};

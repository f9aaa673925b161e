import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const AIGP_VECTORS: AttributeVectors = {
  flags: 0x80,
  outcome: "attributeDiscard",
  section: "RFC 7311 3.2",
  discardIfTransitive: true,
  good: [
    {
      name: "a metric",
      source: "tcpdump bgp-aigp-2, NetGauze test_aigp_path_attribute",
      value: "01 000b 00000000ffffffff",
      members: { aigp: { tlvs: [{ type: 1, length: 11, value: 4294967295 }] } },
    },
    {
      name: "metric 8",
      source: "opendaylight testParsingAigpAttributeWithCorrectTLV",
      value: "01 000b 0000000000000008",
      members: { aigp: { tlvs: [{ type: 1, length: 11, value: 8 }] } },
    },
    {
      name: "metric 0 is absent",
      source: "rustybgp update_with_aigp",
      value: "01 000b 0000000000000000",
      members: { aigp: { tlvs: [{ type: 1, length: 11 }] } },
    },
    {
      name: "unknown TLVs around it",
      value: "02 0003 01 000b 0020000000000000 ff 0005 abcd",
      members: {
        aigp: {
          tlvs: [
            { type: 2, length: 3 },
            { type: 1, length: 11, value: 2 ** 53 },
            { type: 255, length: 5, hex: "abcd" },
          ],
        },
      },
    },
    {
      name: "a second metric, which counts for nothing",
      value: "01 000b 0000000000000008 01 000b ffffffffffffffff",
      members: {
        aigp: {
          tlvs: [
            { type: 1, length: 11, value: 8 },
            { type: 1, length: 11, value: 2 ** 64 },
          ],
        },
      },
    },
  ],
  malformed: [
    { name: "empty", value: "", fault: "aigp-tlv@0" },
    { name: "two octets", value: "0100", fault: "aigp-tlv@0" },
    { name: "a length of 2", value: "01 0002", fault: "aigp-tlv@1" },
    { name: "a length past the end", value: "01 000c 0000000000000000", fault: "aigp-tlv@1" },
    { name: "a metric of 7 octets", value: "01 000a 00000000000000", fault: "aigp-metric-length@1" },
    { name: "the highest metric", value: "01 000b ffffffffffffffff", fault: "aigp-metric-maximum@3" },
    { name: "one octet left", value: "02 0003 01", fault: "aigp-tlv@3" },
  ],
};

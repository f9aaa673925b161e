import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const BFD_DISCRIMINATOR_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "attributeDiscard",
  section: "RFC 9026 3.1.6.1",
  good: [
    {
      name: "a source address",
      source: "bgpkit test_parse_bfd_discriminator_with_source_ipv4_tlv",
      value: "01 01020304 01 04 c0000201",
      members: {
        bfd_discriminator: {
          mode: 1,
          discriminator: 16909060,
          tlvs: [{ type: 1, source_address: "192.0.2.1" }],
        },
      },
    },
    {
      name: "IPv6, and an unknown TLV",
      value: "01 ffffffff 01 10 20010db8000000000000000000000001 09 02 abcd",
      members: {
        bfd_discriminator: {
          mode: 1,
          discriminator: 4294967295,
          tlvs: [{ type: 1, source_address: "2001:db8::1" }, { type: 9, hex: "abcd" }],
        },
      },
    },
    {
      name: "another mode, without a source address",
      value: "02 00000001 09 04 abcdabcd",
      members: {
        bfd_discriminator: { mode: 2, discriminator: 1, tlvs: [{ type: 9, hex: "abcdabcd" }] },
      },
    },
  ],
  malformed: [
    { name: "P2MP without a source address", value: "01 01020304 09 04 abcdabcd", fault: "bfd-discriminator-source@5" },
    { name: "no source address", value: "01 01020304", fault: "bfd-discriminator-length@0" },
    { name: "a source of 5 octets", value: "01 01020304 01 05 c000020100", fault: "bfd-discriminator-source@6" },
    { name: "a TLV past the end", value: "01 01020304 01 05 c0000201", fault: "attribute-tlv@6" },
    { name: "one octet left", value: "01 01020304 01 04 c0000201 09", fault: "attribute-tlv@11" },
  ],
};

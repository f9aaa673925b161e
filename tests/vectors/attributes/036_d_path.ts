import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const D_PATH_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "treatAsWithdraw",
  section: "RFC 10039 4",
  good: [
    {
      name: "one domain",
      source: "bgpkit test_parse_domain_path_single_segment_single_domain_round_trip",
      value: "01 0000fde8 0001 46",
      members: { d_path: [{ domains: [{ domain: "65000:1", isf_safi_type: 70 }] }] },
    },
    {
      name: "two segments",
      source: "bgpkit test_parse_domain_path_multi_segment_multi_domain_round_trip",
      value: "02 0000000a 0002 80 0000000b 0003 46 01 0000000c 0004 00",
      members: {
        d_path: [
          {
            domains: [
              { domain: "10:2", isf_safi_type: 128 },
              { domain: "11:3", isf_safi_type: 70 },
            ],
          },
          { domains: [{ domain: "12:4", isf_safi_type: 0 }] },
        ],
      },
    },
  ],
  malformed: [
    { name: "empty", value: "", fault: "d-path-length@0" },
    { name: "no domain", value: "00 0000000a 0002 80", fault: "d-path-length@0" },
    { name: "one domain of two", value: "02 0000000a 0002 80", fault: "d-path-length@0" },
    { name: "a second segment cut short", value: "01 0000000a 0002 80 01", fault: "d-path-length@8" },
  ],
};

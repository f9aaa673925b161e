import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

const BANDWIDTHS = "447a0000 44fa0000 453b8000 457a0000 459c4000 45bb8000 45dac000 45fa0000";
const MAX_LSP_BANDWIDTH = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000];

export const TRAFFIC_ENGINEERING_VECTORS: AttributeVectors = {
  flags: 0x80,
  outcome: "treatAsWithdraw",
  section: "RFC 7606 7.13",
  good: [
    {
      name: "PSC-1",
      source: "bgpkit test_encode_traffic_engineering_psc1",
      value: `01 01 1234 ${BANDWIDTHS} 43fa0000 05dc`,
      members: {
        traffic_engineering: {
          switching_capability: 1,
          encoding: 1,
          max_lsp_bandwidth: MAX_LSP_BANDWIDTH,
          min_lsp_bandwidth: 500,
          mtu: 1500,
        },
      },
    },
    {
      name: "an unknown capability",
      source: "bgpkit test_parse_traffic_engineering_unknown_capability",
      value: `fe fd 0000 ${BANDWIDTHS} deadbeef`,
      members: {
        traffic_engineering: {
          switching_capability: 254,
          encoding: 253,
          max_lsp_bandwidth: MAX_LSP_BANDWIDTH,
          specific: "deadbeef",
        },
      },
    },
    {
      name: "no number",
      value: `96 08 0000 7fc00000 7f800000 ${"00000000".repeat(6)}`,
      members: {
        traffic_engineering: {
          switching_capability: 150,
          encoding: 8,
          max_lsp_bandwidth: [null, null, 0, 0, 0, 0, 0, 0],
        },
      },
    },
  ],
  malformed: [{
    name: "35 octets",
    value: "00".repeat(35),
    fault: "traffic-engineering-length@0",
  }],
};

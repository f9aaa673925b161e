import { tlvs } from "./029_bgp_ls_tlvs.ts";
import type { GoodVector } from "../../bgp/attributes/vectors.ts";

/** Attributes of prefixes and SRv6 SIDs that others have written. */
export const PREFIX_VECTORS: readonly GoodVector[] = [
  {
    name: "a prefix",
    source: "exabgp qa/decoding/bgp-ls-8",
    value: "04830004 00000064 04920001 00",
    members: { bgp_ls: tlvs([1155, 100], [1170, "00"]) },
  },
  {
    name: "Prefix-SID",
    source: "yabgp test_prefix_id_flags_isis",
    value: "04860007 b40000000061a9",
    members: { bgp_ls: tlvs([1158, { flags: 180, algorithm: 0, label: 25001 }]) },
  },
  {
    name: "a prefix: tags, a range of SIDs, a TLV that is no more",
    source: "opendaylight LinkstateAttributeParserTest",
    value: "04800001 f0 04810008 1234567810305070 04820008 1234567810305070" +
      "04830004 0000000a 04840004 0a19021b 04860008 f000000001020304" +
      "0487000c 000000050489000401020304 04880004 01f00000",
    members: {
      bgp_ls: tlvs(
        [1152, ["D", "N", "L", "P"]],
        [1153, [305419896, 271601776]],
        [1154, [1311768465139322992]],
        [1155, 10],
        [1156, "10.25.2.27"],
        [1158, { flags: 240, algorithm: 0, index: 16909060 }],
        [1159, { flags: 0, size: 5, sub_tlvs: tlvs([1161, { index: 16909060 }]) }],
        [1160, { hex: "01f00000" }, "raw"],
      ),
    },
  },
  {
    name: "a range of Prefix-SIDs",
    source: "opendaylight SrAttributeParserTest.testRangeTlv",
    value: "0487000f 0000000404860007ac010000010200",
    members: {
      bgp_ls: tlvs([1159, {
        flags: 0,
        size: 4,
        sub_tlvs: tlvs([1158, { flags: 172, algorithm: 1, label: 66048 }]),
      }]),
    },
  },
  {
    name: "an SRv6 SID",
    source: "opendaylight LinkstateAttributeParserTest",
    value: "04e20004 00010001 04e3000c 600a0000000000502a2a2a2a 04e40004 08080404",
    members: {
      bgp_ls: tlvs([1250, { endpoint_behavior: 1, flags: 0, algorithm: 1 }], [1251, {
        flags: ["S", "P"],
        weight: 10,
        peer_as: 80,
        peer_bgp_id: "42.42.42.42",
      }], [1252, {
        locator_block_length: 8,
        locator_node_length: 8,
        function_length: 4,
        argument_length: 4,
      }]),
    },
  },
  {
    name: "tags of a prefix",
    source: "gobmp TestRFC7752_PrefixAttributeTLVs",
    value: "04810008 0000000100000002 04820010 00000000000000010000000000000002",
    members: { bgp_ls: tlvs([1153, [1, 2]], [1154, [1, 2]]) },
  },
  {
    name: "a prefix of IS-IS",
    source: 'gobmp, its output for the vector "prefix4 isis"',
    value: "04800001 02 04810004 00000064 04820008 0000000000000064 04830004 0000000a" +
      "04860008 4000000000000002 04920001 20 04930004 0a000009 04850001 ff",
    members: {
      bgp_ls: tlvs(
        [1152, ["6"]],
        [1153, [100]],
        [1154, [100]],
        [1155, 10],
        [1158, { flags: 64, algorithm: 0, index: 2 }],
        [1170, "20"],
        [1171, "10.0.0.9"],
        [1157, "ff"],
      ),
    },
  },
  {
    name: "an SRv6 locator",
    source: 'gobmp, its output for the vector "prefix6 isis locator"',
    value: "048a0010 008000000000000104e4000428181000 04140008 800000000000000a",
    members: {
      bgp_ls: tlvs([1162, {
        flags: [],
        algorithm: 128,
        metric: 1,
        sub_tlvs: tlvs([1252, {
          locator_block_length: 40,
          locator_node_length: 24,
          function_length: 16,
          argument_length: 0,
        }]),
      }], [1044, { algorithm: 128, flags: [], metric: 10 }]),
    },
  },
  {
    name: "a prefix of OSPF",
    source: 'gobmp, its output for the vector "prefix4 ospf"',
    value: "04860008 0000000000000002 04920001 40 04840004 0a090909",
    members: {
      bgp_ls: tlvs([1158, { flags: 0, algorithm: 0, index: 2 }], [1170, "40"], [1156, "10.9.9.9"]),
    },
  },
  {
    name: "a TLV of a wrong length beside a sound one",
    source: "opendaylight LinkstateAttributeParserTest",
    value: "04440008 0000000000000000 04470003 00000a",
    members: {
      bgp_ls: tlvs([1092, { hex: "0000000000000000", error: "ls-tlv-value-length" }, "raw"], [
        1095,
        10,
      ]),
    },
  },
];

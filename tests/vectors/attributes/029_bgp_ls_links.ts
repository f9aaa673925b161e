import { tlvs } from "./029_bgp_ls_tlvs.ts";
import type { GoodVector } from "../../bgp/attributes/vectors.ts";

/** Attributes of links that others have written. */
export const LINK_VECTORS: readonly GoodVector[] = [
  {
    name: "a link: TE, Adjacency SIDs of Junos",
    source: "exabgp qa/decoding/bgp-ls-5",
    value: "04400004 00000000 04410004 4cee6b28 04420004 4cee6b28" +
      "04430020 4cee6b284cee6b284cee6b284cee6b284cee6b284cee6b284cee6b284cee6b28" +
      "04440004 00000014 04470003 00000a 044b0007 30000000049310" + "044b0007 70000000049300",
    members: {
      bgp_ls: tlvs(
        [1088, 0],
        [1089, 125000000],
        [1090, 125000000],
        [1091, [
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
        ]],
        [1092, 20],
        [1095, 10],
        [1099, { flags: 48, weight: 0, label: 299792 }],
        [1099, { flags: 112, weight: 0, label: 299776 }],
      ),
    },
  },
  {
    name: "a link: SRv6, delays, attributes of an application",
    source: "exabgp qa/decoding/bgp-ls-6",
    value: "04040004 0a00ca01 04050010 fc001000011200000000000000000001 04060004 0a000201" +
      "04070010 fc001000000200000000000000000001 04410004 4e9502f9 04470003 00000a" +
      "0452001e 003980000000fc0010000112e002000000000000000004e4000420101000" +
      "0452001e 003900810000fc0010010112e003000000000000000004e4000420101000" +
      "045a0004 0000000a 045b0008 0000000a0000000a 045c0004 00000000" +
      "04620020 040400001000000000000000044400040000000a045b00080000000a00000000",
    members: {
      bgp_ls: tlvs(
        [1028, "10.0.202.1"],
        [1029, "fc00:1000:112::1"],
        [1030, "10.0.2.1"],
        [1031, "fc00:1000:2::1"],
        [1089, 1250000000],
        [1095, 10],
        [1106, {
          endpoint_behavior: 57,
          flags: ["B"],
          algorithm: 0,
          weight: 0,
          sid: "fc00:1000:112:e002::",
          sub_tlvs: tlvs([1252, {
            locator_block_length: 32,
            locator_node_length: 16,
            function_length: 16,
            argument_length: 0,
          }]),
        }],
        [1106, {
          endpoint_behavior: 57,
          flags: [],
          algorithm: 129,
          weight: 0,
          sid: "fc00:1001:112:e003::",
          sub_tlvs: tlvs([1252, {
            locator_block_length: 32,
            locator_node_length: 16,
            function_length: 16,
            argument_length: 0,
          }]),
        }],
        [1114, { value: 10, anomalous: false }],
        [1115, { min: 10, max: 10, anomalous: false }],
        [1116, 0],
        [1122, {
          applications: ["X"],
          user_applications: [],
          sub_tlvs: tlvs([1092, 10], [1115, { min: 10, max: 0, anomalous: false }]),
        }],
      ),
    },
  },
  {
    name: "a link on a LAN: SRv6 in IS-IS",
    source: "exabgp qa/decoding/bgp-ls-10",
    value: "04410004 4cee6b28 04470003 0003e8" +
      "04530024 003980000000000000000014fc302200000de002000000000000000004e40004201" + "01040" +
      "04530024 003900800000000000000014fc302201000de007000000000000000004e40004201" + "01040",
    members: {
      bgp_ls: tlvs([1089, 125000000], [1095, 1000], [1107, {
        endpoint_behavior: 57,
        flags: ["B"],
        algorithm: 0,
        weight: 0,
        neighbor_system_id: "0000.0000.0014",
        sid: "fc30:2200:d:e002::",
        sub_tlvs: tlvs([1252, {
          locator_block_length: 32,
          locator_node_length: 16,
          function_length: 16,
          argument_length: 64,
        }]),
      }], [1107, {
        endpoint_behavior: 57,
        flags: [],
        algorithm: 128,
        weight: 0,
        neighbor_system_id: "0000.0000.0014",
        sid: "fc30:2201:d:e007::",
        sub_tlvs: tlvs([1252, {
          locator_block_length: 32,
          locator_node_length: 16,
          function_length: 16,
          argument_length: 64,
        }]),
      }]),
    },
  },
  {
    name: "a link of OSPF",
    source: "yabgp TestLinkState.test_unpack",
    value: "04040004 02020202 04060004 01010101 04400004 00000000 04410004 4cee6b28" +
      "04420004 00000000" +
      "04430020 0000000000000000000000000000000000000000000000000000000000000000" +
      "04440004 0000000a 04470003 00000a 044b0007 700000000061a8" + "044b0007 300000000061a9",
    members: {
      bgp_ls: tlvs(
        [1028, "2.2.2.2"],
        [1030, "1.1.1.1"],
        [1088, 0],
        [1089, 125000000],
        [1090, 0],
        [1091, [0, 0, 0, 0, 0, 0, 0, 0]],
        [1092, 10],
        [1095, 10],
        [1099, { flags: 112, weight: 0, label: 25000 }],
        [1099, { flags: 48, weight: 0, label: 25001 }],
      ),
    },
  },
  {
    name: "a link: every SID",
    source: "opendaylight LinkstateAttributeParserTest",
    value: "04480008 1234567810305070 044a0005 31324b2d32 044b0007 b00a00000fffff" +
      "044c000d b00a00000102030405060fffff 044d0008 000500000a0b0c0d" +
      "044e0008 000500000a0b0c0f 044f0008 000500000a0b0c0e 04450002 0008 04460001 c0" +
      "045a0004 00002710 045b0008 0000138800004e20 045c0004 00002710 045d0004 00000000" +
      "045e0004 46435000 045f0004 46435000 04600004 00000000",
    members: {
      bgp_ls: tlvs(
        [1096, [305419896, 271601776]],
        [1098, "12K-2"],
        [1099, { flags: 176, weight: 10, label: 1048575 }],
        [1100, { flags: 176, weight: 10, neighbor_system_id: "0102.0304.0506", label: 1048575 }],
        [1101, { flags: [], weight: 5, index: 168496141 }],
        [1102, { flags: [], weight: 5, index: 168496143 }],
        [1103, { flags: [], weight: 5, index: 168496142 }],
        [1093, []],
        [1094, ["L", "R"]],
        [1114, { value: 10000, anomalous: false }],
        [1115, { min: 5000, max: 20000, anomalous: false }],
        [1116, 10000],
        [1117, { value: 0, anomalous: false }],
        [1118, 12500],
        [1119, 12500],
        [1120, 0],
      ),
    },
  },
  {
    name: "SRv6 End.X with its structure",
    source: "opendaylight LinkstateAttributeParserTest",
    value: "0452001e 000160010a000001020304050607000000000000000104e4000408080404" +
      "04530024 0001a0010a000102030405060001020304050607000000000000000104e40004080" + "80404",
    members: {
      bgp_ls: tlvs([1106, {
        endpoint_behavior: 1,
        flags: ["S", "P"],
        algorithm: 1,
        weight: 10,
        sid: "1:203:405:607::1",
        sub_tlvs: tlvs([1252, {
          locator_block_length: 8,
          locator_node_length: 8,
          function_length: 4,
          argument_length: 4,
        }]),
      }], [1107, {
        endpoint_behavior: 1,
        flags: ["B", "P"],
        algorithm: 1,
        weight: 10,
        neighbor_system_id: "0102.0304.0506",
        sid: "1:203:405:607::1",
        sub_tlvs: tlvs([1252, {
          locator_block_length: 8,
          locator_node_length: 8,
          function_length: 4,
          argument_length: 4,
        }]),
      }]),
    },
  },
  {
    name: "a link's name",
    source: "netgauze test_bgp_ls_attr_parse",
    value: "044a000d 4d79205375706572204c696e6b",
    members: { bgp_ls: tlvs([1098, "My Super Link"]) },
  },
  {
    name: "egress peer engineering",
    source: "netgauze test_bgp_ls_sid",
    value: "044d0008 2045000000000020 044e0008 20a9000000000040 044f0007 a0450000010203",
    members: {
      bgp_ls: tlvs([1101, { flags: ["B"], weight: 69, index: 32 }], [1102, {
        flags: ["B"],
        weight: 169,
        index: 64,
      }], [1103, { flags: ["V", "B"], weight: 69, label: 66051 }]),
    },
  },
  {
    name: "a neighbor on a LAN of OSPF",
    source: "gobmp TestUnmarshalBGPLSAttribute_RFC9085_LANAdjacencySID",
    value: "044c000b 300000000a000002061000",
    members: {
      bgp_ls: tlvs([1100, { flags: 48, weight: 0, neighbor_router_id: "10.0.0.2", label: 397312 }]),
    },
  },
  {
    name: "administration of a link",
    source: "gobmp TestRFC7752_LinkAttributeTLVs",
    value: "04400004 0000000f 04440004 0000000a 04450002 0100" +
      "0448000c 000000010000000200000003",
    members: { bgp_ls: tlvs([1088, 15], [1092, 10], [1093, ["extra traffic"]], [1096, [1, 2, 3]]) },
  },
  {
    name: "PeerNode SID",
    source: "gobmp TestUnmarshalPeerSID",
    value: "044d0007 d0000000003aa8",
    members: { bgp_ls: tlvs([1101, { flags: ["V", "L", "P"], weight: 0, label: 15016 }]) },
  },
  {
    name: "a link of IS-IS",
    source: 'gobmp, its output for the vector "link isis"',
    value: "04040004 0a000009 04060004 0a00000a 04400004 00000001 04410004 4cee6b28" +
      "04420004 00000000" +
      "04430020 4cee6b284cee6b284cee6b284cee6b284cee6b284cee6b284cee6b284cee6b28" +
      "04440004 0000000a 04450002 0100 04460001 80 04470003 00000a" +
      "04480008 0000000100000002 04490001 aa 044a0005 6c696e6b31" +
      "044b0007 7000000005ddc0 010b0002 010a" +
      "0452001e 00060000000020010db8f0010000000000000000000004e4000428181000" +
      "045a0004 8000000a 045b0008 000000010000000a 045c0004 00000001 045d0004 00000002" +
      "045e0004 3f800000 045f0004 3f800000 04600004 3f800000" +
      "04620010 0400000080000000044400040000000a",
    members: {
      bgp_ls: tlvs(
        [1028, "10.0.0.9"],
        [1030, "10.0.0.10"],
        [1088, 1],
        [1089, 125000000],
        [1090, 0],
        [1091, [
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
          125000000,
        ]],
        [1092, 10],
        [1093, ["extra traffic"]],
        [1094, ["L"]],
        [1095, 10],
        [1096, [1, 2]],
        [1097, "aa"],
        [1098, "link1"],
        [1099, { flags: 112, weight: 0, label: 384448 }],
        [267, [{ type: 1, name: "Base MPLS Imposition MSD", value: 10 }]],
        [1106, {
          endpoint_behavior: 6,
          flags: [],
          algorithm: 0,
          weight: 0,
          sid: "2001:db8:f001::",
          sub_tlvs: tlvs([1252, {
            locator_block_length: 40,
            locator_node_length: 24,
            function_length: 16,
            argument_length: 0,
          }]),
        }],
        [1114, { value: 10, anomalous: true }],
        [1115, { min: 1, max: 10, anomalous: false }],
        [1116, 1],
        [1117, { value: 2, anomalous: false }],
        [1118, 1],
        [1119, 1],
        [1120, 1],
        [1122, { applications: ["R"], user_applications: [], sub_tlvs: tlvs([1092, 10]) }],
      ),
    },
  },
  {
    name: "an Extended Administrative Group",
    source: "tshark",
    value: "04950008 0000000180000000",
    members: { bgp_ls: tlvs([1173, [1, 2147483648]]) },
  },
];

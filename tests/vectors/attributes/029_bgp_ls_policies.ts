import { tlvs } from "./029_bgp_ls_tlvs.ts";
import type { GoodVector } from "../../bgp/attributes/vectors.ts";

/** Attributes of an SR policy's candidate path. */
export const POLICY_VECTORS: readonly GoodVector[] = [
  {
    name: "state of a candidate path",
    source: "gobmp TestGetSRCandidatePathState",
    value: "04b20008 0500480000000064",
    members: { bgp_ls: tlvs([1202, { priority: 5, flags: ["A", "V"], preference: 100 }]) },
  },
  {
    name: "a segment list of gobmp's tests",
    source: "gobmp TestUnmarshalSRSegmentListSubTLV",
    value: "04b50020 80000000000200000000000104b700100280000000000064000000c80000012c",
    members: {
      bgp_ls: tlvs([1205, {
        flags: ["D"],
        multi_topology_id: 2,
        algorithm: 0,
        weight: 1,
        sub_tlvs: tlvs([1207, {
          metric_type: 2,
          flags: ["M"],
          margin: 100,
          bound: 200,
          value: 300,
        }]),
      }]),
    },
  },
  {
    name: "constraints",
    source: "gobmp TestUnmarshalSRCandidatePathConstraintsSubTLV",
    value: "04b40010 800000000000800004b90004000000aa",
    members: {
      bgp_ls: tlvs([1204, {
        flags: ["D"],
        multi_topology_id: 0,
        algorithm: 128,
        sub_tlvs: tlvs([1209, [170]]),
      }]),
    },
  },
  {
    name: "a candidate path: SIDs and names",
    value: "04b1000c 5000000005dc000005dd0000" +
      "04b10024 8000000020010db800000000000000000000000120010db80000000000000000000" +
      "00002 04b20008 6400ffff000000c8 04b30003 637031" +
      "04bc002c 2000000020010db800000000000000000000000120010db80000000000000000000" +
      "0000204e2000400290000 04bd0003 706f6c",
    members: {
      bgp_ls: tlvs(
        [1201, { flags: ["B", "L"], sid: 24000, provisioned_sid: 24016 }],
        [1201, { flags: ["D"], sid: "2001:db8::1", provisioned_sid: "2001:db8::2" }],
        [1202, {
          priority: 100,
          flags: [
            "S",
            "A",
            "B",
            "E",
            "V",
            "O",
            "D",
            "C",
            "I",
            "T",
            "U",
            "11",
            "12",
            "13",
            "14",
            "15",
          ],
          preference: 200,
        }],
        [1203, "cp1"],
        [1212, {
          flags: ["F"],
          sid: "2001:db8::1",
          provisioned_sid: "2001:db8::2",
          sub_tlvs: tlvs([1250, { endpoint_behavior: 41, flags: 0, algorithm: 0 }]),
        }],
        [1213, "pol"],
      ),
    },
  },
  {
    name: "constraints of all kinds",
    value: "04b40076 ff0000000002800004b800100101010000000001000000020000000404b90008000" +
      "000010000000204ba00044cee6b2804bb0008f8fc00000000000704bb000a804400000001000" +
      "2000304be0008c00000000000000904be000c80000000000100020003000404bf000c01f0000" +
      "00000000a00000064",
    members: {
      bgp_ls: tlvs([1204, {
        flags: ["D", "P", "U", "A", "T", "S", "F", "H"],
        multi_topology_id: 2,
        algorithm: 128,
        sub_tlvs: tlvs(
          [1208, { exclude_any: [1], include_any: [2], include_all: [4] }],
          [1209, [1, 2]],
          [1210, 125000000],
          [1211, {
            request_flags: ["S", "N", "L", "F", "I"],
            status_flags: ["S", "N", "L", "F", "I", "X"],
            group: 7,
          }],
          [1211, { request_flags: ["S"], status_flags: ["N", "X"], group: "000100020003" }],
          [1214, { flags: ["R", "C"], group: 9 }],
          [1214, { flags: ["R"], group: "0001000200030004" }],
          [1215, { metric_type: 1, flags: ["O", "M", "A", "B"], margin: 10, bound: 100 }],
        ),
      }]),
    },
  },
  {
    name: "a segment list: every type of segment",
    value: "04b501d4 ff800000000000000000000a04b600090100800003e800000004b60009010008000" +
      "00000008004b600250200800020010db80000000000000000000000010004e20004003000000" +
      "4e400042818100004b6000d0300f80003e81000000a00000104b600190400800003e82000012" +
      "0010db800000000000000000000000404b600100500800003e830000a0000010000000504b60" +
      "0100600800003e840000a0000010a00000204b600300700800003e8500020010db8000000000" +
      "0000000000000010000000120010db80000000000000000000000020000000204b6002808008" +
      "00003e8600020010db800000000000000000000000120010db80000000000000000000000020" +
      "4b600250900800020010db80000000000000000000000998020010db80000000000000000000" +
      "0000904b6003c0a00800020010db800000000000000000000009920010db8000000000000000" +
      "0000000010000000120010db80000000000000000000000020000000204b600340b008000200" +
      "10db800000000000000000000009920010db800000000000000000000000120010db80000000" +
      "0000000000000000204b600060c000400abcd04b7001001f0000000000001000000020000000" +
      "304c000044cee6b2804c1000400000063",
    members: {
      bgp_ls: tlvs([1205, {
        flags: ["D", "E", "C", "V", "R", "F", "A", "T", "M"],
        multi_topology_id: 0,
        algorithm: 0,
        weight: 10,
        sub_tlvs: tlvs(
          [1206, {
            segment_type: 1,
            letter: "A",
            flags: ["S"],
            sid: 16000,
            algorithm: 0,
            sub_tlvs: [],
          }],
          [1206, { segment_type: 1, letter: "A", flags: ["A"], algorithm: 128, sub_tlvs: [] }],
          [1206, {
            segment_type: 2,
            letter: "B",
            flags: ["S"],
            sid: "2001:db8::1",
            algorithm: 0,
            sub_tlvs: tlvs([1250, { endpoint_behavior: 48, flags: 0, algorithm: 0 }], [1252, {
              locator_block_length: 40,
              locator_node_length: 24,
              function_length: 16,
              argument_length: 0,
            }]),
          }],
          [1206, {
            segment_type: 3,
            letter: "C",
            flags: ["S", "E", "V", "R", "A"],
            sid: 16001,
            algorithm: 0,
            local_address: "10.0.0.1",
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 4,
            letter: "D",
            flags: ["S"],
            sid: 16002,
            algorithm: 1,
            local_address: "2001:db8::4",
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 5,
            letter: "E",
            flags: ["S"],
            sid: 16003,
            local_address: "10.0.0.1",
            local_interface_id: 5,
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 6,
            letter: "F",
            flags: ["S"],
            sid: 16004,
            local_address: "10.0.0.1",
            remote_address: "10.0.0.2",
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 7,
            letter: "G",
            flags: ["S"],
            sid: 16005,
            local_address: "2001:db8::1",
            local_interface_id: 1,
            remote_address: "2001:db8::2",
            remote_interface_id: 2,
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 8,
            letter: "H",
            flags: ["S"],
            sid: 16006,
            local_address: "2001:db8::1",
            remote_address: "2001:db8::2",
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 9,
            letter: "I",
            flags: ["S"],
            sid: "2001:db8::99",
            algorithm: 128,
            local_address: "2001:db8::9",
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 10,
            letter: "J",
            flags: ["S"],
            sid: "2001:db8::99",
            local_address: "2001:db8::1",
            local_interface_id: 1,
            remote_address: "2001:db8::2",
            remote_interface_id: 2,
            sub_tlvs: [],
          }],
          [1206, {
            segment_type: 11,
            letter: "K",
            flags: ["S"],
            sid: "2001:db8::99",
            local_address: "2001:db8::1",
            remote_address: "2001:db8::2",
            sub_tlvs: [],
          }],
          [1206, { segment_type: 12, flags: ["5"], hex: "abcd" }],
          [1207, { metric_type: 1, flags: ["M", "A", "B", "V"], margin: 1, bound: 2, value: 3 }],
          [1216, 125000000],
          [1217, 99],
        ),
      }]),
    },
  },
  {
    name: "a list with a segment cut short",
    value: "04b50021 00000000000000000000000104b600090300800003e800000004c1000400000063",
    members: {
      bgp_ls: tlvs([1205, {
        flags: [],
        multi_topology_id: 0,
        algorithm: 0,
        weight: 1,
        sub_tlvs: tlvs([1206, { hex: "0300800003e8000000", error: "ls-tlv-value-length" }, "raw"], [
          1217,
          99,
        ]),
      }]),
    },
  },
  {
    name: "types without a decoder, an empty value",
    value: "04b00001 01 04c40000 fde80005 0000000901",
    members: {
      bgp_ls: tlvs([1200, { hex: "01" }, "raw"], [1220, { hex: "" }, "raw"], [65000, {
        hex: "0000000901",
      }, "raw"]),
    },
  },
];

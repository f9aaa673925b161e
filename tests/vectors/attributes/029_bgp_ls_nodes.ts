import { tlvs } from "./029_bgp_ls_tlvs.ts";
import type { GoodVector } from "../../bgp/attributes/vectors.ts";

/** Attributes of nodes that others have written. */
export const NODE_VECTORS: readonly GoodVector[] = [
  {
    name: "a node of Nokia: name, area, three addresses",
    source: "exabgp qa/decoding/bgp-ls-7",
    value: "04000001 00 04020012 484c354d4d54312d3130372d4958522d5236" +
      "04030009 4900000000ff980000 04040004 c0a8af31 04040004 c0a8af33" + "04040004 c0a8fbe7",
    members: {
      bgp_ls: tlvs(
        [1024, []],
        [1026, "HL5MMT1-107-IXR-R6"],
        [1027, "49.0000.0000.ff98.0000"],
        [1028, "192.168.175.49"],
        [1028, "192.168.175.51"],
        [1028, "192.168.251.231"],
      ),
    },
  },
  {
    name: "a node: segment routing",
    source: "exabgp qa/decoding/bgp-ls-9",
    value: "010a0002 010a 04020006 726f75746572 04030003 490090 04040004 0a860029" +
      "040a000c 8000001f4004890003003e80 040b0002 0001" + "040c000c 00000003e804890003003a98",
    members: {
      bgp_ls: tlvs(
        [266, [{ type: 1, name: "Base MPLS Imposition MSD", value: 10 }]],
        [1026, "router"],
        [1027, "49.0090"],
        [1028, "10.134.0.41"],
        [1034, { flags: 128, ranges: [{ size: 8000, label: 16000 }] }],
        [1035, [0, 1]],
        [1036, { flags: 0, ranges: [{ size: 1000, label: 15000 }] }],
      ),
    },
  },
  {
    name: "a node: flexible algorithm",
    source: "opendaylight LinkstateAttributeParserTest",
    value: "01070004 002a002b 04000001 bc 04020005 31324b2d32 04030001 72 04030001 73" +
      "04040004 29292929 040a000d c00000000a0489000401020304 040b0002 0001" +
      "040c000c 000000000a04890003000102 040d0001 dd 010a0004 010a0208" +
      "040f0032 8001010a04100004000000010411000400000000041200040000000004130004800" +
      "00000041500040000000a04160002010a",
    members: {
      bgp_ls: tlvs(
        [263, [{ id: 42, flags: [] }, { id: 43, flags: [] }]],
        [1024, ["O", "E", "B", "R", "V"]],
        [1026, "12K-2"],
        [1027, "72"],
        [1027, "73"],
        [1028, "41.41.41.41"],
        [1034, { flags: 192, ranges: [{ size: 10, index: 16909060 }] }],
        [1035, [0, 1]],
        [1036, { flags: 0, ranges: [{ size: 10, label: 258 }] }],
        [1037, 221],
        [266, [{ type: 1, name: "Base MPLS Imposition MSD", value: 10 }, {
          type: 2,
          name: "ERLD-MSD",
          value: 8,
        }]],
        [1039, {
          algorithm: 128,
          metric_type: 1,
          calculation_type: 1,
          priority: 10,
          sub_tlvs: tlvs([1040, [1]], [1041, [0]], [1042, [0]], [1043, ["M"]], [1045, [10]], [
            1046,
            { protocol_id: 1, types: [10] },
          ]),
        }],
      ),
    },
  },
  {
    name: "a node: SRv6 capabilities",
    source: "opendaylight LinkstateAttributeParserTest",
    value: "040e0004 40000000",
    members: { bgp_ls: tlvs([1038, { flags: ["O"] }]) },
  },
  {
    name: "a node: three algorithms",
    source: "gobmp TestBGPLSTLV",
    value: "01070002 0002 010a000a 29ff2aff2b0a2c0a2dff 04020005 7872643032 04030003 490901" +
      "040b0005 0001818082 040e0004 00000000 040f000c 800100800411000400000002" +
      "040f000c 810100800411000400000004",
    members: {
      bgp_ls: tlvs(
        [263, [{ id: 2, flags: [] }]],
        [266, [
          { type: 41, name: "SRH Max SL", value: 255 },
          { type: 42, name: "SRH Max End Pop", value: 255 },
          { type: 43, value: 10 },
          { type: 44, name: "SRH Max H.Encaps", value: 10 },
          { type: 45, name: "SRH Max End D", value: 255 },
        ]],
        [1026, "xrd02"],
        [1027, "49.0901"],
        [1035, [0, 1, 129, 128, 130]],
        [1038, { flags: [] }],
        [1039, {
          algorithm: 128,
          metric_type: 1,
          calculation_type: 0,
          priority: 128,
          sub_tlvs: tlvs([1041, [2]]),
        }],
        [1039, {
          algorithm: 129,
          metric_type: 1,
          calculation_type: 0,
          priority: 128,
          sub_tlvs: tlvs([1041, [4]]),
        }],
      ),
    },
  },
  {
    name: "a SID/Label alone",
    source: "gobmp TestUnmarshalBGPLSAttribute_RFC9085_SIDLabel",
    value: "04890003 03e800",
    members: { bgp_ls: tlvs([1161, { label: 256000 }]) },
  },
  {
    name: "SRv6 flags without a letter",
    source: "gobmp TestRFC9252_CapabilityTLV",
    value: "040e0004 bf000000",
    members: { bgp_ls: tlvs([1038, { flags: ["0", "2", "3", "4", "5", "6", "7"] }]) },
  },
  {
    name: "a node of IS-IS",
    source: 'gobmp, its output for the vector "node isis"',
    value: "01070004 00000002 04000001 c0 04010002 0102 04020003 523030 04030003 490001" +
      "04040004 0a000009 04050010 20010db8000000000000000000000009 010a0002 010a" +
      "040a000c 800000ffff04890003003e80 040b0003 000180" +
      "040c000c 00000003e804890003003a98 040e0004 40000000" +
      "040f0011 8000006404100004000000010413000180",
    members: {
      bgp_ls: tlvs(
        [263, [{ id: 0, flags: [] }, { id: 2, flags: [] }]],
        [1024, ["O", "A"]],
        [1025, "0102"],
        [1026, "R00"],
        [1027, "49.0001"],
        [1028, "10.0.0.9"],
        [1029, "2001:db8::9"],
        [266, [{ type: 1, name: "Base MPLS Imposition MSD", value: 10 }]],
        [1034, { flags: 128, ranges: [{ size: 65535, label: 16000 }] }],
        [1035, [0, 1, 128]],
        [1036, { flags: 0, ranges: [{ size: 1000, label: 15000 }] }],
        [1038, { flags: ["O"] }],
        [1039, {
          algorithm: 128,
          metric_type: 0,
          calculation_type: 0,
          priority: 100,
          sub_tlvs: tlvs([1040, [1]], [1043, ["M"]]),
        }],
      ),
    },
  },
];

import { tlvs } from "./029_bgp_ls_tlvs.ts";
import type { GoodVector } from "../../bgp/attributes/vectors.ts";

/** What no other project has: rare TLVs, and malformed ones beside sound ones. */
export const MADE_VECTORS: readonly GoodVector[] = [
  {
    name: "identifiers of a link, opaque values, discriminators",
    value: "01020008 0000002700000035 01070004 c0023003 04010000 04080008 00000001ffffffff" +
      "04850002 beef",
    members: {
      bgp_ls: tlvs(
        [258, { local: 39, remote: 53 }],
        [263, [{ id: 2, flags: ["O", "A"] }, { id: 3, flags: ["2", "3"] }]],
        [1025, ""],
        [1032, [1, 4294967295]],
        [1157, "beef"],
      ),
    },
  },
  {
    name: "an IPv6 forwarding address, sources of a prefix",
    value: "04840010 20010db8000000000000000000000001" +
      "04930010 20010db8000000000000000000000002 04960004 0a000001",
    members: { bgp_ls: tlvs([1156, "2001:db8::1"], [1171, "2001:db8::2"], [1174, "10.0.0.1"]) },
  },
  {
    name: "metrics of 1, 2 and 4 octets, of 3 where 4 are due",
    value: "04470001 0a 04470002 0102 04470004 01020304 04440003 00000a 04830003 000064",
    members: { bgp_ls: tlvs([1095, 10], [1095, 258], [1095, 16909060], [1092, 10], [1155, 100]) },
  },
  {
    name: "bandwidths without a number in JSON",
    value: "04410004 7f800000 04420004 ff800000 045e0004 7fc00000 04410004 3dcccccd",
    members: {
      bgp_ls: tlvs([1089, "Infinity"], [1090, "-Infinity"], [1118, "NaN"], [
        1089,
        0.10000000149011612,
      ]),
    },
  },
  {
    name: "SRv6 on a LAN of OSPFv3, with an unknown sub-TLV",
    value: "0454001f 0039800005000a00000120010db8000000000000000000000001270f0001ab",
    members: {
      bgp_ls: tlvs([1108, {
        endpoint_behavior: 57,
        flags: ["B"],
        algorithm: 0,
        weight: 5,
        neighbor_router_id: "10.0.0.1",
        sid: "2001:db8::1",
        sub_tlvs: tlvs([9999, { hex: "ab" }, "raw"]),
      }]),
    },
  },
  {
    name: "residence time, shutdown, a loss above its threshold",
    value: "04510001 40 04610000 045d0004 80000007",
    members: {
      bgp_ls: tlvs([1105, { capability: 2 }], [1121, true], [1117, { value: 7, anomalous: true }]),
    },
  },
  {
    name: "applications: user-defined ones, and a mask of 3 octets",
    value: "0462000c 040400006000000000000001 04620007 03000000800000",
    members: {
      bgp_ls: tlvs([1122, { applications: ["S", "F"], user_applications: ["31"], sub_tlvs: [] }], [
        1122,
        { hex: "03000000800000", error: "ls-application-mask" },
        "raw",
      ]),
    },
  },
  {
    name: "a member of a bundle",
    value: "0494000c 000000070440000400000001",
    members: { bgp_ls: tlvs([1172, { link_local_id: 7, sub_tlvs: tlvs([1088, 1]) }]) },
  },
  {
    name: "BGP-LS-SPF: sequence number and status",
    value: "049d0008 ffffffffffffffff 04a00001 02",
    members: { bgp_ls: tlvs([1181, 18446744073709551615], [1184, 2]) },
  },
  {
    name: "TLVs in TLVs, too deep",
    value: "0462002c 0000000004620024000000000462001c0000000004620014000000000462000c000" +
      "00000044400040000000a",
    members: {
      bgp_ls: tlvs([1122, {
        applications: [],
        user_applications: [],
        sub_tlvs: tlvs([1122, {
          applications: [],
          user_applications: [],
          sub_tlvs: tlvs([1122, {
            applications: [],
            user_applications: [],
            sub_tlvs: tlvs([1122, {
              applications: [],
              user_applications: [],
              sub_tlvs: tlvs([1122, { hex: "00000000044400040000000a" }, "raw"]),
            }]),
          }]),
        }]),
      }]),
    },
  },
  {
    name: "nothing: dropped on the way (RFC 9552 section 5.3)",
    value: "",
    members: { bgp_ls: tlvs() },
  },
  {
    name: "TLVs that are malformed, each beside a sound one",
    value: "040a000c 00000003e80488000303e800 04000001 40 040c000c 00000003e80489000403e800" +
      "044b0006 3000000005dc 044c000d 300000000a0000020610000000" +
      "04e3000b 80000000fdeb0a00000200 04030000 04450001 01 04800001 40",
    members: {
      bgp_ls: tlvs(
        [1034, { hex: "00000003e80488000303e800", error: "ls-sid-range" }, "raw"],
        [1024, ["A"]],
        [1036, { hex: "00000003e80489000403e800", error: "ls-sid-range" }, "raw"],
        [1099, { hex: "3000000005dc", error: "ls-tlv-value-length" }, "raw"],
        [1100, { flags: 48, weight: 0, neighbor_system_id: "0a00.0002.0610", label: 0 }],
        [1251, { hex: "80000000fdeb0a00000200", error: "ls-tlv-value-length" }, "raw"],
        [1027, { hex: "", error: "ls-tlv-value-length" }, "raw"],
        [1093, { hex: "01", error: "ls-tlv-value-length" }, "raw"],
        [1152, ["N"]],
      ),
    },
  },
  {
    name: "a TLV whose sub-TLVs have lost their borders",
    value: "048a0010 808000000000000104e4000528181000 04830004 0000000a",
    members: {
      bgp_ls: tlvs([
        1162,
        { hex: "808000000000000104e4000528181000", error: "ls-tlv-length" },
        "raw",
      ], [1155, 10]),
    },
  },
];

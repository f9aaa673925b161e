/** What is decoded in appendix_a_test.ts where goBMP has wrong names, or bytes alone. */
import type { JsonObject } from "../../corpus/corpus.ts";

const NO_FLAGS = { v_flag: false, a_flag: false, s_flag: false, b_flag: false };
const NO_BINDING_FLAGS = { flags: 0, s_flag: false, i_flag: false };
const PREFERENCE = {
  type: 12,
  type_name: "Preference",
  length: 6,
  value: "000000000064",
  decoded: { flags: 0, preference: 100 },
};

export const TUNNEL_ENCAP_VXLAN: JsonObject = {
  tunnels: [{
    type: 8,
    type_name: "VXLAN",
    length: 14,
    sub_tlvs: [
      {
        type: 1,
        type_name: "Encapsulation",
        length: 8,
        value: "0102030405060708",
        malformed: "tunnel-sub-tlv-value",
      },
      { type: 4, type_name: "Color", length: 2, value: "abcd", malformed: "tunnel-sub-tlv-value" },
    ],
  }],
};

export const SRV6_L3_SERVICE: JsonObject = {
  type: 5,
  length: 34,
  unknown_value: "AAEAHgAgAQ248AMAAAAAAAAAAAAAAAARAAEABigYEAAQQA==",
  srv6_service: {
    sub_tlvs: [{
      type: 1,
      sid: "2001:db8:f003::",
      flags: 0,
      endpoint_behavior: 17,
      endpoint_behavior_name: "End.DX4",
      sub_sub_tlvs: [{
        type: 1,
        locator_block_length: 40,
        locator_node_length: 24,
        function_length: 16,
        argument_length: 0,
        transposition_length: 16,
        transposition_offset: 64,
      }],
    }],
  },
};

export const SR_POLICY_V4_TUNNEL: JsonObject = {
  tunnels: [{
    type: 15,
    type_name: "SR Policy",
    length: 73,
    sub_tlvs: [
      PREFERENCE,
      {
        type: 13,
        type_name: "Binding SID",
        length: 6,
        value: "000000fa0000",
        decoded: { ...NO_BINDING_FLAGS, label: { label: 4000, tc: 0, s: false, ttl: 0 } },
      },
      {
        type: 14,
        type_name: "ENLP",
        length: 3,
        value: "000002",
        decoded: { flags: 0, enlp: 2 },
      },
      { type: 15, type_name: "Priority", length: 2, value: "0a00", decoded: { priority: 10 } },
      {
        type: 129,
        type_name: "Policy Candidate Path Name",
        length: 5,
        value: "0070617468",
        decoded: { name: "path" },
      },
      {
        type: 128,
        type_name: "Segment List",
        length: 37,
        value: "0009060000000000050106000003e810000d12000020010db8000000000000000000000001",
        decoded: {
          weight: { flags: 0, weight: 5 },
          segments: [
            {
              segment_type: 1,
              type_name: "A",
              flags: NO_FLAGS,
              label: 16001,
              tc: 0,
              s: false,
              ttl: 0,
            },
            { segment_type: 13, type_name: "B", flags: NO_FLAGS, srv6_sid: "2001:db8::1" },
          ],
        },
      },
    ],
  }],
};

export const SR_POLICY_V6_TUNNEL: JsonObject = {
  tunnels: [{
    type: 15,
    type_name: "SR Policy",
    length: 28,
    sub_tlvs: [
      PREFERENCE,
      {
        type: 13,
        type_name: "Binding SID",
        length: 18,
        value: "000020010db8000000000000000000000001",
        decoded: { ...NO_BINDING_FLAGS, srv6_sid: "2001:db8::1" },
      },
    ],
  }],
};

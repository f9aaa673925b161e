import { Buffer } from "node:buffer";
import type { AttributeVectors, GoodVector } from "../../bgp/attributes/vectors.ts";

interface SubTlv {
  readonly type: number;
  readonly type_name: string;
  readonly length: number;
  readonly value?: string;
  readonly decoded?: object;
  readonly malformed?: string;
}

function base64(hex: string): string {
  return Buffer.from(hex.replaceAll(" ", ""), "hex").toString("base64");
}

/** A sub-TLV as the record shows it, from its value in hex. */
function subTlv(type: number, name: string, value: string, outcome: object = {}): SubTlv {
  const hex = value.replaceAll(" ", "");
  return {
    type,
    type_name: name,
    length: hex.length / 2,
    ...(hex === "" ? {} : { value: hex }),
    ...outcome,
  };
}

function decoded(type: number, name: string, value: string, members: object): SubTlv {
  return subTlv(type, name, value, { decoded: members });
}

function tunnel(type: number, name: string, ...subTlvs: SubTlv[]): object {
  const headers = subTlvs.map((it) => (it.type < 128 ? 2 : 3) + it.length);
  return {
    type,
    type_name: name,
    length: headers.reduce((sum, it) => sum + it, 0),
    sub_tlvs: subTlvs,
  };
}

function vector(name: string, value: string, tunnels: object[], source?: string): GoodVector {
  return {
    name,
    ...(source === undefined ? {} : { source }),
    value,
    members: {
      tunnel_encap_attr: base64(value),
      tunnel_encap: { tunnels },
    },
  };
}

/** A vector with one tunnel of one sub-TLV, whose type is below 128. */
function one(
  name: string,
  [tunnelType, tunnelName]: [number, string],
  [type, subTlvName]: [number, string],
  value: string,
  members: object,
  source?: string,
): GoodVector {
  const hex = value.replaceAll(" ", "");
  const octet = (number: number) => number.toString(16).padStart(2, "0");
  const bytes = `00${octet(tunnelType)} 00${octet(hex.length / 2 + 2)} ` +
    `${octet(type)}${octet(hex.length / 2)} ${value}`;
  return vector(
    name,
    bytes,
    [tunnel(tunnelType, tunnelName, decoded(type, subTlvName, value, members))],
    source,
  );
}

/** An SR policy with one segment list of one segment, after its type and length. */
function segment(name: string, type: number, value: string, members: object, source?: string): GoodVector {
  const hex = value.replaceAll(" ", "");
  const octets = (number: number, count: number) => number.toString(16).padStart(2 * count, "0");
  const list = `00 ${octets(type, 1)}${octets(hex.length / 2, 1)} ${hex}`;
  const length = hex.length / 2 + 3;
  return vector(
    name,
    `000f ${octets(length + 3, 2)} 80${octets(length, 2)} ${list}`,
    [tunnel(
      15,
      "SR Policy",
      decoded(128, "Segment List", list, { segments: [{ segment_type: type, ...members }] }),
    )],
    source,
  );
}

const SR_POLICY: [number, string] = [15, "SR Policy"];
const NO_FLAGS = { v_flag: false, a_flag: false, s_flag: false, b_flag: false };
const V_FLAG = { ...NO_FLAGS, v_flag: true };
const NODE = "20010db8000100000000000000000001";
const OTHER = "20010db8000100000000000000000002";
const SID = "20010db8ffff00000000000000000001";
const MPLS_SID_16001 = { label: 16001, tc: 0, s: true, ttl: 0 };
const PREFERENCE_100 = decoded(12, "Preference", "000000000064", { flags: 0, preference: 100 });
const END_DX2 = {
  endpoint_behavior: 65,
  endpoint_behavior_name: "End.DX2 with NEXT-CSID",
  locator_block_length: 32,
  locator_node_length: 0,
  function_length: 16,
  argument_length: 0,
};
const END = {
  endpoint_behavior: 1,
  endpoint_behavior_name: "End",
  locator_block_length: 16,
  locator_node_length: 0,
  function_length: 0,
  argument_length: 0,
};

const tunnels: GoodVector[] = [
  one(
    "VXLAN with VN-ID and MAC",
    [8, "VXLAN"],
    [1, "Encapsulation"],
    "c0 000064 525400123456 0000",
    { flags: 0xc0, vn_id: 100, mac: "52:54:00:12:34:56" },
    "tshark",
  ),
  one(
    "NVGRE without MAC",
    [9, "NVGRE"],
    [1, "Encapsulation"],
    "80 ffffff 525400123456 0000",
    { flags: 0x80, vn_id: 16777215 },
    "tshark",
  ),
  one("VXLAN without both", [8, "VXLAN"], [1, "Encapsulation"], "00".repeat(12), { flags: 0 }),
  one(
    "L2TPv3 with cookie",
    [1, "L2TPv3 over IP"],
    [1, "Encapsulation"],
    "00000007 0102030405060708",
    { session_id: 7, cookie: "0102030405060708" },
    "tshark",
  ),
  one(
    "L2TPv3 without cookie",
    [1, "L2TPv3 over IP"],
    [1, "Encapsulation"],
    "ffffffff",
    { session_id: 4294967295 },
  ),
  one("GRE", [2, "GRE"], [1, "Encapsulation"], "0000002a", { key: 42 }, "tshark"),
  one("MPLS-in-GRE", [11, "MPLS-in-GRE"], [1, "Encapsulation"], "0000002a", { key: 42 }),
  one("Protocol Type", [2, "GRE"], [2, "Protocol Type"], "8847", { protocol_type: 0x8847 }, "tshark"),
  one(
    "IPsec Tunnel Authenticator",
    [4, "IPsec in Tunnel-mode (DEPRECATED)"],
    [3, "IPsec Tunnel Authenticator (DEPRECATED)"],
    "0001 abcd",
    { authenticator_type: 1, authenticator: "abcd" },
  ),
  one(
    "Color",
    [7, "IP in IP"],
    [4, "Color"],
    "030b 4000 000000c8",
    { flags: 0x4000, color: 200 },
  ),
  one(
    "Load-Balancing Block",
    [1, "L2TPv3 over IP"],
    [5, "Load-Balancing Block"],
    "0100",
    { load_balancing_block: 256 },
  ),
  one(
    "egress endpoint IPv4",
    [8, "VXLAN"],
    [6, "Tunnel Egress Endpoint"],
    "00000000 0001 c0000201",
    { afi: 1, address: "192.0.2.1" },
  ),
  one(
    "egress endpoint IPv6",
    [10, "MPLS Encapsulation"],
    [6, "Tunnel Egress Endpoint"],
    `00000000 0002 ${NODE}`,
    { afi: 2, address: "2001:db8:1::1" },
  ),
  one(
    "egress endpoint: the next hop",
    [13, "MPLS in UDP Encapsulation"],
    [6, "Tunnel Egress Endpoint"],
    "00000000 0000",
    { afi: 0 },
  ),
  one("DS Field", [7, "IP in IP"], [7, "DS Field"], "b8", { ds_field: 0xb8 }),
  one(
    "UDP Destination Port",
    [13, "MPLS in UDP Encapsulation"],
    [8, "UDP Destination Port"],
    "19eb",
    { udp_port: 6635 },
  ),
  one(
    "Embedded Label Handling",
    [8, "VXLAN"],
    [9, "Embedded Label Handling"],
    "02",
    { embedded_label_handling: 2 },
  ),
  one(
    "MPLS Label Stack",
    [10, "MPLS Encapsulation"],
    [10, "MPLS Label Stack"],
    "000640ff 03e81b40",
    { labels: [{ label: 100, tc: 0, s: false, ttl: 255 }, { label: 16001, tc: 5, s: true, ttl: 64 }] },
  ),
  one(
    "Prefix-SID",
    [10, "MPLS Encapsulation"],
    [11, "Prefix-SID"],
    "010007 00 0000 00000064",
    { tlvs: [{ type: 1, length: 7, label_index: { flags: 0, label_index: 100 } }] },
  ),
  vector(
    "two tunnels, one without sub-TLVs, sub-TLVs without a decoder",
    "0010 0000 0063 0011 1002 0000 1102 0001 c8 0004 01020304 6300",
    [
      tunnel(16, "Bare"),
      tunnel(
        99,
        "Unknown",
        subTlv(16, "SPI/SI Representation", "0000"),
        subTlv(17, "IPv6 SID Structure", "0001"),
        subTlv(200, "Unknown", "01020304"),
        subTlv(99, "Unknown", ""),
      ),
    ],
  ),
  vector(
    "malformed sub-TLVs, which are as good as unknown (RFC 9012 section 13)",
    "0008 002b 0105 0102030405 0402 abcd 0408 0002000000000000 0606 000000000001 0606 000000000003 0702 0000 0a00",
    [tunnel(
      8,
      "VXLAN",
      subTlv(1, "Encapsulation", "0102030405", { malformed: "tunnel-sub-tlv-value" }),
      subTlv(4, "Color", "abcd", { malformed: "tunnel-sub-tlv-value" }),
      subTlv(4, "Color", "0002000000000000", { malformed: "tunnel-color" }),
      subTlv(6, "Tunnel Egress Endpoint", "000000000001", { malformed: "tunnel-egress-endpoint" }),
      subTlv(6, "Tunnel Egress Endpoint", "000000000003"),
      subTlv(7, "DS Field", "0000", { malformed: "tunnel-sub-tlv-value" }),
      subTlv(10, "MPLS Label Stack", "", { malformed: "tunnel-sub-tlv-value" }),
    )],
  ),
  vector(
    "a sub-TLV of SR policies in another tunnel: not decoded",
    "000d 0006 0c04 00000064",
    [tunnel(13, "MPLS in UDP Encapsulation", subTlv(12, "Preference", "00000064"))],
    "gobmp TestRFC9012_TunnelTLVStructure",
  ),
];

const policies: GoodVector[] = [
  vector(
    "SR policy: preference, label as binding SID, segment type A",
    "000f00240c060000000000640d06100005dc01008000110009060000000000010106000003e81100",
    [tunnel(
      ...SR_POLICY,
      PREFERENCE_100,
      decoded(13, "Binding SID", "100005dc0100", {
        flags: 0x10,
        s_flag: false,
        i_flag: false,
        label: { label: 24000, tc: 0, s: true, ttl: 0 },
      }),
      decoded(128, "Segment List", "0009060000000000010106000003e81100", {
        weight: { flags: 0, weight: 1 },
        segments: [{ segment_type: 1, type_name: "A", flags: NO_FLAGS, ...MPLS_SID_16001 }],
      }),
    )],
    "exabgp conf-sr-policy.ci",
  ),
  vector(
    "SR policy: SRv6 binding SID, segment type B with behavior, both names",
    "000f005c0c060000000000c814120000fc0000000000000000000000000000018000250009060000000000020d1a1000" +
      "fc000000000000000000000000000001004100002000100082000a006d792d706f6c696379810008007072696d617279",
    [tunnel(
      ...SR_POLICY,
      decoded(12, "Preference", "0000000000c8", { flags: 0, preference: 200 }),
      decoded(20, "SRv6 Binding SID", "0000 fc000000000000000000000000000001", {
        flags: 0,
        s_flag: false,
        i_flag: false,
        b_flag: false,
        srv6_sid: "fc00::1",
      }),
      decoded(
        128,
        "Segment List",
        "00 0906000000000002 0d1a1000 fc000000000000000000000000000001 0041000020001000",
        {
          weight: { flags: 0, weight: 2 },
          segments: [{
            segment_type: 13,
            type_name: "B",
            flags: { ...NO_FLAGS, b_flag: true },
            srv6_sid: "fc00::1",
            srv6_endpoint_behavior: END_DX2,
          }],
        },
      ),
      decoded(130, "Policy Name", "00 6d792d706f6c696379", { name: "my-policy" }),
      decoded(129, "Policy Candidate Path Name", "00 7072696d617279", { name: "primary" }),
    )],
    "exabgp bgp-sr-policy-2",
  ),
  vector(
    "SR policy: SRv6 SID in a Binding SID sub-TLV",
    "000f001c0c060000000000c80d120000fd000000000000000000000000000001",
    [tunnel(
      ...SR_POLICY,
      decoded(12, "Preference", "0000000000c8", { flags: 0, preference: 200 }),
      decoded(13, "Binding SID", "0000 fd000000000000000000000000000001", {
        flags: 0,
        s_flag: false,
        i_flag: false,
        srv6_sid: "fd00::1",
      }),
    )],
    "rustybgp packet/src/tunnel_encap.rs",
  ),
  one("SR policy: no binding SID", SR_POLICY, [13, "Binding SID"], "c000", {
    flags: 0xc0,
    s_flag: true,
    i_flag: true,
  }, "tshark"),
  one("SR policy: ENLP", SR_POLICY, [14, "ENLP"], "000003", { flags: 0, enlp: 3 }, "tshark"),
  one("SR policy: priority", SR_POLICY, [15, "Priority"], "0a00", { priority: 10 }, "tshark"),
  one(
    "SR policy: SRv6 binding SID with behavior and structure",
    SR_POLICY,
    [20, "SRv6 Binding SID"],
    `a000 ${SID} 0041 0000 20 00 10 00`,
    {
      flags: 0xa0,
      s_flag: true,
      i_flag: false,
      b_flag: true,
      srv6_sid: "2001:db8:ffff::1",
      srv6_endpoint_behavior: END_DX2,
    },
  ),
  one(
    "SR policy: a sub-TLV of other tunnels",
    SR_POLICY,
    [6, "Tunnel Egress Endpoint"],
    "00000000 0001 c0000201",
    { afi: 1, address: "192.0.2.1" },
  ),
  segment(
    "segment type C with SID",
    3,
    "8001 0a000001 000003e8",
    {
      type_name: "C",
      flags: V_FLAG,
      sr_algorithm: 1,
      ipv4_address: "10.0.0.1",
      sid: { label: 0, tc: 1, s: true, ttl: 232 },
    },
    "gobmp TestUnmarshalTypeCSegment_Valid",
  ),
  segment("segment type C without SID", 3, "0000 c0000201", {
    type_name: "C",
    flags: NO_FLAGS,
    sr_algorithm: 0,
    ipv4_address: "192.0.2.1",
  }),
  segment(
    "segment type D",
    4,
    "8001 fe800000000000000000000000000001 03e81100",
    {
      type_name: "D",
      flags: V_FLAG,
      sr_algorithm: 1,
      ipv6_address: "fe80::1",
      sid: MPLS_SID_16001,
    },
  ),
  segment(
    "segment type E",
    5,
    "8000 0000000a 0a000001 03e81100",
    {
      type_name: "E",
      flags: V_FLAG,
      local_interface_id: 10,
      ipv4_address: "10.0.0.1",
      sid: MPLS_SID_16001,
    },
    "gobmp TestUnmarshalSegmentListSTLV_TypeE",
  ),
  segment(
    "segment type F",
    6,
    "0000 c0a80101 0a000001",
    {
      type_name: "F",
      flags: NO_FLAGS,
      local_ipv4_address: "192.168.1.1",
      remote_ipv4_address: "10.0.0.1",
    },
    "gobmp TestUnmarshalSegmentListSTLV_TypeF",
  ),
  segment(
    "segment type G",
    7,
    `8000 00000001 ${NODE} 00000002 ${OTHER} 03e81100`,
    {
      type_name: "G",
      flags: V_FLAG,
      local_interface_id: 1,
      local_ipv6_address: "2001:db8:1::1",
      remote_interface_id: 2,
      remote_ipv6_address: "2001:db8:1::2",
      sid: MPLS_SID_16001,
    },
    "gobmp TestUnmarshalSegmentListSTLV_TypeG",
  ),
  segment(
    "segment type H",
    8,
    `0000 ${NODE} ${OTHER}`,
    {
      type_name: "H",
      flags: NO_FLAGS,
      local_ipv6_address: "2001:db8:1::1",
      remote_ipv6_address: "2001:db8:1::2",
    },
    "gobmp TestUnmarshalSegmentListSTLV_TypeH",
  ),
  segment(
    "segment type B without behavior",
    13,
    "0000 20010db8000000000000000000000001",
    { type_name: "B", flags: NO_FLAGS, srv6_sid: "2001:db8::1" },
    "gobmp TestUnmarshalSegmentListSTLV_TypeB",
  ),
  segment("segment type I without SID", 14, `4080 ${NODE}`, {
    type_name: "I",
    flags: { ...NO_FLAGS, a_flag: true },
    sr_algorithm: 128,
    ipv6_node_address: "2001:db8:1::1",
  }),
  segment("segment type I with SID, behavior and structure", 14, `7080 ${NODE} ${SID} 0001000010000000`, {
    type_name: "I",
    flags: { v_flag: false, a_flag: true, s_flag: true, b_flag: true },
    sr_algorithm: 128,
    ipv6_node_address: "2001:db8:1::1",
    srv6_sid: "2001:db8:ffff::1",
    srv6_endpoint_behavior: END,
  }),
  segment(
    "segment type J with SID",
    15,
    `2000 00000001 ${NODE} 00000002 ${OTHER} ${SID}`,
    {
      type_name: "J",
      flags: { ...NO_FLAGS, s_flag: true },
      sr_algorithm: 0,
      local_interface_id: 1,
      local_ipv6_address: "2001:db8:1::1",
      remote_interface_id: 2,
      remote_ipv6_address: "2001:db8:1::2",
      srv6_sid: "2001:db8:ffff::1",
    },
    "gobmp TestUnmarshalSegmentListSTLV_TypeJ",
  ),
  segment(
    "segment type K with SID, behavior and structure",
    16,
    `3001 ${NODE} ${OTHER} ${SID} 0001000010000000`,
    {
      type_name: "K",
      flags: { ...NO_FLAGS, s_flag: true, b_flag: true },
      sr_algorithm: 1,
      local_ipv6_address: "2001:db8:1::1",
      remote_ipv6_address: "2001:db8:1::2",
      srv6_sid: "2001:db8:ffff::1",
      srv6_endpoint_behavior: END,
    },
    "gobmp TestUnmarshalSegmentListSTLV_TypeK",
  ),
  segment("segment type K with behavior and structure alone", 16, `1000 ${NODE} ${OTHER} 0001000010000000`, {
    type_name: "K",
    flags: { ...NO_FLAGS, b_flag: true },
    sr_algorithm: 0,
    local_ipv6_address: "2001:db8:1::1",
    remote_ipv6_address: "2001:db8:1::2",
    srv6_endpoint_behavior: END,
  }),
  segment("a segment of unknown type, kept", 221, "0000 02 64", { value: "00000264" }),
  vector(
    "a malformed color, which is not for SR policies (RFC 9830 section 2.2)",
    "000f 0004 0402 abcd",
    [tunnel(...SR_POLICY, subTlv(4, "Color", "abcd", { malformed: "tunnel-sub-tlv-value" }))],
  ),
  vector(
    "a segment list without segments, a second weight",
    "000f 0014 80 0011 00 0906000000000005 0906000000000007",
    [tunnel(
      ...SR_POLICY,
      decoded(128, "Segment List", "00 0906000000000005 0906000000000007", {
        weight: { flags: 0, weight: 5 },
        segments: [],
      }),
    )],
  ),
];

export const TUNNEL_ENCAPSULATION_VECTORS: AttributeVectors = {
  membersOfMalformed: (value) => ({
    ...(value === "" ? {} : { tunnel_encap_attr: base64(value) }),
    tunnel_encap_malformed: true,
  }),
  flags: 0xc0,
  outcome: "treatAsWithdraw",
  section: "RFC 9012 13, RFC 9830 5",
  good: [...tunnels, ...policies],
  malformed: [
    { name: "empty", value: "", fault: "tunnel-encapsulation-length@0" },
    {
      name: "a header cut short (gobmp TestRFC9012_ErrorHandling)",
      value: "000d00",
      fault: "tunnel-header@0",
    },
    {
      name: "a tunnel past the end (gobmp TestRFC9012_ErrorHandling)",
      value: "000dffff0102",
      fault: "tunnel-length@2",
    },
    {
      name: "a sub-TLV past its tunnel (gobmp TestRFC9012_ErrorHandling)",
      value: "000d00040cffaabb",
      fault: "tunnel-sub-tlv-length@5",
    },
    { name: "one octet of a sub-TLV", value: "0008 0001 01", fault: "tunnel-sub-tlv-header@4" },
    { name: "two octets of a long sub-TLV", value: "0008 0002 8000", fault: "tunnel-sub-tlv-header@4" },
    {
      name: "a sub-TLV of two octets of length past its tunnel",
      value: "0008 0004 80 0002 00",
      fault: "tunnel-sub-tlv-length@5",
    },
    {
      name: "a binding SID of 1 octet (gobmp TestUnmarshalSRPolicyTLV_BSID)",
      value: "000f00030d0101",
      fault: "sr-policy-binding-sid-length@6",
    },
    {
      name: "a preference of 4 octets",
      value: "000f00060c0400000064",
      fault: "sr-policy-preference-length@6",
    },
    {
      name: "an ENLP of 4 octets (gobmp TestUnmarshalSRPolicyTLV_ENLP)",
      value: "000f00060e0401000100",
      fault: "sr-policy-enlp-length@6",
    },
    {
      name: "a priority of 1 octet (gobmp TestUnmarshalSRPolicyTLV_Priority)",
      value: "000f00030f0100",
      fault: "sr-policy-priority-length@6",
    },
    {
      name: "an SRv6 binding SID of 16 octets",
      value: `000f0012 1410 ${SID}`,
      fault: "sr-policy-srv6-binding-sid-length@6",
    },
    {
      name: "a name without reserved octet (gobgp TunnelEncapSubTLVSRCandidatePathName_RejectsZeroLength)",
      value: "000f0003 810000",
      fault: "sr-policy-name-length@7",
    },
    {
      name: "a segment list without reserved octet",
      value: "000f0003 800000",
      fault: "sr-policy-segment-list-length@7",
    },
    {
      name: "one octet of a segment",
      value: "000f0005 800002 0001",
      fault: "sr-policy-segment-header@8",
    },
    {
      name: "a segment past the list (gobmp TestUnmarshalSegmentListSTLV_TypeF_ErrorPaths)",
      value: "000f0008 800005 00060a0000",
      fault: "sr-policy-segment-length@9",
    },
    {
      name: "a weight of 4 octets",
      value: "000f000a 800007 00 0904 00000001",
      fault: "sr-policy-weight-length@10",
    },
    {
      name: "a segment type H of 4 octets (gobmp TestUnmarshalSegmentListSTLV_TypeH_ErrorPaths)",
      value: "000f000a 800007 00 080400000000",
      fault: "sr-policy-segment-value@10",
    },
    {
      name: "a segment type A without label",
      value: "000f0008 800005 00 0102 0000",
      fault: "sr-policy-segment-value@10",
    },
    {
      name: "a segment type B without SID",
      value: "000f0008 800005 00 0d02 0000",
      fault: "sr-policy-segment-value@10",
    },
    {
      name: "a segment type B with behavior alone",
      value: "000f0010 80000d 00 0d0a 0000 0001000010000000",
      fault: "sr-policy-segment-value@10",
    },
    {
      name: "a segment type C with half a SID",
      value: "000f000e 80000b 00 0308 0000 0a000001 0000",
      fault: "sr-policy-segment-value@10",
    },
    {
      name: "a segment type I with half a SID",
      value: `000f 001c 80 0019 00 0e16 0000 ${NODE} 20010db8`,
      fault: "sr-policy-segment-value@10",
    },
  ],
};

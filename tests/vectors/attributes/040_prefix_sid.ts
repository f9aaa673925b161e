import type { AttributeVectors, GoodVector } from "../../bgp/attributes/vectors.ts";

function tlvs(...list: object[]): Record<string, unknown> {
  return { bgp_prefix_sid: { tlvs: list } };
}

function labelIndex(index: number, flags = 0): object {
  return { type: 1, length: 7, label_index: { flags, label_index: index } };
}

function srgb(...ranges: [base: number, range: number][]): object {
  return {
    type: 3,
    length: 2 + 6 * ranges.length,
    originator_srgb: { flags: 0, ranges: ranges.map(([base, range]) => ({ base, range })) },
  };
}

function structure(block: number, node: number, fun: number, length: number, offset: number): object {
  return {
    type: 1,
    locator_block_length: block,
    locator_node_length: node,
    function_length: fun,
    argument_length: 0,
    transposition_length: length,
    transposition_offset: offset,
  };
}

/** A service with one SID and its structure, and its bytes from the SID on. */
function service(
  type: number,
  sid: string,
  behavior: [number, string],
  unknownValue: string,
  subSubTlvs: object[],
): object {
  return {
    type,
    length: 25 + (subSubTlvs.length === 0 ? 0 : 9),
    unknown_value: unknownValue,
    srv6_service: {
      sub_tlvs: [{
        type: 1,
        sid,
        flags: 0,
        endpoint_behavior: behavior[0],
        ...(behavior[1] === "" ? {} : { endpoint_behavior_name: behavior[1] }),
        sub_sub_tlvs: subSubTlvs,
      }],
    },
  };
}

const good: GoodVector[] = [
  {
    name: "Label-Index",
    source: "NetGauze test_segment_identifier_label_index",
    value: "010007 00 0000 0000005a",
    members: tlvs(labelIndex(90)),
  },
  {
    name: "Label-Index with flags",
    source: "gobmp TestRFC8669_LabelIndex",
    value: "010007 00 0010 00000abc",
    members: tlvs(labelIndex(2748, 0x10)),
  },
  {
    name: "Label-Index and Originator SRGB with two ranges",
    source: "exabgp conf-prefix-sid.ci",
    value: "010007 00 0000 0000012c 03000e 0000 0c3500 001000 0f4240 001388",
    members: tlvs(labelIndex(300), srgb([800000, 4096], [1000000, 5000])),
  },
  {
    name: "Label-Index and Originator SRGB",
    source: "FRR test_mp_attr.c PREFIX-SID",
    value: "0100070000000000000203000800000a1bfe00000a",
    members: tlvs(labelIndex(2), srgb([662526, 10])),
  },
  {
    name: "three SRGB ranges",
    source: "gobmp TestRFC8669_OriginatorSRGB",
    value: "0300140000003e80001f400061a8001388007a120003e8",
    members: tlvs(srgb([16000, 8000], [25000, 5000], [31250, 1000])),
  },
  {
    name: "SRv6 L3 service, transposed",
    source: "pmacct",
    value: "0500220001001e00 fd7c3f00040100000000000000000000 00 003f 00 010006 201010001030",
    members: tlvs(
      service(
        5,
        "fd7c:3f00:401::",
        [63, "End.DT4 with NEXT-CSID"],
        "AAEAHgD9fD8ABAEAAAAAAAAAAAAAAAA/AAEABiAQEAAQMA==",
        [structure(32, 16, 16, 16, 48)],
      ),
    ),
  },
  {
    name: "SRv6 L3 service, whole SID",
    source: "exabgp api-ipv4.ci",
    value: "0500220001001e00 20010db8000100010000000000000000 00 0048 00 010006 401810000000",
    members: tlvs(
      service(
        5,
        "2001:db8:1:1::",
        [72, "End.M.GTP4.E"],
        "AAEAHgAgAQ24AAEAAQAAAAAAAAAAAABIAAEABkAYEAAAAA==",
        [structure(64, 24, 16, 0, 0)],
      ),
    ),
  },
  {
    name: "SRv6 L3 service without structure",
    source: "exabgp vpnv4-extended-nexthop-1",
    value: "050019 00 010015 00 20010001000000000000000000000000 00 0000 00",
    members: tlvs(
      service(5, "2001:1::", [0, "Reserved"], "AAEAFQAgAQABAAAAAAAAAAAAAAAAAAAAAA==", []),
    ),
  },
  {
    name: "SRv6 L2 service",
    source: "NetGauze, IOS-XR",
    value: "0600220001001e00 fcbabe00300200000000000000000000 00 0041 00 010006 201010001030",
    members: tlvs(
      service(
        6,
        "fcba:be00:3002::",
        [65, "End.DX2 with NEXT-CSID"],
        "AAEAHgD8ur4AMAIAAAAAAAAAAAAAAABBAAEABiAQEAAQMA==",
        [structure(32, 16, 16, 16, 48)],
      ),
    ),
  },
  {
    name: "an unknown sub-TLV of a service",
    source: "gobgp TestSRv6ServiceTLVUnknownSubTLV",
    value: "050007 00 ff0003 010203",
    members: tlvs({
      type: 5,
      length: 7,
      unknown_value: "AP8AAwECAw==",
      srv6_service: { sub_tlvs: [{ type: 255, value: "010203" }] },
    }),
  },
  {
    name: "an unknown sub-sub-TLV, and a behavior without a name",
    value: "05001e 00 01001a 00 20010db8000000000000000000000001 00 fffe 00 630002 abcd",
    members: tlvs({
      ...service(5, "2001:db8::1", [65534, ""], "AAEAGgAgAQ24AAAAAAAAAAAAAAABAP/+AGMAAqvN", [
        { type: 99, value: "abcd" },
      ]),
      length: 30,
    }),
  },
  {
    name: "an unknown TLV",
    source: "gobmp TestRFC8669_ForwardCompatibility",
    value: "010007 00 0000 00000064 630003 010203",
    members: tlvs(labelIndex(100), { type: 99, length: 3, unknown_value: "AQID" }),
  },
  {
    name: "an unknown TLV without a value",
    value: "040000",
    members: tlvs({ type: 4, length: 0 }),
  },
];

export const PREFIX_SID_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "attributeDiscard",
  section: "RFC 8669 6",
  good,
  malformed: [
    { name: "empty", value: "", fault: "prefix-sid-length@0" },
    { name: "a header cut short", value: "0100", fault: "prefix-sid-tlv-header@0" },
    {
      name: "a TLV past the end (gobmp TestUnmarshalBGPPrefixSID)",
      value: "0100ff00000000",
      fault: "prefix-sid-tlv-length@1",
    },
    {
      name: "a Label-Index of 3 octets (gobmp TestUnmarshalLabelIndexTLV)",
      value: "010003000000",
      fault: "prefix-sid-label-index-length@3",
    },
    {
      name: "half an SRGB range (gobmp TestUnmarshalOriginatorSRGBTLV)",
      value: "03000700000027100003",
      fault: "prefix-sid-originator-srgb-length@3",
    },
    { name: "no SRGB range", value: "0300020000", fault: "prefix-sid-originator-srgb-length@3" },
    { name: "no SRGB flags", value: "03000100", fault: "prefix-sid-originator-srgb-length@3" },
    {
      name: "a service past the end (FRR PREFIX-SID-SRv6-L3-Service-length-overflow)",
      value: "05001900",
      fault: "srv6-service-length@1", outcome: "treatAsWithdraw",
    },
    {
      name: "a service without reserved octet (FRR PREFIX-SID-SRv6-L3-Service-missing-reserved)",
      value: "050000",
      fault: "srv6-service-length@1", outcome: "treatAsWithdraw",
    },
    {
      name: "a sub-TLV header cut short",
      value: "050003 00 0100",
      fault: "srv6-sub-tlv-header@4", outcome: "treatAsWithdraw",
    },
    {
      name: "a sub-TLV past the end",
      value: "060005 00 010015 00",
      fault: "srv6-sub-tlv-length@5", outcome: "treatAsWithdraw",
    },
    {
      name: "a SID Information of 20 octets",
      value: "050018 00 010014 00 20010db8000000000000000000000001 00 0013",
      fault: "srv6-sid-information-length@7", outcome: "treatAsWithdraw",
    },
    {
      name: "a SID Structure of 5 octets (gobgp TestBGPUpdatePrefixSIDMalformedSubSubTLVLength)",
      value: "0500220001001e002001000000050003000000000000000000001300010005281810001040",
      fault: "srv6-sid-structure-length@31", outcome: "treatAsWithdraw",
    },
    {
      name: "a SID Structure of 7 octets (gobgp TestSRv6SIDStructureSubSubTLVLength)",
      value: "0500230001001f002001000000050003000000000000000000001300 010007 28181000104000",
      fault: "srv6-sid-structure-length@31", outcome: "treatAsWithdraw",
    },
    {
      name: "a SID Structure cut short (gobgp TestSRv6SIDStructureSubSubTLVLength)",
      value: "0500210001001d002001000000050003000000000000000000001300 010006 2818100010",
      fault: "srv6-sub-sub-tlv-length@29", outcome: "treatAsWithdraw",
    },
    {
      name: "a sub-sub-TLV header cut short",
      value: "05001b00010017002001000000050003000000000000000000001300 0100",
      fault: "srv6-sub-sub-tlv-header@28", outcome: "treatAsWithdraw",
    },
  ],
};

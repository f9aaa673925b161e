import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

const ZERO_BYTES = Array.from({ length: 14 }, () => "0x00").join(", ");

export const IPV6_EXTENDED_COMMUNITIES_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "treatAsWithdraw",
  section: "RFC 7606 7.15",
  good: [
    {
      name: "target and origin",
      source: "gobmp TestRFC5701_IPv6ExtCommunity_Multiple",
      value: "000220010db80000000000000000000000010064 000320010db800000000000000000000000200c8",
      members: { ipv6_ext_community_list: ["rt=2001:db8::1:100", "ro=2001:db8::2:200"] },
    },
    {
      name: "FlowSpec redirect to IPv6",
      source: "exabgp conf-flow-redirect.ci:15",
      value: "000c2a020b800000000100000000000000010000",
      members: { ipv6_ext_community_list: ["subtype-12=2a02:b80:0:1::1:0"] },
    },
    {
      name: "not transitive",
      value: "4002 2001 0000000000000000000000000000 0064",
      members: {
        ipv6_ext_community_list: [
          `unknown=Type: 64 Subtype: 2 Value: [ 0x20, 0x01, ${ZERO_BYTES}, 0x00, 0x64 ]`,
        ],
      },
    },
  ],
  malformed: [
    { name: "empty", value: "", fault: "ipv6-ext-communities-length@0" },
    { name: "8 octets", value: "00".repeat(8), fault: "ipv6-ext-communities-length@0" },
    { name: "39 octets", value: "00".repeat(39), fault: "ipv6-ext-communities-length@0" },
  ],
};

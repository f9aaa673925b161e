/** Flow Specifications with a route distinguisher. */
import { dst, flow, list, src } from "./flowspec/rules.ts";
import type { FamilyVectors } from "./vectors.ts";

export const VPN_IPV4_FLOWSPEC_VECTORS: FamilyVectors = {
  good: [
    flow(
      "a source", "exabgp qa/encoding/conf-flow.ci:4",
      "0e 0000ffff00010000 02200a000001",
      "src 10.0.0.1/32",
      [src("10.0.0.1", 32, "0a000001")],
      { rd: "65535:65536" },
    ),
    flow(
      "a route distinguisher of unknown type", undefined,
      "0d 0009000000000001 0118c00002",
      "dst 192.0.2.0/24",
      [dst("192.0.2.0", 24, "c00002")],
      { rd: "0009000000000001" },
    ),
  ],
  malformed: [
    { name: "half of a route distinguisher", nlri: "04 0000fde9", fault: "nlri-truncated@1" },
    { name: "a rule without components", nlri: "08 0000fde900000064", fault: "flowspec-empty@9" },
  ],
};

export const VPN_IPV6_FLOWSPEC_VECTORS: FamilyVectors = {
  good: [
    flow(
      "a destination", "rustybgp packet/src/flowspec.rs: v6_fragment_roundtrip",
      "0f 0000fde800000064 01200020010db8",
      "dst 2001:db8::/32",
      [dst("2001:db8::", 32, "20010db8")],
      { rd: "65000:100" },
    ),
  ],
  malformed: [
    { name: "an IPv4 prefix", nlri: "0d 0000fde900000064 0118c00002", fault: "flowspec-prefix-length@10" },
  ],
};

export const VPN_L2VPN_FLOWSPEC_VECTORS: FamilyVectors = {
  good: [
    flow(
      "every component", "ryu: flowspec_nlri_l2vpn.pcap",
      "36 0000006400000064 0e920800 0f06beefcafe1eaf 1006000000000001 11825a 128464 1382c8 1494012c 159607d0 168102 1781c8 188103",
      "ethertype >0x800 src-mac be:ef:ca:fe:1e:af dst-mac 00:00:00:00:00:01 dsap >0x5a ssap " +
        "<0x64 control >0xc8 snap <0x12c vlan !=2000 vlan-cos =2 inner-vlan =200 " +
        "inner-vlan-cos =3",
      [
        list(14, "ethertype", [">", 2048, 2]),
        { type: 15, name: "src-mac", mac: "be:ef:ca:fe:1e:af" },
        { type: 16, name: "dst-mac", mac: "00:00:00:00:00:01" },
        list(17, "dsap", [">", 90]),
        list(18, "ssap", ["<", 100]),
        list(19, "control", [">", 200]),
        list(20, "snap", ["<", 300, 2]),
        list(21, "vlan", ["!=", 2000, 2]),
        list(22, "vlan-cos", ["=", 2]),
        list(23, "inner-vlan", ["=", 200]),
        list(24, "inner-vlan-cos", ["=", 3]),
      ],
      { rd: "100:100" },
    ),
  ],
  malformed: [
    { name: "half of a route distinguisher", nlri: "04 0000fde9", fault: "nlri-truncated@1" },
  ],
};

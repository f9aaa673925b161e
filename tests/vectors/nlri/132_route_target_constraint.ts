/** Route Target membership. */
import type { FamilyVectors, MalformedRoute } from "./vectors.ts";

const MALFORMED: readonly MalformedRoute[] = [
  { name: "31 bits", nlri: "1f 0000fde8", fault: "route-target-length@0" },
  { name: "1 bit", nlri: "01 80", fault: "route-target-length@0" },
  { name: "97 bits", nlri: "61 0000fde90002fde90000006480", fault: "route-target-length@0" },
  { name: "a target that is cut", nlri: "60 0000fde90002fde9", fault: "nlri-truncated@0", isBorderLost: true },
];

export const IPV4_ROUTE_TARGET_CONSTRAINT_VECTORS: FamilyVectors = {
  good: [
    {
      name: "every route target",
      source: "OpenDaylight: announce_rt_constrain_default",
      nlri: "00",
      route: { length: 0 },
    },
    {
      name: "a target with an IPv4 address",
      source: "OpenDaylight: announce_rt_constrain_type_1",
      nlri: "60 0000fbff 0102c0000202007b",
      route: { length: 96, originAs: 64511, routeTarget: "192.0.2.2:123" },
    },
    {
      name: "a target with a four-octet AS, withdrawn",
      source: "OpenDaylight: announce_rt_constrain_type_2",
      nlri: "60 0000fbff 02020000fde8007b",
      isWithdrawn: true,
      route: { length: 96, originAs: 64511, routeTarget: "65000:123" },
    },
    {
      name: "a target with a two-octet AS",
      source: "rustybgp: gobgp_wire_full_two_octet_as_rt",
      nlri: "60 0000fde9 0002fdea00000064",
      route: { length: 96, originAs: 65001, routeTarget: "65002:100" },
    },
    {
      name: "a target of unknown type",
      source: "rustybgp: display_unknown_rt_hex",
      nlri: "60 00000001 ffff000000000001",
      route: { length: 96, originAs: 1, routeTarget: "0xffff000000000001" },
    },
    {
      name: "all targets of an AS's routes",
      source: "tcpdump: bgp-rt-prefix.pcap",
      nlri: "20 00000016",
      route: { length: 32, originAs: 22 },
    },
    {
      name: "all targets of one type",
      source: "tcpdump: bgp-rt-prefix.pcap",
      nlri: "30 00000016 0002",
      route: { length: 48, originAs: 22, routeTargetPrefix: "0002/16" },
    },
    {
      name: "all targets of one AS",
      source: "tcpdump: bgp-rt-prefix.pcap",
      nlri: "50 00000016 020200010000",
      route: { length: 80, originAs: 22, routeTargetPrefix: "020200010000/48" },
    },
    {
      name: "a part that ends within an octet",
      source: "tcpdump: bgp-rt-prefix.pcap",
      nlri: "53 00000017 010201020304e0",
      route: { length: 83, originAs: 23, routeTargetPrefix: "010201020304e0/51" },
    },
    {
      name: "a community that is not a route target",
      nlri: "60 00000000 0003fdea00000064",
      route: { length: 96, originAs: 0, routeTarget: "0x0003fdea00000064" },
    },
    {
      name: "an experimental community",
      nlri: "60 00000001 8002fdea00000064",
      route: { length: 96, originAs: 1, routeTarget: "0x8002fdea00000064" },
    },
    {
      name: "a community that is not transitive",
      nlri: "60 00000001 4002fdea00000064",
      route: { length: 96, originAs: 1, routeTarget: "0x4002fdea00000064" },
    },
  ],
  malformed: MALFORMED,
};

export const IPV6_ROUTE_TARGET_CONSTRAINT_VECTORS: FamilyVectors = {
  good: [
    {
      name: "a route target",
      nlri: "60 0000fde9 0002fdea00000064",
      route: { length: 96, originAs: 65001, routeTarget: "65002:100" },
    },
  ],
  malformed: MALFORMED,
};

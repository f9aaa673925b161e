/** Whole BMP messages of other projects, and what stands in them. */

/** A message. */
export interface MessageVector {
  readonly name: string;
  readonly source: string;
  readonly hex: string;
  /** Names and values of parts that `explain` shows, in this order, others between them. */
  readonly shows: readonly (readonly [name: string, value: string | number])[];
}

export const MESSAGE_VECTORS: readonly MessageVector[] = [
  {
    name: "a Peer Down with NOTIFICATION of the peer",
    source: "bgpfix TestBmp_RealWorld_PeerDownNotification",
    hex: "0300000046020080000000000000000020010db8000000000000000000000001000100000a00000a622dea800005582203ffffffffffffffffffffffffffffffff0015030602",
    shows: [["Peer Address", "2001:db8::1"], ["Reason", 3], ["Error Code", 6], ["Error Subcode", 2]],
  },
  {
    name: "a Peer Down with own NOTIFICATION",
    source: "opendaylight PeerDownHandlerTest",
    hex: "030000004602000000000000000000000000000000000000000000000a0a0a0a000000480a0a0a0a000000050000000a01ffffffffffffffffffffffffffffffff0015030101",
    shows: [["Reason", 1], ["Error Code", 1], ["Error Subcode", 1]],
  },
  {
    name: "a Peer Down by an event",
    source: "routecore peer_down_local_fsm",
    hex: "030000003302000000000000000000000000000000000000000000007f000001000100007f00000169b9452f000d1c73020102",
    shows: [["Reason", 2], ["FSM Event", 258]],
  },
  {
    name: "a Peer Down without an event",
    source: "bgpkit test_peer_down_notification",
    hex: "030000003302000000000000000000000000000000000000000000003fda060e00000da30000000061523c36000c0e1c020000",
    shows: [["Reason", 2], ["FSM Event", 0]],
  },
  {
    name: "a Peer Down of version 4 with a TLV",
    source: "netgauze serde_benchmark",
    hex: "040000003f0200800000000000000000fc0000000000000000000000000000010000fc000a000001633b2a53000771e3020002001000080001020304050607",
    shows: [["Version", 4], ["Reason", 2], ["FSM Event", 2], ["TLV", 16]],
  },
  {
    name: "a Statistics Report",
    source: "bgpfix TestBmp_RealWorld_StatisticsReport",
    hex: "03000000ba010080000000000000000020010db8000000000000000000000001000100000a00000562501157000000000000000d00000004000000b000010004000004de00020004000000000003000400000000000400040000000a0005000400000000000600040000000000070008000000000000002500080008000000000000001c000e00080000000000022114000f000800000000000221140010000b00020100000000000221140011000b0002010000000000022114",
    shows: [["Stats Count", 13], ["Statistic", 0], ["Value", 176], ["Value", 1246], ["Statistic", 17], ["Value", 139540]],
  },
  {
    name: "a Statistics Report per family",
    source: "opendaylight StatisticsReportHandlerTest",
    hex: "03000000ba01000000000000000000000000000000000000000000000a0a0a0a000000480a0a0a0a000000050000000a0000000e00000004000000080001000400000010000200040000000b000300040000003500040004000000420005000400000046000600040000003700070008000000000000000a0008000800000000000000640009000b0001010000000000000009000a000b000101000000000000000a000b00040000000b000c00040000000c000d00040000000d",
    shows: [["Stats Count", 14], ["Statistic", 9], ["Value", 9], ["Statistic", 13], ["Value", 13]],
  },
  {
    name: "a Statistics Report with types of its vendor",
    source: "gobgp Test_RouteMonitoringUnknownType",
    hex: "03000000e40100800000000000000000200104700000001a000000000000000100001b1bd8dafca40000000000000000000000110000000400000000000100040000000000020004000000000003000400000000000400040000000000050004000000000006000400000000000700080000000000012bb5000800080000000000012bb57fff000800000000000003e88000000800000000000003eb8001000800000000000000038002000800000000000003eb8003000800000000000000168004000800000000000005548005000800000000000000c88006000800000000000005a0",
    shows: [["Stats Count", 17], ["Statistic", 7], ["Value", 76725], ["Statistic", 32767], ["Value", 1000]],
  },
  {
    name: "a Statistics Report with an experimental type",
    source: "netgauze test_bmp_statistics_report",
    hex: "030000006c0100800000000000000000fdfd000000008bea0000000000000002000000c8ac100014633c99780004733f0000000700000004000000000004000400000002000500040000000000030004000000000002000400000000000b000400000006fffb000400000000",
    shows: [["Stats Count", 7], ["Statistic", 11], ["Value", 6], ["Statistic", 65531]],
  },
  {
    name: "a Peer Up",
    source: "rustybgp peer_up",
    hex: "030000007e0300000000000000000000000000000000000000000000c0a800010000fdea0a00000200000000000000000000000000000000000000000a00000100b33039ffffffffffffffffffffffffffffffff001d0104fde9005a0a00000100ffffffffffffffffffffffffffffffff001d0104fdea005a0a00000200",
    shows: [["Local Address", "10.0.0.1"], ["Local Port", 179], ["Remote Port", 12345], ["My Autonomous System", 65001], ["My Autonomous System", 65002]],
  },
  {
    name: "a Peer Up of an IPv6 peer",
    source: "rustybgp peer_up_ipv6",
    hex: "030000007e030080000000000000000020010db80000000000000000000000010000fdea0a000002000000000000000020010db800000000000000000000000200b33039ffffffffffffffffffffffffffffffff001d0104fde9005a0a00000100ffffffffffffffffffffffffffffffff001d0104fdea005a0a00000200",
    shows: [["Peer Address", "2001:db8::1"], ["Local Address", "2001:db8::2"]],
  },
  {
    name: "a Peer Up with information",
    source: "opendaylight PeerUpHandlerTest",
    hex: "03000000a203000000000000000000000000000000000000000000000a0a0a0a000000480a0a0a0a000000050000000a0000000000000000000000000a0a0a0a00dc1388ffffffffffffffffffffffffffffffff002b0104004803e8141414140e020c410400000046410400000050ffffffffffffffffffffffffffffffff002b0104004803e8141414140e020c4104000000464104000000500000000461616161",
    shows: [["Hold Time", 1000], ["Capability", 65], ["TLV", 0], ["Value", "aaaa"]],
  },
  {
    name: "a Peer Up of the Loc-RIB, version 4",
    source: "netgauze test_multiple_peer_up_for_loc_rib",
    hex: "04000000a60303800002fbf00030001700000000000000000000000000000000fbf00030cb007130689af6170007f7100000000000000000000000000000000000000000ffffffffffffffffffffffffffffffff003101045ba000b4cb0071301402124104fbf00030010400010001450400010103ffffffffffffffffffffffffffffffff003101045ba000b4cb0071301402124104fbf00030010400010001450400010103",
    shows: [["Peer Type", 3], ["Peer AS", 4226809904], ["Capability", 69]],
  },
  {
    name: "an Initiation",
    source: "rustybgp initiation",
    hex: "030000001d0400010008527573747942475000020007726f7574657231",
    shows: [["TLV", 1], ["Value", "RustyBGP"], ["TLV", 2], ["Value", "router1"]],
  },
  {
    name: "an Initiation of IOS XR",
    source: "gobmp TestParserRawMode",
    hex: "0300000020040001000a20372e322e312e32334900020008787276396b2d7231",
    shows: [["Value", " 7.2.1.23I"], ["Value", "xrv9k-r1"]],
  },
  {
    name: "a Termination with a reason",
    source: "bgpfix TestBmp_RealWorld_TerminationMessage",
    hex: "030000000c05000100020003",
    shows: [["TLV", 1], ["Value", 3]],
  },
  {
    name: "a Termination with a text",
    source: "netgauze test_bmp_termination",
    hex: "030000000e050000000474657374",
    shows: [["TLV", 0], ["Value", "test"]],
  },
  {
    name: "a Route Mirroring",
    source: "netgauze serde_benchmark",
    hex: "03000000470600000000000000000000000000000000000000000000ac100014000000c8ac100014633c988b00045aae00000013ffffffffffffffffffffffffffffffff001304",
    shows: [["TLV", 0], ["Length", 19], ["Type", 4]],
  },
  {
    name: "a Route Monitoring of the Loc-RIB",
    source: "netgauze serde_benchmark",
    hex: "03000000a90003800000fbf30000000b0000000000000000000000000000000000010001c000023d6428c44700038ae5ffffffffffffffffffffffffffffffff007902000000624001010040020e020300010000000100030000fde880040400003b6040050400003f48c00814fbf0012bfbf003e9fbf00409fbf10001fbf30014c010100002fbf10000000b0003fbf10000002a900e001100010404c63364470037100331cb0071fe",
    shows: [["Peer Type", 3], ["Type", 2], ["SAFI", 4]],
  },
  {
    name: "an End-of-RIB",
    source: "rustybgp route_monitoring_ipv4_eor",
    hex: "03000000470000000000000000000000000000000000000000000000c0a800010000fdea0a0000020000000000000000ffffffffffffffffffffffffffffffff00170200000000",
    shows: [["Peer Address", "192.168.0.1"], ["End-of-RIB", "ipv4-unicast"]],
  },
  {
    name: "a Route Monitoring of version 4 with a group and a table name",
    source: "netgauze serde_benchmark",
    hex: "040000008c0000400000000000000000000000000000000000000000c000023400010000c00002346491a6a2000d51520002000884000001000200030004000300060000676c6f62616c0009000400000000000a000400320000ffffffffffffffffffffffffffffffff00320200000016400101005002000e020300010038000100000001001320c6336413",
    shows: [["Version", 4], ["TLV", 2], ["TLV", 3], ["TLV", 4], ["Type", 2]],
  },
  {
    name: "a Route Monitoring of version 4 with stateless parsing",
    source: "netgauze test_bmp_v4_route_monitoring_with_stateless_parsing",
    hex: "04000000780000400000000000000000000000000000000000000000c000023400010000c00002346491a6a2000d5152000100060000450400010103000400360000ffffffffffffffffffffffffffffffff00360200000016400101005002000e02030001003800010000000100130000004520c6336413",
    shows: [["TLV", 1], ["Capability", 69], ["Path Identifier", 69]],
  },
];

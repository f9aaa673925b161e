/** Flow Specifications. */
import { dst, flow, list, src } from "./flowspec/rules.ts";
import type { FamilyVectors } from "./vectors.ts";

export const IPV4_FLOWSPEC_VECTORS: FamilyVectors = {
  good: [
    flow(
      "packets to a prefix and a port", "RFC 8955 section 4.3.1",
      "0b 0118c00002 038106 048119",
      "dst 192.0.2.0/24 proto =6 port =25",
      [dst("192.0.2.0", 24, "c00002"), list(3, "proto", ["=", 6]), list(4, "port", ["=", 25])],
    ),
    flow(
      "two prefixes, a range of ports or another", "RFC 8955 section 4.3.2",
      "12 0118c00002 0218cb0071 040389458b911f90",
      "dst 192.0.2.0/24 src 203.0.113.0/24 port >=137&<=139|=8080",
      [
        dst("192.0.2.0", 24, "c00002"),
        src("203.0.113.0", 24, "cb0071"),
        list(4, "port", [">=", 137], ["<=", 139, 1, "and"], ["=", 8080, 2]),
      ],
    ),
    flow(
      "fragments: any of two bits", "RFC 8955 section 4.3.3",
      "09 0120c0000201 0c8005",
      "dst 192.0.2.1/32 fragment dont-fragment+first-fragment",
      [dst("192.0.2.1", 32, "c0000201"), list(12, "fragment", ["any", 5])],
    ),
    flow(
      "port components with ranges", "exabgp qa/encoding/conf-flow.ci:64",
      "25 0120c0a80001 02200a000009 0301118106 040150911f90 05121f90541f98910c38 06920400",
      "dst 192.168.0.1/32 src 10.0.0.9/32 proto =17|=6 port =80|=8080 dport " +
        ">8080&<8088|=3128 sport >1024",
      [
        dst("192.168.0.1", 32, "c0a80001"),
        src("10.0.0.9", 32, "0a000009"),
        list(3, "proto", ["=", 17], ["=", 6]),
        list(4, "port", ["=", 80], ["=", 8080, 2]),
        list(5, "dport", [">", 8080, 2], ["<", 8088, 2, "and"], ["=", 3128, 2]),
        list(6, "sport", [">", 1024, 2]),
      ],
    ),
    flow(
      "not equal", "exabgp qa/encoding/conf-flow.ci:69",
      "1c 0120c0a80001 02200a00000a 038606 048600 059601bb 060650961f90",
      "dst 192.168.0.1/32 src 10.0.0.10/32 proto !=6 port !=0 dport !=443 sport !=80|!=8080",
      [
        dst("192.168.0.1", 32, "c0a80001"),
        src("10.0.0.10", 32, "0a00000a"),
        list(3, "proto", ["!=", 6]),
        list(4, "port", ["!=", 0]),
        list(5, "dport", ["!=", 443, 2]),
        list(6, "sport", ["!=", 80], ["!=", 8080, 2]),
      ],
    ),
    flow(
      "TCP flags: any, and not all", "exabgp qa/encoding/conf-flow.ci:74",
      "1c 01200a000002 02200a000001 038106 05910c38 09000200044001c308",
      "dst 10.0.0.2/32 src 10.0.0.1/32 proto =6 dport =3128 tcp-flags syn|rst&fin&!=psh",
      [
        dst("10.0.0.2", 32, "0a000002"),
        src("10.0.0.1", 32, "0a000001"),
        list(3, "proto", ["=", 6]),
        list(5, "dport", ["=", 3128, 2]),
        list(9, "tcp-flags", ["any", 2], ["any", 4], ["any", 1, 1, "and"],
          ["not-all", 8, 1, "and"]),
      ],
    ),
    flow(
      "TCP flags: all of one, all of two", "exabgp qa/decoding/bgp-flow-2",
      "05 0901048109",
      "tcp-flags =rst|=fin+psh",
      [list(9, "tcp-flags", ["all", 4], ["all", 9])],
    ),
    flow(
      "TCP flags: not any", "exabgp qa/decoding/bgp-flow-3",
      "09 09001000804201c240",
      "tcp-flags ack|cwr&!fin&!ece",
      [
        list(9, "tcp-flags", ["any", 16], ["any", 128], ["not-any", 1, 1, "and"],
          ["not-any", 64, 1, "and"]),
      ],
    ),
    flow(
      "TCP flags: masks of several bits", "exabgp qa/decoding/bgp-flow-4",
      "05 090090c241",
      "tcp-flags ack+cwr&!fin+ece",
      [list(9, "tcp-flags", ["any", 144], ["not-any", 65, 1, "and"])],
    ),
    flow(
      "ICMP type and code, DSCP, fragment", "bgp-rs tests: parse_build_compare_1",
      "0c 078108 088100 0b8108 0c8101",
      "icmp-type =8 icmp-code =0 dscp =8 fragment =dont-fragment",
      [
        list(7, "icmp-type", ["=", 8]),
        list(8, "icmp-code", ["=", 0]),
        list(11, "dscp", ["=", 8]),
        list(12, "fragment", ["all", 1]),
      ],
    ),
    flow(
      "every component", "ryu: flowspec_nlri_ipv4.pcap",
      "57 01180a0000 0218140000 0301010102010601090111012e01840108012f0159015e8167 040150131f90d522b8 05111f90132328d52382 0611238213238cc5c8 078100 088106 0900128001 0a8164 0b011681180c00018004",
      "dst 10.0.0.0/24 src 20.0.0.0/24 proto =1|=2|=6|=9|=17|=46|=132|=8|=47|=89|=94|=103 " +
        "port =80|>=8080&<=8888 dport =8080|>=9000&<=9090 sport =9090|>=9100&<=200 icmp-type " +
        "=0 icmp-code =6 tcp-flags syn+ack|fin length =100 dscp =22|=24 fragment " +
        "dont-fragment|first-fragment",
      [
        dst("10.0.0.0", 24, "0a0000"),
        src("20.0.0.0", 24, "140000"),
        list(3, "proto", ["=", 1], ["=", 2], ["=", 6], ["=", 9], ["=", 17], ["=", 46],
          ["=", 132], ["=", 8], ["=", 47], ["=", 89], ["=", 94], ["=", 103]),
        list(4, "port", ["=", 80], [">=", 8080, 2], ["<=", 8888, 2, "and"]),
        list(5, "dport", ["=", 8080, 2], [">=", 9000, 2], ["<=", 9090, 2, "and"]),
        list(6, "sport", ["=", 9090, 2], [">=", 9100, 2], ["<=", 200, 1, "and"]),
        list(7, "icmp-type", ["=", 0]),
        list(8, "icmp-code", ["=", 6]),
        list(9, "tcp-flags", ["any", 18], ["any", 1]),
        list(10, "length", ["=", 100]),
        list(11, "dscp", ["=", 22], ["=", 24]),
        list(12, "fragment", ["any", 1], ["any", 4]),
      ],
    ),
    flow(
      "ports one after the other", "yabgp: test_parse_nlri_des_port",
      "0f 050150111f90111f91111f92911f93",
      "dport =80|=8080|=8081|=8082|=8083",
      [
        list(5, "dport", ["=", 80], ["=", 8080, 2], ["=", 8081, 2], ["=", 8082, 2],
          ["=", 8083, 2]),
      ],
    ),
    flow(
      "two octets for a length below 240", undefined,
      "f00b 0118c00002 038106 048119",
      "dst 192.0.2.0/24 proto =6 port =25",
      [dst("192.0.2.0", 24, "c00002"), list(3, "proto", ["=", 6]), list(4, "port", ["=", 25])],
    ),
    flow(
      "every relation, values of 1, 2, 4 and 8 octets", undefined,
      "27 0a 0001 0102 120003 130004 2400000005 6500000006 360020000000000000 b7000000000000000a",
      "length false|=2|>3|>=4|<5&<=6|!=9007199254740992|true",
      [
        list(10, "length", ["false", 1], ["=", 2], [">", 3, 2], [">=", 4, 2], ["<", 5, 4],
          ["<=", 6, 4, "and"], ["!=", 9007199254740992n, 8], ["true", 10, 8]),
      ],
    ),
    flow(
      "AND on the first comparison and a reserved bit, which say nothing", undefined,
      "03 03c906",
      "proto =6",
      [list(3, "proto", ["=", 6])],
    ),
    flow(
      "flags without a name", undefined,
      "09 09111201a100008000",
      "tcp-flags =fin+0x1200|=0x8000",
      [list(9, "tcp-flags", ["all", 4609, 2], ["all", 32768, 4])],
    ),
    flow(
      "components that are not in order", undefined,
      "0b 038106 0118c00002 048119",
      "proto =6 dst 192.0.2.0/24 port =25",
      [list(3, "proto", ["=", 6]), dst("192.0.2.0", 24, "c00002"), list(4, "port", ["=", 25])],
      { isOutOfOrder: true },
    ),
    flow(
      "a component twice", undefined,
      "06 038106 038111",
      "proto =6 proto =17",
      [list(3, "proto", ["=", 6]), list(3, "proto", ["=", 17])],
      { isOutOfOrder: true },
    ),
    flow(
      "all packets, and a prefix with bits in its padding", undefined,
      "07 0100 0214c0ffff",
      "dst 0.0.0.0/0 src 192.255.240.0/20",
      [dst("0.0.0.0", 0, ""), src("192.255.240.0", 20, "c0ffff")],
    ),
  ],
  malformed: [
    { name: "a rule without components", nlri: "00", fault: "flowspec-empty@1" },
    { name: "a component of IPv6", nlri: "03 0d8101", fault: "flowspec-component-type@1" },
    { name: "a component of Ethernet frames", nlri: "04 0e910800", fault: "flowspec-component-type@1" },
    { name: "component type 0", nlri: "03 008101", fault: "flowspec-component-type@1" },
    { name: "component type 255 behind a sound one", nlri: "04 038106 ff", fault: "flowspec-component-type@4" },
    { name: "a component without its list", nlri: "01 03", fault: "nlri-truncated@2" },
    { name: "a value that is cut", nlri: "03 059101", fault: "nlri-truncated@3" },
    { name: "a list without its end", nlri: "05 0301060111", fault: "nlri-truncated@6" },
    { name: "33 bits", nlri: "07 0121c000020180", fault: "flowspec-prefix-length@2" },
    { name: "a prefix that is cut", nlri: "04 0118c000", fault: "nlri-truncated@3" },
    { name: "a rule that is cut", nlri: "05 0118c000", fault: "nlri-truncated@0", isBorderLost: true },
    { name: "half of a length", nlri: "ff", fault: "nlri-truncated@0", isBorderLost: true },
    { name: "a long rule that is cut", nlri: "f0f0 0118c00002", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

export const IPV6_FLOWSPEC_VECTORS: FamilyVectors = {
  good: [
    flow(
      "a pattern behind an offset", "RFC 8956 section 3.8.1",
      "12 01200020010db8 02684012345678 9a 038106",
      "dst 2001:db8::/32 src ::1234:5678:9a00:0/64-104 proto =6",
      [
        dst("2001:db8::", 32, "20010db8"),
        src("::1234:5678:9a00:0", 104, "123456789a", 64),
        list(3, "proto", ["=", 6]),
      ],
    ),
    flow(
      "a pattern with padding", "RFC 8956 section 3.8.2",
      "0f 01200020010db8 0268412468acf134",
      "dst 2001:db8::/32 src ::1234:5678:9a00:0/65-104",
      [dst("2001:db8::", 32, "20010db8"), src("::1234:5678:9a00:0", 104, "2468acf134", 65)],
    ),
    flow(
      "fragments", "exabgp qa/decoding/bgp-flow-1",
      "28 0180002a0229b8192500000000000000002e69 024000beeff00e00000000 038106 0c000400028008",
      "dst 2a02:29b8:1925::2e69/128 src beef:f00e::/64 proto =6 fragment " +
        "first-fragment|is-fragment|last-fragment",
      [
        dst("2a02:29b8:1925::2e69", 128, "2a0229b8192500000000000000002e69"),
        src("beef:f00e::", 64, "beeff00e00000000"),
        list(3, "proto", ["=", 6]),
        list(12, "fragment", ["any", 4], ["any", 2], ["any", 8]),
      ],
    ),
    flow(
      "two addresses", "bgp-rs tests: test_flowspec_v6_redirect",
      "26 01800030010099000b00000000000000000010 02800030010099000a00000000000000000010",
      "dst 3001:99:b::10/128 src 3001:99:a::10/128",
      [
        dst("3001:99:b::10", 128, "30010099000b00000000000000000010"),
        src("3001:99:a::10", 128, "30010099000a00000000000000000010"),
      ],
    ),
    flow(
      "every component, the offset's pattern from the first bit", "ryu: flowspec_nlri_ipv6.pcap",
      "4e 01802020010000000000000000000000000002 02800030020000000000000000000000000003 038106 048150 059407d0 06920bb8 078106 088100 0943128320 0a9103e8 0b011681180c 80020d8164",
      "dst ::2/32-128 src 3002::3/128 proto =6 port =80 dport <2000 sport >3000 icmp-type " +
        "=6 icmp-code =0 tcp-flags !=syn+ack|!=urg length =1000 dscp =22|=24 fragment " +
        "is-fragment flow-label =100",
      [
        dst("::2", 128, "20010000000000000000000000000002", 32),
        src("3002::3", 128, "30020000000000000000000000000003"),
        list(3, "proto", ["=", 6]),
        list(4, "port", ["=", 80]),
        list(5, "dport", ["<", 2000, 2]),
        list(6, "sport", [">", 3000, 2]),
        list(7, "icmp-type", ["=", 6]),
        list(8, "icmp-code", ["=", 0]),
        list(9, "tcp-flags", ["not-all", 18], ["not-all", 32]),
        list(10, "length", ["=", 1000, 2]),
        list(11, "dscp", ["=", 22], ["=", 24]),
        list(12, "fragment", ["any", 2]),
        list(13, "flow-label", ["=", 100]),
      ],
      { isDraftOffset: true },
    ),
    flow(
      "all packets with a flow label of 4 octets", undefined,
      "09 010000 0da1000fffff",
      "dst ::/0 flow-label =1048575",
      [dst("::", 0, ""), list(13, "flow-label", ["=", 1048575, 4])],
    ),
    flow(
      "a pattern from the first bit where RFC 8956 makes no sense", undefined,
      "0a 01201020010db8 038106",
      "dst 0:db8::/16-32 proto =6",
      [dst("0:db8::", 32, "20010db8", 16), list(3, "proto", ["=", 6])],
      { isDraftOffset: true },
    ),
  ],
  malformed: [
    { name: "129 bits", nlri: "05 0181800102", fault: "flowspec-prefix-length@2" },
    { name: "an offset of all bits", nlri: "03 012020", fault: "flowspec-prefix-length@2" },
    { name: "an offset without a length", nlri: "03 010001", fault: "flowspec-prefix-length@2" },
    { name: "a prefix without an offset", nlri: "02 0120", fault: "nlri-truncated@3" },
    { name: "a prefix that is cut", nlri: "06 012000200102", fault: "nlri-truncated@4" },
    { name: "a component of Ethernet frames", nlri: "04 0e910800", fault: "flowspec-component-type@1" },
  ],
};

export const L2VPN_FLOWSPEC_VECTORS: FamilyVectors = {
  good: [
    flow(
      "a frame's type and addresses", undefined,
      "17 0e9186dd 0f06beefcafe1eaf 1006000000000001 158164",
      "ethertype =0x86dd src-mac be:ef:ca:fe:1e:af dst-mac 00:00:00:00:00:01 vlan =100",
      [
        list(14, "ethertype", ["=", 34525, 2]),
        { type: 15, name: "src-mac", mac: "be:ef:ca:fe:1e:af" },
        { type: 16, name: "dst-mac", mac: "00:00:00:00:00:01" },
        list(21, "vlan", ["=", 100]),
      ],
    ),
    flow(
      "protocol and port inside of frames", undefined,
      "0b 038106 04910050 0e910800",
      "proto =6 port =80 ethertype =0x800",
      [
        list(3, "proto", ["=", 6]),
        list(4, "port", ["=", 80, 2]),
        list(14, "ethertype", ["=", 2048, 2]),
      ],
    ),
    flow(
      "a frame's type behind which the protocol stands", undefined,
      "07 0e910800 038106",
      "ethertype =0x800 proto =6",
      [list(14, "ethertype", ["=", 2048, 2]), list(3, "proto", ["=", 6])],
      { isOutOfOrder: true },
    ),
  ],
  malformed: [
    { name: "a prefix", nlri: "05 0118c00002", fault: "flowspec-component-type@1" },
    { name: "a MAC address of 8 octets", nlri: "0a 0f08 0011223344556677", fault: "flowspec-mac-length@2" },
    { name: "a MAC address that is cut", nlri: "06 0f06beefcafe", fault: "nlri-truncated@3" },
  ],
};

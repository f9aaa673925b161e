import type { AttributeVectors, GoodVector } from "../../bgp/attributes/vectors.ts";

interface Community {
  readonly hex: string;
  readonly text: string;
  readonly source?: string;
}

function made(hex: string, text: string): Community {
  return { hex, text };
}

function from(source: string, hex: string, text: string): Community {
  return { source, hex, text };
}

/** Lead texts by subtype, all with the value {@linkcode VALUE}. */
function withLeads(type: string, text: string, leads: Readonly<Record<string, string>>) {
  return Object.entries(leads).map(([subtype, lead]) =>
    made(`${type}${subtype}${VALUE}`, lead + text)
  );
}

const VALUE = "fde900010203";
const HEX_LIST = "[ 0xFD, 0xE9, 0x00, 0x01, 0x02, 0x03 ]";

/** One of every subtype that has a word, then values at their limits. */
export const COMMUNITIES: readonly Community[] = [
  ...withLeads("00", "65001:66051", {
    "02": "rt=",
    "03": "ro=",
    "05": "odi=",
    "08": "bdc=",
    "09": "sas=",
    "0a": "l2i=",
    "10": "cvd=",
    "13": "rtr=",
    "80": "t-vni=",
    "77": "Subtype unknown=",
  }),
  ...withLeads("01", "253.233.0.1:515", {
    "02": "rt=",
    "03": "ro=",
    "04": "ifit-tail=",
    "05": "odi=",
    "07": "ori=",
    "09": "node-target=",
    "0a": "l2i=",
    "0b": "vri=",
    "0c": "fsr=",
    "10": "cvd=",
    "12": "snh=",
    "13": "rtr=",
    "14": "rnh=",
    "20": "rpa=",
    "77": "Subtype unknown=",
  }),
  ...withLeads("02", "4259905537:515", {
    "02": "rt=",
    "03": "ro=",
    "04": "deprecated=",
    "05": "odi=",
    "08": "bdc=",
    "09": "sas=",
    "10": "cvd=",
    "13": "rtr=",
    "77": "Subtype unknown=",
  }),
  ...withLeads("03", "4259905537", {
    "03": "cporf=",
    "04": "esrc=",
    "05": "esep=",
    "0d": "dg=",
    "0e": "p2p2m=",
    "14": "chso=",
    aa: "lb=",
    "77": "Subtype unknown=",
  }),
  ...withLeads("06", "4259905537", { "0e": "ac=", "77": "Subtype unknown=" }),
  ...withLeads("40", "4259905537", { "77": "Subtype unknown=" }),
  ...["00", "01", "02"].map((type) => made(`${type}15${VALUE}`, `rt-derived=${HEX_LIST}`)),
  ...["80", "82"].flatMap((type) => [
    made(`${type}04${VALUE}`, `sgt=${HEX_LIST}`),
    made(`${type}84${VALUE}`, `tag=${HEX_LIST}`),
    made(`${type}85${VALUE}`, `origin-sub-cluster=${HEX_LIST}`),
  ]),
  ...["81", "82"].flatMap((type) => [
    made(`${type}06${VALUE}`, `flowspec-traffic-rate=${HEX_LIST}`),
    made(`${type}07${VALUE}`, `flowspec-traffic-action=${HEX_LIST}`),
    made(`${type}09${VALUE}`, `flowspec-traffic-remarking=${HEX_LIST}`),
  ]),
  ...["80", "81", "82"].map((type) => made(`${type}77${VALUE}`, `Subtype unknown=${HEX_LIST}`)),

  from("yabgp test_parse_ro0", "000300640000000c", "ro=100:12"),
  from("yabgp test_parse_ro2", "020300010001000c", "ro=65537:12"),
  from("yabgp test_parse_rt1", "01020a0a0a0a000c", "rt=10.10.10.10:12"),
  from("opendaylight withdraw_intra_source_as", "0009004100000000", "sas=65:0"),
  from("opendaylight announce_intra_vrf", "010b0a0000013130", "vri=10.0.0.1:12592"),
  from("bgp-rs BGP_redist.cap, tshark", "0005000000010200", "odi=0:66048"),
  // RFC 10005 section 2
  from("gobmp TestLinkBandwidth", "0004fde8447a0000", "link-bw=1000.000000"),
  from("bgpkit test_encode_transitive_link_bandwidth", "00040001447a0000", "link-bw=1000.000000"),
  from("tcpdump bgp-link-bw-extcommunity", "4004fde847f42400", "link-bw=125000.000000"),
  made("0004fde93dcccccd", "link-bw=0.100000"),
  made("4004fde97f7fffff", `link-bw=${2n ** 128n - 2n ** 104n}.000000`),
  made("4080fde900010203", "vni=65001:66051"),
  made("42040001000a0064", "deprecated=65546:100"),

  made("030180010000000a", "cost=128:1:10"),
  made("430181ff7fffffff", "cost=129:255:2147483647"),
  made("0306000000010501", "ort=1:5:1"),
  made("0307000000000001", "taf=0x000000000001"),
  made("0308000100000064", "cls=1:100"),
  from("NetGauze test_upa_extended_community", "0309800001010101", "upa=[ 0x80, 0x00, 0x01, 0x01, 0x01, 0x01 ]"),
  made("030b000000000064", "color=100"),
  made("030bc000ffffffff", "color=4294967295"),
  from("yabgp test_parse_construct_transitive_opaque_encap", "030c000000000008", "encap=8"),
  made(`0313${VALUE}`, `rtr=${HEX_LIST}`),
  from("opendaylight announce_route_eth_lacp_extdef", "030d000000000000", "dg=0"),
  from("gobmp TestRFC8097_FullExtCommunityParsing", "4300000000000000", "ov-state=valid"),
  from("tcpdump bgp-ovs", "4300000000000001", "ov-state=not-found"),
  from("tcpdump bgp-ovs", "4300000000000002", "ov-state=invalid"),
  made("4300000000000003", "ov-state=unknown=3"),
  made("4309000000000000", "Subtype unknown=unknown-subtype=9"),

  from("opendaylight MACMobExtComTest", "0600010002020202", "macmob=1:33686018"),
  made("06000100ffffffff", "macmob=1:4294967295"),
  from("opendaylight announce_route_eth_lacp_extesilab", "060101000005dc10", "esi-l=1:384016"),
  made("060101000003e810", "esi-l=1:256016"),
  made("0602aabbccddeeff", "es-irt=AA:BB:CC:DD:EE:FF"),
  from("networklessons vxlan-mp-bgp-evpn-l3-vni, tshark", "06030cdb11001b08", "rmac=0C:DB:11:00:1B:08"),
  from("opendaylight Layer2AttributesExtComTest", "0604002f01010000", "l2attr=47:257"),
  made("0604000205dc0000", "l2attr=2:1500"),
  made("060501000003e810", "e-tree=1:256016"),
  made("0606010004000000", "df-elect=1:0x0004"),
  made("0606020004007fff", "df-elect=2:0x0004:32767"),
  made("0606e3800000ffff", "df-elect=227:0x8000:65535"),
  made("0607000064800001", "i-sid=100:0x800001"),
  made("060803ffffffffff", "nd=3"),
  made("0609000300000000", "mflag=3"),
  made("060afde900000064", "evi-rt0=65001:100"),
  made("060bc00002010064", "evi-rt1=192.0.2.1:100"),
  made("060c0001000a0064", "evi-rt2=65546:100"),
  made(`060d${VALUE}`, `evi-rt3=${HEX_LIST}`),
  made("060fe90000008000", "sct=3909091328:32768"),
  from("gobmp TestEVPNLinkBandwidth", "0610000000002710", "evpn-link-bw=10000 Mbps"),
  from("gobmp TestEVPNLinkBandwidth", "0610ff000000000a", "evpn-link-bw=units=255 weight=10"),
  made("061001ffffffffff", "evpn-link-bw=weight 1099511627775"),
  made("0610000100000001", "evpn-link-bw=4294967297 Mbps"),

  from("exabgp api-flow-merge.ci:31", "0702000000fe80fe", "flowspec-interface-set=AS: 254 Group: 254 O=true I=false"),
  from("exabgp api-flow-merge.ci:9", "4702caffee014001", "flowspec-interface-set=AS: 3405770241 Group: 1 O=false I=true"),
  from("exabgp conf-flow.ci:53", "0800000000000000", "flowspec=redirect_to_ip_next_hop"),
  from("exabgp conf-flow.ci:9", "0800000000000001", "flowspec=copy_to_ip_next_hop"),
  made("0900000100000064", "flowspec-redirect-indirection-id=Flags: 0 Type: 1 ID: 100"),
  made("0a02000000000064", "transport-target=0:100"),
  made("4a02000000000064", "transport-class=0:100"),
  made(`0b01${VALUE}`, `sfir-pool=${HEX_LIST}`),
  made(`0b02${VALUE}`, `sfc-mixed-labels=${HEX_LIST}`),
  from("exabgp conf-srv6-mup.ci:13", "0c00000a0000000a", "mup-ds=10:10"),
  made("0c01c000020100ff", "mup-ds=192.0.2.1:255"),
  made("0c020001000a00ff", "mup-ds=65546:255"),
  made("0c03000a0000000b", "mup-is=10:11"),
  made("0c04c000020100ff", "mup-is=192.0.2.1:255"),
  made("0c050001000a00ff", "mup-is=65546:255"),
  made("0480010200030405", "qos=128:1:2:3:4:5"),
  made("4480010200030405", "qos=128:1:2:3:4:5"),
  made("05e0000000000000", "cos=[ 0xE0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 ]"),

  from("bgp-rs BGP_redist.cap, tshark", "8000000000000300", "ort=0:3:0"),
  from("bgp-rs BGP_redist.cap, tshark", "8001ac1002010000", "ori=172.16.2.1:0"),
  made("8005000000010200", "odi=0:66048"),
  from("exabgp api-flow-merge.ci:9", "8006000000000000", "flowspec-traffic-rate=AS: 0 Rate: 0 bps"),
  made("8006fde94e6e6b28", "flowspec-traffic-rate=AS: 65001 Rate: 8000000000 bps"),
  from("gobmp TestFlowspecTrafficAction", "8007000000000001", "flowspec-traffic-action=T=true S=false"),
  from("gobmp TestFlowspecTrafficAction", "8007000000000002", "flowspec-traffic-action=T=false S=true"),
  from("ryu flowspec_nlri_ipv4", "8007000000000003", "flowspec-traffic-action=T=true S=true"),
  from("yabgp test_parse_construct_flowspec_redirect_vrf", "800812e500000064", "flowspec-redirect=4837:100"),
  from("exabgp conf-extended-attributes.ci:39", "8008051400014438", "flowspec-redirect=1300:83000"),
  from("ryu flowspec_nlri_ipv4", "8009000000000018", "flowspec-traffic-remarking=DSCP=24"),
  from("gobmp TestFlowspecTrafficRemarking", "800900000000003f", "flowspec-traffic-remarking=DSCP=63"),
  from("exabgp conf-l2vpn.ci:3", "800a130005dc006f", "l2-info=19:0:1500:111"),
  from("gobmp TestParseLayer2InfoExtComm", "800a050305dc0000", "l2-info=5:3:1500:0"),
  made("800b000300000000", "e-tree-info=3"),
  from("exabgp conf-flow.ci:32", "800c0000447a0000", "flowspec-traffic-rate-packets=AS: 0 Rate: 1000 pps"),
  made("8108c00002010064", "flowspec-redirect=192.0.2.1:100"),
  made("8208000100000064", "flowspec-redirect=65536:100"),

  from("Cisco IOS: 0x8800:32768:0", "8800800000000000", "eigrp-route=32768:0"),
  from("Cisco IOS: 0x8801:100:153600", "8801006400025800", "eigrp-as-delay=100:153600"),
  from("Cisco IOS: 0x8802:65281:25600", "8802ff0100006400", "eigrp-reliability-hops-bandwidth=255:1:25600"),
  from("Cisco IOS: 0x8803:65281:1500", "8803ff01000005dc", "eigrp-load-mtu=1:1500"),
  from("Cisco IOS: 0x8804:1936:184188929", "880407900afa8001", "eigrp-external-as-router=1936:10.250.128.1"),
  from("Cisco IOS: 0x8805:11:0", "8805000b00000000", "eigrp-external-protocol-metric=11:0"),
  from("Cisco IOS: 0x8806:0:16843009", "8806000001010101", "eigrp-router=1.1.1.1"),

  from("opendaylight announce_route_eth_lacp_extl2", "4604000700c80000", "unknown=Type: 70 Subtype: 4 Value: [ 0x00, 0x07, 0x00, 0xC8, 0x00, 0x00 ]"),
  made(`4142${VALUE}`, `unknown=Type: 65 Subtype: 66 Value: ${HEX_LIST}`),
  made(`4277${VALUE}`, `unknown=Type: 66 Subtype: 119 Value: ${HEX_LIST}`),
  ...["07", "09", "0a", "0b", "0c", "88", "c7"].map((type) =>
    made(
      `${type}42${VALUE}`,
      `unknown=Type: ${parseInt(type, 16)} Subtype: 255 Value: [ 0x42, 0xFD, 0xE9, 0x00, 0x01, 0x02, 0x03 ]`,
    )
  ),
];

const EACH: readonly GoodVector[] = COMMUNITIES.map(({ hex, text, source }) => ({
  name: text,
  ...(source === undefined ? {} : { source }),
  value: hex,
  members: { ext_community_list: [text] },
}));

export const EXTENDED_COMMUNITIES_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "treatAsWithdraw",
  section: "RFC 7606 7.14",
  good: [
    ...EACH,
    {
      name: "two",
      source: "NetGauze test_multiple_extended_communities",
      value: "00030064000000c8 000400644e08048e 01020a0a0808002d",
      members: {
        ext_community_list: ["ro=100:200", "link-bw=570499968.000000", "rt=10.10.8.8:45"],
      },
    },
  ],
  malformed: [
    { name: "empty", value: "", fault: "extended-communities-length@0" },
    { name: "seven octets", value: "00".repeat(7), fault: "extended-communities-length@0" },
    { name: "twelve octets", value: "00".repeat(12), fault: "extended-communities-length@0" },
  ],
};

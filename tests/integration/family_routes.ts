/**
 * Routes of the families that gobgpd takes beside unicast: the bytes that a speaker sends, and the fields that they mean. Both are
 * spelled out by hand from the families' RFCs, so that neither follows from the collector's code.
 */
import { createHash } from "node:crypto";
import { type FamilyRoute, type Fields, NEXT_HOP_V4 as V4, NEXT_HOP_V6 as V6 } from "./families.ts";
import { base64 } from "./scenario.ts";
import { fromHex } from "./speaker.ts";

const NO_RD = "0000000000000000";
const RD = "0000fdea00000064";
const RD_TEXT = "65002:100";
const VPN_RD = { vpn_rd: RD_TEXT, vpn_rd_type: 0 };
/** Labels 100, 101 and 1000, bottom of stack. */
const LABEL_100 = "000641";
const LABEL_101 = "000651";
const LABEL_1000 = "003e81";
const EVPN_LABEL = { labels: [1000], rawlabels: [0x3e81] };
const WITHDRAWN_LABEL = "800000";
const ROUTE_TARGET = "c010080002fdea00000064";
const WITH_ROUTE_TARGET = {
  attributes: ROUTE_TARGET,
  baseAttrs: { ext_community_list: [`rt=${RD_TEXT}`] },
};
const ESI = "00010203040506070809";
const SEGMENT = {
  eth_segment_id: "00:01:02:03:04:05:06:07:08:09",
  eth_segment: { type: 0, name: "arbitrary" },
};
/** 100. */
const TAG = { eth_tag: "AAAAZA==" };
/** Destination, TCP, port 443; in IPv6 without the port. */
const SPEC_V4 = "0118c63364 038106 059101bb";
const SPEC_V6 = "01300020010db80001 038106";
/** A candidate path of preference 100, in a tunnel of type 15. */
const PREFERENCE = "c0170c 000f0008 0c06000000000064";
const WITH_PREFERENCE = {
  attributes: PREFERENCE,
  baseAttrs: {
    tunnel_encap_attr: base64(fromHex("000f00080c06000000000064")),
    tunnel_encap: {
      tunnels: [{
        type: 15,
        type_name: "SR Policy",
        length: 8,
        sub_tlvs: [{
          type: 12,
          type_name: "Preference",
          length: 6,
          value: "000000000064",
          decoded: { flags: 0, preference: 100 },
        }],
      }],
    },
  },
  announced: { preference_subtlv: { flags: 0, preference: 100 } },
};
/** AS 65002, BGP-LS identifier 0, IS-IS system 1. */
const NODE = "0100001a 02000004 0000fdea 02010004 00000000 02030006 000000000001";

function prefix(address: string, length: number): Fields {
  return { prefix: address, prefix_len: length };
}

function evpn(routeType: number, name: string, nlri: string, fields: Fields): FamilyRoute {
  return {
    name: `EVPN ${name}`,
    afi: 25,
    safi: 70,
    nextHop: V4,
    nlri,
    ...WITH_ROUTE_TARGET,
    type: 14,
    route: { is_ipv4: true, ...VPN_RD, route_type: routeType, route_type_name: name, ...fields },
  };
}

function flowSpec(afi: 1 | 2, rd: string | undefined): FamilyRoute {
  const isIpv4 = afi === 1;
  const spec = isIpv4 ? SPEC_V4 : SPEC_V6;
  const octets = fromHex(spec);
  const rate = { attributes: "c010088006fdea41200000" };
  const operator = { end_of_list_bit: true, value_length: 1, equal: true };
  const prefixOctets = isIpv4 ? "c63364" : "20010db80001";
  const address = isIpv4 ? "198.51.100.0" : "2001:db8:1::";
  const length = isIpv4 ? 24 : 48;
  const hashed = createHash("md5").update(rd === undefined ? "" : RD_TEXT)
    .update(Uint8Array.of(afi)).update(octets).digest("hex");
  return {
    name: `flow specification${rd === undefined ? "" : " of a VPN"}`,
    afi,
    safi: rd === undefined ? 133 : 134,
    nextHop: "",
    nlri: (octets.length + (rd === undefined ? 0 : 8)).toString(16).padStart(2, "0") +
      (rd ?? "") + spec,
    ...rate,
    baseAttrs: { ext_community_list: ["flowspec-traffic-rate=AS: 65002 Rate: 80 bps"] },
    type: isIpv4 ? 164 : 166,
    route: {
      is_ipv4: isIpv4,
      spec_hash: hashed,
      spec: [
        { type: 1, prefix_len: length, prefix: base64(fromHex(prefixOctets)) },
        { type: 3, op_val_pairs: [{ operator, value: base64([6]) }] },
        ...(isIpv4
          ? [{
            type: 5,
            op_val_pairs: [{
              operator: { ...operator, value_length: 2 },
              value: base64([0x01, 0xbb]),
            }],
          }]
          : []),
      ],
      ...(rd === undefined ? {} : { rd: RD_TEXT }),
      rule: `dst ${address}/${length} proto =6${isIpv4 ? " dport =443" : ""}`,
      components: [
        { type: 1, name: "dst", prefix: address, prefix_len: length, pattern: prefixOctets },
        { type: 3, name: "proto", matches: [{ operator: "=", value: 6, octets: 1 }] },
        ...(isIpv4
          ? [{ type: 5, name: "dport", matches: [{ operator: "=", value: 443, octets: 2 }] }]
          : []),
      ],
    },
  };
}

/** A route without a record of its own. */
function other(
  name: string,
  afi: number,
  safi: number,
  family: string,
  nextHop: string,
  bytes: string,
  nlri: Fields,
): FamilyRoute {
  return { name, afi, safi, nextHop, nlri: bytes, type: 1005, route: { afi, safi, family, nlri } };
}

function mup(afi: 1 | 2, type: number, name: string, body: string, fields: Fields): FamilyRoute {
  const length = (8 + body.length / 2).toString(16).padStart(2, "0");
  return other(
    `MUP ${name}`,
    afi,
    85,
    afi === 1 ? "ipv4-mup" : "ipv6-mup",
    afi === 1 ? V4 : V6,
    `01000${type}${length}${RD}${body}`,
    {
      architecture_type: 1,
      route_type: type,
      route_type_name: name,
      rd: RD_TEXT,
      ...fields,
    },
  );
}

export const FAMILY_ROUTES: readonly FamilyRoute[] = [
  {
    name: "multicast",
    afi: 1,
    safi: 2,
    nextHop: V4,
    nlri: "18c63364",
    type: 184,
    route: { ...prefix("198.51.100.0", 24), is_ipv4: true },
    ribs: { type: 74, baseAttrs: { nexthop: "192.0.2.21" } },
  },
  {
    name: "multicast",
    afi: 2,
    safi: 2,
    nextHop: V6,
    nlri: "3020010db80001",
    type: 186,
    route: { ...prefix("2001:db8:1::", 48), is_ipv4: false },
    ribs: { type: 76 },
  },
  {
    name: "labelled unicast",
    afi: 1,
    safi: 4,
    nextHop: V4,
    nlri: `30${LABEL_100}c63364`,
    withdrawn: `30${WITHDRAWN_LABEL}c63364`,
    type: 74,
    route: { ...prefix("198.51.100.0", 24), is_ipv4: true, safi: 4 },
    announced: { labels: [100] },
    locRibWithdrawn: { labels: [100] },
  },
  {
    name: "labelled unicast",
    afi: 2,
    safi: 4,
    nextHop: V6,
    nlri: `48${LABEL_100}20010db80002`,
    withdrawn: `48${WITHDRAWN_LABEL}20010db80002`,
    type: 76,
    route: { ...prefix("2001:db8:2::", 48), is_ipv4: false, safi: 4 },
    announced: { labels: [100] },
    locRibWithdrawn: { labels: [100] },
  },
  {
    name: "VPN",
    afi: 1,
    safi: 128,
    nextHop: NO_RD + V4,
    nlri: `70${LABEL_101}${RD}c63365`,
    withdrawn: `70${WITHDRAWN_LABEL}${RD}c63365`,
    ...WITH_ROUTE_TARGET,
    type: 114,
    route: { ...prefix("198.51.101.0", 24), ...VPN_RD, is_ipv4: true },
    announced: { labels: [101] },
    locRibWithdrawn: { labels: [101] },
  },
  {
    name: "VPN",
    afi: 2,
    safi: 128,
    nextHop: NO_RD + V6,
    nlri: `88${LABEL_101}${RD}20010db80003`,
    withdrawn: `88${WITHDRAWN_LABEL}${RD}20010db80003`,
    ...WITH_ROUTE_TARGET,
    type: 116,
    route: { ...prefix("2001:db8:3::", 48), ...VPN_RD, is_ipv4: false },
    announced: { labels: [101] },
    locRibWithdrawn: { labels: [101] },
  },
  {
    name: "route target membership",
    afi: 1,
    safi: 132,
    nextHop: V4,
    nlri: "600000fdea0002fdea00000064",
    type: 194,
    // Its `origin_as` is the one of the NLRI.
    route: { length: 96, origin_as: 65002, route_target: RD_TEXT, is_ipv4: true },
  },
  {
    name: "VPLS",
    afi: 25,
    safi: 65,
    nextHop: V4,
    nlri: `0011${RD}000500010008000c81`,
    ...WITH_ROUTE_TARGET,
    type: 17,
    route: {
      is_ipv4: true,
      vpn_rd: RD_TEXT,
      vpn_rd_type: 0,
      rfc_type: "RFC4761",
      ve_id: 5,
      ve_block_offset: 1,
      ve_block_size: 8,
      label_base: 200,
      label_block_end: 207,
    },
    announced: { route_targets: [`RT:${RD_TEXT}`] },
  },
  evpn(1, "ethernet-auto-discovery", `0119${RD}${ESI}00000064${LABEL_1000}`, {
    ...SEGMENT,
    ...TAG,
    ...EVPN_LABEL,
  }),
  evpn(
    2,
    "mac-ip-advertisement",
    `0225${RD}${ESI}0000006430020000000001200a000001${LABEL_1000}`,
    {
      ...SEGMENT,
      ...TAG,
      mac: "02:00:00:00:00:01",
      mac_len: 48,
      ip_address: "10.0.0.1",
      ip_len: 32,
      ...EVPN_LABEL,
    },
  ),
  evpn(3, "inclusive-multicast-ethernet-tag", `0311${RD}0000006420${V4}`, {
    ...TAG,
    ip_address: "192.0.2.21",
    ip_len: 32,
  }),
  evpn(4, "ethernet-segment", `0417${RD}${ESI}20${V4}`, {
    ...SEGMENT,
    ip_address: "192.0.2.21",
    ip_len: 32,
  }),
  evpn(5, "ip-prefix", `0522${RD}${ESI}0000006418c63366000a000001${LABEL_1000}`, {
    ...SEGMENT,
    ...TAG,
    ip_address: "198.51.102.0",
    ip_len: 24,
    gw_address: "10.0.0.1",
    ...EVPN_LABEL,
  }),
  flowSpec(1, undefined),
  flowSpec(2, undefined),
  flowSpec(1, RD),
  flowSpec(2, RD),
  other("flow specification", 25, 134, "l2vpn-vpn-flowspec", "", `0c${RD}0e910800`, {
    rd: RD_TEXT,
    rule: "ethertype =0x800",
    components: [{
      type: 14,
      name: "ethertype",
      matches: [{ operator: "=", value: 0x800, octets: 2 }],
    }],
    hex: "0e910800",
  }),
  {
    name: "SR policy",
    afi: 1,
    safi: 73,
    nextHop: V4,
    nlri: "6000000001000000640a000001",
    ...WITH_PREFERENCE,
    type: 154,
    route: {
      is_ipv4: true,
      distinguisher: 1,
      color: 100,
      endpoint: base64([10, 0, 0, 1]),
      endpoint_address: "10.0.0.1",
    },
  },
  {
    name: "SR policy",
    afi: 2,
    safi: 73,
    nextHop: V6,
    nlri: `c00000000100000064${V6}`,
    ...WITH_PREFERENCE,
    type: 156,
    route: {
      is_ipv4: false,
      distinguisher: 1,
      color: 100,
      endpoint: base64(fromHex(V6)),
      endpoint_address: "2001:db8::15",
    },
  },
  mup(1, 1, "interwork-segment-discovery", "18c63366", prefix("198.51.102.0", 24)),
  mup(1, 2, "direct-segment-discovery", V4, { address: "192.0.2.21" }),
  mup(2, 1, "interwork-segment-discovery", "3020010db80004", prefix("2001:db8:4::", 48)),
  {
    name: "link-state node",
    afi: 16388,
    safi: 71,
    nextHop: V4,
    nlri: `00010027 02 0000000000000000 ${NODE}`,
    // Name "r1".
    attributes: "801d06 0402 0002 7231",
    baseAttrs: { bgp_ls: [{ type: 1026, name: "Node Name", value: "r1" }] },
    type: 8,
    route: {
      domain_id: 0,
      igp_router_id: "0000.0000.0001",
      protocol: "IS-IS Level 2",
      protocol_id: 2,
      asn: 65002,
      area_id: "",
      family: "bgp-ls",
      nlri: {
        type: 1,
        protocol_id: 2,
        identifier: 0,
        local_node: {
          hash: createHash("md5").update(fromHex(NODE)).digest("hex"),
          asn: 65002,
          bgp_ls_id: 0,
          igp_router_id: "0000.0000.0001",
        },
      },
    },
    announced: { name: "r1" },
  },
  other("encapsulation", 1, 7, "ipv4-encapsulation", V4, `20${V4}`, { endpoint: "192.0.2.21" }),
  other("encapsulation", 2, 7, "ipv6-encapsulation", V6, `80${V6}`, { endpoint: "2001:db8::15" }),
  other("opaque", 16397, 241, "opaque-key-value", V4, "000568656c6c6f776f726c64", {
    key: "hello",
    value: "world",
  }),
];

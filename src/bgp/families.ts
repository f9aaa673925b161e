/**
 * Address families: names of AFI (RFC 4760 section 3), and of the pairs of AFI and SAFI that are in use, as IANA has them.
 */

/** AFI and SAFI as one number, `afi << 8 | safi`: the key of every table by family. */
export function familyKey(afi: number, safi: number): number {
  return (afi << 8) | safi;
}

/** IANA's name of an AFI. */
export function afiName(afi: number): string | undefined {
  return AFI_NAMES[afi];
}

/** Short name of a family, e.g. `ipv4-unicast`; an unknown one is `afi-57-safi-65`. */
export function familyName(afi: number, safi: number): string {
  return FAMILY_NAMES[familyKey(afi, safi)] ?? `afi-${afi}-safi-${safi}`;
}

/** As {@linkcode familyName}, for what is counted: a router can name 2^24 families, so those without a name of their own are `other`. */
export function countedFamilyName(afi: number, safi: number): string {
  return FAMILY_NAMES[familyKey(afi, safi)] ?? "other";
}

/** The key of the family with this {@linkcode familyName}; undefined if there is none. */
export function familyKeyOf(name: string): number | undefined {
  const [, afi, safi] = /^afi-([0-9]{1,5})-safi-([0-9]{1,3})$/.exec(name) ?? [];
  if (afi !== undefined) {
    return Number(afi) <= 0xffff && Number(safi) <= 0xff
      ? familyKey(Number(afi), Number(safi))
      : undefined;
  }
  const found = Object.entries(FAMILY_NAMES).find(([, each]) => each === name);
  return found && Number(found[0]);
}

const AFI_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "IP (IP version 4)",
  2: "IP6 (IP version 6)",
  3: "NSAP",
  4: "HDLC (8-bit multidrop)",
  5: "BBN 1822",
  6: '802 (includes all 802 media plus Ethernet "canonical format")',
  7: "E.163",
  8: "E.164 (SMDS, Frame Relay, ATM)",
  9: "F.69 (Telex)",
  10: "X.121 (X.25, Frame Relay)",
  11: "IPX",
  12: "Appletalk",
  13: "Decnet IV",
  14: "Banyan Vines",
  15: "E.164 with NSAP format subaddress",
  16: "DNS (Domain Name System)",
  17: "Distinguished Name",
  18: "AS Number",
  19: "XTP over IP version 4",
  20: "XTP over IP version 6",
  21: "XTP native mode XTP",
  22: "Fibre Channel World-Wide Port Name",
  23: "Fibre Channel World-Wide Node Name",
  24: "GWID",
  25: "AFI for L2VPN information",
  26: "MPLS-TP Section Endpoint Identifier",
  27: "MPLS-TP LSP Endpoint Identifier",
  28: "MPLS-TP Pseudowire Endpoint Identifier",
  29: "MT IP: Multi-Topology IP version 4",
  30: "MT IPv6: Multi-Topology IP version 6",
  31: "BGP SFC",
  16384: "EIGRP Common Service Family",
  16385: "EIGRP IPv4 Service Family",
  16386: "EIGRP IPv6 Service Family",
  16387: "LISP Canonical Address Format (LCAF)",
  16388: "BGP-LS",
  16389: "48-bit MAC",
  16390: "64-bit MAC",
  16391: "OUI",
  16392: "MAC/24",
  16393: "MAC/40",
  16394: "IPv6/64",
  16395: "RBridge Port ID",
  16396: "TRILL Nickname",
  16397: "Universally Unique Identifier (UUID)",
  16398: "Routing Policy AFI",
  16399: "MPLS Namespaces",
  65535: "Reserved",
};

/** By {@linkcode familyKey}. */
const FAMILY_NAMES: Readonly<Record<number, string>> = {
  257: "ipv4-unicast", // 1/1
  258: "ipv4-multicast", // 1/2
  260: "ipv4-labelled-unicast", // 1/4
  261: "ipv4-mcast-vpn", // 1/5
  263: "ipv4-encapsulation", // 1/7
  322: "ipv4-mdt", // 1/66
  323: "ipv4-4over6", // 1/67
  325: "ipv4-layer-1-vpn", // 1/69
  329: "ipv4-sr-policy", // 1/73
  330: "ipv4-sdwan", // 1/74
  332: "ipv4-classful-transport", // 1/76
  333: "ipv4-tunneled-flowspec", // 1/77
  334: "ipv4-mcast-tree", // 1/78
  339: "ipv4-car", // 1/83
  340: "vpn-ipv4-car", // 1/84
  341: "ipv4-mup", // 1/85
  384: "l3vpn-ipv4-unicast", // 1/128
  385: "l3vpn-ipv4-multicast", // 1/129
  388: "route-target-constraint", // 1/132
  389: "ipv4-flowspec", // 1/133
  390: "l3vpn-ipv4-flowspec", // 1/134
  513: "ipv6-unicast", // 2/1
  514: "ipv6-multicast", // 2/2
  516: "ipv6-labelled-unicast", // 2/4
  517: "ipv6-mcast-vpn", // 2/5
  519: "ipv6-encapsulation", // 2/7
  578: "ipv6-mdt", // 2/66
  580: "ipv6-6over4", // 2/68
  585: "ipv6-sr-policy", // 2/73
  588: "ipv6-classful-transport", // 2/76
  595: "ipv6-car", // 2/83
  596: "vpn-ipv6-car", // 2/84
  597: "ipv6-mup", // 2/85
  640: "l3vpn-ipv6-unicast", // 2/128
  641: "l3vpn-ipv6-multicast", // 2/129
  644: "ipv6-route-target-constraint", // 2/132
  645: "ipv6-flowspec", // 2/133
  646: "l3vpn-ipv6-flowspec", // 2/134
  6406: "l2vpn-ms-pw", // 25/6
  6408: "l2vpn-mcast-vpls", // 25/8
  6465: "l2vpn-vpls", // 25/65
  6470: "l2vpn-evpn", // 25/70
  6528: "l2vpn-kompella", // 25/128
  6533: "l2vpn-flowspec", // 25/133
  6534: "l2vpn-vpn-flowspec", // 25/134
  7945: "bgp-sfc", // 31/9
  4195399: "bgp-ls", // 16388/71
  4195400: "bgp-ls-vpn", // 16388/72
  4195408: "bgp-ls-spf", // 16388/80
  4195456: "bgp-ls-vpn-draft", // 16388/128
  4197873: "opaque-key-value", // 16397/241
  4197963: "routing-policy", // 16398/75
  4198272: "mpls-namespaces", // 16399/128
};

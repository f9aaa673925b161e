/** Names of tunnel types and sub-TLVs of the Tunnel Encapsulation attribute (IANA's BGP Tunnel Encapsulation registries). */

/** IANA's name of a tunnel type, in the shorter form that goBMP's consumers know where there is one. */
export function tunnelTypeName(type: number): string {
  return TUNNEL_TYPE_NAMES[type] ?? "Unknown";
}

/** IANA's name of a sub-TLV of a tunnel. */
export function subTlvName(type: number): string {
  return SUB_TLV_NAMES[type] ?? "Unknown";
}

const TUNNEL_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "L2TPv3 over IP",
  2: "GRE",
  3: "Transmit tunnel endpoint (DEPRECATED)",
  4: "IPsec in Tunnel-mode (DEPRECATED)",
  5: "IP in IP tunnel with IPsec Transport Mode (DEPRECATED)",
  6: "MPLS-in-IP tunnel with IPsec Transport Mode (DEPRECATED)",
  7: "IP in IP",
  8: "VXLAN",
  9: "NVGRE",
  10: "MPLS Encapsulation",
  11: "MPLS-in-GRE",
  12: "VXLAN GPE Encapsulation",
  13: "MPLS in UDP Encapsulation",
  14: "IPv6 Tunnel",
  15: "SR Policy",
  16: "Bare",
  17: "SR Tunnel (DEPRECATED)",
  18: "Cloud Security",
  19: "Geneve Encapsulation",
  20: "Any-Encapsulation",
  21: "GTP Tunnel Type",
  22: "Dynamic Path Selection (DPS) Tunnel Encapsulation",
  23: "Originating PE (OPE)",
  24: "Dynamic Path Selection (DPS) Policy",
  25: "SDWAN-Hybrid",
  26: "X-over-UDP",
  27: "Distributed Etherlink Switch",
  28: "ESP-Protected-Payload",
};

const SUB_TLV_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Encapsulation",
  2: "Protocol Type",
  3: "IPsec Tunnel Authenticator (DEPRECATED)",
  4: "Color",
  5: "Load-Balancing Block",
  6: "Tunnel Egress Endpoint",
  7: "DS Field",
  8: "UDP Destination Port",
  9: "Embedded Label Handling",
  10: "MPLS Label Stack",
  11: "Prefix-SID",
  12: "Preference",
  13: "Binding SID",
  14: "ENLP",
  15: "Priority",
  16: "SPI/SI Representation",
  17: "IPv6 SID Structure",
  18: "IPv4 SID",
  19: "IPv6 SID",
  20: "SRv6 Binding SID",
  128: "Segment List",
  129: "Policy Candidate Path Name",
  130: "Policy Name",
};

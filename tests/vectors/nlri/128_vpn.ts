/** What had SAFI 128 beside VPN prefixes (in prefixes.ts) before it got its own. */
import { BGP_LS_VPN_VECTORS } from "./072_bgp_ls_vpn.ts";
import type { FamilyVectors } from "./vectors.ts";

export const L2VPN_KOMPELLA_VECTORS: FamilyVectors = {
  good: [
    {
      name: "layer 2 VPN with a circuit status vector",
      nlri: "0013 0000fde900000064 0002 0001 0c3500 01 0008 40",
      route: {
        kind: "label-block",
        rd: "65001:100",
        rdType: 0,
        veId: 2,
        veBlockOffset: 1,
        labelBase: 50000,
        tlvs: [{ type: 1, name: "circuit-status-vector", bits: 8, hex: "40" }],
      },
    },
    {
      name: "layer 2 VPN without TLVs",
      nlri: "0011 0000fde900000064 0002 0001 0008 0c3500",
      route: {
        kind: "label-block",
        rd: "65001:100",
        rdType: 0,
        veId: 2,
        veBlockOffset: 1,
        veBlockSize: 8,
        labelBase: 50000,
      },
    },
    {
      name: "auto-discovery",
      source: "gobmp TestUnmarshalRFC6074NLRI",
      nlri: "000c 0000000100000064 c0a80101",
      route: { kind: "auto-discovery", rd: "1:100", rdType: 0, peAddress: "192.168.1.1" },
    },
  ],
  malformed: [
    {
      name: "14 octets",
      nlri: "000e 0000000000000001 c0a80101 0000",
      fault: "vpls-length@0",
    },
  ],
};

/** The layout of SAFI 72. */
export const BGP_LS_VPN_DRAFT_VECTORS = BGP_LS_VPN_VECTORS;

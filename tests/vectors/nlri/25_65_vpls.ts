/** VPLS, auto-discovery and layer 2 VPNs. */
import type { FamilyVectors } from "./vectors.ts";

export const VPLS: FamilyVectors = {
  good: [
    {
      name: "VPLS",
      source: "exabgp conf-l2vpn.ci",
      nlri: "0011 0001c0a8c901007b 0005 0001 0008 029ce1",
      route: {
        kind: "label-block",
        rd: "192.168.201.1:123",
        rdType: 1,
        veId: 5,
        veBlockOffset: 1,
        veBlockSize: 8,
        labelBase: 10702,
      },
    },
    {
      name: "VPLS of a Juniper vMX",
      source: "akvorado bmp-reach-vpls, gobgp Test_VPLSNLRI_decoding",
      nlri: "0011 0000fdf900000068 0001 0001 0008 c35001",
      route: {
        kind: "label-block",
        rd: "65017:104",
        rdType: 0,
        veId: 1,
        veBlockOffset: 1,
        veBlockSize: 8,
        labelBase: 800000,
      },
    },
    {
      name: "VPLS, block offset 0",
      source: "gobmp TestUnmarshalRFC4761NLRI",
      nlri: "0011 0000000100000064 0001 0000 000a 186a00",
      route: {
        kind: "label-block",
        rd: "1:100",
        rdType: 0,
        veId: 1,
        veBlockOffset: 0,
        veBlockSize: 10,
        labelBase: 100000,
      },
    },
    {
      name: "VPLS, the highest label",
      source: "gobmp TestUnmarshalRFC4761NLRI_MaxLabel",
      nlri: "0011 0000000100000064 0001 0000 000a ffffff",
      route: {
        kind: "label-block",
        rd: "1:100",
        rdType: 0,
        veId: 1,
        veBlockOffset: 0,
        veBlockSize: 10,
        labelBase: 1048575,
      },
    },
    {
      name: "VPLS, a distinguisher of an unknown type",
      source: "gobmp TestUnmarshalRFC4761NLRI_InvalidRD",
      nlri: "0011 ffffffffffffffff 0001 0000 000a 186a00",
      route: {
        kind: "label-block",
        rd: "ffffffffffffffff",
        rdType: 65535,
        veId: 1,
        veBlockOffset: 0,
        veBlockSize: 10,
        labelBase: 100000,
      },
    },
    {
      name: "auto-discovery",
      source: "gobmp TestUnmarshalRFC6074NLRI",
      nlri: "000c 0000000100000064 c0a80101",
      route: { kind: "auto-discovery", rd: "1:100", rdType: 0, peAddress: "192.168.1.1" },
    },
    {
      name: "auto-discovery, withdrawn",
      source: "gobmp TestFormatIPv4",
      nlri: "000c 0000000100000064 0a000001",
      isWithdrawn: true,
      route: { kind: "auto-discovery", rd: "1:100", rdType: 0, peAddress: "10.0.0.1" },
    },
    {
      name: "layer 2 VPN with a circuit status vector of 8 bits",
      nlri: "0015 0000fde900000064 0002 0001 0008 0c3500 01 0008 40",
      route: {
        kind: "label-block",
        rd: "65001:100",
        rdType: 0,
        veId: 2,
        veBlockOffset: 1,
        veBlockSize: 8,
        labelBase: 50000,
        tlvs: [{ type: 1, name: "circuit-status-vector", bits: 8, hex: "40" }],
      },
    },
    {
      name: "layer 2 VPN, vector of 10 bits, another TLV",
      nlri: "001b 0000fde900000064 0002 0001 000a 0c3500 01 000a ff40 80 0010 beef",
      route: {
        kind: "label-block",
        rd: "65001:100",
        rdType: 0,
        veId: 2,
        veBlockOffset: 1,
        veBlockSize: 10,
        labelBase: 50000,
        tlvs: [
          { type: 1, name: "circuit-status-vector", bits: 10, hex: "ff40" },
          { type: 128, bits: 16, hex: "beef" },
        ],
      },
    },
    {
      name: "layer 2 VPN without a block size",
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
      name: "layer 2 VPN without a block size and TLVs",
      nlri: "000f 0000fde900000064 0002 0001 0c3500",
      route: {
        kind: "label-block",
        rd: "65001:100",
        rdType: 0,
        veId: 2,
        veBlockOffset: 1,
        labelBase: 50000,
      },
    },
    {
      name: "layer 2 VPN without a block size, an empty TLV",
      nlri: "0012 0000fde900000064 0002 0001 0c3500 02 0000",
      route: {
        kind: "label-block",
        rd: "65001:100",
        rdType: 0,
        veId: 2,
        veBlockOffset: 1,
        labelBase: 50000,
        tlvs: [{ type: 2, bits: 0, hex: "" }],
      },
    },
  ],
  malformed: [
    {
      name: "13 octets",
      nlri: "000d 0000000000000001 c0a80101 00",
      fault: "vpls-length@0",
    },
    {
      name: "16 octets",
      nlri: "0010 0000fde900000064 0002 0001 0c3500 01",
      fault: "vpls-length@0",
    },
    {
      name: "a TLV past the end",
      nlri: "0015 0000fde900000064 0002 0001 0008 0c3500 01 0009 40",
      fault: "vpls-length@0",
    },
    {
      name: "11 octets",
      nlri: "000b 0000000000000001 c0a801",
      fault: "vpls-length@0",
    },
    {
      name: "nothing behind the length",
      nlri: "0000",
      fault: "vpls-length@0",
    },
    {
      name: "half a length",
      nlri: "00",
      fault: "nlri-truncated@0",
      isBorderLost: true,
    },
    {
      name: "a length past the end of the list",
      nlri: "0011 0000000100000064 0001 0000 000a",
      fault: "nlri-truncated@0",
      isBorderLost: true,
    },
  ],
};

export const L2VPN_KOMPELLA: FamilyVectors = {
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

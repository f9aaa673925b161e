import type { FamilyVectors } from "./vectors.ts";

export const IPV4_LAYER_1_VPN_VECTORS: FamilyVectors = {
  good: [
    {
      name: "an address of the provider, one of the customer",
      nlri: "0c 04 0a000001 0001 04 c0000201",
      route: { ppi: "0a000001", cpiAfi: 1, cpi: "192.0.2.1" },
    },
    {
      name: "its length in bits",
      nlri: "60 04 0a000001 0001 04 c0000201",
      route: { ppi: "0a000001", cpiAfi: 1, cpi: "192.0.2.1" },
    },
    {
      name: "port indexes beside the addresses, the customer's in IPv6",
      nlri: "20 08 00000007 0a000001 0002 14 00000009 20010db8000000000000000000000001",
      route: {
        ppi: "000000070a000001",
        cpiAfi: 2,
        cpi: "0000000920010db8000000000000000000000001",
      },
    },
    {
      name: "an IPv6 address of the customer",
      nlri: "18 04 0a000001 0002 10 20010db8000000000000000000000001",
      route: { ppi: "0a000001", cpiAfi: 2, cpi: "2001:db8::1" },
    },
  ],
  malformed: [
    {
      name: "a length that is neither",
      nlri: "0b 04 0a000001 0001 04 c0000201",
      fault: "nlri-length@0",
      isBorderLost: true,
    },
    { name: "cut short", nlri: "0c 04 0a000001 0001 04", fault: "nlri-truncated@9", isBorderLost: true },
  ],
};

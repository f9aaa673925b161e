/** Multi-segment pseudowires. */
import type { FamilyVectors } from "./vectors.ts";

export const MS_PW_VECTORS: FamilyVectors = {
  good: [
    {
      name: "the whole address",
      nlri: "a0 0000fde900000064 0000fde9 0a000001 00000007",
      route: {
        bits: 160,
        rd: "65001:100",
        rdType: 0,
        globalId: 65001,
        prefix: "10.0.0.1",
        prefixLength: 32,
        acId: 7,
      },
    },
    {
      name: "a prefix of 24 bits",
      nlri: "78 0000fde900000064 0000fde9 0a0000",
      route: {
        bits: 120,
        rd: "65001:100",
        rdType: 0,
        globalId: 65001,
        prefix: "10.0.0.0",
        prefixLength: 24,
      },
    },
    {
      name: "a prefix of 20 bits",
      nlri: "74 0000fde900000064 0000fde9 0afff0",
      route: {
        bits: 116,
        rd: "65001:100",
        rdType: 0,
        globalId: 65001,
        prefix: "10.255.240.0",
        prefixLength: 20,
      },
    },
    {
      name: "a global id alone",
      nlri: "60 0001c00002010064 0000fde9",
      route: {
        bits: 96,
        rd: "192.0.2.1:100",
        rdType: 1,
        globalId: 65001,
        prefix: "0.0.0.0",
        prefixLength: 0,
      },
    },
    {
      name: "the default route, withdrawn",
      nlri: "00",
      isWithdrawn: true,
      route: { bits: 0 },
    },
  ],
  malformed: [
    {
      name: "a whole prefix without an AC ID",
      nlri: "80 0000fde900000064 0000fde9 0a000001",
      fault: "ms-pw-length@0",
    },
    {
      name: "a part of an AC ID",
      nlri: "98 0000fde900000064 0000fde9 0a000001 000000",
      fault: "ms-pw-length@0",
    },
    {
      name: "a part of the global id",
      nlri: "58 0000fde900000064 0000fd",
      fault: "ms-pw-length@0",
    },
    {
      name: "161 bits",
      nlri: "a1 0000fde900000064 0000fde9 0a000001 00000007 00",
      fault: "ms-pw-length@0",
    },
    {
      name: "a length past the end of the list",
      nlri: "a0 0000fde900000064 0000fde9 0a000001",
      fault: "nlri-truncated@0",
      isBorderLost: true,
    },
  ],
};

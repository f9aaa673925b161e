// BGP-LS of BGP's own shortest paths (RFC 9815).
import type { FamilyVectors } from "./vectors.ts";

export const BGP_LS_SPF_VECTORS: FamilyVectors = {
  good: [
    {
      name: "a node",
      nlri: "0001001d04000000000000000001000010020000040000fde8020400040a000001",
      route: {
        type: 1,
        protocolId: 4,
        identifier: 0n,
        localNode: {
          hash: "4af48f3f4f4ce0adb2c63a8989421a8c",
          asn: 65000,
          bgpRouterId: "10.0.0.1",
        },
      },
    },
    {
      name: "an unnumbered link for IPv6",
      nlri:
        "0002004204000000000000000001000010020000040000fde8020400040a00000101010010020000040000fde8020400040a00000201020008000000010000000004a1000102",
      route: {
        type: 2,
        protocolId: 4,
        identifier: 0n,
        localNode: {
          hash: "4af48f3f4f4ce0adb2c63a8989421a8c",
          asn: 65000,
          bgpRouterId: "10.0.0.1",
        },
        remoteNode: {
          hash: "f4d4875b780b4ed95d3c77302bbb554f",
          asn: 65000,
          bgpRouterId: "10.0.0.2",
        },
        linkIds: { local: 1, remote: 0 },
        linkAddressFamily: 2,
      },
    },
    {
      name: "a prefix",
      nlri: "0003002504000000000000000001000010020000040000fde8020400040a00000101090004180a0101",
      route: {
        type: 3,
        protocolId: 4,
        identifier: 0n,
        localNode: {
          hash: "4af48f3f4f4ce0adb2c63a8989421a8c",
          asn: 65000,
          bgpRouterId: "10.0.0.1",
        },
        prefix: { address: "10.1.1.0", length: 24 },
      },
    },
  ],
  malformed: [{
    name: "a length past the end",
    nlri: "0001000502",
    fault: "ls-nlri-length@2",
    isBorderLost: true,
  }],
};

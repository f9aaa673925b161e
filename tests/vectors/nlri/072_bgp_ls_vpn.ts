// BGP-LS of VPNs (RFC 9552 section 5.2).
import type { FamilyVectors } from "./vectors.ts";

export const BGP_LS_VPN_VECTORS: FamilyVectors = {
  good: [
    {
      name: "a node",
      source: "gobmp TestUnmarshalLSNLRI72",
      nlri:
        "0001002f00000064000000010200000000000000000100001a020000040000fde8020100040000000002030006000000000001",
      route: {
        type: 1,
        routeDistinguisher: "100:1",
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "89cd5823cd2cb0cfc304a61117c89a45",
          asn: 65000,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0001",
        },
      },
    },
    {
      name: "an SRv6 SID",
      source: "gobmp TestProcessNLRI72SubTypes_SRv6SIDRDStamped",
      nlri:
        "0006004900000064000000010200000000000000000100001a02000004000013ce0201000400000000020300060000000000930107000200020206001001920168009300000011000000000000",
      route: {
        type: 6,
        routeDistinguisher: "100:1",
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "6ba91f7f4f4032d0b82caa898b9fef8d",
          asn: 5070,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0093",
        },
        multiTopologyIds: [2],
        srv6Sid: "192:168:93:0:11::",
      },
    },
    {
      name: "an unknown type",
      source: "gobmp TestUnmarshalLSNLRI72",
      nlri: "0063000c0000006400000001deadbeef",
      route: { type: 99, routeDistinguisher: "100:1", value: "deadbeef" },
    },
    {
      name: "a route distinguisher of type 0 before the NLRI type",
      source: "gobmp",
      nlri:
        "0000fde900000064000100270200000000000000000100001a020000040000fde9020100040000000002030006000000000009",
      route: {
        type: 1,
        routeDistinguisher: "65001:100",
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "cf8b563f278b4f4f1bb48e6cab1fd9f4",
          asn: 65001,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0009",
        },
      },
    },
    {
      name: "a route distinguisher of type 1 before the NLRI type",
      source: "gobmp",
      nlri:
        "0001c00002010064000100270200000000000000000100001a020000040000fde9020100040000000002030006000000000009",
      route: {
        type: 1,
        routeDistinguisher: "192.0.2.1:100",
        protocolId: 2,
        identifier: 0n,
        localNode: {
          hash: "cf8b563f278b4f4f1bb48e6cab1fd9f4",
          asn: 65001,
          bgpLsId: 0,
          igpRouterId: "0000.0000.0009",
        },
      },
    },
  ],
  malformed: [
    {
      name: "7 bytes of a route distinguisher",
      nlri: "0001000700000064000000",
      fault: "ls-route-distinguisher@4",
    },
    {
      name: "a route distinguisher alone",
      nlri: "000100080000006400000001",
      fault: "ls-nlri-identifier@12",
    },
  ],
};

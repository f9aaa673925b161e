/** BGP-MUP routes. */
import type { FamilyVectors } from "./vectors.ts";

const RD = "0000006400000064";

function known(routeType: number, routeTypeName: string, fields: object, rd = "100:100"): object {
  return { architectureType: 1, routeType, routeTypeName, rd, ...fields };
}

function interworkSegment(fields: object, rd?: string): object {
  return known(1, "interwork-segment-discovery", fields, rd);
}

function directSegment(fields: object, rd?: string): object {
  return known(2, "direct-segment-discovery", fields, rd);
}

function type1Session(fields: object, rd?: string): object {
  return known(3, "type-1-session-transformed", fields, rd);
}

function type2Session(fields: object, rd?: string): object {
  return known(4, "type-2-session-transformed", fields, rd);
}

export const IPV4_MUP_VECTORS: FamilyVectors = {
  good: [
    {
      name: "an interwork segment",
      source: "exabgp qa/encoding/conf-srv6-mup.ci:10",
      nlri: `01 0001 0c ${RD} 18 0a0001`,
      route: interworkSegment({ prefix: "10.0.1.0", prefixLen: 24 }),
    },
    {
      name: "an interwork segment, withdrawn",
      source: "exabgp qa/api/api-ipv4.ci:16",
      nlri: `01 0001 0c ${RD} 18 0a0001`,
      isWithdrawn: true,
      route: interworkSegment({ prefix: "10.0.1.0", prefixLen: 24 }),
    },
    {
      name: "a direct segment",
      source: "exabgp qa/encoding/conf-srv6-mup.ci:13",
      nlri: `01 0002 0c ${RD} 0a000001`,
      route: directSegment({ address: "10.0.0.1" }),
    },
    {
      name: "a session without a source address, nor its length",
      source: "exabgp qa/encoding/conf-srv6-mup.ci:16",
      nlri: `01 0003 17 ${RD} 20 c0a80001 00003039 09 20 0a000001`,
      route: type1Session({
        prefix: "192.168.0.1",
        prefixLen: 32,
        teid: 12345,
        qfi: 9,
        endpointAddress: "10.0.0.1",
      }),
    },
    {
      name: "a session with a source address",
      source: "exabgp qa/encoding/conf-srv6-mup-v3.ci:3",
      nlri: `01 0003 1c ${RD} 20 c0a80002 00003039 09 20 0a000001 20 0a000101`,
      route: type1Session({
        prefix: "192.168.0.2",
        prefixLen: 32,
        teid: 12345,
        qfi: 9,
        endpointAddress: "10.0.0.1",
        sourceAddress: "10.0.1.1",
      }),
    },
    {
      name: "a session whose source address has length 0",
      source: "gobgp: TestBGPUpdatePrefixSIDMalformedSubSubTLVLength",
      nlri: `01 0003 17 ${RD} 18 c00002 00000064 09 20 0a000001 00`,
      route: type1Session({
        prefix: "192.0.2.0",
        prefixLen: 24,
        teid: 100,
        qfi: 9,
        endpointAddress: "10.0.0.1",
      }),
    },
    {
      name: "a session with an IPv6 endpoint",
      nlri: `01 0003 23 00000064000000c8 18 c0a800 12345678 09 80 20010db8000000000000000000000001 00`,
      route: type1Session({
        prefix: "192.168.0.0",
        prefixLen: 24,
        teid: 0x12345678,
        qfi: 9,
        endpointAddress: "2001:db8::1",
      }, "100:200"),
    },
    {
      name: "an endpoint with a whole TEID",
      source: "rustybgp packet/src/mup.rs: isd_ipv4_wire_format",
      nlri: "01 0004 11 00000064000000c8 40 0a000001 deadbeef",
      route: type2Session(
        { endpointLen: 64, endpointAddress: "10.0.0.1", teid: 0xdeadbeef },
        "100:200",
      ),
    },
    {
      name: "an endpoint with 10 bits of a TEID",
      nlri: `01 0004 0f ${RD} 2a 0a000001 3040`,
      route: type2Session({ endpointLen: 42, endpointAddress: "10.0.0.1", teid: 0x30400000 }),
    },
    {
      name: "a part of an endpoint's address",
      nlri: `01 0004 0c ${RD} 18 0a0001`,
      route: type2Session({ endpointLen: 24, endpointAddress: "10.0.1.0" }),
    },
    {
      name: "a route distinguisher of unknown type",
      nlri: "01 0001 09 0007000000000001 00",
      route: interworkSegment({ prefix: "0.0.0.0", prefixLen: 0 }, "0007000000000001"),
    },
    {
      name: "an unknown route type",
      nlri: "01 0005 03 abcdef",
      route: { architectureType: 1, routeType: 5, hex: "abcdef" },
    },
    {
      name: "an unknown architecture",
      nlri: `02 0001 0c ${RD} 18 0a0001`,
      route: { architectureType: 2, routeType: 1, hex: `${RD}180a0001` },
    },
  ],
  malformed: [
    { name: "33 bits", nlri: `01 0001 0e ${RD} 21 0a00010180`, fault: "nlri-prefix-length@12" },
    { name: "a prefix that is cut", nlri: `01 0001 0b ${RD} 18 0a00`, fault: "nlri-truncated@13" },
    { name: "bytes behind a prefix", nlri: `01 0001 0d ${RD} 18 0a000100`, fault: "nlri-trailing-bytes@16" },
    { name: "half of a route distinguisher", nlri: "01 0001 04 00000064", fault: "nlri-truncated@4" },
    {
      name: "an IPv6 address",
      nlri: `01 0002 18 ${RD} 20010db8000000000000000000000001`,
      fault: "nlri-trailing-bytes@16",
    },
    {
      name: "TEID 0",
      nlri: `01 0003 17 ${RD} 20 c0a80001 00000000 09 20 0a000001`,
      fault: "mup-teid@17",
    },
    {
      name: "an endpoint of 33 bits",
      nlri: `01 0003 18 ${RD} 20 c0a80001 00003039 09 21 0a00000180`,
      fault: "nlri-address-length@22",
    },
    {
      name: "a source address of 8 bits",
      nlri: `01 0003 19 ${RD} 20 c0a80001 00003039 09 20 0a000001 08 0a`,
      fault: "nlri-address-length@27",
    },
    { name: "an endpoint of 65 bits", nlri: `01 0004 12 ${RD} 41 0a0000010000303980`, fault: "nlri-prefix-length@12" },
    { name: "an endpoint with TEID 0", nlri: `01 0004 11 ${RD} 40 0a00000100000000`, fault: "mup-teid@17" },
    { name: "a route that is cut", nlri: "01 0005 03 abcd", fault: "nlri-truncated@3", isBorderLost: true },
    { name: "a header that is cut", nlri: "01 0005", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

export const IPV6_MUP_VECTORS: FamilyVectors = {
  good: [
    {
      name: "an interwork segment",
      nlri: `01 0001 0d ${RD} 20 20010db8`,
      route: interworkSegment({ prefix: "2001:db8::", prefixLen: 32 }),
    },
    {
      name: "a direct segment",
      source: "rustybgp packet/src/mup.rs: isd_ipv4_wire_format",
      nlri: "01 0002 18 00000064000000c8 20010db8000000000000000000000001",
      route: directSegment({ address: "2001:db8::1" }, "100:200"),
    },
    {
      name: "a session",
      source: "rustybgp packet/src/mup.rs: isd_ipv4_wire_format",
      nlri: "01 0003 24 00000064000000c8 20 20010db8 12345678 09 80 20010db8000000000000000000000001 00",
      route: type1Session({
        prefix: "2001:db8::",
        prefixLen: 32,
        teid: 0x12345678,
        qfi: 9,
        endpointAddress: "2001:db8::1",
      }, "100:200"),
    },
    {
      name: "an endpoint with a whole TEID",
      source: "exabgp qa/encoding/conf-srv6-mup.ci:42",
      nlri: `01 0004 1d ${RD} a0 20010000000000000000000000000001 00003039`,
      route: type2Session({ endpointLen: 160, endpointAddress: "2001::1", teid: 12345 }),
    },
    {
      name: "an endpoint alone",
      nlri: `01 0004 19 ${RD} 80 20010000000000000000000000000001`,
      route: type2Session({ endpointLen: 128, endpointAddress: "2001::1" }),
    },
  ],
  malformed: [
    { name: "129 bits", nlri: `01 0001 0a ${RD} 81 20`, fault: "nlri-prefix-length@12" },
    { name: "an IPv4 address", nlri: `01 0002 0c ${RD} 0a000001`, fault: "nlri-truncated@12" },
    { name: "an endpoint of 161 bits", nlri: `01 0004 0a ${RD} a1 20`, fault: "nlri-prefix-length@12" },
  ],
};

import type { FamilyVectors } from "./vectors.ts";

/** 10.0.0.0/24, colour 100. */
export const KEY = "18 0a0000 00000064";
export const ROUTE = {
  nlriType: 1,
  name: "color-aware-route",
  prefix: "10.0.0.0",
  prefixLen: 24,
  color: 100,
};
export const SID = "20010db8000000000000000000000001";

export const IPV4_CAR_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, a color-aware route with labels",
      nlri: `12 08 01 ${KEY} 01 06 003e80 003e91`,
      route: { ...ROUTE, labels: [1000, 1001] },
    },
    { name: "1, withdrawn", nlri: `0a 08 01 ${KEY}`, isWithdrawn: true, route: ROUTE },
    {
      name: "1 with a label, a label index, and what is unknown",
      nlri: `1c 08 01 ${KEY} 01 03 003e81 42 07 00 0001 00000005 4a 02 abcd`,
      route: {
        ...ROUTE,
        labels: [1000],
        labelIndex: { flags: 1, index: 5 },
        unknownTlvs: [{ type: 10, isTransitive: true, hex: "abcd" }],
      },
    },
    {
      name: "1 with two SIDs",
      nlri: `2c 08 01 ${KEY} 03 20 ${SID} ${SID}`,
      route: { ...ROUTE, srv6Sids: ["2001:db8::1", "2001:db8::1"] },
    },
    {
      name: "1 with a part of a SID",
      nlri: `0f 08 01 ${KEY} 03 03 00a001`,
      route: { ...ROUTE, srv6SidHex: "00a001" },
    },
    {
      name: "1 with a second label TLV, and one of a wrong length",
      nlri: `13 08 01 ${KEY} 01 03 003e81 01 02 003e`,
      route: {
        ...ROUTE,
        labels: [1000],
        unknownTlvs: [{ type: 1, isTransitive: false, hex: "003e" }],
      },
    },
    {
      name: "2, a prefix",
      nlri: "0b 04 02 18 0a0000 01 03 003e81",
      route: {
        nlriType: 2,
        name: "ip-prefix",
        prefix: "10.0.0.0",
        prefixLen: 24,
        labels: [1000],
      },
    },
    { name: "of an unknown type", nlri: "04 02 09 abcd", route: { nlriType: 9, hex: "abcd" } },
  ],
  malformed: [
    { name: "1 with a prefix of 33 bits", nlri: "0c 0a 01 21 0a00000000 00000064", fault: "nlri-prefix-length@3" },
    { name: "a key beyond the NLRI", nlri: `0a 09 01 ${KEY}`, fault: "car-key-length@1" },
    { name: "a key longer than its fields", nlri: `0b 09 01 ${KEY} 00`, fault: "car-key-length@1" },
    { name: "a key shorter than its fields", nlri: `0a 07 01 ${KEY}`, fault: "nlri-truncated@7" },
    { name: "a TLV cut short", nlri: `0e 08 01 ${KEY} 01 03 003e`, fault: "nlri-truncated@13" },
    { name: "a TLV without a length", nlri: `0b 08 01 ${KEY} 01`, fault: "nlri-truncated@12" },
    { name: "no type", nlri: "01 00", fault: "nlri-truncated@0" },
    { name: "cut short", nlri: `12 08 01 ${KEY}`, fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

export const IPV6_CAR_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, a color-aware route with a SID",
      nlri: `1f 0b 01 30 20010db80001 00000064 03 10 ${SID}`,
      route: {
        nlriType: 1,
        name: "color-aware-route",
        prefix: "2001:db8:1::",
        prefixLen: 48,
        color: 100,
        srv6Sids: ["2001:db8::1"],
      },
    },
    {
      name: "2, the default route",
      nlri: "03 01 02 00",
      route: { nlriType: 2, name: "ip-prefix", prefix: "::", prefixLen: 0 },
    },
  ],
  malformed: [{ name: "1 without a colour", nlri: "05 03 01 10 2001", fault: "nlri-truncated@6" }],
};

import type { FamilyVectors, GoodRoute } from "./vectors.ts";

function route(distinguisher: number, color: number, endpoint: string, endpointBase64: string): object {
  return { distinguisher, color, endpoint, endpointBase64 };
}

const ipv4: GoodRoute[] = [
  {
    name: "a policy",
    source: "gobmp TestUnmarshalLSNLRI73",
    nlri: "60 00000002 00000063 0a00000d",
    route: route(2, 99, "10.0.0.13", "CgAADQ=="),
  },
  {
    name: "a policy without distinguisher",
    source: "yabgp TestIPv4SRTE",
    nlri: "60 00000000 0000000a c0a80507",
    route: route(0, 10, "192.168.5.7", "wKgFBw=="),
  },
  {
    name: "a withdrawn policy",
    source: "exabgp conf-sr-policy.ci",
    nlri: "60 00000001 000000c8 0a000002",
    isWithdrawn: true,
    route: route(1, 200, "10.0.0.2", "CgAAAg=="),
  },
  {
    name: "any endpoint, the largest numbers",
    nlri: "60 ffffffff fffffffe 00000000",
    route: route(4294967295, 4294967294, "0.0.0.0", "AAAAAA=="),
  },
];

const ipv6: GoodRoute[] = [
  {
    name: "a policy",
    source: "gobmp TestUnmarshalLSNLRI73",
    nlri: "c0 00000006 00000006 20010420ffff10130000000000000001",
    route: route(6, 6, "2001:420:ffff:1013::1", "IAEEIP//EBMAAAAAAAAAAQ=="),
  },
  {
    name: "another policy",
    source: "rustybgp packet/src/sr_policy.rs",
    nlri: "c0 00000002 0000012c 20010db8000000000000000000000001",
    route: route(2, 300, "2001:db8::1", "IAENuAAAAAAAAAAAAAAAAQ=="),
  },
  {
    name: "a withdrawn policy",
    source: "exabgp conf-sr-policy.ci",
    nlri: "c0 00000000 00000064 20010db8000000000000000000000001",
    isWithdrawn: true,
    route: route(0, 100, "2001:db8::1", "IAENuAAAAAAAAAAAAAAAAQ=="),
  },
];

export const IPV4_SR_POLICY_VECTORS: FamilyVectors = {
  good: ipv4,
  malformed: [
    { name: "an IPv6 policy", nlri: ipv6[0]!.nlri, fault: "sr-policy-length@0" },
    {
      name: "95 bits",
      nlri: "5f 00000002 00000063 0a00000d",
      fault: "sr-policy-length@0",
      isBorderLost: true,
    },
    {
      name: "a list that ends too early",
      nlri: "60 00000002 00000063 0a0000",
      fault: "sr-policy-length@0",
      isBorderLost: true,
    },
    {
      name: "no bits (rustybgp decode_invalid_length_rejected)",
      nlri: "00000000000100000040 0a000001",
      fault: "sr-policy-length@0",
      isBorderLost: true,
    },
  ],
};

export const IPV6_SR_POLICY_VECTORS: FamilyVectors = {
  good: ipv6,
  malformed: [
    { name: "an IPv4 policy", nlri: ipv4[0]!.nlri, fault: "sr-policy-length@0" },
    {
      name: "a list that ends too early",
      nlri: "c0 00000000 00000064 20010db8",
      fault: "sr-policy-length@0",
      isBorderLost: true,
    },
  ],
};

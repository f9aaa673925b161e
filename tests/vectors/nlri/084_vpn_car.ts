import { KEY, ROUTE, SID } from "./083_car.ts";
import type { FamilyVectors } from "./vectors.ts";

const RD = "0000fde900000064";
const DISTINGUISHED = { rd: "65001:100", rdType: 0 };

export const VPN_IPV4_CAR_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, a color-aware route with a label",
      nlri: `17 10 01 ${RD} ${KEY} 01 03 003e81`,
      route: { ...ROUTE, ...DISTINGUISHED, labels: [1000] },
    },
    {
      name: "2, a prefix, withdrawn",
      nlri: `0e 0c 02 ${RD} 18 0a0000`,
      isWithdrawn: true,
      route: {
        nlriType: 2,
        name: "ip-prefix",
        ...DISTINGUISHED,
        prefix: "10.0.0.0",
        prefixLen: 24,
      },
    },
  ],
  malformed: [{ name: "1 without an RD", nlri: `0a 08 01 ${KEY}`, fault: "nlri-truncated@11" }],
};

export const VPN_IPV6_CAR_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, a color-aware route with a SID",
      nlri: `27 13 01 ${RD} 30 20010db80001 00000064 03 10 ${SID}`,
      route: {
        nlriType: 1,
        name: "color-aware-route",
        ...DISTINGUISHED,
        prefix: "2001:db8:1::",
        prefixLen: 48,
        color: 100,
        srv6Sids: ["2001:db8::1"],
      },
    },
  ],
  malformed: [{ name: "1 with half an RD", nlri: "06 04 01 0000fde9", fault: "nlri-truncated@3" }],
};

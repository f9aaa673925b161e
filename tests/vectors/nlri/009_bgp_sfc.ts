import type { FamilyVectors } from "./vectors.ts";

export const BGP_SFC_VECTORS: FamilyVectors = {
  good: [
    {
      name: "1, an instance of a service function",
      nlri: "0001 000a 0001 c0000202 0001 0029",
      route: {
        routeType: 1,
        name: "service-function-instance",
        rd: "192.0.2.2:1",
        rdType: 1,
        functionType: 41,
      },
    },
    {
      name: "2, a service function path",
      nlri: "0002 000b 0001 c6336401 0065 00000f",
      route: {
        routeType: 2,
        name: "service-function-path",
        rd: "198.51.100.1:101",
        rdType: 1,
        pathIdentifier: 15,
      },
    },
    {
      name: "a route of an unknown type",
      nlri: "0003 0002 abcd",
      route: { routeType: 3, hex: "abcd" },
    },
  ],
  malformed: [
    { name: "1 with 3 octets of type", nlri: "0001 000b 0001 c0000202 0001 000029", fault: "nlri-trailing-bytes@14" },
    { name: "2 with 2 octets of path", nlri: "0002 000a 0001 c6336401 0065 000f", fault: "nlri-truncated@12" },
    { name: "cut short", nlri: "0001 000a 0001 c000", fault: "nlri-truncated@2", isBorderLost: true },
    { name: "no length", nlri: "0001 00", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

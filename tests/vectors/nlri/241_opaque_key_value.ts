import type { FamilyVectors } from "./vectors.ts";

export const OPAQUE_KEY_VALUE_VECTORS: FamilyVectors = {
  good: [
    {
      name: "a key and a value",
      source: "gobgp",
      nlri: "0005 68656c6c6f 776f726c64",
      route: { key: "hello", value: "world" },
    },
    { name: "a key alone", nlri: "0001 61", isWithdrawn: true, route: { key: "a", value: "" } },
    { name: "no UTF-8", nlri: "0002 ff00 c3", route: { keyHex: "ff00", valueHex: "c3" } },
  ],
  malformed: [
    { name: "a key cut short", nlri: "0005 6865", fault: "nlri-truncated@0", isBorderLost: true },
    { name: "no length", nlri: "00", fault: "nlri-truncated@0", isBorderLost: true },
  ],
};

// The time that a message takes grows with its size, and with the bytes that it becomes, but not with their square.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  AS_PATH,
  attribute,
  bgp,
  bmp,
  indexedTlv,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
  uint,
  update,
} from "../building.ts";
import { fromHex } from "../decoding.ts";
import { assertLinear, assertRatio, GROWTH, Machine, measure, RATIO_MAX } from "./growth.ts";

const NEXT_HOP_V6 = "20010db8000000000000000000000001";

/** A message with `n` of what it has many of. */
type Grow = (n: number) => string;

/** Work that is not to be more than linear in `n`; `largest` is `4 n`. */
const CASES: readonly (readonly [name: string, largest: number, grow: Grow])[] = [
  ["unknown attributes", 20_000, (n) => rm({ attributes: attribute(0xc0, 99, "").repeat(n) })],
  [
    "different unknown attributes",
    8000,
    (n) =>
      rm({
        attributes: Array.from({ length: n }, (_, i) => attribute(0xc0, i & 255, "")).join(""),
      }),
  ],
  ["MP attributes", 8000, (n) => rm({ attributes: mpUnreach(2, 1, "").repeat(n) })],
  ["MP attributes cut short", 16_000, (n) => rm({ attributes: attribute(0x80, 14, "").repeat(n) })],
  [
    "MP attributes with wrong flags",
    16_000,
    (n) => rm({ attributes: attribute(0, 15, "").repeat(n) }),
  ],
  [
    "MP attributes of an unknown family",
    4000,
    (n) => rm({ attributes: mpReach(57, 65, "", "00").repeat(n) }),
  ],
  [
    "MP attributes with a route each",
    4000,
    (n) => rm({ attributes: MANDATORY + mpUnreach(2, 1, "08aa").repeat(n) }),
  ],
  [
    "segments of a path",
    8000,
    (n) => rm({ attributes: attribute(0x50, 2, "0201 0000fde9".repeat(n)) }),
  ],
  [
    "segments of a merged path",
    4000,
    (n) =>
      rm({
        attributes: attribute(0x50, 2, "0101fde9".repeat(n)) +
          attribute(0xd0, 17, "0101 0000fde9".repeat(n)),
      }),
  ],
  ["communities", 16_000, (n) => rm({ attributes: attribute(0xd0, 8, "ffffff01".repeat(n)) })],
  [
    "extended communities",
    8000,
    (n) => rm({ attributes: attribute(0xd0, 16, "0002fde900000001".repeat(n)) }),
  ],
  ["clusters", 16_000, (n) => rm({ attributes: attribute(0x90, 10, "0a000001".repeat(n)) })],
  [
    "attributes in an ATTR_SET",
    12_000,
    (n) => rm({ attributes: attribute(0xd0, 128, `0000fde9${attribute(0xc0, 99, "").repeat(n)}`) }),
  ],
  ["default routes", 16_000, (n) => rm({ withdrawn: "00".repeat(n) })],
  ["withdrawn routes", 16_000, (n) => rm({ withdrawn: "08aa".repeat(n) })],
  [
    "routes of labels",
    8000,
    (n) => rm({ attributes: mpReach(1, 4, "c0000201", "20003e81aa".repeat(n)) + AS_PATH }),
  ],
  [
    "labels of a route",
    8000,
    (n) => rm({ attributes: mpUnreach(1, 4, `f8${"003e80".repeat(10)}aa`.repeat(n / 16)) }),
  ],
  ["TLVs behind an UPDATE", 16_000, (n) => bmp(0, perPeer() + update({}) + tlv(1, "").repeat(n))],
  [
    "TLVs of version 4",
    16_000,
    (n) => bmp(0, perPeer() + indexedTlv(4, 0, update({})) + indexedTlv(99, 0, "").repeat(n), 4),
  ],
  ["statistics", 16_000, (n) => bmp(1, `${perPeer()}${uint(n, 4)}${tlv(7, uint(1, 8)).repeat(n)}`)],
  [
    "statistics per family",
    16_000,
    (n) => bmp(1, `${perPeer()}${uint(n, 4)}${tlv(9, `000101${uint(1, 8)}`).repeat(n)}`),
  ],
  [
    "unknown statistics",
    16_000,
    (n) => bmp(1, `${perPeer()}${uint(n, 4)}${tlv(99, "").repeat(n)}`),
  ],
  ["TLVs of a Peer Up", 16_000, (n) => peerUp({}, { tlvs: tlv(0, "61").repeat(n) })],
  ["capabilities of a Peer Up", 16_000, (n) => peerUpWith("c800".repeat(n))],
  ["ADD-PATH capabilities", 8000, (n) => peerUpWith("450400010103".repeat(n))],
  ["TLVs of an Initiation", 16_000, (n) => bmp(4, tlv(0, "61").repeat(n))],
  ["names in an Initiation", 16_000, (n) => bmp(4, tlv(2, "61").repeat(n))],
  ["bytes of a name that are no UTF-8", 60_000, (n) => bmp(4, tlv(2, "ff".repeat(n)))],
  ["mirrored messages", 16_000, (n) => bmp(6, perPeer() + tlv(0, "").repeat(n))],
  ["bytes of an unknown message", 400_000, (n) => bmp(99, "ab".repeat(n))],
];

/** A header cut short ends the attributes, which keeps the block out of the cache: each time costs the same. */
function rm(parts: Parameters<typeof routeMonitoring>[0]): string {
  return routeMonitoring({ ...parts, attributes: `${parts.attributes ?? ""}40` });
}

/** A Peer Up whose OPENs have extended parameters (RFC 9072) with these capabilities. */
function peerUpWith(capabilities: string): string {
  const length = capabilities.length / 2;
  const parameters = `ff${uint(length + 3, 2)}02${uint(length, 2)}${capabilities}`;
  const open = bgp(1, `04fde900b4c0000201ff${parameters}`);
  return bmp(3, `${perPeer()}${"00".repeat(16)}00b3c000${open}${open}`);
}

function message(hex: string): Uint8Array {
  return fromHex(hex.replace(/\s/g, ""));
}

describe("time grows with the size of a message", () => {
  for (const [name, largest, grow] of CASES) {
    it(name, () => {
      assertLinear(message(grow(largest / GROWTH)), message(grow(largest)));
    });
  }
});

const BATCH_BYTES = 256 * 1024;

describe("time grows with what is written, over any number of batches", () => {
  it("a large attribute block on many routes: no call in vain", () => {
    const softLimit = 64 * 1024;
    const attributes = MANDATORY + attribute(0xd0, 8, "fde90001".repeat(1000));
    const machine = new Machine(softLimit);
    machine.calls = 0;
    machine.bytesOut = 0;
    machine.play(message(rm({ attributes, nlri: "08aa".repeat(2000) })));
    assert.ok(machine.bytesOut > 2000 * 10_000);
    assert.ok(machine.calls <= 2 + machine.bytesOut / softLimit);
  });

  const cases: [name: string, grow: Grow][] = [
    ["routes in one list", (n) => rm({ attributes: MANDATORY, nlri: "08aa".repeat(10 * n) })],
    [
      "MP attributes with a route each, under a large attribute block",
      (n) =>
        rm({
          attributes: MANDATORY + attribute(0xd0, 8, "fde90001".repeat(500)) +
            mpReach(2, 1, NEXT_HOP_V6, "08aa").repeat(n),
        }),
    ],
    [
      "MP attributes of an unknown family",
      (n) => rm({ attributes: mpReach(57, 65, "", "00").repeat(4 * n) }),
    ],
  ];
  for (const [name, grow] of cases) {
    it(name, () => {
      const small = message(grow(250));
      const large = message(grow(1000));
      const timePerByte = (bytes: Uint8Array): number => {
        const { timeMs, bytesOut } = measure(bytes, BATCH_BYTES);
        return timeMs / bytesOut;
      };
      assertRatio(() => timePerByte(large) / timePerByte(small), RATIO_MAX / 2);
    });
  }
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { PrefixFamily } from "../../../src/bgp/nlri/family.ts";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../../src/bgp/nlri/001_unicast.ts";
import {
  IPV4_LABELLED_UNICAST,
  IPV6_LABELLED_UNICAST,
} from "../../../src/bgp/nlri/004_labelled_unicast.ts";
import { VPN_IPV4_UNICAST as VPN } from "../../../src/bgp/nlri/128_vpn.ts";
import {
  failAtBrokenPrefix,
  isWithdrawLabel,
  labelCount,
  Reading,
  readingScore,
  soundEnd,
} from "../../../src/bgp/nlri/prefix.ts";
import { FAMILIES } from "../../../src/bgp/nlri/registry.ts";
import { uint } from "../../building.ts";
import { type Decode, decodeHex, fromHex, thrownFault } from "../../decoding.ts";

const FAMILY_LIST: readonly PrefixFamily[] = FAMILIES.filter((it) => it.kind === "prefix");

function score(hex: string, family: PrefixFamily, addPath: boolean): Reading {
  const decode: Decode<Reading> = (bytes, _view, start, end) =>
    readingScore(bytes, start, end, family, addPath);
  return decodeHex(decode, hex);
}

describe("how a list of prefixes reads", () => {
  const { impossible, odd, clean } = Reading;
  const cases: [
    name: string,
    hex: string,
    family: PrefixFamily,
    plain: Reading,
    withPathIds: Reading,
  ][] = [
    ["an empty list", "", IPV4_UNICAST, clean, clean],
    ["the default route", "00", IPV4_UNICAST, clean, impossible],
    ["the default route twice", "0000", IPV4_UNICAST, odd, impossible],
    ["the default route with a path id", "00000001 00", IPV4_UNICAST, odd, clean],
    ["the default route with path id 0", "00000000 00", IPV4_UNICAST, odd, clean],
    ["a /24 with a path id", "00000001 18c63364", IPV4_UNICAST, impossible, clean],
    ["two /24", "18c63364 18c63365", IPV4_UNICAST, clean, odd],
    ["a /32", "20c6336401", IPV4_UNICAST, clean, impossible],
    ["33 bits", "21c633640180", IPV4_UNICAST, impossible, odd],
    ["host bits", "17c63365", IPV4_UNICAST, odd, impossible],
    ["a prefix cut short", "18c633", IPV4_UNICAST, impossible, impossible],
    ["0.0.0.0/8", "0800", IPV4_UNICAST, odd, impossible],
    ["a large path id", "ffffffff 18c63364", IPV4_UNICAST, impossible, odd],
    ["a /32 of IPv6", "2020010db8", IPV6_UNICAST, clean, impossible],
    ["a /128 of IPv6", `80${"20010db8".repeat(4)}`, IPV6_UNICAST, clean, impossible],
    ["129 bits", `81${"20010db8".repeat(4)}80`, IPV6_UNICAST, impossible, impossible],
    ["labelled, a /24", "30 003e81 c63364", IPV4_LABELLED_UNICAST, clean, impossible],
    ["labelled, fewer than 24 bits", "17 003e81", IPV4_LABELLED_UNICAST, impossible, impossible],
    ["labelled, a default route", "18 003e81", IPV4_LABELLED_UNICAST, clean, impossible],
    ["labelled, two labels", "48 003e80 003e91 c63364", IPV4_LABELLED_UNICAST, clean, impossible],
    ["labelled, withdrawn", "30 800000 c63364", IPV4_LABELLED_UNICAST, clean, impossible],
    ["labelled, zeroed label", "30 000000 c63364", IPV4_LABELLED_UNICAST, clean, impossible],
    [
      "labelled with a path id",
      "00000007 30 003e81 c63364",
      IPV4_LABELLED_UNICAST,
      impossible,
      clean,
    ],
    ["VPN, a /24", "70 003e81 0000fde900000064 c63364", VPN, clean, impossible],
    ["VPN, a default route", "58 003e81 0001c000020100ff", VPN, clean, impossible],
    ["VPN, an unknown distinguisher", "70 003e81 0005fde900000064 c63364", VPN, odd, impossible],
    ["VPN, fewer than 88 bits", "57 003e81 0000fde900000064", VPN, impossible, impossible],
    ["labelled, a /32 of IPv6", "38 003e81 20010db8", IPV6_LABELLED_UNICAST, clean, impossible],
  ];
  for (const [name, hex, family, plain, withPathIds] of cases) {
    it(name, () => {
      assert.equal(score(hex, family, false), plain, "without path identifiers");
      assert.equal(score(hex, family, true), withPathIds, "with path identifiers");
    });
  }
});

describe("labels", () => {
  const cases: [name: string, hex: string, bits: number, count: number][] = [
    ["one with its bit", "003e81 c63364", 48, 1],
    ["two", "003e80 003e91 c63364", 72, 2],
    ["three", "003e80 003e90 003ea1 c63364", 96, 3],
    ["the withdraw label", "800000 010101", 48, 1],
    ["a zeroed label", "000000 010101", 48, 1],
    ["no bit at all", "003e80 c63364", 48, 1],
    // RFC 8277 section 2.2: S is to be ignored where there can be one label only
    ["the prefix's own bit would leave no prefix", "003e80 0a0001", 48, 1],
    ["a label alone, without its bit", "003e80", 24, 1],
    ["a label alone", "003e81", 24, 1],
  ];
  for (const [name, hex, bits, count] of cases) {
    it(name, () => assert.equal(labelCount(fromHex(hex), 0, bits, 0), count));
  }

  it("before a route distinguisher", () => {
    const cases: [hex: string, count: number][] = [
      ["003e81 0000fde900000064 c63364", 1],
      ["003e80 003e91 0000fde900000064 c63364", 2],
      // Second labels that begin like a route distinguisher's type
      ["003e80 000111 0000fde900000064 c63364", 2],
      ["003e80 0002f1 0001c00002010064 c63364", 2],
      ["003e80 000110 000101 0002000100000001 c63364", 3],
      // Of Cisco, over SRv6: no bottom-of-stack bit, and a route distinguisher that has one in its place
      ["004200 000013ce0000fe0a 18181800", 1],
      ["004200 0001c0000201000b c63364", 1],
      ["004200 000213ce0000fe0b c63364", 1],
    ];
    for (const [hex, count] of cases) {
      const bytes = fromHex(hex);
      assert.equal(labelCount(bytes, 0, 8 * bytes.length - 64, 64), count, hex);
    }
  });

  it("placeholders of withdrawals (RFC 8277 section 2.4)", () => {
    const placeholders = ["800000", "000000"];
    for (const hex of [...placeholders, "000001", "800001", "003e81", "810000", "008000"]) {
      assert.equal(isWithdrawLabel(fromHex(hex), 0), placeholders.includes(hex), hex);
    }
  });
});

interface Route {
  readonly pathId: number;
  readonly labels: readonly number[];
  /** In hex, empty: none. */
  readonly distinguisher: string;
  readonly bits: number;
  readonly address: readonly number[];
}

/** A route of a family; host bits are clear, and the first octet is none that tells of a wrong reading. */
function routes(family: PrefixFamily, pathId: fc.Arbitrary<number>): fc.Arbitrary<Route[]> {
  const octets = family.addressBits / 8;
  const route = fc.record({
    pathId,
    labels: family.labelled
      // Below 48 a second label begins as a route distinguisher does.
      ? fc.array(fc.integer({ min: 48, max: 0xfffff }), { minLength: 1, maxLength: 2 })
      : fc.constant([]),
    distinguisher: family.distinguisherBits === 0
      ? fc.constant("")
      : fc.tuple(fc.integer({ min: 0, max: 2 }), fc.nat(0xffffffff)).map(([type, value]) =>
        `${uint(type, 2)}0001${uint(value, 4)}`
      ),
    bits: fc.integer({ min: 1, max: family.addressBits }),
    octets: fc.array(fc.nat(255), { minLength: octets, maxLength: octets }),
    first: fc.integer({ min: 128, max: 223 }),
  }).map(({ pathId, labels, distinguisher, bits, octets, first }) => ({
    pathId,
    labels,
    distinguisher,
    bits,
    address: [first, ...octets.slice(1)].map((octet, i) => {
      const kept = Math.min(8, Math.max(0, bits - 8 * i));
      return octet & (0xff00 >> kept) & 0xff;
    }),
  }));
  return fc.array(route, { minLength: 1, maxLength: 8 });
}

function encode(list: readonly Route[], addPath: boolean): string {
  return list.map(({ pathId, labels, distinguisher, bits, address }) => {
    const stack = labels.map((label, i) => uint(label * 16 + (i === labels.length - 1 ? 1 : 0), 3));
    return (addPath ? uint(pathId, 4) : "") +
      uint(24 * labels.length + 4 * distinguisher.length + bits, 1) + stack.join("") +
      distinguisher +
      address.slice(0, (bits + 7) >> 3).map((it) => uint(it, 1)).join("");
  }).join("");
}

for (const family of FAMILY_LIST) {
  describe(`lists of ${family.name}`, () => {
    const anyId = fc.nat(0xffffffff);
    const smallId = fc.integer({ min: 0, max: 1000 });

    it("read back as expected, whatever the path identifiers", () => {
      fc.assert(fc.property(routes(family, anyId), fc.boolean(), (list, addPath) => {
        const reading = score(encode(list, addPath), family, addPath);
        const isOdd = addPath && list.some((it) => it.pathId >= 2 ** 24);
        assert.equal(reading, isOdd ? Reading.odd : Reading.clean);
      }));
    });

    it("the other reading is never as good, with small path identifiers", () => {
      fc.assert(
        fc.property(routes(family, smallId), fc.boolean(), (list, addPath) => {
          assert.ok(score(encode(list, addPath), family, !addPath) < Reading.clean);
        }),
        { numRuns: 2000 },
      );
    });

    it("cut anywhere: what is whole is sound, the rest is named", () => {
      fc.assert(
        fc.property(routes(family, smallId), fc.boolean(), fc.nat(), (list, addPath, at) => {
          const ends = list.map((_, i) => encode(list.slice(0, i + 1), addPath).length / 2);
          const hex = encode(list, addPath);
          const length = at % (hex.length / 2);
          const cut = hex.slice(0, 2 * length);
          const expected = Math.max(0, ...ends.filter((end) => end <= length));
          const sound: Decode<number> = (bytes, _view, start, end) =>
            soundEnd(bytes, start, end, family, addPath) - start;
          assert.equal(decodeHex(sound, cut), expected);
          if (expected === length) return;
          const broken: Decode<never> = (bytes, _view, start, end) =>
            failAtBrokenPrefix(bytes, start, end, family, addPath);
          const lengthAt = expected + (addPath ? 4 : 0);
          assert.equal(
            thrownFault(broken, cut),
            lengthAt < length ? `nlri-truncated@${lengthAt}` : `nlri-path-identifier@${expected}`,
          );
        }),
      );
    });

    it("nothing beyond the end is read", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 24 }), fc.boolean(), (list, addPath) => {
          const outcomes = [0x00, 0x01, 0xff].map((around) => {
            const bytes = new Uint8Array(list.length + 80).fill(around);
            bytes.set(list, 5);
            const end = 5 + list.length;
            try {
              const reading = readingScore(bytes, 5, end, family, addPath);
              const sound = soundEnd(bytes, 5, end, family, addPath);
              assert.equal(sound === end, reading !== Reading.impossible);
              if (sound === end) return [reading];
              return failAtBrokenPrefix(bytes, 5, end, family, addPath);
            } catch (fault) {
              return fault;
            }
          });
          assert.deepEqual(outcomes[0], outcomes[1]);
          assert.deepEqual(outcomes[0], outcomes[2]);
        }),
        { numRuns: 1000 },
      );
    });
  });
}

describe("what is broken in a list", () => {
  const cases: [name: string, hex: string, family: PrefixFamily, addPath: boolean, at: string][] = [
    ["33 bits", "080a 21c633640180", IPV4_UNICAST, false, "nlri-prefix-length@2"],
    ["40 bits, too few octets", "28c6", IPV4_UNICAST, false, "nlri-prefix-length@0"],
    ["too few octets", "18c6", IPV4_UNICAST, false, "nlri-truncated@0"],
    ["no length", "00000001", IPV4_UNICAST, true, "nlri-path-identifier@0"],
    ["half a path identifier", "0000", IPV4_UNICAST, true, "nlri-path-identifier@0"],
    ["no room for a label", "10c633", IPV4_LABELLED_UNICAST, false, "nlri-label-length@0"],
    ["57 bits", "39 003e81 c633640180", IPV4_LABELLED_UNICAST, false, "nlri-prefix-length@0"],
    ["labels cut short", "38 003e", IPV4_LABELLED_UNICAST, false, "nlri-truncated@0"],
    ["no room for a distinguisher", "57 003e81", VPN, false, "nlri-distinguisher-length@0"],
    [
      "33 bits behind a distinguisher",
      "79 003e81 0000fde900000064 c633640180",
      VPN,
      false,
      "nlri-prefix-length@0",
    ],
  ];
  for (const [name, hex, family, addPath, at] of cases) {
    it(name, () => {
      const broken: Decode<never> = (bytes, _view, start, end) =>
        failAtBrokenPrefix(bytes, start, end, family, addPath);
      assert.equal(thrownFault(broken, hex), at);
    });
  }
});

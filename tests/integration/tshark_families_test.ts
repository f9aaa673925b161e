// Messages of every family and attribute, made of our vectors, as tshark reads them: the same routes, and the same values in the same attribute.
import assert from "node:assert/strict";
import { it } from "node:test";
import { VECTORS } from "../bgp/attributes/vectors.ts";
import { dissect } from "../corpus/dissection.ts";
import { differencesOf } from "../corpus/tshark_facts.ts";
import {
  limitOf,
  TSHARK_LIMITS,
  TSHARK_UNKNOWN_ATTRIBUTES,
  TSHARK_UNKNOWN_FAMILIES,
  type TsharkLimit,
} from "../corpus/tshark_limits.ts";
import {
  attributeOf,
  nlriOf,
  read,
  type Reader,
  type Reading,
  withdrawnOf,
} from "../corpus/vectors/reading.ts";
import { fromHex } from "../decoding.ts";
import { FAMILY_VECTORS } from "../vectors/nlri/index.ts";
import { PREFIX_VECTORS } from "../vectors/nlri/prefixes.ts";
import { describeWith, findTshark } from "./programs.ts";

interface Generated {
  /** Family as `afi/safi`, or code of the attribute, and the vector's name. */
  readonly place: string;
  readonly reading: Reading;
}

function generated(
  place: string,
  reader: Reader,
  hex: string,
  isTwoOctetAs = false,
): Generated {
  return { place, reading: read(reader, hex.replaceAll(" ", ""), { isTwoOctetAs }) };
}

function* familyMessages(): Iterable<Generated> {
  const families = Object.entries(FAMILY_VECTORS).map(([key, { good }]) => [key, good] as const);
  for (const [key, routes] of [...Object.entries(PREFIX_VECTORS), ...families]) {
    const [afi, safi] = key.split("/").map(Number) as [number, number];
    for (const { name, nlri, isWithdrawn } of routes) {
      const place = `${key} ${name}`;
      yield generated(place, withdrawnOf(afi, safi), nlri);
      if (isWithdrawn !== true) yield generated(place, nlriOf(afi, safi), nlri);
    }
  }
}

function* attributeMessages(): Iterable<Generated> {
  for (const [code, { flags, good }] of Object.entries(VECTORS)) {
    for (const { name, value, options } of good) {
      const reader = attributeOf(Number(code), flags);
      yield generated(`${code} ${name}`, reader, value, options?.asWidth === 2);
    }
  }
}

/** Families or codes that tshark does not know: no text of a message of theirs has what it shows of known ones. */
function unknownTo(
  messages: readonly Generated[],
  texts: readonly string[],
  isKnown: (text: string) => boolean,
): Set<string> {
  const keys = messages.map(({ place }) => place.split(" ")[0]!);
  const known = new Set(keys.filter((_, i) => isKnown(texts[i]!)));
  return new Set(keys.filter((key) => !known.has(key)));
}

/** The attribute with the routes is the last. */
function hasRoute(dissection: string): boolean {
  return /"bgp\.update\.path_attribute\.mp_(un)?reach_nlri":.*"bgp\.(?!unknown)/.test(dissection);
}

function hasValue(dissection: string): boolean {
  return !/path_attributes?\.unknown/.test(dissection);
}

describeWith(findTshark(), "messages made of vectors, beside tshark", (tshark) => {
  const used = new Set<TsharkLimit>();
  for (
    const [what, messages, isKnown, unknown] of [
      [
        "families",
        [...familyMessages()],
        hasRoute,
        TSHARK_UNKNOWN_FAMILIES,
      ],
      [
        "attributes",
        [...attributeMessages()],
        hasValue,
        TSHARK_UNKNOWN_ATTRIBUTES,
      ],
    ] as const
  ) {
    it(`${what}: tshark says what our trees say, or differs for a reason`, () => {
      const dissections = dissect(tshark, messages.map(({ reading }) => fromHex(reading.message)));
      const unexplained = messages.flatMap(({ place, reading }, i) =>
        differencesOf(reading.tree, dissections[i]!).filter((difference) => {
          const limit = limitOf(place, difference);
          if (limit !== undefined) used.add(limit);
          return limit === undefined;
        }).map((difference) => ({ place, ...difference }))
      );
      assert.deepEqual(unexplained, []);
      const texts = dissections.map((it) => JSON.stringify(it));
      assert.deepEqual([...unknownTo(messages, texts, isKnown)].sort(), [...unknown].sort());
    });
  }

  it("no reason is left over", () => {
    const left = TSHARK_LIMITS.filter((it) => it.isOfVectors !== true && !used.has(it));
    assert.deepEqual(left.map(({ reason }) => reason), []);
  });
});

// For every entry of the registries: the time that a value takes grows with its size, not with the square of it.
import { describe, it } from "node:test";
import { ATTRIBUTES } from "../../src/bgp/attributes/registry.ts";
import { FAMILIES } from "../../src/bgp/nlri/registry.ts";
import { VECTORS } from "../bgp/attributes/vectors.ts";
import { fromHex } from "../decoding.ts";
import { FAMILY_VECTORS } from "../vectors/nlri/index.ts";
import { PREFIX_VECTORS } from "../vectors/nlri/prefixes.ts";
import { assertLinear, GROWTH } from "./growth.ts";
import { attributeMessage, nlriMessage } from "./vector_messages.ts";

/** What fits into one UPDATE beside the other attributes (RFC 8654). */
const VALUE_BYTES_MAX = 64_000;

/** A header cut short ends the attributes, which keeps the block out of the cache: each time costs the same. */
const CUT_SHORT = "40";

/** The value as often as it fits: as a list of elements where it is one, as too long a value where it is none. */
function assertLinearIn(value: string, message: (value: string) => string): void {
  const plain = value.replace(/\s/g, "");
  const count = Math.floor(VALUE_BYTES_MAX / (plain.length / 2));
  const [small, large] = [Math.floor(count / GROWTH), count]
    .map((times) => fromHex(message(plain.repeat(times))));
  assertLinear(small!, large!);
}

/** The longest: it has most in it that could be looked at again and again. */
function longest<T>(values: readonly T[], hexOf: (value: T) => string): T {
  return values.toSorted((a, b) => hexOf(b).length - hexOf(a).length)[0]!;
}

describe("time grows with the size of a value", () => {
  for (const { code, name } of ATTRIBUTES) {
    it(`path attribute ${code} (${name})`, () => {
      const { flags, good } = VECTORS[code]!;
      const { value } = longest(good, (it) => it.value);
      assertLinearIn(
        value === "" ? "00" : value,
        (many) => attributeMessage(code, flags, many, 4, CUT_SHORT),
      );
    });
  }
  for (const { afi, safi, name } of FAMILIES) {
    it(`NLRI of ${afi}/${safi} ${name}`, () => {
      const key = `${afi}/${safi}`;
      const sound: readonly { nlri: string }[] = FAMILY_VECTORS[key]?.good ?? PREFIX_VECTORS[key]!;
      const { nlri } = longest(sound, (it) => it.nlri);
      assertLinearIn(nlri, (many) => nlriMessage(afi, safi, many, false));
    });
  }
});

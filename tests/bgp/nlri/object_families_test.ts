// Every family that is decoded to objects, driven by the registry: a new one is covered as soon as it has a line there.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FAMILIES } from "../../../src/bgp/nlri/registry.ts";
import type { ObjectFamily } from "../../../src/bgp/nlri/family.ts";
import { isFault } from "../../../src/wire/fault.ts";
import { fromHex } from "../../decoding.ts";
import { FAMILY_VECTORS } from "../../vectors/nlri/index.ts";

const objectFamilies = FAMILIES.filter((family): family is ObjectFamily =>
  family.kind === "object"
);

/** Decodes the one NLRI in `bytes`, placed at an odd offset between bytes that must not be read. */
function decode(family: ObjectFamily, bytes: Uint8Array, isWithdrawn: boolean): object {
  const start = 3;
  const slab = new Uint8Array(bytes.length + 2 * start).fill(0xa5);
  slab.set(bytes, start);
  const view = new DataView(slab.buffer);
  const end = start + bytes.length;
  try {
    assert.equal(family.endOfRoute(slab, view, start, end), end, "where the NLRI ends");
    return family.decode(slab, view, start, end, isWithdrawn);
  } catch (error) {
    if (!isFault(error)) throw error;
    throw { ...error, offset: error.offset - start };
  }
}

/** The value without members that are undefined, and without classes. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const defined = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(defined.map(([name, inner]) => [name, plain(inner)]));
}

/** `code@offset` of what `run` throws. */
function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!isFault(error)) throw error;
    return `${error.code}@${error.offset}`;
  }
  return "no fault";
}

describe("families that are decoded to objects", () => {
  it("have vectors, and vectors have families", () => {
    assert.deepEqual(
      Object.keys(FAMILY_VECTORS).toSorted(),
      objectFamilies.map(({ afi, safi }) => `${afi}/${safi}`).toSorted(),
    );
  });
  for (const family of objectFamilies) {
    const vectors = FAMILY_VECTORS[`${family.afi}/${family.safi}`];
    if (vectors === undefined) continue;
    describe(`${family.afi}/${family.safi} ${family.name}`, () => {
      for (const { name, nlri, isWithdrawn = false, route } of vectors.good) {
        it(`decodes ${name}`, () => {
          assert.deepEqual(plain(decode(family, fromHex(nlri), isWithdrawn)), route);
        });
        it(`survives ${name} cut at every byte`, () => {
          const bytes = fromHex(nlri);
          for (let length = 1; length < bytes.length; length++) {
            // A shorter NLRI may be sound too; only a fault is allowed beside that.
            faultOf(() => decode(family, bytes.slice(0, length), isWithdrawn));
          }
        });
      }
      for (const { name, nlri, fault, isBorderLost = false } of vectors.malformed) {
        it(`refuses ${name}`, () => {
          const bytes = fromHex(nlri);
          assert.equal(faultOf(() => decode(family, bytes, false)), fault);
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          const isLost = faultOf(() => family.endOfRoute(bytes, view, 0, bytes.length)) !==
            "no fault";
          assert.equal(isLost, isBorderLost, "whether the border is lost");
        });
      }
    });
  }
});

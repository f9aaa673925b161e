// Every entry of the registries, damaged in every way: the damage stays where it is, and what stands beside it survives.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ATTRIBUTES } from "../../src/bgp/attributes/registry.ts";
import { CAPABILITY_SPECS, decodeCapabilities } from "../../src/bgp/capabilities/registry.ts";
import type { Family, ObjectFamily } from "../../src/bgp/nlri/family.ts";
import { FAMILIES } from "../../src/bgp/nlri/registry.ts";
import { type DecodeFault, isFault } from "../../src/wire/fault.ts";
import { addPath, attribute, MANDATORY, mpReach, mpUnreach, peerUp, uint } from "../building.ts";
import { routeMonitoring } from "../building.ts";
import type { RecordLine } from "../corpus/records.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  type Decode,
  decodeHex,
  faultList,
  fromHex,
} from "../decoding.ts";
import { type Player, playerWith } from "../formats/gobmp/sessions.ts";
import { GOOD_CAPABILITIES, MALFORMED_CAPABILITIES } from "../vectors/capabilities.ts";
import { FAMILY_VECTORS } from "../vectors/nlri/index.ts";
import { PREFIX_VECTORS } from "../vectors/nlri/prefixes.ts";
import { members, renderBlock } from "./attributes/blocks.ts";
import { VECTORS } from "./attributes/vectors.ts";

const END_OF_RIB = 1004;
const DECODE_ERROR = 1007;
const NEXT_HOPS = { 32: "c0000201", 128: "20010db8000000000000000000000001" };
const PATH_ID = "00000001";
/** Their routes have no end of their own: an attribute has one. */
const ONE_ROUTE_AN_ATTRIBUTE: ReadonlySet<string> = new Set(["16397/241"]);

function keyOf({ afi, safi }: Family): string {
  return `${afi}/${safi}`;
}

/** An UPDATE with these NLRI of a family; with path identifiers where the family has them and they are asked for. */
function update(family: Family, nlri: readonly string[], isWithdrawn: boolean, ids: boolean) {
  const list = nlri.map((it) => (ids ? PATH_ID : "") + it).join("");
  const nextHop = NEXT_HOPS[family.afi === 2 ? 128 : 32];
  const attributes = isWithdrawn
    ? mpUnreach(family.afi, family.safi, list)
    : MANDATORY + mpReach(family.afi, family.safi, nextHop, list);
  return routeMonitoring({ attributes });
}

function playerFor(family: Family, ids: boolean): Player {
  const modes = ids ? addPath([family.afi, family.safi, 3]) : "";
  return playerWith([peerUp({}, { sent: modes, received: modes })]);
}

/** What the records of routes say of the routes themselves: without their place and the attributes. */
function routesOf(records: readonly RecordLine[]): object[] {
  return records.filter(({ type }) => type !== DECODE_ERROR).map(({ type, data }) => {
    const { part: _part, sequence: _sequence, base_attrs: _base, ...own } = data;
    return { type, ...own };
  });
}

function codesOf(records: readonly RecordLine[]): unknown[] {
  return records.filter(({ type }) => type === DECODE_ERROR).map(({ data }) => data["code"]);
}

function decodeListOf(family: ObjectFamily, isWithdrawn: boolean): Decode<object> {
  return (bytes, view, start, end) => {
    const routes: object[] = [];
    const faults: DecodeFault[] = [];
    for (let pos = start; pos < end;) {
      const next = family.endOfRoute(bytes, view, pos, end);
      assert.ok(next > pos && next <= end, `from ${pos} to ${next} of ${end}`);
      try {
        routes.push(family.decode(bytes, view, pos, next, isWithdrawn));
      } catch (error) {
        if (!isFault(error)) throw error;
        assert.ok(error.offset >= pos && error.offset <= next, `${error.code} is elsewhere`);
        faults.push(error);
      }
      pos = next;
    }
    return { routes, faults };
  };
}

for (const family of FAMILIES) {
  describe(`NLRI of ${keyOf(family)} ${family.name}`, () => {
    const hasPathIds = family.kind === "prefix" || family.addPath;
    const sound: readonly { name: string; nlri: string; isWithdrawn?: true }[] =
      (family.kind === "prefix"
        ? PREFIX_VECTORS[keyOf(family)]
        : FAMILY_VECTORS[keyOf(family)]?.good) ??
        [];

    const isAlone = ONE_ROUTE_AN_ATTRIBUTE.has(keyOf(family));

    it("has vectors", () => assert.ok(sound.length > 0));

    it("is announced, withdrawn and ended", () => {
      for (const ids of hasPathIds ? [false, true] : [false]) {
        for (const { nlri } of sound.filter((it) => it.isWithdrawn !== true)) {
          const player = playerFor(family, ids);
          const [added] = player.frame(update(family, [nlri], false, ids));
          const [deleted] = player.frame(update(family, [nlri], true, ids));
          assert.deepEqual([added?.data["action"], deleted?.data["action"]], ["add", "del"]);
          assert.equal(added?.type, deleted?.type);
          assert.equal(added?.data["path_id"], ids ? 1 : undefined);
        }
        const ends = playerFor(family, ids).frame(update(family, [], true, ids))
          .filter(({ type }) => type === END_OF_RIB);
        assert.deepEqual(ends.map(({ data }) => data["family"]), [family.name]);
      }
    });

    for (const { name, nlri, isWithdrawn = false } of sound) {
      it(`twice and thrice in one UPDATE, with path identifiers and without: ${name}`, () => {
        for (const ids of hasPathIds ? [false, true] : [false]) {
          const once = playerFor(family, ids).frame(update(family, [nlri], isWithdrawn, ids));
          const [route, ...more] = routesOf(once);
          assert.ok(route !== undefined && more.length === 0, `${more.length + 1} records`);
          // The same default route thrice reads as something else where path identifiers are possible.
          if (nlri === "00" || isAlone) continue;
          const thrice = playerFor(family, ids)
            .frame(update(family, [nlri, nlri, nlri], isWithdrawn, ids));
          assert.deepEqual(codesOf(thrice), codesOf(once));
          assert.deepEqual(routesOf(thrice), [route, route, route]);
        }
      });
    }
    if (family.kind === "prefix") {
      for (
        const { name, nlri, isWithdrawn = false, members: own } of PREFIX_VECTORS[keyOf(family)] ??
          []
      ) {
        it(`decodes ${name}`, () => {
          const [record] = playerFor(family, false).frame(
            update(family, [nlri], isWithdrawn, false),
          );
          const found = Object.keys(own).map((name) => [name, record?.data[name]]);
          assert.deepEqual(Object.fromEntries(found), own);
        });
      }
      return;
    }

    const malformed = FAMILY_VECTORS[keyOf(family)]?.malformed ?? [];
    for (const { name, nlri, isWithdrawn = false } of sound) {
      it(`cut and changed anywhere, nothing beyond its end is read: ${name}`, () => {
        const decode = decodeListOf(family, isWithdrawn);
        checkTruncations(decode, nlri);
        checkMutations(decode, nlri);
        checkMutations(decode, nlri + nlri);
      });
    }
    it("survives noise", () => checkNoise(decodeListOf(family, false)));
    for (const { name, nlri, isBorderLost = false } of isAlone ? [] : malformed) {
      it(`a broken neighbour costs itself: ${name}`, () => {
        const good = sound.find((it) => it.isWithdrawn !== true)!.nlri;
        for (const ids of hasPathIds ? [false, true] : [false]) {
          const [route] = routesOf(
            playerFor(family, ids).frame(update(family, [good], false, ids)),
          );
          const records = playerFor(family, ids)
            .frame(update(family, [good, nlri, good], false, ids));
          const routes = routesOf(records);
          assert.ok(codesOf(records).length > 0, "nobody says what was lost");
          if (isBorderLost) assert.deepEqual(routes[0], route);
          else assert.deepEqual(routes, [route, route]);
        }
      });
    }
  });
}

describe("a broken path attribute costs none of the others", () => {
  for (const broken of ATTRIBUTES) {
    const vectors = VECTORS[broken.code];
    if (vectors === undefined || vectors.malformed.length === 0) continue;
    it(`${broken.code} ${broken.name}`, () => {
      for (const spec of ATTRIBUTES) {
        const own = VECTORS[spec.code];
        // The path of attribute 17 is merged into that of attribute 2, as 18 into 7.
        if (own === undefined || spec === broken || isMerged(spec.code, broken.code)) continue;
        const { value, options } = own.good.at(-1)!;
        const soundHex = attribute(own.flags, spec.code, value);
        const expected = members(renderBlock(soundHex, options));
        for (const bad of vectors.malformed) {
          const badHex = attribute(vectors.flags, broken.code, bad.value);
          const left: object = vectors.membersOfMalformed?.(bad.value) ?? {};
          for (const hex of [badHex + soundHex, soundHex + badHex]) {
            const block = renderBlock(hex, { ...bad.options, ...options });
            if ((options?.asWidth ?? 4) !== (bad.options?.asWidth ?? 4)) continue;
            assert.deepEqual(
              members(block),
              { ...expected, ...left },
              `${bad.name} beside ${spec.name}`,
            );
            assert.equal(block.faults.length, 1);
            assert.equal(block.outcome, bad.outcome ?? vectors.outcome);
          }
        }
      }
    });
  }
});

/** AS_PATH with AS4_PATH, AGGREGATOR with AS4_AGGREGATOR (RFC 6793 section 4.2.3): one says how the other reads. */
function isMerged(code: number, other: number): boolean {
  return [[2, 17], [7, 18]].some((pair) => pair.includes(code) && pair.includes(other));
}

describe("a broken capability costs none of the others", () => {
  const decode: Decode<{ codes: number[]; kinds: string[]; faults: DecodeFault[] }> = (
    bytes,
    view,
    start,
    end,
  ) => {
    const faults: DecodeFault[] = [];
    const found = decodeCapabilities(bytes, view, start, end, faults);
    return {
      codes: found.map(({ code }) => code),
      kinds: found.map(({ value }) => value.kind),
      faults,
    };
  };
  const capability = (code: number, value: string): string =>
    uint(code, 1) + uint(fromHex(value).length, 1) + value;

  for (const [code, bad, fault] of MALFORMED_CAPABILITIES) {
    it(`${code} ${bad}`, () => {
      for (const spec of CAPABILITY_SPECS) {
        const [value, { kind }] = GOOD_CAPABILITIES[spec.code]![0] as [string, { kind: string }];
        const good = capability(spec.code, value);
        const { codes, kinds, faults } = decodeHex(decode, good + capability(code, bad) + good);
        assert.deepEqual(codes, [spec.code, code, spec.code]);
        assert.deepEqual(kinds, [kind, "opaque", kind]);
        const [name, at] = fault.split("@");
        assert.deepEqual(faultList(faults), [`${name}@${Number(at) + fromHex(good).length}`]);
      }
    });
  }
});

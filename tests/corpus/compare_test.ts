// The comparison itself, so that a silent one is not taken for agreement.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareRecords, type Rule, type RuleUse } from "./compare.ts";
import type { JsonObject } from "./corpus.ts";
import { prefixHex } from "./routes.ts";
import type { RecordLine } from "./records.ts";
import type { StreamFacts } from "./frames.ts";

const FACTS: StreamFacts = {
  localAddresses: new Set(),
  withdrawOnly: new Map(),
  bytesAfterUpdate: new Set(),
  peersAtEnd: 0,
};

function route(members: JsonObject): RecordLine {
  const data = {
    action: "add",
    router_hash: "r",
    prefix: "192.0.2.0",
    base_attrs: { med: 1, origin: "igp" },
    ...members,
  };
  return { type: 74, key: "r", data };
}

function compare(
  theirs: RecordLine[],
  ours: RecordLine[],
  rules: Rule[] = [],
  used: RuleUse = new Map(),
): string[] {
  return compareRecords(theirs, ours, FACTS, rules, used);
}

describe("compareRecords()", () => {
  it("finds nothing where both sides hold the same records in another order, members in another order", () => {
    const other = route({ prefix: "198.51.100.0" });
    const turned = {
      ...route({}),
      data: Object.fromEntries(Object.entries(route({}).data).reverse()),
    };
    assert.deepEqual(compare([route({}), other], [other, turned]), []);
  });

  it("counts: a record that one side has twice", () => {
    assert.equal(compare([route({}), route({})], [route({})]).length, 1);
    assert.equal(compare([route({})], [route({}), route({})]).length, 1);
  });

  it("finds a member of the record and of base_attrs that differs, is missing, or is too many", () => {
    const ours = [
      route({ nexthop: "192.0.2.1" }),
      route({ base_attrs: { med: 2, origin: "igp" } }),
      route({ base_attrs: { origin: "igp" } }),
    ];
    assert.deepEqual(ours.map((it) => compare([route({})], [it])[0]?.split(":")[0]), [
      "nexthop",
      "base_attrs.med",
      "base_attrs.med",
    ]);
  });

  it("pairs a record with the one of the same route that differs least", () => {
    const near = route({ nexthop: "192.0.2.1" });
    const far = route({ nexthop: "192.0.2.2", base_attrs: { med: 9, origin: "egp" } });
    assert.equal(compare([far, near], [route({ nexthop: "192.0.2.3" })]).length, 2);
  });

  it("finds another key", () => {
    assert.equal(compare([route({})], [{ ...route({}), key: "x" }]).length, 1);
  });

  it("counts the uses of a rule, and leaves what it does not accept", () => {
    const rule: Rule = {
      name: "med",
      reason: "",
      member: (it) => it.member === "base_attrs.med" && it.ours === 2,
    };
    const used: RuleUse = new Map();
    assert.equal(
      compare([route({})], [route({ base_attrs: { med: 2, origin: "igp" } })], [rule], used).length,
      0,
    );
    assert.equal(
      compare([route({})], [route({ base_attrs: { med: 3, origin: "igp" } })], [rule], used).length,
      1,
    );
    assert.deepEqual([...used], [["med", 1]]);
  });
});

describe("prefixHex()", () => {
  it("masks host bits and reads all spellings", () => {
    assert.equal(prefixHex("198.51.100.255", 25, 1), "c6336480");
    assert.equal(prefixHex("2001:db8::1:0:0:1", 48, 2), `20010db80000${"0".repeat(20)}`);
    assert.equal(prefixHex("10.0.0.0", 104, 2), `${"0".repeat(20)}ffff0a000000`);
    assert.equal(prefixHex("::ffff:10.0.0.1", 128, 2), `${"0".repeat(20)}ffff0a000001`);
    assert.equal(prefixHex("::", 0, 2), "0".repeat(32));
  });
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ATTRIBUTE_BY_CODE, ATTRIBUTES } from "../../../src/bgp/attributes/registry.ts";
import { Outcome } from "../../../src/bgp/attributes/spec.ts";
import { attribute, MANDATORY } from "../../building.ts";
import { fromHex } from "../../decoding.ts";
import { members, renderBlock } from "./blocks.ts";
import { VECTORS } from "./vectors.ts";

/** MULTI_EXIT_DISC 7, to stand before the attribute under test; 7 octets. */
const BEFORE = attribute(0x80, 4, "00000007");
/** An unknown attribute, to stand behind it. */
const BEHIND = attribute(0xc0, 250, "abcd");
const BEHIND_MEMBER = { type: 250, flags: 0xc0, value: "q80=" };

/** Without the neighbour in front where that is the attribute under test. */
function between(code: number, hex: string): string {
  return (code === 4 ? "" : BEFORE) + hex + BEHIND;
}

function withNeighbours(code: number, own: object): object {
  return { ...(code === 4 ? {} : { med: 7 }), ...own, unknown_attributes: [BEHIND_MEMBER] };
}

/** The offset of a value in {@linkcode between}. */
function valueOffset(code: number, value: string): number {
  const headerBytes = fromHex(value).length > 255 ? 4 : 3;
  return (code === 4 ? 0 : fromHex(BEFORE).length) + headerBytes;
}

for (const spec of ATTRIBUTES) {
  describe(`path attribute ${spec.code} (${spec.name})`, () => {
    const vectors = VECTORS[spec.code]!;

    it("has vectors that agree with its spec", () => {
      assert.ok(vectors !== undefined && vectors.good.length > 0);
      assert.equal(spec.flags, vectors.flags);
      assert.equal(spec.malformed, Outcome[vectors.outcome], vectors.section);
      assert.equal(spec.discardIfExternal, vectors.discardIfExternal);
      assert.equal(ATTRIBUTE_BY_CODE[spec.code], spec);
    });

    for (const { name, value, members: own, options, isAtomic } of vectors.good) {
      it(`decodes: ${name}`, () => {
        const block = renderBlock(
          between(spec.code, attribute(vectors.flags, spec.code, value)),
          options,
        );
        assert.deepEqual(members(block), withNeighbours(spec.code, own));
        assert.equal(block.base["is_atomic_agg"], isAtomic === true);
        assert.deepEqual(block.faults, []);
        assert.equal(block.outcome, "none");
      });
    }

    for (const { name, value, fault, options, outcome = vectors.outcome } of vectors.malformed) {
      it(`malformed: ${name} (${vectors.section})`, () => {
        const hex = between(spec.code, attribute(vectors.flags, spec.code, value));
        const [code, at] = fault.split("@");
        const expected = [`${code}@${valueOffset(spec.code, value) + Number(at)}`];
        for (const around of [0x00, 0xff]) {
          for (const external of [false, true]) {
            const block = renderBlock(hex, { ...options, around, external });
            const left = vectors.membersOfMalformed?.(value) ?? {};
            assert.deepEqual(members(block), withNeighbours(spec.code, left));
            assert.equal(block.base["is_atomic_agg"], false);
            assert.deepEqual(block.faults, expected);
            const isDiscarded = external && vectors.discardIfExternal === true;
            assert.equal(block.outcome, isDiscarded ? "attributeDiscard" : outcome);
          }
        }
      });
    }

    it("wrong Optional or Transitive bits (RFC 7606 section 3 c)", () => {
      const { value, options } = vectors.good[0]!;
      for (const flags of [0x00, 0x40, 0x80, 0xc0]) {
        const hex = between(spec.code, attribute(flags, spec.code, value));
        const block = renderBlock(hex, options);
        const isRight = flags === vectors.flags;
        const wrong = vectors.discardIfTransitive && (flags & 0x40) !== 0
          ? "attributeDiscard"
          : "treatAsWithdraw";
        assert.equal(block.outcome, isRight ? "none" : wrong);
        assert.equal(block.faults.length, isRight ? 0 : 1);
        if (isRight) continue;
        assert.match(block.faults[0]!, /^attribute-flags@/);
        assert.deepEqual(members(block), withNeighbours(spec.code, {}));
        assert.equal(block.base["is_atomic_agg"], false);
      }
    });

    it("Partial and Extended Length bits say nothing about the value", () => {
      const { value, options, members: own } = vectors.good[0]!;
      for (const flags of [0x10, 0x20, 0x30, 0x0f]) {
        const hex = between(spec.code, attribute(vectors.flags | flags, spec.code, value));
        const block = renderBlock(hex, options);
        assert.deepEqual(members(block), withNeighbours(spec.code, own));
        assert.deepEqual(block.faults, []);
      }
    });

    it("cut at every byte: neighbours survive, nothing beyond the end is read", () => {
      for (const { value, options } of vectors.good) {
        const bytes = fromHex(value);
        for (let length = 0; length < Math.min(bytes.length, 64); length++) {
          const cut = Array.from(
            bytes.subarray(0, length),
            (it) => it.toString(16).padStart(2, "0"),
          );
          const hex = between(spec.code, attribute(vectors.flags, spec.code, cut.join("")));
          const blocks = [0x00, 0xff].map((around) => renderBlock(hex, { ...options, around }));
          assert.equal(blocks[0]!.text, blocks[1]!.text);
          for (const { base, faults } of blocks) {
            if (spec.code !== 4) assert.equal(base["med"], 7);
            assert.deepEqual(base["unknown_attributes"], [BEHIND_MEMBER]);
            assert.ok(faults.length <= 1);
          }
        }
      }
    });

    it("any value: neighbours survive, faults lie inside", () => {
      const good = fc.constantFrom(...vectors.good.map((it) => fromHex(it.value)));
      const change = fc.tuple(fc.nat(600), fc.nat(255));
      const mutated = fc.tuple(good, fc.array(change, { maxLength: 4 })).map(([value, changes]) => {
        const bytes = value.slice();
        for (const [at, octet] of changes) if (bytes.length > 0) bytes[at % bytes.length] = octet;
        return bytes;
      });
      const value = fc.oneof(mutated, fc.uint8Array({ maxLength: 40 }));
      fc.assert(
        fc.property(value, fc.constantFrom(2 as const, 4 as const), (bytes, asWidth) => {
          const text = Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
          const hex = between(spec.code, attribute(vectors.flags, spec.code, text));
          const block = renderBlock(hex, { asWidth, around: 0x00 });
          assert.equal(block.text, renderBlock(hex, { asWidth, around: 0xff }).text);
          assert.deepEqual(block.base["unknown_attributes"], [BEHIND_MEMBER]);
          const start = valueOffset(spec.code, text);
          for (const fault of block.faults) {
            const offset = Number(fault.split("@")[1]);
            assert.ok(offset >= start && offset <= start + bytes.length, fault);
          }
        }),
        { numRuns: 150 },
      );
    });
  });
}

describe("blocks of path attributes", () => {
  it("without any attribute", () => {
    const block = renderBlock("");
    assert.equal(
      block.text,
      '{"base_attr_hash":"d41d8cd98f00b204e9800998ecf8427e","is_atomic_agg":false}',
    );
    assert.equal(block.originAs, -1);
    assert.equal(block.color, -1);
    assert.equal(block.originValidation, -1);
  });

  it("hash covers all values in wire order, MP and repeated ones included", () => {
    const hex = attribute(0x80, 15, "000201") + attribute(0x40, 1, "00") +
      attribute(0x40, 1, "01") + attribute(0x90, 14, "00020104c000020100");
    const md5 = createHash("md5").update(fromHex("000201 00 01 00020104c000020100")).digest("hex");
    assert.equal(renderBlock(hex).base["base_attr_hash"], md5);
  });

  it("of a repeated attribute the first counts (RFC 7606 section 3 g)", () => {
    for (const [code, { flags, good }] of Object.entries(VECTORS)) {
      const { value, options, members: own } = good[0]!;
      const once = attribute(flags, Number(code), value);
      const block = renderBlock(once + attribute(0x00, Number(code), "ffffff"), options);
      if (code === "14" || code === "15") continue;
      assert.deepEqual(members(block), own, code);
      assert.deepEqual(block.faults, []);
    }
    const unknown = renderBlock(attribute(0xc0, 250, "01") + attribute(0xc0, 250, "02"));
    assert.deepEqual(members(unknown), {
      unknown_attributes: [{ type: 250, flags: 0xc0, value: "AQ==" }],
    });
  });

  it("keeps unknown attributes with flags and value, empty ones too", () => {
    const hex = attribute(0xe0, 99, "") + attribute(0xd0, 255, "00".repeat(300)) +
      attribute(0x40, 0, "ff");
    assert.deepEqual(members(renderBlock(hex)), {
      unknown_attributes: [
        { type: 99, flags: 0xe0 },
        { type: 255, flags: 0xd0, value: "A".repeat(400) },
        { type: 0, flags: 0x40, value: "/w==" },
      ],
    });
  });

  it("the strongest outcome counts (RFC 7606 section 3 h)", () => {
    const discard = attribute(0xc0, 7, "00");
    const withdraw = attribute(0x40, 1, "09");
    assert.equal(renderBlock(discard).outcome, "attributeDiscard");
    for (const hex of [discard + withdraw, withdraw + discard]) {
      const block = renderBlock(hex);
      assert.equal(block.outcome, "treatAsWithdraw");
      assert.equal(block.faults.length, 2);
    }
  });

  it("attributes that do not fit: what stands before is kept (RFC 7606 section 4)", () => {
    const sound = attribute(0x40, 1, "00");
    const cases: [name: string, hex: string, fault: string][] = [
      ["one octet", "40", "attribute-header@4"],
      ["two octets", "4002", "attribute-header@4"],
      ["three octets with extended length", "500200", "attribute-header@4"],
      ["a length past the end", "400203 0201", "attribute-length@4"],
      ["an extended length past the end", "5002 0003 0201", "attribute-length@4"],
    ];
    for (const [name, hex, fault] of cases) {
      const block = renderBlock(sound + hex);
      assert.deepEqual(members(block), { origin: "igp" }, name);
      assert.deepEqual(block.faults, [fault], name);
      assert.equal(block.outcome, "treatAsWithdraw", name);
    }
  });

  it("reads the same anywhere", () => {
    const hex = MANDATORY +
      Object.entries(VECTORS).map(([code, { flags, good }]) =>
        attribute(flags, Number(code), good.at(-1)!.value)
      ).join("");
    assert.equal(renderBlock(hex, { around: 0 }).text, renderBlock(hex, { around: 255 }).text);
    assert.deepEqual(renderBlock(hex).faults, []);
  });
});

describe("the Extension flag of PMSI_TUNNEL (RFC 7902 section 3)", () => {
  const tunnel = attribute(0xc0, 22, "4006000000 c0000201");

  it("has its flags in an extended community, wherever that stands", () => {
    const flags = attribute(0xc0, 16, "0002000100000002 0307000000000001");
    for (const hex of [tunnel + flags, flags + tunnel]) {
      assert.deepEqual(renderBlock(hex).faults, []);
    }
  });

  it("is malformed beside other communities", () => {
    const others = attribute(0xc0, 16, "0002000100000002");
    assert.deepEqual(renderBlock(others + tunnel).faults, ["pmsi-tunnel-extension@14"]);
  });
});

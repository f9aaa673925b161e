import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeLinkStateTlvs } from "../../../src/bgp/link_state/attribute.ts";
import { LINK_STATE_TLVS } from "../../../src/bgp/link_state/attribute_registry.ts";
import type { Tlv } from "../../../src/bgp/link_state/attribute_spec.ts";
import { uint } from "../../building.ts";
import {
  checkMutations,
  checkTruncations,
  decodeHex,
  faultList,
  rangeHex,
} from "../../decoding.ts";
import { BGP_LS_VECTORS } from "../../vectors/attributes/029_bgp_ls.ts";
import { renderBlock } from "../attributes/blocks.ts";

/** Levels that are decoded. */
const MAX_DEPTH = 4;

function tlv(type: number, value: string): string {
  const hex = value.replace(/\s/g, "");
  return uint(type, 2) + uint(hex.length / 2, 2) + hex;
}

/** Types that a list of TLVs shows decoded, with those inside. */
function decodedTypes(tlvs: readonly Tlv[]): number[] {
  return tlvs.flatMap(({ type, value }) => {
    if (value === undefined) return [];
    const inner = (value as { subTlvs?: readonly Tlv[] }).subTlvs ?? [];
    return [type, ...decodedTypes(inner)];
  });
}

describe("the registry of BGP-LS TLVs", () => {
  it("has each type once", () => {
    const codes = LINK_STATE_TLVS.map(({ code }) => code);
    assert.deepEqual(codes, [...new Set(codes)]);
  });

  for (const { code, name } of LINK_STATE_TLVS) {
    it(`has a vector for ${code} (${name})`, () => {
      assert.ok(
        BGP_LS_VECTORS.good.some(({ value }) =>
          decodedTypes(decodeHex(decodeLinkStateTlvs, value).tlvs).includes(code)
        ),
      );
    });
  }
});

describe("TLVs of the BGP-LS attribute", () => {
  it("keep their order, repetitions and places", () => {
    const hex = tlv(1026, "72") + tlv(9999, "ab") + tlv(1026, "73") + tlv(1024, "80");
    const { tlvs, ranges, faults } = decodeHex(decodeLinkStateTlvs, hex);
    assert.deepEqual(tlvs.map(({ type }) => type), [1026, 9999, 1026, 1024]);
    assert.deepEqual(tlvs.map(({ value, hex }) => value ?? hex), ["r", "ab", "s", ["O"]]);
    assert.deepEqual(ranges.map((range) => rangeHex(hex, range)), ["72", "ab", "73", "80"]);
    assert.deepEqual(faults, []);
  });

  it("a malformed one costs itself, is kept as hex, and says where it is", () => {
    const hex = tlv(1024, "8000") + tlv(1026, "72") + tlv(1095, "");
    const { tlvs, faults } = decodeHex(decodeLinkStateTlvs, hex);
    assert.deepEqual(tlvs.map(({ error }) => error), [
      "ls-tlv-value-length",
      undefined,
      "ls-tlv-value-length",
    ]);
    assert.equal(tlvs[0]!.hex, "8000");
    assert.deepEqual(faultList(faults), ["ls-tlv-value-length@4", "ls-tlv-value-length@15"]);
    assert.equal(faults[0]!.within, "in BGP-LS TLV 1024 (Node Flag Bits)");
  });

  it("a malformed one inside another costs itself; lost borders cost the outer one", () => {
    const sound = tlv(1092, "0000000a");
    const inner = decodeHex(decodeLinkStateTlvs, tlv(1122, `00000000${tlv(1088, "01")}${sound}`));
    assert.deepEqual(decodedTypes(inner.tlvs), [1122, 1092]);
    assert.deepEqual(faultList(inner.faults), ["ls-tlv-value-length@12"]);
    const outer = decodeHex(decodeLinkStateTlvs, tlv(1122, `00000000 0440 0005 00`) + sound);
    assert.deepEqual(decodedTypes(outer.tlvs), [1092]);
    assert.deepEqual(faultList(outer.faults), ["ls-tlv-length@10"]);
  });

  it("are decoded to a depth, and kept as bytes below", () => {
    let hex = tlv(1092, "0000000a");
    for (let depth = 0; depth < 200; depth++) hex = tlv(1122, `00000000${hex}`);
    const { tlvs, faults } = decodeHex(decodeLinkStateTlvs, hex);
    assert.deepEqual(decodedTypes(tlvs), new Array(MAX_DEPTH).fill(1122));
    assert.deepEqual(faults, []);
  });

  it("become text of at most a constant times their bytes", () => {
    const worst = [
      tlv(1024, "ff").repeat(1000),
      tlv(1046, "").repeat(1000),
      tlv(263, "f000".repeat(1000)),
      tlv(266, "0100".repeat(1000)),
      tlv(1039, `00000000${tlv(1043, "ff".repeat(8)).repeat(300)}`),
      tlv(1122, `08080000${"ff".repeat(16)}`).repeat(100),
    ];
    for (const hex of worst) {
      const { text } = renderBlock(`901d${uint(hex.length / 2, 2)}${hex}`);
      assert.ok(text.length < 32 * hex.length / 2, `${text.length} of ${hex.length / 2}`);
    }
  });

  it("numbers of 64 bits are exact", () => {
    const hex = tlv(1154, "ffffffffffffffff 0020000000000001") + tlv(1181, "8000000000000001");
    const { text } = renderBlock(`801d${uint(hex.length / 2, 1)}${hex}`);
    assert.match(text, /\[18446744073709551615,9007199254740993\]/);
    assert.match(text, /"value":9223372036854775809/);
  });

  it("cut or changed anywhere: a result or a fault inside", () => {
    for (const { value } of BGP_LS_VECTORS.good) {
      if (value === "") continue;
      checkTruncations(decodeLinkStateTlvs, value);
      checkMutations(decodeLinkStateTlvs, value);
    }
  });
});

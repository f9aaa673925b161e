import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prefixSidObject } from "../../../src/formats/gobmp/prefix_sid.ts";
import { putJson } from "../../../src/wire/text.ts";
import { ByteWriter } from "../../../src/wire/writer.ts";
import { fromHex } from "../../decoding.ts";

/** `prefix_sid` of an attribute, as it is written. */
function prefixSid(attribute: string): unknown {
  const bytes = fromHex(attribute);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new ByteWriter();
  putJson(out, prefixSidObject(bytes, view, 0, bytes.length));
  return JSON.parse(new TextDecoder().decode(out.written()));
}

const SID = "20010db8f00300000000000000000000";

describe("prefix_sid", () => {
  it("of segment routing", () => {
    assert.deepEqual(prefixSid("0100070000000000000a0300080000003e80001f40"), {
      label_index: { last_index: 10 },
      originator_srgb: { srgb: [{ first: 16000, number: 8000 }] },
    });
  });

  it("leaves out zeros, but not flags", () => {
    assert.deepEqual(prefixSid("01000700000100000000030008000200000000001f"), {
      label_index: { flags: 1 },
      originator_srgb: { flags: 2, srgb: [{ number: 31 }] },
    });
  });

  it("of an SRv6 L3 service (goBMP's example)", () => {
    assert.deepEqual(prefixSid(`0500220001001e00${SID}00001100010006281810001040`), {
      srv6_l3_service: {
        sub_tlvs: {
          "1": [{
            sid: "2001:db8:f003::",
            endpoint_behavior: 17,
            sub_sub_tlvs: {
              "1": [{
                locator_block_length: 40,
                locator_node_length: 24,
                function_length: 16,
                argument_length: 0,
                transposition_length: 16,
                transposition_offset: 64,
              }],
            },
          }],
        },
      },
    });
  });

  it("has unknown sub-TLVs and sub-sub-TLVs as base64, by type", () => {
    const unknownInside = `01001a00${SID}80001100630002abcd`;
    assert.deepEqual(prefixSid(`05002700${unknownInside}ff0003010203ff0000`), {
      srv6_l3_service: {
        sub_tlvs: {
          "1": [{
            sid: "2001:db8:f003::",
            flags: 128,
            endpoint_behavior: 17,
            sub_sub_tlvs: { "99": ["q80="] },
          }],
          "255": ["AQID", ""],
        },
      },
    });
  });

  it("leaves out an SRv6 L2 service", () => {
    assert.deepEqual(prefixSid(`0600220001001e00${SID}00001100010006281810001040`), {});
  });

  it("has the first TLV of a type", () => {
    assert.deepEqual(prefixSid("0100070000000000000a0100070000000000000b"), {
      label_index: { last_index: 10 },
    });
  });
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Random } from "../../src/generate/random.ts";
import { Md5, md5Hex } from "../../src/wire/md5.ts";
import { utf8 } from "../../src/wire/writer.ts";

function expected(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

function randomBytes(length: number, seed: number): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.below(256));
}

describe("MD5", () => {
  it("the test suite of RFC 1321", () => {
    const cases: [text: string, hex: string][] = [
      ["", "d41d8cd98f00b204e9800998ecf8427e"],
      ["a", "0cc175b9c0f1b6a831c399e269772661"],
      ["abc", "900150983cd24fb0d6963f7d28e17f72"],
      ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
      ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
    ];
    for (const [text, hex] of cases) assert.equal(md5Hex(utf8(text)), hex);
  });

  it("every length from 0 to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = randomBytes(length, length);
      assert.equal(md5Hex(bytes), expected(bytes), `length ${length}`);
    }
  });

  it("in any pieces, from any place", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 130 }), { maxLength: 5 });
    fc.assert(fc.property(pieces, fc.nat(9), (parts, padding) => {
      const hash = new Md5();
      for (const part of parts) {
        const around = new Uint8Array(padding + part.length + 3).fill(0xee);
        around.set(part, padding);
        hash.update(around, padding, padding + part.length);
      }
      assert.equal(hash.hex(), expected(Uint8Array.from(parts.flatMap((it) => [...it]))));
    }));
  });

  it("goes on from where another was, any number of times", () => {
    for (let common = 0; common <= 130; common++) {
      const head = randomBytes(common, common);
      const other = new Md5().update(head, 0, head.length);
      const start = other.mark();
      const hash = new Md5().update(head, 0, Math.min(3, common));
      for (const length of [0, 1, 9, 46, 55, 56, 63, 64, 65, 120]) {
        const tail = randomBytes(length, length);
        const whole = Uint8Array.from([...head, ...tail]);
        assert.equal(hash.startFrom(start).update(tail, 0, length).hex(), expected(whole));
      }
      assert.equal(other.hex(), expected(head));
    }
  });

  it("starts over after a reset", () => {
    const bytes = randomBytes(70, 1);
    const hash = new Md5().update(bytes, 0, 70);
    hash.hex();
    assert.equal(hash.reset().update(bytes, 0, 33).hex(), expected(bytes.subarray(0, 33)));
  });

  it("writes its digits where it is told to", () => {
    const out = new Uint8Array(40).fill(0x2e);
    new Md5().hexAt(out, 4);
    assert.equal(new TextDecoder().decode(out), "....d41d8cd98f00b204e9800998ecf8427e....");
  });
});

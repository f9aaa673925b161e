import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ByteWriter, KeptViews, Literal, utf8 } from "../../src/wire/writer.ts";

describe("ByteWriter", () => {
  it("keeps what was written while it grows", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("byte" as const), bytes: fc.uint8Array({ maxLength: 1 }) }),
      fc.record({ kind: fc.constant("raw" as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
      fc.record({ kind: fc.constant("range" as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
      fc.record({ kind: fc.constant("ascii" as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
      fc.record({ kind: fc.constant("literal" as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
    );
    fc.assert(fc.property(fc.nat(20), fc.array(step, { maxLength: 30 }), (capacity, steps) => {
      const out = new ByteWriter(capacity);
      const expected: number[] = [];
      for (const { kind, bytes } of steps) {
        const ascii = bytes.map((it) => it & 0x7f);
        if (kind === "byte") { for (const it of bytes) out.byte(it); }
        else if (kind === "raw") out.raw(bytes);
        else if (kind === "range") {
          out.range(Uint8Array.from([9, ...bytes, 9]), 1, bytes.length + 1);
        } else if (kind === "literal") out.literal(new Literal(String.fromCharCode(...ascii)));
        else out.ascii(String.fromCharCode(...ascii));
        expected.push(...(kind === "ascii" || kind === "literal" ? ascii : bytes));
      }
      assert.deepEqual([...out.written()], expected);
      assert.ok(out.bytes.length >= out.pos);
    }));
  });

  it("writes text as UTF-8, however wide", () => {
    for (const text of ["", "plain", "äöü", "€€€", "😀😀", "a😀ä€"]) {
      const out = new ByteWriter(0);
      out.byte(1);
      out.text(text);
      assert.deepEqual(out.written(), Uint8Array.from([1, ...new TextEncoder().encode(text)]));
    }
  });

  it("writes literals of any text", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const out = new ByteWriter(0);
      out.literal(new Literal(text));
      assert.deepEqual(out.written(), utf8(text));
    }));
  });

  it("grows by doubling, and at once for one large piece", () => {
    const out = new ByteWriter(16);
    out.raw(new Uint8Array(17));
    assert.equal(out.bytes.length, 32);
    out.ensure(1000);
    assert.equal(out.bytes.length, 1017);
    const before = out.bytes;
    out.ensure(1000);
    assert.equal(out.bytes, before);
  });

  it("copies out of its own buffer while it grows", () => {
    const out = new ByteWriter(8);
    out.raw(utf8("abcdefgh"));
    out.range(out.bytes, 2, 8);
    assert.equal(new TextDecoder().decode(out.written()), "abcdefghcdefgh");
  });

  it("hands out a view, a copy, and starts over", () => {
    const out = new ByteWriter(8);
    out.ascii("abcd");
    const copy = out.copyFrom(1);
    out.reset();
    assert.equal(out.written().length, 0);
    out.ascii("xyzw");
    assert.equal(new TextDecoder().decode(copy), "bcd");
    assert.equal(new TextDecoder().decode(out.written()), "xyzw");
  });
});

describe("KeptViews", () => {
  it("has one view for a length, of the buffer as it is now", () => {
    const out = new ByteWriter(8);
    const views = new KeptViews(2);
    out.ascii("abcdef");
    const view = views.upTo(out.bytes, 6);
    assert.equal(new TextDecoder().decode(view), "cdef");
    out.reset();
    out.ascii("uvwxyz");
    assert.equal(views.upTo(out.bytes, 6), view);
    assert.equal(new TextDecoder().decode(views.upTo(out.bytes, 5)), "wxy");
    out.ascii("x".repeat(2000));
    out.bytes[2] = 0x41;
    assert.equal(new TextDecoder().decode(views.upTo(out.bytes, 6)), "Axyz");
    assert.equal(views.upTo(out.bytes, 2000).length, 1998);
  });
});

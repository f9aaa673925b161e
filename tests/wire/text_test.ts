import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { isIPv4, isIPv6, SocketAddress } from "node:net";
import fc from "fast-check";
import {
  octetAt,
  putAddress,
  putBase64,
  putColonHex,
  putHex,
  putI32,
  putInteger,
  putIpv4,
  putIpv6,
  putJson,
  putJsonText,
  putRouteDistinguisher,
  putTimestamp,
  putTimestampUs,
  putU32,
} from "../../src/wire/text.ts";
import { addressText, colonHexText, utf8Text } from "../../src/wire/strings.ts";
import { ByteWriter } from "../../src/wire/writer.ts";
import { fromHex } from "../decoding.ts";

/** What a writing function writes, into a buffer that has to grow. */
function textOf(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter(1);
  out.ascii("before");
  write(out);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(out.written());
  assert.ok(text.startsWith("before"));
  return text.slice("before".length);
}

function ipv6(hex: string): string {
  return textOf((out) => putIpv6(out, fromHex(hex), 0));
}

/** RFC 5952 section 4, read anew: all candidates for `::`, the longest wins, of equals the first. */
function expectedIpv6(bytes: Uint8Array): string {
  const isMapped = bytes.subarray(0, 10).every((it) => it === 0) && bytes[10] === 0xff &&
    bytes[11] === 0xff;
  if (isMapped) return bytes.subarray(12).join(".");
  const groups = Array.from(
    { length: 8 },
    (_, i) => (bytes[2 * i]! * 256 + bytes[2 * i + 1]!).toString(16),
  );
  for (let length = 8; length >= 2; length--) {
    for (let start = 0; start + length <= 8; start++) {
      if (groups.slice(start, start + length).every((it) => it === "0")) {
        return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
      }
    }
  }
  return groups.join(":");
}

describe("IPv6 text", () => {
  const cases: [text: string, hex: string][] = [
    ["::", "00000000 00000000 00000000 00000000"],
    ["::1", "00000000 00000000 00000000 00000001"],
    ["1::", "00010000 00000000 00000000 00000000"],
    ["2001:db8::1", "20010db8 00000000 00000000 00000001"],
    // RFC 5952 section 4.2.2: one zero group is no run
    ["2001:db8:0:1:1:1:1:1", "20010db8 00000001 00010001 00010001"],
    // section 4.2.3: the longest run, of equals the first
    ["2001:0:0:1::1", "20010000 00000001 00000000 00000001"],
    ["2001:db8::1:0:0:1", "20010db8 00000000 00010000 00000001"],
    ["0:1:2:3:4:5:6:7", "00000001 00020003 00040005 00060007"],
    ["1:2:3:4:5:6:7:0", "00010002 00030004 00050006 00070000"],
    ["abcd:ef01:2345:6789:abcd:ef01:2345:6789", "abcdef01 23456789 abcdef01 23456789"],
    ["fe80::10:0", "fe800000 00000000 00000000 00100000"],
    // Go prints an IPv4-mapped address as IPv4, an IPv4-compatible one and a NAT64 one as IPv6
    ["192.0.2.1", "00000000 00000000 0000ffff c0000201"],
    ["::102:304", "00000000 00000000 00000000 01020304"],
    ["64:ff9b::102:304", "0064ff9b 00000000 00000000 01020304"],
    ["::fffe:c000:201", "00000000 00000000 0000fffe c0000201"],
    ["::1:ffff:c000:201", "00000000 00000000 0001ffff c0000201"],
  ];
  for (const [text, hex] of cases) it(`writes ${text}`, () => assert.equal(ipv6(hex), text));

  it("is the only canonical text", () => {
    const group = fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      fc.constantFrom(1, 15, 16, 0xff, 0x100, 0xfff, 0x1000, 0xffff),
      fc.nat(0xffff),
    );
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Uint8Array.from(groups.flatMap((it) => [it >> 8, it & 255]));
        const text = textOf((out) => putIpv6(out, bytes, 0));
        assert.equal(text, expectedIpv6(bytes));
        assert.ok(isIPv6(text) || isIPv4(text), text);
      }),
      { numRuns: 3000 },
    );
  });

  it("is what the system's parser reads back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = textOf((out) => putIpv6(out, bytes, 0));
        assert.equal(new SocketAddress({ address: text, family: "ipv6" }).address, text);
      }),
      { numRuns: 200 },
    );
  });
});

describe("numbers", () => {
  const edges = [0, 1, 9, 10, 99, 100, 255, 256, 999, 1000, 9999, 10000, 65535, 65536, 99999];
  const large = [100000, 999999, 1e6, 9999999, 1e7, 99999999, 1e8, 999999999, 1e9, 2147483647];
  const largest = [2147483648, 4294967294, 4294967295];

  it("octets", () => {
    for (let octet = 0; octet < 256; octet++) {
      const bytes = new Uint8Array(4).fill(0x2a);
      const end = octetAt(bytes, 1, octet);
      assert.equal(Buffer.from(bytes.subarray(1, end)).toString(), String(octet));
    }
  });

  it("u32", () => {
    for (const value of [...edges, ...large, ...largest]) {
      assert.equal(textOf((out) => putU32(out, value)), String(value));
      assert.equal(textOf((out) => putInteger(out, value)), String(value));
    }
    fc.assert(fc.property(fc.nat(0xffffffff), (value) => {
      assert.equal(textOf((out) => putU32(out, value)), String(value));
    }));
  });

  it("i32", () => {
    for (const value of [0, 1, -1, 2147483647, -2147483648, -255, -256]) {
      assert.equal(textOf((out) => putI32(out, value)), String(value));
    }
    fc.assert(fc.property(fc.integer(), (value) => {
      assert.equal(textOf((out) => putI32(out, value)), String(value));
    }));
  });

  it("integers up to 2^53", () => {
    for (const value of [4294967296, Number.MAX_SAFE_INTEGER, -1, -4294967296]) {
      assert.equal(textOf((out) => putInteger(out, value)), String(value));
    }
  });
});

describe("bytes", () => {
  it("hex with colons and addresses are those of the strings", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 20 }), (source) => {
      const { length } = source;
      const hex = textOf((out) => putColonHex(out, source, 1, length));
      assert.equal(hex, colonHexText(source, 1, length));
      for (const bits of [32, 128]) {
        const address = textOf((out) => putAddress(out, source, 0, bits));
        assert.equal(address, addressText(source, 0, bits));
      }
    }));
  });

  it("hex and base64 are those of Buffer", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(5), (bytes, start) => {
      const from = Math.min(start, bytes.length);
      const expected = Buffer.from(bytes.subarray(from));
      assert.equal(
        textOf((out) => putHex(out, bytes, from, bytes.length)),
        expected.toString("hex"),
      );
      assert.equal(
        textOf((out) => putBase64(out, bytes, from, bytes.length)),
        expected.toString("base64"),
      );
    }));
  });

  it("IPv4", () => {
    assert.equal(textOf((out) => putIpv4(out, fromHex("ffff 00010aff"), 2)), "0.1.10.255");
    assert.equal(textOf((out) => putIpv4(out, fromHex("ffffffff"), 0)), "255.255.255.255");
  });

  it("route distinguishers (RFC 4364 section 4.2)", () => {
    const cases: [hex: string, text: string][] = [
      ["0000 fde9 ffffffff", "65001:4294967295"],
      ["0001 c0000201 ffff", "192.0.2.1:65535"],
      ["0002 fffffffe 0064", "4294967294:100"],
      ["0000 0000 00000000", "0:0"],
    ];
    for (const [hex, text] of cases) {
      assert.equal(
        textOf((out) => assert.ok(putRouteDistinguisher(out, fromHex(hex), 0))),
        text,
      );
    }
    for (const hex of ["0003000000000000", "ffff000000000000"]) {
      assert.equal(
        textOf((out) => assert.ok(!putRouteDistinguisher(out, fromHex(hex), 0))),
        "",
      );
    }
  });
});

describe("JSON strings of network bytes", () => {
  /** Go's encoding/json: each byte that is not part of well-formed UTF-8 is one U+FFFD. */
  function goText(bytes: Uint8Array): string {
    let text = "";
    for (let pos = 0; pos < bytes.length;) {
      let length = 1;
      let found = "\ufffd";
      for (let tried = 1; tried <= 4 && pos + tried <= bytes.length; tried++) {
        try {
          const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
          found = decoder.decode(bytes.subarray(pos, pos + tried));
          length = tried;
          break;
        } catch {
          // not well-formed with this many bytes
        }
      }
      text += found;
      pos += length;
    }
    return text;
  }
  const parsed = (bytes: Uint8Array): unknown =>
    JSON.parse(textOf((out) => putJsonText(out, utf8Text(bytes, 0, bytes.length))));

  it("every byte alone, first and last", () => {
    for (let byte = 0; byte < 256; byte++) {
      for (const bytes of [[byte], [0x61, byte], [byte, 0x61], [byte, byte]]) {
        assert.equal(parsed(Uint8Array.from(bytes)), goText(Uint8Array.from(bytes)));
      }
    }
  });

  it("borders of UTF-8 (RFC 3629 section 4)", () => {
    const cases = [
      "7f",
      "c080",
      "c1bf",
      "c280",
      "dfbf",
      "e08080",
      "e09fbf",
      "e0a080",
      "ed9fbf",
      "eda080",
      "edbfbf",
      "ee8080",
      "efbbbf",
      "efbfbf",
      "f0808080",
      "f08fbfbf",
      "f0908080",
      "f48fbfbf",
      "f4908080",
      "f5808080",
      "e28080ff",
      "f09f98",
      "f09f9822",
      "e2285c",
    ];
    for (const hex of cases) assert.equal(parsed(fromHex(hex)), goText(fromHex(hex)), hex);
  });

  it("any bytes", () => {
    const octet = fc.oneof(
      fc.constantFrom(0x22, 0x5c, 0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0x0a),
      fc.nat(255),
    );
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 12 }), (octets) => {
        const bytes = Uint8Array.from(octets);
        assert.equal(parsed(bytes), goText(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it("JavaScript strings, lone surrogates included", () => {
    for (const text of ['a"b\\c\n\u0000', "ä€😀", "\ud800x", "\u2028"]) {
      assert.equal(JSON.parse(textOf((out) => putJsonText(out, text))), text);
    }
  });

  it("values with bigints", () => {
    const value = { a: [1, 18446744073709551615n, { b: null, c: undefined }], d: "x", e: true };
    assert.equal(
      textOf((out) => putJson(out, value)),
      '{"a":[1,18446744073709551615,{"b":null}],"d":"x","e":true}',
    );
    assert.equal(textOf((out) => putJson(out, {})), "{}");
    assert.equal(textOf((out) => putJson(out, [])), "[]");
  });
});

describe("timestamps", () => {
  /** The text of `Date`, with microseconds, without trailing zeros. */
  function expected(seconds: number, microseconds: number): string {
    const whole = seconds + Math.floor(microseconds / 1e6);
    const head = new Date(whole * 1000).toISOString().slice(0, 19);
    const fraction = String(microseconds % 1e6).padStart(6, "0").replace(/0+$/, "");
    return `${head}${fraction === "" ? "" : `.${fraction}`}Z`;
  }
  const check = (seconds: number, microseconds: number): void => {
    const text = textOf((out) => putTimestamp(out, seconds, microseconds));
    assert.equal(text, expected(seconds, microseconds));
  };

  it("the contract's examples", () => {
    const cases: [seconds: number, microseconds: number, text: string][] = [
      [0, 0, "1970-01-01T00:00:00Z"],
      [0, 1500000, "1970-01-01T00:00:01.5Z"],
      [1584542194, 114438, "2020-03-18T14:36:34.114438Z"],
      [1584542194, 120000, "2020-03-18T14:36:34.12Z"],
      [1584542194, 1, "2020-03-18T14:36:34.000001Z"],
      [4294967295, 4294967295, "2106-02-07T07:39:49.967295Z"],
    ];
    for (const [seconds, microseconds, text] of cases) {
      assert.equal(textOf((out) => putTimestamp(out, seconds, microseconds)), text);
    }
  });

  it("every day from 1970 to 2106", () => {
    for (let seconds = 0; seconds <= 0xffffffff; seconds += 86400) {
      check(seconds, 0);
      check(Math.min(seconds + 86399, 0xffffffff), 999999);
    }
  });

  it("any header", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), check),
      { numRuns: 2000 },
    );
  });

  it("microseconds since 1970", () => {
    fc.assert(fc.property(fc.nat(9_000_000_000), fc.nat(999_999), (seconds, micros) => {
      assert.equal(
        textOf((out) => putTimestampUs(out, seconds * 1e6 + micros)),
        expected(seconds, (seconds * 1e6 + micros) % 1e6),
      );
    }));
  });
});

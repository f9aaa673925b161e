import { describe, it } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ipBytes } from "../../src/wire/ip.ts";
import { hexText, ipv4Text, ipv6Text } from "../../src/wire/strings.ts";

function hexOf(text: string): string | undefined {
  const bytes = ipBytes(text);
  return bytes && hexText(bytes, 0, bytes.length);
}

describe("ipBytes()", () => {
  it("reads every form of RFC 4291 section 2.2, and a zone", () => {
    const all = "20010db8000000080800200c417a0000";
    assert.equal(hexOf("192.0.2.1"), "c0000201");
    assert.equal(hexOf("0.0.0.0"), "00000000");
    assert.equal(hexOf("2001:DB8:0:8:800:200C:417A:0"), all);
    assert.equal(hexOf("2001:db8:0:8:800:200c:417a::"), all);
    assert.equal(hexOf("::"), "0".repeat(32));
    assert.equal(hexOf("::1"), "1".padStart(32, "0"));
    assert.equal(hexOf("ff00::"), "ff".padEnd(32, "0"));
    assert.equal(hexOf("::ffff:129.144.52.38"), "ffff81903426".padStart(32, "0"));
    assert.equal(hexOf("fe80::1%eth0"), "fe800000000000000000000000000001");
  });

  it("gives back what the writers write", () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((each) =>
      Uint8Array.from(each)
    );
    fc.assert(fc.property(bytes, (bytes) => {
      assert.deepEqual(ipBytes(ipv6Text(bytes, 0)), bytes);
      assert.deepEqual(ipBytes(ipv4Text(bytes, 0)), bytes.slice(0, 4));
    }));
  });

  for (
    const text of [
      "",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "1.2.3.04",
      "1.2.3.4 ",
      "a.b.c.d",
      ":",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4::5:6:7:8",
      "1::2::3",
      ":::",
      "12345::",
      "g::",
      "1.2.3.4::",
      "::1.2.3",
      ":1:2:3:4:5:6:7",
      "router",
    ]
  ) {
    it(`finds no address in "${text}"`, () => assert.equal(ipBytes(text), undefined));
  }
});

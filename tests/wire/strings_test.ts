import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  base64Text,
  bytesOf,
  colonHexText,
  hexText,
  ipv4Text,
  ipv6Text,
  keptBytes,
  routeDistinguisherText,
  utf8Text,
} from "../../src/wire/strings.ts";
import { fromHex } from "../decoding.ts";

describe("utf8Text", () => {
  const cases: [hex: string, text: string][] = [
    ["", ""],
    ["6162", "ab"],
    ["c3a4e282acf09f9880", "ä€😀"],
    ["efbbbf61", "\ufeffa"],
    ["61ff62", "a\ufffdb"],
    ["e282", "\ufffd\ufffd"],
    ["eda080", "\ufffd\ufffd\ufffd"],
    ["c0af", "\ufffd\ufffd"],
    ["00", "\0"],
  ];
  for (const [hex, text] of cases) {
    it(`reads ${hex === "" ? "nothing" : hex}`, () => {
      const bytes = fromHex(hex);
      assert.equal(utf8Text(bytes, 0, bytes.length), text);
    });
  }
});

describe("texts of addresses and hex", () => {
  it("reads at an offset", () => {
    const bytes = fromHex("ff 20010db8000000000000000000000001 0a00ff01");
    assert.equal(ipv6Text(bytes, 1), "2001:db8::1");
    assert.equal(ipv4Text(bytes, 17), "10.0.255.1");
    assert.equal(hexText(bytes, 16, 21), "010a00ff01");
    assert.equal(hexText(bytes, 3, 3), "");
    assert.equal(colonHexText(bytes, 16, 19), "01:0a:00");
    assert.equal(colonHexText(bytes, 16, 17), "01");
    assert.equal(colonHexText(bytes, 3, 3), "");
  });

  it("writes texts of any length, one after another", () => {
    for (const count of [1, 127, 128, 129, 300, 2]) {
      const bytes = Uint8Array.from({ length: count }, (_, i) => i);
      const hex = Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
      assert.equal(hexText(bytes, 0, count), hex);
      assert.equal(base64Text(bytes, 0, count), btoa(String.fromCharCode(...bytes)));
    }
  });

  it("writes route distinguishers, those of unknown types as hex", () => {
    const bytes = fromHex("ff 0000fde900000064 0001c00002010064 0009000000000001");
    assert.equal(routeDistinguisherText(bytes, 1), "65001:100");
    assert.equal(routeDistinguisherText(bytes, 9), "192.0.2.1:100");
    assert.equal(routeDistinguisherText(bytes, 17), "0009000000000001");
  });
});

describe("keptBytes", () => {
  it("keeps every byte", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const kept = keptBytes(bytes);
    bytes.reverse();
    assert.equal(kept.length, 256);
    assert.deepEqual(bytesOf(kept), bytes.reverse());
  });
});

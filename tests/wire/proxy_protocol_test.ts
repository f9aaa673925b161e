import { describe, it } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { crc32c } from "../../src/wire/crc32c.ts";
import { isFault } from "../../src/wire/fault.ts";
import {
  PROXY_HEADER_BYTES_MAX,
  proxyHeaderV1,
  proxyHeaderV2,
  readProxyHeader,
} from "../../src/wire/proxy_protocol.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(" ", "").match(/../g) ?? [], (each) => parseInt(each, 16));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The code and offset of the fault that a header is given. */
function faultOf(header: Uint8Array): string {
  try {
    return `no fault: ${JSON.stringify(readProxyHeader(header))}`;
  } catch (error) {
    if (!isFault(error)) throw error;
    return `${error.code} at ${error.offset}`;
  }
}

const ipv4 = fc.ipV4();
const ipv6 = fc.tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff }))
  .map(([a, b]) => `2001:db8::${a.toString(16)}:${b.toString(16)}`);
const port = fc.integer({ min: 0, max: 0xffff });
const pair = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6), fc.tuple(ipv4, ipv6));
const header = fc.tuple(pair, port, port, fc.boolean()).map(([[from, to], a, b, isV1]) => {
  const source = { address: from, port: a };
  const destination = { address: to, port: b };
  const write = isV1 ? proxyHeaderV1 : proxyHeaderV2;
  return { source, destination, bytes: write(source, destination) };
});

describe("readProxyHeader()", () => {
  it("reads version 1", () => {
    const found = readProxyHeader(ascii("PROXY TCP4 192.0.2.1 192.0.2.2 56324 5000\r\n\x03"));
    assert.deepEqual(found, {
      version: 1,
      length: 43,
      source: { address: "192.0.2.1", port: 56324 },
      destination: { address: "192.0.2.2", port: 5000 },
    });
    const six = readProxyHeader(ascii("PROXY TCP6 2001:DB8::1 ::ffff:192.0.2.2 1 0\r\n"));
    assert.deepEqual(six?.source, { address: "2001:db8::1", port: 1 });
    assert.deepEqual(six?.destination, { address: "192.0.2.2", port: 0 });
  });

  it("reads version 2", () => {
    const ipv4 = bytes(`${SIGNATURE} 21 11 000c c0000201 c0000202 dc04 1388 03`);
    assert.deepEqual(readProxyHeader(ipv4), {
      version: 2,
      length: 28,
      source: { address: "192.0.2.1", port: 56324 },
      destination: { address: "192.0.2.2", port: 5000 },
    });
    const from = "20010db8000000000000000000000001";
    const to = "00000000000000000000ffffc0000202";
    const ipv6 = bytes(`${SIGNATURE} 21 21 0024 ${from} ${to} 0001 0002`);
    assert.deepEqual(readProxyHeader(ipv6)?.source, { address: "2001:db8::1", port: 1 });
    assert.deepEqual(readProxyHeader(ipv6)?.destination, { address: "192.0.2.2", port: 2 });
  });

  it("knows headers of senders that speak for themselves, or for no address", () => {
    const headers = {
      unknown: ascii("PROXY UNKNOWN\r\n"),
      "unknown with words": ascii("PROXY UNKNOWN ffff::1 x y 1 2\r\n"),
      local: bytes(`${SIGNATURE} 20 00 0000`),
      "local with addresses": bytes(`${SIGNATURE} 20 11 000c c0000201 c0000202 dc04 1388`),
      unspecified: bytes(`${SIGNATURE} 21 00 0003 010203`),
      datagrams: bytes(`${SIGNATURE} 21 12 000c c0000201 c0000202 dc04 1388`),
      unix: bytes(`${SIGNATURE} 21 31 00d8 ${"00".repeat(216)}`),
    };
    for (const [name, header] of Object.entries(headers)) {
      const found = readProxyHeader(header);
      assert.equal(found?.source, undefined, name);
      assert.equal(found?.length, header.length, name);
    }
  });

  it("passes over TLVs, and holds a checksum to its word", () => {
    const fixed = `${SIGNATURE} 21 11 0018 c0000201 c0000202 dc04 1388 020002 6869`;
    const zeroed = bytes(`${fixed} 030004 00000000`);
    const sum = crc32c(zeroed).toString(16).padStart(8, "0");
    const whole = bytes(`${fixed} 030004 ${sum}`);
    assert.equal(readProxyHeader(whole)?.length, whole.length);
    whole[16]!++;
    assert.equal(faultOf(whole), "proxy-checksum at 36");
  });

  const wrong: readonly (readonly [string, Uint8Array, string])[] = [
    ["BMP without a header", bytes("03"), "proxy-signature at 0"],
    ["HTTP", ascii("POST / HTTP/1.1\r\n"), "proxy-signature at 1"],
    ["lower case", ascii("proxy TCP4"), "proxy-signature at 0"],
    ["another protocol", ascii("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n"), "proxy-family at 6"],
    ["a word too few", ascii("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n"), "proxy-text at 6"],
    ["a word too many", ascii("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n"), "proxy-text at 6"],
    ["two spaces", ascii("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n"), "proxy-text at 6"],
    ["a name", ascii("PROXY TCP4 localhost 1.2.3.4 1 2\r\n"), "proxy-address at 6"],
    ["leading zeros", ascii("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n"), "proxy-address at 6"],
    ["a zone", ascii("PROXY TCP6 fe80::1%1 fe80::2 1 2\r\n"), "proxy-address at 6"],
    ["the other family", ascii("PROXY TCP4 ::1 ::1 1 2\r\n"), "proxy-address at 6"],
    ["a large port", ascii("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n"), "proxy-port at 6"],
    ["a port with a zero", ascii("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n"), "proxy-port at 6"],
    ["LF alone", ascii("PROXY UNKNOWN\n"), "proxy-text at 13"],
    ["CR alone", ascii("PROXY UNKNOWN\r\r"), "proxy-text at 14"],
    ["a byte of BMP", bytes("50524f58592003"), "proxy-text at 6"],
    ["107 bytes without an end", ascii(`PROXY UNKNOWN ${"x".repeat(93)}`), "proxy-length at 107"],
    ["version 3", bytes(`${SIGNATURE} 31`), "proxy-version at 12"],
    ["command 2", bytes(`${SIGNATURE} 22`), "proxy-command at 12"],
    ["64 KiB", bytes(`${SIGNATURE} 21 11 ffff`), "proxy-length at 14"],
    ["LOCAL of 64 KiB", bytes(`${SIGNATURE} 20 00 ffff`), "proxy-length at 14"],
    ["no room for addresses", bytes(`${SIGNATURE} 21 21 000c`), "proxy-length at 14"],
    [
      "a cut TLV",
      bytes(`${SIGNATURE} 21 11 000e c0000201 c0000202 dc04 1388 0200`),
      "proxy-tlv at 28",
    ],
    [
      "a TLV that is too long",
      bytes(`${SIGNATURE} 21 11 0010 c0000201 c0000202 dc04 1388 02000200`),
      "proxy-tlv at 28",
    ],
    [
      "a short checksum",
      bytes(`${SIGNATURE} 21 11 0010 c0000201 c0000202 dc04 1388 03000100`),
      "proxy-tlv at 31",
    ],
  ];
  for (const [name, header, fault] of wrong) {
    it(`refuses ${name}`, () => assert.equal(faultOf(header), fault));
  }

  it("takes the longest header of version 1, and one byte more in no case", () => {
    const longest = ascii(`PROXY UNKNOWN ${"x".repeat(91)}\r\n`);
    assert.equal(readProxyHeader(longest)?.length, 107);
    const tooLong = ascii(`PROXY UNKNOWN ${"x".repeat(92)}\r\n`);
    assert.equal(faultOf(tooLong), "proxy-length at 107");
  });

  it("reads what the writers write, and waits at every byte before the end", () => {
    fc.assert(fc.property(header, ({ source, destination, bytes }) => {
      const found = readProxyHeader(bytes)!;
      assert.deepEqual([found.source, found.destination], [source, destination]);
      assert.equal(found.length, bytes.length);
      for (let end = 0; end < bytes.length; end++) {
        assert.equal(readProxyHeader(bytes.subarray(0, end)), undefined);
      }
    }));
  });

  it("answers any bytes with a header, a fault or the wish for more, and never wants more than its limit", () => {
    const damaged = fc.tuple(header, fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(fc.property(damaged, ([{ bytes }, at, octet]) => {
      const changed = Uint8Array.from(bytes);
      changed[at % changed.length] = octet;
      const full = new Uint8Array(PROXY_HEADER_BYTES_MAX).fill(0x20);
      full.set(changed);
      if (faultOf(full).startsWith("no fault")) assert.ok(readProxyHeader(full) !== undefined);
    }));
  });
});

describe("proxyHeaderV2()", () => {
  it("writes an IPv4 address beside an IPv6 one as mapped", () => {
    const from = { address: "192.0.2.1", port: 1 };
    const to = { address: "2001:db8::1", port: 2 };
    const mapped = "00000000000000000000ffffc0000201";
    const six = "20010db8000000000000000000000001";
    assert.deepEqual(
      proxyHeaderV2(from, to),
      bytes(`${SIGNATURE} 21 21 0024 ${mapped} ${six} 0001 0002`),
    );
  });

  it("refuses what is no address", () => {
    const wrong = { address: "localhost", port: 1 };
    assert.throws(() => proxyHeaderV2(wrong, wrong), /Cannot write a PROXY header/);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isServiceFault, readPrefixSid } from "../../../src/bgp/prefix_sid/tlvs.ts";
import { serviceSid, transposeLabel } from "../../../src/bgp/prefix_sid/transposition.ts";
import { isFault } from "../../../src/wire/fault.ts";
import { ipv6Text } from "../../../src/wire/strings.ts";
import { fromHex } from "../../decoding.ts";
import { PREFIX_SID_VECTORS } from "../../vectors/attributes/040_prefix_sid.ts";

/** The SID of a route with this label field, 6 hex digits, and this attribute; undefined: it cannot be told. */
function sidOf(attribute: string, labelField: string, l2 = false): string | undefined {
  const bytes = fromHex(attribute);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const service = serviceSid(bytes, readPrefixSid(view, 0, bytes.length), l2);
  if (service === undefined) return undefined;
  const before = service.sid.slice();
  const into = new Uint8Array(16).fill(0xa5);
  transposeLabel(service, Number.parseInt(labelField, 16), into);
  assert.deepEqual(service.sid, before, "what routes share is not changed by one of them");
  return ipv6Text(into, 0);
}

/** An attribute with an SRv6 L3 service of one SID with this structure. */
function service(sid: string, structure: string): string {
  return `0500220001001e00${sid}00001300010006${structure}`;
}

/** fcbb:bb00:1::, the bits behind all set: they must be overwritten. */
const FULL = "fcbbbb000001ffffffffffffffffffff";
const BARE = "fcbbbb00000100000000000000000000";

const SIDS: readonly (readonly [name: string, attribute: string, label: string, sid: string])[] = [
  [
    "uDT4 of IOS-XR (netgauze-evpn-198.51.100.44), 16 bits at 48",
    "0500220001001e00fcbabe0030020000000000000000000000003f00010006201010001030",
    "e00301",
    "fcba:be00:3002:e003::",
  ],
  [
    "uDT6 of IOS-XR (netgauze-evpn-198.51.100.154), 16 bits at 48",
    "0500220001001e00fcbabe0030010000000000000000000000003e00010006201010001030",
    "e00301",
    "fcba:be00:3001:e003::",
  ],
  [
    "VPN of Huawei (traffic-reproducer-bmp-multi-sources-203.0.113.23-2), 16 bits at 48",
    "0500220001001e0020010db800900000000000000000000000003e00010006201010001030",
    "e00d01",
    "2001:db8:90:e00d::",
  ],
  [
    "goBMP's example, 16 bits at 64",
    "0500220001001e0020010db8f0030000000000000000000000001100010006281810001040",
    "004300",
    "2001:db8:f003:0:43::",
  ],
  [
    "nothing transposed: the label is implicit NULL",
    service(BARE, "201010000000"),
    "000031",
    "fcbb:bb00:1::",
  ],
  [
    "20 bits, not at a byte's border",
    service(BARE, "202014001434"),
    "fffff1",
    "fcbb:bb00:1:fff:ff00::",
  ],
  ["24 bits", service(BARE, "201018001830"), "123456", "fcbb:bb00:1:1234:5600::"],
  [
    "what stood there before",
    service(FULL, "201010001030"),
    "000011",
    "fcbb:bb00:1:0:ffff:ffff:ffff:ffff",
  ],
  ["one bit, the last of the SID", service(BARE, "20100100017f"), "800000", "fcbb:bb00:1::1"],
];

describe("the SRv6 SID of a route (RFC 9252 section 4)", () => {
  for (const [name, attribute, label, sid] of SIDS) {
    it(name, () => assert.equal(sidOf(attribute, label), sid));
  }

  it("of an L2 service, for EVPN (netgauze-evpn-198.51.100.44)", () => {
    const attribute = "0600220001001e00fcbabe0030020000000000000000000000004100010006201010001030";
    assert.equal(sidOf(attribute, "e00000", true), "fcba:be00:3002:e000::");
    assert.equal(sidOf(attribute, "e00000"), undefined);
  });

  it("of the first service and its first SID", () => {
    const unknown = "05000700ff0003010203";
    const two = service(BARE, "201010000000") + service(FULL, "201010000000");
    assert.equal(sidOf(two, "000000"), "fcbb:bb00:1::");
    assert.equal(sidOf(unknown + two, "000000"), undefined);
  });

  it("cannot be told where the structure is out of bounds, or there is none", () => {
    assert.equal(sidOf(service(BARE, "201019001930"), "000000"), undefined, "25 bits");
    assert.equal(sidOf(service(BARE, "20101000107f"), "000000"), undefined, "beyond 128");
    assert.equal(sidOf("01000700000000000064", "000000"), undefined, "Label-Index alone");
  });

  it("is whole where there is no structure (exabgp vpnv4-extended-nexthop-1)", () => {
    const attribute = "05001900010015002001000100000000000000000000000000000000";
    assert.equal(sidOf(attribute, "000031"), "2001:1::");
  });
});

describe("a malformed prefix SID", () => {
  for (const { name, value, fault } of PREFIX_SID_VECTORS.malformed) {
    const isService = fault.startsWith("srv6-");
    it(`${name}: ${isService ? "the service's fault" : "the attribute's"}`, () => {
      const bytes = fromHex(value);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      assert.throws(
        () => readPrefixSid(view, 0, bytes.length),
        (error) => isFault(error) && isServiceFault(error.code) === isService,
      );
    });
  }
});

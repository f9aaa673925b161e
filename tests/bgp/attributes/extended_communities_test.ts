import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extendedCommunityText } from "../../../src/bgp/attributes/016_extended_communities.ts";
import { attribute } from "../../building.ts";
import { fromHex } from "../../decoding.ts";
import { renderBlock } from "./blocks.ts";

function text(hex: string): string {
  const bytes = fromHex(`5a5a5a ${hex}`);
  return extendedCommunityText(new DataView(bytes.buffer), 3);
}

/** Lead texts by type and subtype, and the value that each type shows for {@linkcode VALUE}. */
const VALUE = "fde90001 0203";
const TABLES: readonly {
  readonly type: string;
  readonly value: string;
  readonly leads: Readonly<Record<string, string>>;
}[] = [
  {
    type: "00",
    value: "65001:66051",
    leads: {
      "02": "rt=",
      "03": "ro=",
      "05": "odi=",
      "08": "bdc=",
      "09": "sas=",
      "0a": "l2i=",
      "10": "cvd=",
      "13": "rtr=",
      "80": "t-vni=",
      "77": "Subtype unknown=",
    },
  },
  {
    type: "01",
    value: "253.233.0.1:515",
    leads: {
      "02": "rt=",
      "03": "ro=",
      "05": "odi=",
      "07": "ori=",
      "0a": "l2i=",
      "0b": "vri=",
      "0c": "fsr=",
      "10": "cvd=",
      "12": "snh=",
      "13": "rtr=",
      "14": "rnh=",
      "20": "rpa=",
      "77": "Subtype unknown=",
    },
  },
  {
    type: "02",
    value: "4259905537:515",
    leads: {
      "02": "rt=",
      "03": "ro=",
      "04": "deprecated=",
      "05": "odi=",
      "08": "bdc=",
      "09": "sas=",
      "10": "cvd=",
      "13": "rtr=",
      "77": "Subtype unknown=",
    },
  },
  {
    type: "03",
    value: "4259905537",
    leads: {
      "01": "cost=",
      "03": "cporf=",
      "04": "esrc=",
      "05": "esep=",
      "06": "ort=",
      "07": "taf=",
      "08": "cls=",
      "0d": "dg=",
      "0e": "p2p2m=",
      "14": "chso=",
      aa: "lb=",
      "77": "Subtype unknown=",
    },
  },
  {
    type: "06",
    value: "4259905537",
    leads: {
      "04": "l2attr=",
      "05": "e-tree=",
      "07": "i-sid=",
      "08": "nd=",
      "09": "mflag=",
      "0a": "evi-rt0=",
      "0b": "evi-rt1=",
      "0c": "evi-rt2=",
      "0d": "evi-rt3=",
      "0e": "ac=",
      "0f": "sct=",
      "77": "Subtype unknown=",
    },
  },
  { type: "40", value: "4259905537", leads: { "80": "vni=", "77": "Subtype unknown=" } },
];

const HEX_LIST = "[ 0xFD, 0xE9, 0x00, 0x01, 0x02, 0x03 ]";

const CASES: readonly (readonly [name: string, hex: string, text: string])[] = [
  ["link bandwidth", "0004 fde9 4cbebc20", "link-bw=100000000.000000"],
  ["link bandwidth below one", "0004 fde9 3dcccccd", "link-bw=0.100000"],
  ["link bandwidth, not transitive", "4004 fde9 4cbebc20", "link-bw=100000000.000000"],
  [
    "link bandwidth without exponent",
    "4004 fde9 7f7fffff",
    `link-bw=${2n ** 128n - 2n ** 104n}.000000`,
  ],
  // RFC 9012 section 4.3: flags in front of the colour
  ["colour", "030b 0000 00000064", "color=100"],
  ["colour with flags", "030b c000 ffffffff", "color=4294967295"],
  // RFC 9012 section 4.1: the tunnel type is last
  ["encapsulation VXLAN", "030c 00000000 0008", "encap=8"],
  ["IPv6 specific does not fit", "0502 fde90001 0203", "invalid-ipv6-ec-length"],
  ["MAC mobility", "0600 01 00 ffffffff", "macmob=1:4294967295"],
  // RFC 7432 section 7.5: the label is the last 3 octets
  ["ESI label", "0601 01 0000 003e81", "esi-l=1:16001"],
  ["ES-Import", "0602 aabbccddeeff", "es-irt=AA:BB:CC:DD:EE:FF"],
  ["router's MAC", "0603 0a0b0c0d0e0f", "rmac=0A:0B:0C:0D:0E:0F"],
  ["DF election", "0606 02 0004 000000", "df-elect=2:0x0004"],
  ["EVPN link bandwidth in Mbps", "0610 00 0100000001", "evpn-link-bw=4294967297 Mbps"],
  ["EVPN link bandwidth as weight", "0610 01 ffffffffff", "evpn-link-bw=weight 1099511627775"],
  ["EVPN link bandwidth in other units", "0610 02 0000000005", "evpn-link-bw=units=2 weight=5"],
  ["redirect to next hop", "0800 000000000000", "flowspec=redirect_to_ip_next_hop"],
  // RFC 8097
  ["valid", "4300 000000000000", "ov-state=valid"],
  ["not found", "4300 000000000001", "ov-state=not-found"],
  ["invalid", "4300 000000000002", "ov-state=invalid"],
  ["validation state 3", "4300 000000000003", "ov-state=unknown=3"],
  ["type 0x43, subtype 9", "4309 000000000000", "Subtype unknown=unknown-subtype=9"],
  // RFC 8955 section 7
  ["traffic rate", "8006 fde9 49742400", "flowspec-traffic-rate=AS: 65001 Rate: 8000000 bps"],
  [
    "traffic rate above 4 Gbit/s",
    "8006 fde9 4e6e6b28",
    "flowspec-traffic-rate=AS: 65001 Rate: 8000000000 bps",
  ],
  ["traffic rate zero", "8006 0000 00000000", "flowspec-traffic-rate=AS: 0 Rate: 0 bps"],
  ["traffic action", "8007 000000000001", "flowspec-traffic-action=T=true S=false"],
  ["traffic action", "8007 000000000002", "flowspec-traffic-action=T=false S=true"],
  ["redirect, two-octet AS", "8008 fde9 00000064", "flowspec-redirect=65001:100"],
  ["remarking", "8009 0000000000ff", "flowspec-traffic-remarking=DSCP=63"],
  ["redirect, IPv4", "8108 c0000201 0064", "flowspec-redirect=192.0.2.1:100"],
  ["redirect, four-octet AS", "8208 00010000 0064", "flowspec-redirect=65536:100"],
  ["rate of type 0x81", `8106 ${VALUE}`, `flowspec-traffic-rate=${HEX_LIST}`],
  ["action of type 0x82", `8207 ${VALUE}`, `flowspec-traffic-action=${HEX_LIST}`],
  ["remarking of type 0x81", `8109 ${VALUE}`, `flowspec-traffic-remarking=${HEX_LIST}`],
  ["unknown subtype of 0x80", `8077 ${VALUE}`, `Subtype unknown=${HEX_LIST}`],
  ["unknown subtype of 0x82", `8277 ${VALUE}`, `Subtype unknown=${HEX_LIST}`],
  ["a type with subtypes", `4142 ${VALUE}`, `unknown=Type: 65 Subtype: 66 Value: ${HEX_LIST}`],
  [
    "a type without",
    `0742 ${VALUE}`,
    "unknown=Type: 7 Subtype: 255 Value: [ 0x42, 0xFD, 0xE9, 0x00, 0x01, 0x02, 0x03 ]",
  ],
];

describe("extended communities as text", () => {
  for (const { type, value, leads } of TABLES) {
    it(`type 0x${type}`, () => {
      for (const [subtype, lead] of Object.entries(leads)) {
        assert.equal(text(`${type}${subtype} ${VALUE}`), `${lead}${value}`);
      }
    });
  }

  for (const [name, hex, expected] of CASES) {
    it(`${name}: ${expected.slice(0, 60)}`, () => assert.equal(text(hex), expected));
  }

  it("every type and subtype has a text that needs no escape", () => {
    for (const value of ["000000000000", "ffffffffffff", "00007fc00000", "0000ff800000"]) {
      for (let type = 0; type < 0x10000; type++) {
        const found = text(type.toString(16).padStart(4, "0") + value);
        assert.equal(JSON.stringify(found), `"${found}"`);
      }
    }
  });
});

describe("what routes take from extended communities", () => {
  const list = (...hex: string[]): ReturnType<typeof renderBlock> =>
    renderBlock(attribute(0xc0, 16, hex.join("")));

  it("the first colour", () => {
    assert.equal(list("0002fde900000001", "030b000000000000", "030b000000000007").color, 0);
    assert.equal(list("0002fde900000001").color, -1);
  });

  it("the first known validation state", () => {
    const states = ["4300000000000009", "4300000000000002", "4300000000000000"];
    assert.equal(list(...states).originValidation, 2);
    assert.equal(list("4300000000000009").originValidation, -1);
  });

  it("nothing from a malformed list", () => {
    assert.equal(list("030b000000000007", "030b").color, -1);
  });
});

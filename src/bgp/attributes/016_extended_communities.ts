/**
 * EXTENDED COMMUNITIES (RFC 4360; registries RFC 7153): typed tags of a route.
 *
 * ```
 * 0  u8     type: 0x80 not by IANA's standards action, 0x40 not transitive
 * 1  u8     subtype (types with one)
 * 2  u8[6]  value
 * ```
 *
 * Each becomes one string, in the words that goBMP's consumers know; where goBMP read a value at the wrong place (colour,
 * encapsulation, ESI label) or let it wrap (traffic rate), the value of the RFC is written.
 */
import { fail } from "../../wire/fault.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import {
  type AttributeScope,
  type AttributeSpec,
  member,
  OPTIONAL_TRANSITIVE,
  Outcome,
} from "./spec.ts";

const LIST = member("ext_community_list");

/** Text of a value; `at` is its first of 6 octets. */
type ValueText = (view: DataView, at: number) => string;

const u16 = (view: DataView, at: number): number => view.getUint16(at);
const u32 = (view: DataView, at: number): number => view.getUint32(at);
const dotted = (view: DataView, at: number): string =>
  `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
const hexOctet = (view: DataView, at: number): string =>
  view.getUint8(at).toString(16).toUpperCase().padStart(2, "0");

const twoOctetAs: ValueText = (view, at) => `${u16(view, at)}:${u32(view, at + 2)}`;
const ipv4Specific: ValueText = (view, at) => `${dotted(view, at)}:${u16(view, at + 4)}`;
const fourOctetAs: ValueText = (view, at) => `${u32(view, at)}:${u16(view, at + 4)}`;
const firstFour: ValueText = (view, at) => String(u32(view, at));
/** RFC 9012 section 4.3: flags u16, then the colour. */
const lastFour: ValueText = (view, at) => String(u32(view, at + 2));
/** RFC 9012 section 4.1: 4 reserved octets, then the tunnel type. */
const lastTwo: ValueText = (view, at) => String(u16(view, at + 4));
const linkBandwidth: ValueText = (view, at) => fixed6(view.getFloat32(at + 2));
const sixOctets: ValueText = (view, at) =>
  Array.from({ length: 6 }, (_, i) => hexOctet(view, at + i)).join(":");
const hexList = (view: DataView, at: number, count: number): string =>
  `[ ${Array.from({ length: count }, (_, i) => `0x${hexOctet(view, at + i)}`).join(", ")} ]`;
const sixHex: ValueText = (view, at) => hexList(view, at, 6);

/** A number with 6 decimals, as C's %f: never an exponent. */
function fixed6(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

interface TypeTable {
  /** Lead text and value of each subtype. */
  readonly subtypes: Readonly<Record<number, readonly [lead: string, text: ValueText]>>;
  /** Value of a subtype that is not listed; its lead is `Subtype unknown=`. */
  readonly other: ValueText;
}

function table(
  text: ValueText,
  leads: Readonly<Record<number, string>>,
  special: TypeTable["subtypes"] = {},
): TypeTable {
  const subtypes: Record<number, readonly [string, ValueText]> = {};
  for (const [subtype, lead] of Object.entries(leads)) subtypes[Number(subtype)] = [lead, text];
  return { subtypes: { ...subtypes, ...special }, other: text };
}

export const VALIDATION_STATES = ["valid", "not-found", "invalid"];

/** RFC 8097 section 2: the state is the last octet. */
function validationState(view: DataView, at: number): string {
  const state = view.getUint8(at + 5);
  return VALIDATION_STATES[state] ?? `unknown=${state}`;
}

/** RFC 8955 section 7.1: two-octet AS, bytes per second as IEEE float; in bits per second here. */
function trafficRate(view: DataView, at: number): string {
  const bytesPerSecond = Math.trunc(view.getFloat32(at + 2));
  const bits = Number.isFinite(bytesPerSecond)
    ? (BigInt(bytesPerSecond) * 8n).toString()
    : String(bytesPerSecond);
  return `AS: ${u16(view, at)} Rate: ${bits} bps`;
}

/** RFC 8955 section 7.3: bit 47 terminal action, bit 46 sample. */
function trafficAction(view: DataView, at: number): string {
  const flags = view.getUint8(at + 5);
  return `T=${(flags & 1) !== 0} S=${(flags & 2) !== 0}`;
}

function evpnLinkBandwidth(view: DataView, at: number): string {
  const units = view.getUint8(at);
  const weight = view.getUint8(at + 1) * 4294967296 + u32(view, at + 2);
  return units === 0
    ? `${weight} Mbps`
    : units === 1
    ? `weight ${weight}`
    : `units=${units} weight=${weight}`;
}

const TYPES: Readonly<Record<number, TypeTable>> = {
  0x00: table(twoOctetAs, {
    0x02: "rt=",
    0x03: "ro=",
    0x05: "odi=",
    0x08: "bdc=",
    0x09: "sas=",
    0x0a: "l2i=",
    0x10: "cvd=",
    0x13: "rtr=",
    0x80: "t-vni=",
  }, { 0x04: ["link-bw=", linkBandwidth] }),
  0x01: table(ipv4Specific, {
    0x02: "rt=",
    0x03: "ro=",
    0x05: "odi=",
    0x07: "ori=",
    0x0a: "l2i=",
    0x0b: "vri=",
    0x0c: "fsr=",
    0x10: "cvd=",
    0x12: "snh=",
    0x13: "rtr=",
    0x14: "rnh=",
    0x20: "rpa=",
  }),
  0x02: table(fourOctetAs, {
    0x02: "rt=",
    0x03: "ro=",
    0x04: "deprecated=",
    0x05: "odi=",
    0x08: "bdc=",
    0x09: "sas=",
    0x10: "cvd=",
    0x13: "rtr=",
  }),
  0x03: table(firstFour, {
    0x01: "cost=",
    0x03: "cporf=",
    0x04: "esrc=",
    0x05: "esep=",
    0x06: "ort=",
    0x07: "taf=",
    0x08: "cls=",
    0x0d: "dg=",
    0x0e: "p2p2m=",
    0x14: "chso=",
    0xaa: "lb=",
  }, { 0x0b: ["color=", lastFour], 0x0c: ["encap=", lastTwo] }),
  0x06: table(firstFour, {
    0x04: "l2attr=",
    0x05: "e-tree=",
    0x07: "i-sid=",
    0x08: "nd=",
    0x09: "mflag=",
    0x0a: "evi-rt0=",
    0x0b: "evi-rt1=",
    0x0c: "evi-rt2=",
    0x0d: "evi-rt3=",
    0x0e: "ac=",
    0x0f: "sct=",
  }, {
    0x00: ["macmob=", (view, at) => `${view.getUint8(at)}:${u32(view, at + 2)}`],
    // RFC 7432 section 7.5: flags, 2 reserved octets, a 3-octet label.
    0x01: ["esi-l=", (view, at) => `${view.getUint8(at)}:${u32(view, at + 2) & 0xffffff}`],
    0x02: ["es-irt=", sixOctets],
    0x03: ["rmac=", sixOctets],
    0x06: [
      "df-elect=",
      (view, at) => `${view.getUint8(at)}:0x${u16(view, at + 1).toString(16).padStart(4, "0")}`,
    ],
    0x10: ["evpn-link-bw=", evpnLinkBandwidth],
  }),
  0x40: table(firstFour, { 0x80: "vni=" }, { 0x04: ["link-bw=", linkBandwidth] }),
  0x80: {
    subtypes: {
      0x06: ["flowspec-traffic-rate=", trafficRate],
      0x07: ["flowspec-traffic-action=", trafficAction],
      0x08: ["flowspec-redirect=", twoOctetAs],
      0x09: ["flowspec-traffic-remarking=", (view, at) => `DSCP=${view.getUint8(at + 5) & 0x3f}`],
    },
    other: sixHex,
  },
  0x81: {
    subtypes: {
      0x06: ["flowspec-traffic-rate=", sixHex],
      0x07: ["flowspec-traffic-action=", sixHex],
      0x08: ["flowspec-redirect=", ipv4Specific],
      0x09: ["flowspec-traffic-remarking=", sixHex],
    },
    other: sixHex,
  },
  0x82: {
    subtypes: {
      0x06: ["flowspec-traffic-rate=", sixHex],
      0x07: ["flowspec-traffic-action=", sixHex],
      0x08: ["flowspec-redirect=", fourOctetAs],
      0x09: ["flowspec-traffic-remarking=", sixHex],
    },
    other: sixHex,
  },
};

const COLOR = 0x030b;
const ORIGIN_VALIDATION = 0x4300;

/** The community of 8 octets at `pos` as text, without quotes. */
export function extendedCommunityText(view: DataView, pos: number): string {
  const type = view.getUint8(pos);
  const subtype = view.getUint8(pos + 1);
  const known = TYPES[type];
  if (known !== undefined) {
    const entry = known.subtypes[subtype];
    return entry === undefined
      ? `Subtype unknown=${known.other(view, pos + 2)}`
      : entry[0] + entry[1](view, pos + 2);
  }
  switch (type) {
    case 0x05: // IPv6 address specific: 20 octets by RFC 5701, never 8
      return "invalid-ipv6-ec-length";
    case 0x08:
      return "flowspec=redirect_to_ip_next_hop";
    case 0x43:
      return subtype === 0
        ? `ov-state=${validationState(view, pos + 2)}`
        : `Subtype unknown=unknown-subtype=${subtype}`;
    default: {
      const hasSubtype = [0, 1, 2, 3, 6].includes(type & 0x3f);
      return hasSubtype
        ? `unknown=Type: ${type} Subtype: ${subtype} Value: ${hexList(view, pos + 2, 6)}`
        : `unknown=Type: ${type} Subtype: 255 Value: ${hexList(view, pos + 1, 7)}`;
    }
  }
}

function noteFacts(view: DataView, pos: number, scope: AttributeScope): void {
  const type = view.getUint16(pos);
  if (type === COLOR && scope.color === -1) scope.color = view.getUint32(pos + 4);
  else if (type === ORIGIN_VALIDATION && scope.originValidation === -1) {
    const state = view.getUint8(pos + 7);
    if (state < VALIDATION_STATES.length) scope.originValidation = state;
  }
}

function writeList(
  out: ByteWriter,
  view: DataView,
  start: number,
  end: number,
  scope: AttributeScope,
): void {
  out.raw(LIST);
  for (let pos = start; pos < end; pos += 8) {
    out.byte(pos === start ? 0x5b : 0x2c);
    out.byte(0x22);
    out.ascii(extendedCommunityText(view, pos));
    out.byte(0x22);
    noteFacts(view, pos, scope);
  }
  out.byte(0x5d);
}

export const EXTENDED_COMMUNITIES: AttributeSpec = {
  code: 16,
  name: "EXTENDED COMMUNITIES",
  reference: "RFC 4360",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.14
  write(out, _bytes, view, start, end, scope) {
    const length = end - start;
    if (length === 0 || length % 8 !== 0) {
      fail("extended-communities-length", start, "a non-zero multiple of 8");
    }
    writeList(out, view, start, end, scope);
  },
};

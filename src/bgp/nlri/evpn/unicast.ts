/**
 * EVPN routes of types 1 to 5 (RFC 7432 sections 7.1 to 7.4, RFC 9136 section 3.1), behind type and length.
 *
 * ```
 * 1 RD 8, ESI 10, Ethernet tag u32, label 3
 * 2 RD 8, ESI 10, Ethernet tag u32, MAC length u8 = 48, MAC 6, IP length u8, IP 0/4/16, label 3, label 0/3
 * 3 RD 8, Ethernet tag u32, IP length u8, originator 4/16
 * 4 RD 8, ESI 10, IP length u8, originator 4/16
 * 5 RD 8, ESI 10, Ethernet tag u32, prefix length u8, prefix 4/16, gateway 4/16, label 3
 * ```
 */
import { fail } from "../../../wire/fault.ts";
import { colonHexText } from "../../../wire/strings.ts";
import type { NlriReader } from "../reader.ts";
import { ESI_BYTES, ethernetSegment } from "./ethernet_segment.ts";
import type { EvpnRoute } from "./route.ts";

const MAC_BITS = 48;
const LABEL_BYTES = 3;
const IP_PREFIX_BYTES_V4 = 34;
const IP_PREFIX_BYTES_V6 = 58;

/** ESI 0: no multihomed segment, as most routes have it. */
const NO_SEGMENT = { esi: "00:00:00:00:00:00:00:00:00:00" };

type Body = Omit<EvpnRoute, "routeType" | "name">;

export function readAutoDiscovery(reader: NlriReader): Body {
  return {
    ...reader.routeDistinguisher(),
    ...readSegment(reader),
    ethernetTag: readTag(reader),
    rawLabels: [readLabel(reader)],
  };
}

export function readMacIp(reader: NlriReader): Body {
  const key = {
    ...reader.routeDistinguisher(),
    ...readSegment(reader),
    ethernetTag: readTag(reader),
    mac: readMac(reader),
  };
  const ipAt = reader.pos;
  const ipAddress = reader.optionalAddress("IP address");
  const ipLength = reader.bytes[ipAt]!;
  const rawLabels = [readLabel(reader)];
  if (reader.left >= LABEL_BYTES) rawLabels.push(readLabel(reader));
  return { ...key, ...(ipAddress === undefined ? {} : { ipAddress, ipLength }), rawLabels };
}

export function readInclusiveTag(reader: NlriReader): Body {
  return {
    ...reader.routeDistinguisher(),
    ethernetTag: readTag(reader),
    originator: reader.countedAddress("originating router"),
  };
}

export function readEthernetSegment(reader: NlriReader): Body {
  return {
    ...reader.routeDistinguisher(),
    ...readSegment(reader),
    originator: reader.countedAddress("originating router"),
  };
}

export function readIpPrefix(reader: NlriReader): Body {
  const { left } = reader;
  if (left !== IP_PREFIX_BYTES_V4 && left !== IP_PREFIX_BYTES_V6) {
    // RFC 9136 section 3.1: the length alone tells the family, and that of the gateway too.
    fail("evpn-ip-prefix-length", reader.pos - 1, `${IP_PREFIX_BYTES_V4} or ${IP_PREFIX_BYTES_V6}`);
  }
  const bits = left === IP_PREFIX_BYTES_V4 ? 32 : 128;
  const key = {
    ...reader.routeDistinguisher(),
    ...readSegment(reader),
    ethernetTag: readTag(reader),
  };
  const lengthAt = reader.pos;
  const ipLength = reader.u8("IP prefix length");
  if (ipLength > bits) fail("nlri-prefix-length", lengthAt, `at most ${bits} bits`);
  return {
    ...key,
    ipAddress: reader.address(bits, "IP prefix"),
    ipLength,
    gateway: reader.address(bits, "gateway"),
    rawLabels: [readLabel(reader)],
  };
}

/** The ESI and what it says. */
export function readSegment(reader: NlriReader): Body {
  const { bytes, view } = reader;
  const at = reader.take(ESI_BYTES, "Ethernet segment identifier");
  const segment = ethernetSegment(bytes, view, at);
  if (segment === undefined) return NO_SEGMENT;
  return { esi: colonHexText(bytes, at, at + ESI_BYTES), segment };
}

export function readTag(reader: NlriReader): number {
  return reader.u32("Ethernet tag");
}

function readMac(reader: NlriReader): string {
  const lengthAt = reader.pos;
  if (reader.u8("MAC length") !== MAC_BITS) fail("evpn-mac-length", lengthAt, `${MAC_BITS} bits`);
  const at = reader.take(MAC_BITS >> 3, "MAC address");
  return colonHexText(reader.bytes, at, at + (MAC_BITS >> 3));
}

function readLabel(reader: NlriReader): number {
  return reader.u24("label");
}

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
 *
 * Combinations of type 5 that a PE treats as withdrawn (RFC 9136 section 3.2: both ESI and gateway, or neither of them, nor a label, nor a
 * router's MAC) are shown as they came: routes to look for, and route reflectors pass them on.
 */
import { fail } from "../../../wire/fault.ts";
import type { NlriReader } from "../reader.ts";
import { ESI_BYTES } from "./ethernet_segment.ts";
import type { EvpnLayout } from "./layout.ts";

const MAC_BITS = 48;
const LABEL_BYTES = 3;
const IP_PREFIX_BYTES_V4 = 34;
const IP_PREFIX_BYTES_V6 = 58;

export function readAutoDiscovery(route: EvpnLayout, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readSegment(route, reader);
  readTag(route, reader);
  route.rawLabels = [readLabel(reader)];
}

export function readMacIp(route: EvpnLayout, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readSegment(route, reader);
  readTag(route, reader);
  route.macAt = readMac(reader);
  route.ipAt = reader.pos + 1;
  route.ipBits = reader.takeOptionalAddress("IP address");
  if (route.ipBits > 0) route.ipLength = route.ipBits;
  const label = readLabel(reader);
  route.rawLabels = reader.left >= LABEL_BYTES ? [label, readLabel(reader)] : [label];
}

export function readInclusiveTag(route: EvpnLayout, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readTag(route, reader);
  readOriginator(route, reader);
}

export function readEthernetSegment(route: EvpnLayout, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readSegment(route, reader);
  readOriginator(route, reader);
}

export function readIpPrefix(route: EvpnLayout, reader: NlriReader): void {
  const { left } = reader;
  if (left !== IP_PREFIX_BYTES_V4 && left !== IP_PREFIX_BYTES_V6) {
    // RFC 9136 section 3.1: the length alone tells the family, and that of the gateway too.
    fail("evpn-ip-prefix-length", reader.pos - 1, `${IP_PREFIX_BYTES_V4} or ${IP_PREFIX_BYTES_V6}`);
  }
  const bits = left === IP_PREFIX_BYTES_V4 ? 32 : 128;
  readDistinguisher(route, reader);
  readSegment(route, reader);
  readTag(route, reader);
  const lengthAt = reader.pos;
  route.ipLength = reader.u8("IP prefix length");
  if (route.ipLength > bits) fail("nlri-prefix-length", lengthAt, `at most ${bits} bits`);
  route.ipAt = reader.take(bits >> 3, "IP prefix");
  route.ipBits = bits;
  route.gatewayAt = reader.take(bits >> 3, "gateway");
  route.rawLabels = [readLabel(reader)];
}

export function readDistinguisher(route: EvpnLayout, reader: NlriReader): void {
  route.rdAt = reader.take(8, "route distinguisher");
}

export function readSegment(route: EvpnLayout, reader: NlriReader): void {
  route.esiAt = reader.take(ESI_BYTES, "Ethernet segment identifier");
}

export function readTag(route: EvpnLayout, reader: NlriReader): void {
  route.ethernetTag = reader.u32("Ethernet tag");
}

export function readOriginator(route: EvpnLayout, reader: NlriReader): void {
  route.originatorAt = reader.pos + 1;
  route.originatorBits = reader.takeCountedAddress("originating router");
}

/** Where the address is. */
function readMac(reader: NlriReader): number {
  const lengthAt = reader.pos;
  if (reader.u8("MAC length") !== MAC_BITS) fail("evpn-mac-length", lengthAt, `${MAC_BITS} bits`);
  return reader.take(MAC_BITS >> 3, "MAC address");
}

function readLabel(reader: NlriReader): number {
  return reader.u24("label");
}

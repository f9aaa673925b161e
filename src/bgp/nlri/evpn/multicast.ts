/**
 * EVPN routes of types 6 to 11 (RFC 9251 section 9, RFC 9572 section 3), behind type and length.
 *
 * ```
 *  6 RD 8,         Ethernet tag u32, source, group, originator, flags u8
 *  7 RD 8, ESI 10, Ethernet tag u32, source, group, originator, flags u8
 *  8 RD 8, ESI 10, Ethernet tag u32, source, group, originator, reserved u32, maximum response time u8, flags u8
 *  9 RD 8,         Ethernet tag u32, region id 8
 * 10 RD 8,         Ethernet tag u32, source, group, originator
 * 11 route key: the whole NLRI of another route; originator
 * ```
 *
 * Source, group and originator are `length in bits u8, address`; 0 bits of source or group: any.
 */
import type { NlriReader } from "../reader.ts";
import type { EvpnLayout } from "./layout.ts";
import { readDistinguisher, readOriginator, readSegment, readTag } from "./unicast.ts";

const REGION_ID_BYTES = 8;

export function readSelectiveTag(route: EvpnLayout, reader: NlriReader): void {
  readSelectivePmsi(route, reader);
  readMembership(route, reader);
}

export function readMembershipSynch(route: EvpnLayout, reader: NlriReader): void {
  readFlowOnSegment(route, reader);
  readMembership(route, reader);
}

export function readLeaveSynch(route: EvpnLayout, reader: NlriReader): void {
  readFlowOnSegment(route, reader);
  reader.take(4, "reserved octets");
  route.maximumResponseTime = reader.u8("maximum response time");
  readMembership(route, reader);
}

export function readPerRegion(route: EvpnLayout, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readTag(route, reader);
  route.regionIdAt = reader.take(REGION_ID_BYTES, "region id");
}

export function readSelectivePmsi(route: EvpnLayout, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readFlow(route, reader);
}

function readFlowOnSegment(route: EvpnLayout, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readSegment(route, reader);
  readFlow(route, reader);
}

function readFlow(route: EvpnLayout, reader: NlriReader): void {
  readTag(route, reader);
  route.sourceAt = reader.pos + 1;
  route.sourceBits = reader.takeOptionalAddress("multicast source");
  route.groupAt = reader.pos + 1;
  route.groupBits = reader.takeOptionalAddress("multicast group");
  readOriginator(route, reader);
}

function readMembership(route: EvpnLayout, reader: NlriReader): void {
  route.flags = reader.u8("flags");
}

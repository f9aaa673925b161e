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
import type { EvpnRoute } from "./route.ts";
import { readDistinguisher, readOriginator, readSegment, readTag } from "./unicast.ts";

const REGION_ID_BYTES = 8;
const EXCLUDE = 0x08;
const VERSION_3 = 0x04;
const VERSION_2 = 0x02;
const VERSION_1 = 0x01;
const IPV6 = ":";

export function readSelectiveTag(route: EvpnRoute, reader: NlriReader): void {
  readSelectivePmsi(route, reader);
  readMembership(route, reader);
}

export function readMembershipSynch(route: EvpnRoute, reader: NlriReader): void {
  readFlowOnSegment(route, reader);
  readMembership(route, reader);
}

export function readLeaveSynch(route: EvpnRoute, reader: NlriReader): void {
  readFlowOnSegment(route, reader);
  reader.take(4, "reserved octets");
  route.maximumResponseTime = reader.u8("maximum response time");
  readMembership(route, reader);
}

export function readPerRegion(route: EvpnRoute, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readTag(route, reader);
  route.regionId = reader.hex(REGION_ID_BYTES, "region id");
}

export function readSelectivePmsi(route: EvpnRoute, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readFlow(route, reader);
}

function readFlowOnSegment(route: EvpnRoute, reader: NlriReader): void {
  readDistinguisher(route, reader);
  readSegment(route, reader);
  readFlow(route, reader);
}

function readFlow(route: EvpnRoute, reader: NlriReader): void {
  readTag(route, reader);
  route.multicastSource = reader.optionalAddress("multicast source");
  route.multicastGroup = reader.optionalAddress("multicast group");
  readOriginator(route, reader);
}

/** The bits have the meaning of MLD where the group is an IPv6 address; there is no MLD version 3. */
function readMembership(route: EvpnRoute, reader: NlriReader): void {
  const flags = reader.u8("flags");
  const isMld = route.multicastGroup?.includes(IPV6) ?? false;
  const versions = isMld ? ["mldv1", "mldv2"] : ["igmpv1", "igmpv2", "igmpv3"];
  const bits = [VERSION_1, VERSION_2, VERSION_3];
  const hasFilter = (flags & (isMld ? VERSION_2 : VERSION_3)) !== 0;
  route.membership = {
    flags,
    versions: versions.filter((_, i) => (flags & bits[i]!) !== 0),
    ...(hasFilter ? { isExclude: (flags & EXCLUDE) !== 0 } : {}),
  };
}

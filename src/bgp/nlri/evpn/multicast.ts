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
import type { EvpnRoute, Membership } from "./route.ts";
import { readSegment, readTag } from "./unicast.ts";

type Body = Omit<EvpnRoute, "routeType" | "name">;

const REGION_ID_BYTES = 8;
const EXCLUDE = 0x08;
const VERSION_3 = 0x04;
const VERSION_2 = 0x02;
const VERSION_1 = 0x01;
const IPV6 = ":";

export function readSelectiveTag(reader: NlriReader): Body {
  const flow = readFlow(reader);
  return { ...flow, membership: readMembership(reader, flow) };
}

export function readMembershipSynch(reader: NlriReader): Body {
  const flow = readFlowOnSegment(reader);
  return { ...flow, membership: readMembership(reader, flow) };
}

export function readLeaveSynch(reader: NlriReader): Body {
  const flow = readFlowOnSegment(reader);
  reader.take(4, "reserved octets");
  const maximumResponseTime = reader.u8("maximum response time");
  return { ...flow, maximumResponseTime, membership: readMembership(reader, flow) };
}

export function readPerRegion(reader: NlriReader): Body {
  return {
    ...reader.routeDistinguisher(),
    ethernetTag: readTag(reader),
    regionId: reader.hex(REGION_ID_BYTES, "region id"),
  };
}

export function readSelectivePmsi(reader: NlriReader): Body {
  return readFlow(reader);
}

export function readLeaf(
  reader: NlriReader,
  readRouteKey: (reader: NlriReader) => EvpnRoute,
): Body {
  return { routeKey: readRouteKey(reader), originator: readOriginator(reader) };
}

function readFlow(reader: NlriReader): Body {
  return {
    ...reader.routeDistinguisher(),
    ethernetTag: readTag(reader),
    ...readSourceAndGroup(reader),
    originator: readOriginator(reader),
  };
}

function readFlowOnSegment(reader: NlriReader): Body {
  return {
    ...reader.routeDistinguisher(),
    ...readSegment(reader),
    ethernetTag: readTag(reader),
    ...readSourceAndGroup(reader),
    originator: readOriginator(reader),
  };
}

function readSourceAndGroup(reader: NlriReader): Body {
  const multicastSource = reader.optionalAddress("multicast source");
  const multicastGroup = reader.optionalAddress("multicast group");
  return {
    ...(multicastSource === undefined ? {} : { multicastSource }),
    ...(multicastGroup === undefined ? {} : { multicastGroup }),
  };
}

function readOriginator(reader: NlriReader): string {
  return reader.countedAddress("originating router");
}

/** The bits have the meaning of MLD where the group is an IPv6 address; there is no MLD version 3. */
function readMembership(reader: NlriReader, { multicastGroup }: Body): Membership {
  const flags = reader.u8("flags");
  const isMld = multicastGroup?.includes(IPV6) ?? false;
  const versions = isMld ? ["mldv1", "mldv2"] : ["igmpv1", "igmpv2", "igmpv3"];
  const bits = [VERSION_1, VERSION_2, VERSION_3];
  const hasFilter = (flags & (isMld ? VERSION_2 : VERSION_3)) !== 0;
  return {
    flags,
    versions: versions.filter((_, i) => (flags & bits[i]!) !== 0),
    ...(hasFilter ? { isExclude: (flags & EXCLUDE) !== 0 } : {}),
  };
}

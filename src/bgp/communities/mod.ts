/**
 * Extended communities (RFC 4360; registries RFC 7153) as text.
 *
 * ```
 * 0  u8     type: 0x80 not by IANA's standards action, 0x40 not transitive
 * 1  u8     subtype (types with one)
 * 2  u8[6]  value
 * ```
 *
 * Each becomes one string in the words that goBMP's consumers know. Where goBMP reads a value at the wrong place, shows a part of
 * it, or lets it wrap, the value of the RFC is written; registered subtypes that goBMP has no word for have one by IANA's name.
 */
import { putU32 } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import {
  FOUR_OCTET_AS,
  IPV4_SPECIFIC,
  MUP,
  NON_TRANSITIVE_FOUR_OCTET_AS,
  NON_TRANSITIVE_TWO_OCTET_AS,
  TWO_OCTET_AS,
} from "./as_and_address.ts";
import { EVPN } from "./evpn.ts";
import {
  EXPERIMENTAL,
  EXPERIMENTAL_PART_2,
  EXPERIMENTAL_PART_3,
  INDIRECTION,
  INTERFACE_SET,
} from "./flowspec.ts";
import {
  EIGRP,
  NON_TRANSITIVE_OPAQUE,
  NON_TRANSITIVE_TRANSPORT_CLASSES,
  OPAQUE,
  SERVICE_FUNCTION_CHAINING,
  TRANSPORT_CLASSES,
} from "./opaque.ts";
import { type CommunityType, putHexList } from "./types.ts";

export const EXTENDED_COMMUNITY_BYTES = 8;

/** Types whose second octet is a subtype, by type octet. */
export const EXTENDED_COMMUNITY_TYPES: Readonly<Record<number, CommunityType>> = {
  0x00: TWO_OCTET_AS,
  0x01: IPV4_SPECIFIC,
  0x02: FOUR_OCTET_AS,
  0x03: OPAQUE,
  0x06: EVPN,
  0x07: INTERFACE_SET,
  0x09: INDIRECTION,
  0x0a: TRANSPORT_CLASSES,
  0x0b: SERVICE_FUNCTION_CHAINING,
  0x0c: MUP,
  0x40: NON_TRANSITIVE_TWO_OCTET_AS,
  0x42: NON_TRANSITIVE_FOUR_OCTET_AS,
  0x43: NON_TRANSITIVE_OPAQUE,
  0x47: INTERFACE_SET,
  0x4a: NON_TRANSITIVE_TRANSPORT_CLASSES,
  0x80: EXPERIMENTAL,
  0x81: EXPERIMENTAL_PART_2,
  0x82: EXPERIMENTAL_PART_3,
  0x88: EIGRP,
};

/** By type octet: a dense array, so that dispatch is one load. */
const TYPES: readonly (CommunityType | undefined)[] = Array.from(
  { length: 256 },
  (_, type) => EXTENDED_COMMUNITY_TYPES[type],
);

const SUBTYPE_UNKNOWN = utf8("Subtype unknown=");
/** Types of RFC 7153 whose second octet is a subtype, without the transitive and IANA bits. */
const TYPES_WITH_SUBTYPE: readonly number[] = [0, 1, 2, 3, 6];

/** Writes the community at `bytes[pos, pos + 8)` as text that needs neither quotes nor escapes. */
export function putExtendedCommunity(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  pos: number,
): void {
  const type = bytes[pos]!;
  const known = TYPES[type];
  if (known !== undefined) {
    const subtype = known.subtypes[bytes[pos + 1]!];
    if (subtype !== undefined) {
      out.raw(subtype.lead);
      subtype.put(out, bytes, view, pos + 2);
      return;
    }
    if (known.other !== undefined) {
      out.raw(SUBTYPE_UNKNOWN);
      known.other(out, bytes, view, pos + 2);
      return;
    }
  }
  putWithoutSubtype(out, bytes, view, pos);
}

/** Types whose second octet is part of the value, and unknown ones. */
function putWithoutSubtype(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  pos: number,
): void {
  const type = bytes[pos]!;
  switch (type) {
    case 0x04: // draft-knoll-idr-qos-attribute
    case 0x44:
      out.ascii("qos=");
      putQos(out, bytes, view, pos + 1);
      break;
    case 0x05: // draft-knoll-idr-cos-interconnect: flags BE, EF, AF, LE; goBMP calls it a too short IPv6 one
      out.ascii("cos=");
      putHexList(out, bytes, pos + 1, pos + EXTENDED_COMMUNITY_BYTES);
      break;
    case 0x08: // draft-simpson-idr-flowspec-redirect: the address is the next hop; bit 47: a copy goes there
      out.ascii(
        (bytes[pos + 7]! & 1) === 0
          ? "flowspec=redirect_to_ip_next_hop"
          : "flowspec=copy_to_ip_next_hop",
      );
      break;
    default:
      putUnknown(out, bytes, pos);
  }
}

/** Flags, set number, technology type, QoS marking O of 2 octets, QoS marking A, processing count. */
function putQos(out: ByteWriter, bytes: Uint8Array, view: DataView, at: number): void {
  out.ascii(`${bytes[at]}:${bytes[at + 1]}:${bytes[at + 2]}:`);
  putU32(out, view.getUint16(at + 3));
  out.ascii(`:${bytes[at + 5]}:${bytes[at + 6]}`);
}

function putUnknown(out: ByteWriter, bytes: Uint8Array, pos: number): void {
  const type = bytes[pos]!;
  const hasSubtype = TYPES_WITH_SUBTYPE.includes(type & 0x3f);
  out.ascii(`unknown=Type: ${type} Subtype: ${hasSubtype ? bytes[pos + 1]! : 255} Value: `);
  putHexList(out, bytes, pos + (hasSubtype ? 2 : 1), pos + EXTENDED_COMMUNITY_BYTES);
}

/**
 * Offset of the first community of `type` (type and subtype octet, e.g. 0x800a) among those that start in `[start, end)`, -1: none.
 * The value of attribute 16 is walked by `pos + 8`.
 */
export function findExtendedCommunity(
  view: DataView,
  start: number,
  end: number,
  type: number,
): number {
  for (let pos = start; pos + EXTENDED_COMMUNITY_BYTES <= end; pos += EXTENDED_COMMUNITY_BYTES) {
    if (view.getUint16(pos) === type) return pos;
  }
  return -1;
}

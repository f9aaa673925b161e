/**
 * FEC elements of mLDP (RFC 6388 section 2.2), which stand for source and group where customers use mLDP (RFC 7441 section 3).
 *
 * ```
 * 0  u8   FEC type
 * 1  u16  address family of the root
 * 3  u8   length of the root's address in octets
 * 4  ...  address; of a topology's address family with u16 reserved, u16 topology behind it (RFC 7307 section 3.2)
 *    u16  length of the opaque value
 *    ...  opaque value elements: type u8, length u16, value; type 255: extended type u16, length u16, value
 * ```
 */
import { fail } from "../../../wire/fault.ts";
import type { NlriReader } from "../reader.ts";
import type { MldpFec, OpaqueValue } from "./route.ts";

const FIRST_TYPE = 6;
const LAST_TYPE = 8;
const GENERIC_LSP_ID = 1;
const EXTENDED = 255;
const FIRST_EXTENDED = 256;
const TOPOLOGY_BYTES = 4;
/** Bytes of an address by address family: IPv4, IPv6, and both with a topology. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 16, 29: 8, 30: 20 };

export function readMldpFec(reader: NlriReader): MldpFec {
  const start = reader.pos;
  const type = reader.u8("FEC type");
  if (type < FIRST_TYPE || type > LAST_TYPE) fail("mldp-fec-type", start, "type 6, 7 or 8");
  const family = reader.u16("address family");
  const lengthAt = reader.pos;
  const length = reader.u8("length of the root's address");
  if (length !== ADDRESS_BYTES[family]) {
    fail("mldp-fec-root", lengthAt, "the length of an address of its family");
  }
  const hasTopology = length === 8 || length === 20;
  const addressBytes = hasTopology ? length - TOPOLOGY_BYTES : length;
  const root = reader.address(8 * addressBytes, "root address");
  if (hasTopology) reader.take(2, "reserved octets");
  const topology = hasTopology ? { mtId: reader.u16("topology") } : {};
  const end = endOfCounted(reader, "opaque value");
  const opaque: OpaqueValue[] = [];
  while (reader.pos < end) opaque.push(readOpaque(reader, end));
  return { type, root, ...topology, opaque };
}

function readOpaque(reader: NlriReader, end: number): OpaqueValue {
  const start = reader.pos;
  const basicType = reader.u8("type of an opaque value");
  const type = basicType === EXTENDED
    ? FIRST_EXTENDED + reader.u16("extended type of an opaque value")
    : basicType;
  const next = endOfCounted(reader, "opaque value element");
  if (next > end) fail("mldp-opaque-value", start, "an element inside the opaque value");
  const length = next - reader.pos;
  if (type === GENERIC_LSP_ID && length === 4) return { type, lspId: reader.u32("LSP identifier") };
  return { type, hex: reader.hex(length, "opaque value element") };
}

/** Where what is behind its length of 2 octets ends. */
function endOfCounted(reader: NlriReader, what: string): number {
  const length = reader.u16(`length of the ${what}`);
  if (length > reader.left) fail("nlri-truncated", reader.pos, `${length} bytes of ${what}`);
  return reader.pos + length;
}

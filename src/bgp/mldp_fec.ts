/**
 * FEC elements of mLDP (RFC 6388 section 2.2): in PMSI_TUNNEL, and in MCAST-VPN routes where customers use mLDP (RFC 7441 section 3).
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
import { fail } from "../wire/fault.ts";
import type { NlriReader } from "./nlri/reader.ts";

export interface MldpFec {
  /** 6: P2MP, 7: MP2MP upstream, 8: MP2MP downstream. */
  readonly type: number;
  /** Absent where its address family is unknown. */
  readonly root?: string;
  /** Address family of a root of which only the octets are known. */
  readonly rootAfi?: number;
  readonly rootHex?: string;
  /** Topology of the root's address, where it has one (RFC 7307 section 3.2). */
  readonly mtId?: number;
  readonly opaque: readonly OpaqueValue[];
}

/** An opaque value element (RFC 6388 section 2.3). */
export interface OpaqueValue {
  readonly type: number;
  /** Set where the type is one of the extended types. */
  readonly isExtended?: true;
  /** Of the generic LSP identifier, type 1. */
  readonly lspId?: number;
  /** Of all other types. */
  readonly hex?: string;
}

const FIRST_TYPE = 6;
const LAST_TYPE = 8;
const GENERIC_LSP_ID = 1;
const EXTENDED = 255;
const TOPOLOGY_BYTES = 4;
/** Bytes of an address by address family: IPv4, IPv6, and both with a topology. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 16, 29: 8, 30: 20 };

export function isMldpFecType(type: number): boolean {
  return type >= FIRST_TYPE && type <= LAST_TYPE;
}

export function readMldpFec(reader: NlriReader): MldpFec {
  const start = reader.pos;
  const type = reader.u8("FEC type");
  if (!isMldpFecType(type)) fail("mldp-fec-type", start, "type 6, 7 or 8");
  const root = readRoot(reader);
  const opaqueBytes = reader.u16("length of the opaque value");
  const opaqueStart = reader.take(opaqueBytes, "opaque value");
  reader.pos = opaqueStart;
  const opaque = readOpaqueValues(reader, opaqueStart + opaqueBytes);
  return { type, ...root, opaque };
}

function readRoot(reader: NlriReader): Pick<MldpFec, "root" | "mtId" | "rootAfi" | "rootHex"> {
  const rootAfi = reader.u16("address family");
  const lengthAt = reader.pos;
  const length = reader.u8("length of the root's address");
  const known = ADDRESS_BYTES[rootAfi];
  if (known === undefined) return { rootAfi, rootHex: reader.hex(length, "root address") };
  if (length !== known) fail("mldp-fec-root", lengthAt, `${known} bytes, as its family has`);
  const hasTopology = length === 8 || length === 20;
  const root = reader.address(8 * (hasTopology ? length - TOPOLOGY_BYTES : length), "root address");
  if (!hasTopology) return { root };
  reader.take(2, "reserved octets");
  return { root, mtId: reader.u16("topology") };
}

/** The elements up to `end`. */
export function readOpaqueValues(reader: NlriReader, end: number): OpaqueValue[] {
  const opaque: OpaqueValue[] = [];
  while (reader.pos < end) opaque.push(readOpaque(reader, end));
  return opaque;
}

function readOpaque(reader: NlriReader, end: number): OpaqueValue {
  const start = reader.pos;
  const basicType = reader.u8("type of an opaque value");
  const isExtended = basicType === EXTENDED;
  const type = isExtended ? reader.u16("extended type of an opaque value") : basicType;
  const length = reader.u16("length of an opaque value");
  if (length > end - reader.pos) {
    fail("mldp-opaque-value", start, "an element inside the opaque value");
  }
  if (isExtended) return { type, isExtended, hex: reader.hex(length, "opaque value element") };
  if (type === GENERIC_LSP_ID && length === 4) return { type, lspId: reader.u32("LSP identifier") };
  return { type, hex: reader.hex(length, "opaque value element") };
}

/** Which vectors cover a code point: found in the bytes of the vectors, so that no list of them can go stale. */
import { readTlvs } from "../../src/bgp/link_state/tlv.ts";
import { isFault } from "../../src/wire/fault.ts";
import { VECTORS } from "../bgp/attributes/vectors.ts";
import { fromHex } from "../decoding.ts";
import { FAMILY_VECTORS } from "../vectors/nlri/index.ts";
import { PREFIX_VECTORS } from "../vectors/nlri/prefixes.ts";

/** A vector, as far as the support matrix needs it. */
export interface Vector {
  /** Where it comes from; undefined: made here. */
  readonly source?: string | undefined;
  readonly bytes: Uint8Array;
  /** What it is decoded to. */
  readonly value: unknown;
}

/** Sound values of a path attribute. */
export function attributeVectors(code: number): Vector[] {
  return (VECTORS[code]?.good ?? []).map(({ source, value, members }) => ({
    source,
    bytes: fromHex(value),
    value: members,
  }));
}

/** Sound NLRI of a family. */
export function familyVectors(afi: number | string, safi: number | string): Vector[] {
  const key = `${afi}/${safi}`;
  return [
    ...(FAMILY_VECTORS[key]?.good ?? []).map(({ source, nlri, route }) => ({
      source,
      bytes: fromHex(nlri),
      value: route,
    })),
    ...(PREFIX_VECTORS[key] ?? []).map(({ source, nlri, members }) => ({
      source,
      bytes: fromHex(nlri),
      value: members,
    })),
  ];
}

/** Those of them that have this number in `count` octets at this offset. */
export function withNumberAt(
  vectors: readonly Vector[],
  offset: number,
  count: number,
  number: number,
): Vector[] {
  return vectors.filter(({ bytes }) => numberAt(bytes, offset, count) === number);
}

function numberAt(bytes: Uint8Array, offset: number, count: number): number | undefined {
  if (bytes.length < offset + count) return undefined;
  return bytes.subarray(offset, offset + count).reduce((sum, it) => sum * 256 + it, 0);
}

/** Whether an object somewhere in the value has these members. */
export function holds(value: unknown, wanted: Readonly<Record<string, unknown>>): boolean {
  if (typeof value !== "object" || value === null) return false;
  const own = value as Readonly<Record<string, unknown>>;
  if (Object.entries(wanted).every(([name, it]) => own[name] === it)) return true;
  return Object.values(own).some((inner) => holds(inner, wanted));
}

/** Octets before the TLVs inside a TLV, by type: node descriptors, MPLS cross-connects. */
const LINK_STATE_NESTED: Readonly<Record<number, number>> = { 256: 0, 257: 0, 555: 8 };

/** Numbers of the BGP-LS TLVs in a list, also of those inside others. */
function linkStateTypes(bytes: Uint8Array, start: number): Set<number> {
  const found = new Set<number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walk = (from: number, to: number): void => {
    for (const { type, start, end } of readTlvs(view, from, to)) {
      found.add(type);
      const head = LINK_STATE_NESTED[type];
      if (head !== undefined) walk(start + head, end);
    }
  };
  try {
    walk(start, bytes.length);
  } catch (error) {
    if (!isFault(error)) throw error;
  }
  return found;
}

/** NLRI type u16, length u16, route distinguisher in the VPN family, protocol u8, identifier u64. */
const LINK_STATE_HEADER_BYTES = 13;
const DISTINGUISHER_BYTES = 8;

/** Vectors that have a BGP-LS TLV and say more of it than its bytes. */
export function linkStateVectors(code: number): Vector[] {
  const descriptors = [71, 72, 80, 128].flatMap((safi) =>
    familyVectors(16388, safi).filter(({ bytes, value }) => {
      const start = LINK_STATE_HEADER_BYTES +
        (safi === 71 || safi === 80 ? 0 : DISTINGUISHER_BYTES);
      return linkStateTypes(bytes, start).has(code) && !holds(value, { type: code });
    })
  );
  const attributes = attributeVectors(29).filter(({ value }) => {
    const tlv = findTlv(value, code);
    return tlv !== undefined && "value" in tlv;
  });
  return [...descriptors, ...attributes];
}

function findTlv(value: unknown, type: number): object | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("type" in value && value.type === type && "name" in value) return value;
  for (const inner of Object.values(value)) {
    const found = findTlv(inner, type);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Vectors of an attribute that is a list of elements of `size` octets, with an element that begins with these octets. */
export function elementVectors(
  attribute: number,
  size: number,
  start: readonly number[],
): Vector[] {
  return attributeVectors(attribute).filter(({ bytes }) => {
    for (let at = 0; at + size <= bytes.length; at += size) {
      if (start.every((octet, i) => bytes[at + i] === octet)) return true;
    }
    return false;
  });
}

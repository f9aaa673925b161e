/**
 * What a TLV of the BGP-LS attribute is to this program: a row in the table of the RFC that defines it. Rows of one RFC share a file
 * `attribute_<topic>.ts`; attribute_registry.ts lists the tables.
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text, ipv6Text, utf8Text } from "../../wire/strings.ts";

/** What a TLV is about: the kind of NLRI that it goes with, or the TLV that it stands in. */
export type TlvOwner = "node" | "link" | "prefix" | "srv6-sid" | "sr-policy" | "sub-tlv";

/** A decoded value: what {@linkcode putSnakeCased} can write, objects with camelCase names. */
export type TlvValue = string | number | bigint | boolean | object;

/** Decodes the value `bytes[start, end)` of a TLV; `nested` decodes TLVs inside it. @throws DecodeFault */
export type TlvDecoder<Value extends TlvValue> = (
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  nested: NestedTlvs,
) => Value;

export interface TlvSpec<Value extends TlvValue = TlvValue> {
  /** IANA's code point. */
  readonly code: number;
  /** IANA's name. */
  readonly name: string;
  /** The document that defines it, e.g. `RFC 9552 section 5.3.1.1`: in the support matrix and in `explain`. */
  readonly reference: string;
  readonly of: readonly TlvOwner[];
  readonly decode: TlvDecoder<Value>;
}

/** A TLV as it came. Neither value nor error: its type has no row, or it is nested too deep; the bytes are what there is. */
export interface Tlv {
  readonly type: number;
  /** Absent: the type has no row. */
  readonly name: string | undefined;
  readonly value: TlvValue | undefined;
  /** The value's bytes; absent beside a decoded value. */
  readonly hex: string | undefined;
  /** Code of what is wrong with the value. */
  readonly error: string | undefined;
}

/** Decodes the TLVs from `start` to `end`, which are inside a value. @throws DecodeFault where their borders are lost */
export type NestedTlvs = (start: number, end: number) => readonly Tlv[];

/** A row. */
export function tlv<Value extends TlvValue>(
  code: number,
  name: string,
  reference: string,
  of: readonly TlvOwner[],
  decode: TlvDecoder<Value>,
): TlvSpec<Value> {
  return { code, name, reference, of, decode };
}

/** @throws DecodeFault `ls-tlv-value-length` unless the value has this length */
export function expectLength(start: number, end: number, length: number): void {
  if (end - start !== length) {
    fail("ls-tlv-value-length", start, `length ${length}, found ${end - start}`);
  }
}

/** @throws DecodeFault `ls-tlv-value-length` if the value is shorter */
export function expectAtLeast(start: number, end: number, length: number): void {
  if (end - start < length) {
    fail("ls-tlv-value-length", start, `at least ${length} bytes, found ${end - start}`);
  }
}

/** @throws DecodeFault `ls-tlv-value-length` unless the value is a list of entries of this size */
export function expectMultiple(start: number, end: number, size: number): void {
  if ((end - start) % size !== 0) {
    fail("ls-tlv-value-length", start, `a multiple of ${size}, found ${end - start}`);
  }
}

/**
 * The set flags, by their letters in the RFC, the most significant bit first; a bit without a letter (a space in `letters`, or behind
 * its end) by its number, 0 the most significant. `mask`: which bits of an octet are flags.
 */
export function flagLetters(
  bytes: Uint8Array,
  start: number,
  end: number,
  letters: string,
  mask = 0xff,
): string[] {
  const set = [];
  for (let pos = start; pos < end; pos++) {
    const octet = bytes[pos]! & mask;
    for (let bit = 0; octet !== 0 && bit < 8; bit++) {
      if ((octet & (0x80 >> bit)) === 0) continue;
      const number = 8 * (pos - start) + bit;
      const letter = letters[number];
      set.push(letter === undefined || letter === " " ? String(number) : letter);
    }
  }
  return set;
}

/** Flags alone, in one octet. */
export function flags(letters: string): TlvDecoder<string[]> {
  return (bytes, _view, start, end) => {
    expectLength(start, end, 1);
    return flagLetters(bytes, start, end, letters);
  };
}

/** An unsigned number of `min` to `max` octets, at most 6. */
export function unsigned(min: number, max = min): TlvDecoder<number> {
  return (bytes, _view, start, end) => {
    const length = end - start;
    if (length < min || length > max) {
      const expected = min === max ? `length ${min}` : `length ${min} to ${max}`;
      fail("ls-tlv-value-length", start, `${expected}, found ${length}`);
    }
    return readUnsigned(bytes, start, end);
  };
}

/** Up to 6 octets as a number. */
export function readUnsigned(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let pos = start; pos < end; pos++) value = value * 256 + bytes[pos]!;
  return value;
}

/** 20 bits at the front of 4 octets, as in a label stack. */
export function readLabelEntry(view: DataView, start: number): number {
  return view.getUint32(start) >>> 12;
}

export function decodeU8List(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): number[] {
  const list = [];
  for (let pos = start; pos < end; pos++) list.push(bytes[pos]!);
  return list;
}

export function decodeU32List(
  _bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number[] {
  expectMultiple(start, end, 4);
  const list = [];
  for (let pos = start; pos < end; pos += 4) list.push(view.getUint32(pos));
  return list;
}

/** IEEE 754 single precision; JSON has no form for `NaN` and infinities, they are texts. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";

export function readFloat(view: DataView, start: number): Float {
  const value = view.getFloat32(start);
  return Number.isFinite(value) ? value : String(value) as Float;
}

export function decodeFloat(
  _bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Float {
  expectLength(start, end, 4);
  return readFloat(view, start);
}

export function decodeText(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): string {
  return utf8Text(bytes, start, end);
}

export function decodeHex(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): string {
  return hexText(bytes, start, end);
}

export function decodeIpv4(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): string {
  expectLength(start, end, 4);
  return ipv4Text(bytes, start);
}

export function decodeIpv6(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): string {
  expectLength(start, end, 16);
  return ipv6Text(bytes, start);
}

/** An address of either family, told by its length. */
export function decodeAddress(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): string {
  if (end - start === 4) return ipv4Text(bytes, start);
  if (end - start !== 16) {
    fail("ls-tlv-value-length", start, `length 4 or 16, found ${end - start}`);
  }
  return ipv6Text(bytes, start);
}

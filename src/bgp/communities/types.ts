/**
 * How an extended community's text is made: for each type a table of subtypes, for each subtype a lead text and the form of
 * the 6 octets behind it.
 */
import { putIpv4, putU32 } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";

/** Writes the text of a value; `at` is its first of 6 octets. All of it is ASCII that needs no escape in JSON. */
export type PutValue = (
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  at: number,
) => void;

export interface Subtype {
  /** Text in front of the value. */
  readonly lead: Uint8Array;
  readonly put: PutValue;
}

/** A type of extended community. */
export interface CommunityType {
  /** By subtype octet. */
  readonly subtypes: readonly (Subtype | undefined)[];
  /** For a subtype that is not listed, behind `Subtype unknown=`; absent: the community is written as one of an unknown type. */
  readonly other?: PutValue;
}

/** Subtypes as they are listed in a table: lead text, and a form where it is not that of the type. */
export type SubtypeRows = Readonly<Record<number, string | readonly [lead: string, put: PutValue]>>;

/** A type whose rows have the form `put` unless they name one. */
export function communityType(put: PutValue, rows: SubtypeRows, other?: PutValue): CommunityType {
  const subtypes = new Array<Subtype | undefined>(256).fill(undefined);
  for (const [subtype, row] of Object.entries(rows)) {
    const [lead, own] = typeof row === "string" ? [row, put] : row;
    subtypes[Number(subtype)] = { lead: utf8(lead), put: own };
  }
  return other === undefined ? { subtypes } : { subtypes, other };
}

const COLON = 0x3a;

/** `16-bit:32-bit`: two-octet AS and number (RFC 4360 section 3.1). */
export function putTwoOctetAs(
  out: ByteWriter,
  _bytes: Uint8Array,
  view: DataView,
  at: number,
): void {
  putU32(out, view.getUint16(at));
  out.byte(COLON);
  putU32(out, view.getUint32(at + 2));
}

/** `a.b.c.d:16-bit` (RFC 4360 section 3.2). */
export function putIpv4Specific(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  at: number,
): void {
  putIpv4(out, bytes, at);
  out.byte(COLON);
  putU32(out, view.getUint16(at + 4));
}

/** `32-bit:16-bit`: four-octet AS and number (RFC 5668 section 2). */
export function putFourOctetAs(
  out: ByteWriter,
  _bytes: Uint8Array,
  view: DataView,
  at: number,
): void {
  putU32(out, view.getUint32(at));
  out.byte(COLON);
  putU32(out, view.getUint16(at + 4));
}

/** The first 4 octets as a number: the form of goBMP for what it does not look into. */
export function putFirstFour(
  out: ByteWriter,
  _bytes: Uint8Array,
  view: DataView,
  at: number,
): void {
  putU32(out, view.getUint32(at));
}

const UPPER_HEX = utf8("0123456789ABCDEF");

/** Two upper-case hex digits. */
export function putUpperHex(out: ByteWriter, octet: number): void {
  out.byte(UPPER_HEX[octet >> 4]!);
  out.byte(UPPER_HEX[octet & 15]!);
}

/** `[ 0x01, 0x02, … ]`. */
export function putHexList(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  out.ascii("[ ");
  for (let i = start; i < end; i++) {
    out.ascii(i === start ? "0x" : ", 0x");
    putUpperHex(out, bytes[i]!);
  }
  out.ascii(" ]");
}

/** All 6 octets as a list. */
export function putSixOctets(
  out: ByteWriter,
  bytes: Uint8Array,
  _view: DataView,
  at: number,
): void {
  putHexList(out, bytes, at, at + 6);
}

/**
 * Numbers of these widths in octets, with colons between; a negative width is skipped.
 *
 * @example `numbers(1, -2, 3)` of RFC 7432's ESI label: flags, 2 reserved octets, label.
 */
export function numbers(...widths: readonly (1 | 2 | 3 | 4 | -1 | -2 | -4)[]): PutValue {
  return (out, _bytes, view, at) => {
    let pos = at;
    let isFirst = true;
    for (const width of widths) {
      if (width > 0) {
        if (!isFirst) out.byte(COLON);
        isFirst = false;
        putU32(out, unsignedAt(view, pos, width));
      }
      pos += Math.abs(width);
    }
  };
}

function unsignedAt(view: DataView, pos: number, width: number): number {
  switch (width) {
    case 1:
      return view.getUint8(pos);
    case 2:
      return view.getUint16(pos);
    case 3:
      return (view.getUint16(pos) << 8) | view.getUint8(pos + 2);
    default:
      return view.getUint32(pos);
  }
}

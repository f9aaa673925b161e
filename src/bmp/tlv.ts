/**
 * TLVs of BMP (RFC 7854 section 4.4): the same in Initiation, Termination, Peer Up, Peer Down, Route Mirroring and Statistics Report.
 *
 * ```
 * 0  u16  Type
 * 2  u16  Length of the value
 * 4  ...  Value
 * ```
 */
import { type DecodeFault, fault } from "../wire/fault.ts";
import type { ByteRange } from "../wire/range.ts";
import { utf8Text } from "../wire/strings.ts";

const HEADER_BYTES = 4;

/** Most TLVs read from one message; real ones have tens. Objects cost many times the 4 bytes that an empty TLV takes. */
export const TLV_COUNT_MAX = 16_384;

/** One TLV; its value is `[start, end)`. */
export interface Tlv {
  /** IANA's type code in the namespace of its message. */
  readonly type: number;
  /** First byte of the value. */
  readonly start: number;
  /** End of the value, exclusive. */
  readonly end: number;
}

/** A TLV that carries information on a router or table. */
export interface InformationTlv extends Tlv {
  /** IANA's name, undefined for an unassigned type. */
  readonly name: string | undefined;
  /** The value as text, invalid UTF-8 replaced; undefined where the type is not text. */
  readonly text: string | undefined;
}

/** TLVs in the order of the wire. */
export interface TlvList<T extends Tlv = Tlv> {
  readonly tlvs: readonly T[];
  /** From the header of the first TLV that does not fit up to the end; undefined: all of them fit. */
  readonly malformed: ByteRange | undefined;
}

/** What the types of one namespace mean; types that are not text have a name only. */
export type InformationTypes = Readonly<
  Record<number, { readonly name: string; readonly isText: boolean }>
>;

/** Finds the TLVs from `start` to `end`. One that runs past the end costs the rest only, and adds a fault to `faults`. */
export function readTlvs(
  view: DataView,
  start: number,
  end: number,
  faults: DecodeFault[],
): TlvList {
  const tlvs: Tlv[] = [];
  for (let pos = start; pos < end;) {
    const room = end - pos - HEADER_BYTES;
    const length = room < 0 ? 0 : view.getUint16(pos + 2);
    if (room < 0) {
      faults.push(
        fault("tlv-header", pos, `${HEADER_BYTES} bytes of TLV header, found ${end - pos}`),
      );
    } else if (length > room) {
      faults.push(fault("tlv-length", pos + 2, `at most ${room}, found ${length}`));
    } else if (tlvs.length === TLV_COUNT_MAX) {
      faults.push(fault("tlv-count", pos, `at most ${TLV_COUNT_MAX} TLVs`));
    } else {
      const valueStart = pos + HEADER_BYTES;
      const type = view.getUint16(pos);
      pos = valueStart + length;
      tlvs.push({ type, start: valueStart, end: pos });
      continue;
    }
    return { tlvs, malformed: { start: pos, end } };
  }
  return { tlvs, malformed: undefined };
}

/** {@linkcode readTlvs}, with the names and texts of one namespace. */
export function readInformationTlvs(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  types: InformationTypes,
  faults: DecodeFault[],
): TlvList<InformationTlv> {
  const { tlvs, malformed } = readTlvs(view, start, end, faults);
  const named = tlvs.map((tlv) => {
    const known = types[tlv.type];
    const text = known?.isText === true ? utf8Text(bytes, tlv.start, tlv.end) : undefined;
    return { ...tlv, name: known?.name, text };
  });
  return { tlvs: named, malformed };
}

/** Longest sysName (RFC 1213 section 6, system group) and VRF/Table Name (RFC 9069 section 4.4.1), in bytes. */
const NAME_BYTES_MAX = 255;

/**
 * {@linkcode firstText} for a name that many records repeat: one that is too long is none, and adds a fault, because a name of
 * 64 KiB would make gigabytes of small messages.
 */
export function firstName(
  tlvs: readonly InformationTlv[],
  type: number,
  faults: DecodeFault[],
): string | undefined {
  const found = tlvs.find((tlv) => tlv.type === type);
  if (found === undefined) return undefined;
  const length = found.end - found.start;
  if (length <= NAME_BYTES_MAX) return found.text;
  faults.push(
    fault("name-length", found.start, `at most ${NAME_BYTES_MAX} bytes, found ${length}`),
  );
  return undefined;
}

/** Text of the first TLV of a type, undefined: there is none. It may be empty. */
export function firstText(tlvs: readonly InformationTlv[], type: number): string | undefined {
  return tlvs.find((tlv) => tlv.type === type)?.text;
}

/** Texts of all TLVs of a type, in order. */
export function textsOf(tlvs: readonly InformationTlv[], type: number): string[] {
  return tlvs.flatMap((tlv) => tlv.type === type && tlv.text !== undefined ? [tlv.text] : []);
}

/**
 * TLVs that stand after the UPDATE of a version 3 Route Monitoring, where RFC 7854 has none; undefined unless they fill
 * `[start, end)` exactly.
 *
 * Huawei NE40E sends the path status of draft-ietf-grow-bmp-path-marking-tlv there, as type 0xEA62 without enterprise number.
 */
export function readTrailingTlvs(
  _bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): readonly Tlv[] | undefined {
  const { tlvs, malformed } = readTlvs(view, start, end, []);
  return malformed === undefined && tlvs.length > 0 ? tlvs : undefined;
}

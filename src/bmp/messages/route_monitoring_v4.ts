/**
 * Route Monitoring of BMP version 4 (draft-ietf-grow-bmp-tlv sections 4 and 5.2): the UPDATE is one of several TLVs.
 *
 * ```
 * 0  u16  E 0x8000 (enterprise), Type
 * 2  u16  Length of the value and, with E, the enterprise number; without the index
 * 4  u16  G 0x8000 (names a group), Index: 0 all NLRI, 1 the first
 *    u32  enterprise number, only with E
 *    ...  Value
 * ```
 *
 * Revisions of the draft number the types differently, and all are in use. The BGP Message TLV is the one that begins with sixteen
 * octets 0xff: 7 tells revision 20. Revisions 19 and 21 both have it at 4; there the other TLVs tell.
 */
import { type Capability, decodeCapabilities } from "../../bgp/capabilities/registry.ts";
import { BGP_HEADER_BYTES, hasBgpMarker } from "../../bgp/message.ts";
import { type DecodeFault, fail, fault, faultWithin } from "../../wire/fault.ts";
import { readU64 } from "../../wire/integers.ts";
import type { ByteRange } from "../../wire/range.ts";
import { utf8Text } from "../../wire/strings.ts";
import { decodePathMarking, type PathMarking } from "../path_marking.ts";
import { TLV_COUNT_MAX } from "../tlv.ts";

const HEADER_BYTES = 6;
const TOP_BIT = 0x8000;
/** Has the E bit, and yet no enterprise number (section 4.2). */
const RESERVED_TYPE = 0xffff;

/** Revision of draft-ietf-grow-bmp-tlv whose type numbers a message has. */
export type BmpTlvRevision = 19 | 20 | 21;

type KindName =
  | "bgp-message"
  | "stateless-parsing"
  | "group"
  | "table-name"
  | "path-marking"
  | "sequence-number"
  | "extended-flags"
  | "timestamp";

/** Meaning of the types, by revision. Path Marking has a number only beside revision 19. */
const KINDS: Readonly<Record<BmpTlvRevision, Readonly<Record<number, KindName>>>> = {
  19: {
    1: "stateless-parsing",
    2: "group",
    3: "table-name",
    4: "bgp-message",
    5: "path-marking",
  },
  20: {
    1: "sequence-number",
    2: "extended-flags",
    3: "timestamp",
    4: "group",
    5: "table-name",
    6: "stateless-parsing",
    7: "bgp-message",
  },
  21: {
    1: "group",
    2: "table-name",
    3: "stateless-parsing",
    4: "bgp-message",
    5: "sequence-number",
    6: "extended-flags",
    7: "timestamp",
  },
};

/** Where one TLV is; its value, without index and enterprise number, is `[start, end)`. */
export interface IndexedTlv {
  /** Without the E bit. */
  readonly type: number;
  /** IANA private enterprise number; undefined: a standard TLV. */
  readonly enterprise: number | undefined;
  /** Number of the NLRI, from 1, or of the group; 0: all NLRI. */
  readonly index: number;
  /** G bit: `index` is the number of a group. */
  readonly isGroupIndex: boolean;
  readonly start: number;
  readonly end: number;
}

/** What a TLV says; `kind` tells which. */
export type RouteMonitoringTlvValue =
  | { readonly kind: "bgp-message" }
  /** Capabilities that hold for this message, one by the draft. */
  | { readonly kind: "stateless-parsing"; readonly capabilities: readonly Capability[] }
  /** The group that `index` names, as numbers of NLRI from 1. */
  | { readonly kind: "group"; readonly members: readonly number[] }
  | { readonly kind: "table-name"; readonly text: string }
  | { readonly kind: "path-marking" } & PathMarking
  | { readonly kind: "sequence-number"; readonly value: number | bigint }
  /** Flags of the per-peer header and more, in the value's bytes. */
  | { readonly kind: "extended-flags" }
  | {
    readonly kind: "timestamp";
    readonly timestampType: number;
    readonly seconds: number;
    /** 0 where the router gives seconds only. */
    readonly microseconds: number;
  }
  /** Of an enterprise, of an unknown type, or malformed; then a fault was listed. */
  | { readonly kind: "unknown" };

export type RouteMonitoringTlv = IndexedTlv & RouteMonitoringTlvValue;

export interface RouteMonitoringV4 {
  /** The BGP message, header included. */
  readonly pdu: ByteRange;
  /** Undefined when the type of the BGP Message TLV is none of the known ones; the other TLVs are then `unknown`. */
  readonly revision: BmpTlvRevision | undefined;
  /** In the order of the wire. */
  readonly tlvs: readonly RouteMonitoringTlv[];
  /** Those of all Stateless Parsing TLVs: if there are any, they stand in for those of the OPENs (section 5.2.3). */
  readonly capabilities: readonly Capability[];
  /** What follows the last whole TLV. */
  readonly malformed: ByteRange | undefined;
  readonly faults: readonly DecodeFault[];
}

/**
 * Decodes a version 4 Route Monitoring; `start` is the first byte after the per-peer header.
 *
 * @param revision the draft that the router follows; found out by itself when undefined
 * @throws DecodeFault `bgp-message-tlv` when no TLV holds a BGP message
 */
export function decodeRouteMonitoringV4(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  revision?: BmpTlvRevision,
): RouteMonitoringV4 {
  const faults: DecodeFault[] = [];
  const { found, malformed } = readIndexedTlvs(view, start, end, faults);
  const pdu = found.find((tlv) => isBgpMessage(tlv, view));
  if (pdu === undefined) {
    fail("bgp-message-tlv", start, "a TLV that begins with the marker of a BGP message");
  }
  const known = revision ?? findRevision(pdu.type, found, bytes);
  const tlvs: RouteMonitoringTlv[] = found.map((tlv) => {
    const value: RouteMonitoringTlvValue = tlv === pdu
      ? { kind: "bgp-message" }
      : decodeValue(tlv, known, bytes, view, faults);
    return { ...tlv, ...value };
  });
  return {
    pdu: { start: pdu.start, end: pdu.end },
    revision: known,
    tlvs,
    capabilities: tlvs.flatMap((tlv) => tlv.kind === "stateless-parsing" ? tlv.capabilities : []),
    malformed,
    faults,
  };
}

/** Finds the TLVs; one that runs past the end costs the rest only. */
function readIndexedTlvs(
  view: DataView,
  start: number,
  end: number,
  faults: DecodeFault[],
): { found: IndexedTlv[]; malformed: ByteRange | undefined } {
  const found: IndexedTlv[] = [];
  for (let pos = start; pos < end;) {
    const problem = found.length === TLV_COUNT_MAX
      ? fault("tlv-count", pos, `at most ${TLV_COUNT_MAX} TLVs`)
      : checkHeader(view, pos, end);
    if (problem !== undefined) {
      faults.push(problem);
      return { found, malformed: { start: pos, end } };
    }
    const type = view.getUint16(pos);
    const index = view.getUint16(pos + 4);
    const hasEnterprise = isEnterprise(type);
    const payloadStart = pos + HEADER_BYTES;
    const payloadEnd = payloadStart + view.getUint16(pos + 2);
    found.push({
      type: hasEnterprise ? type & ~TOP_BIT : type,
      enterprise: hasEnterprise ? view.getUint32(payloadStart) : undefined,
      index: index & ~TOP_BIT,
      isGroupIndex: (index & TOP_BIT) !== 0,
      start: hasEnterprise ? payloadStart + 4 : payloadStart,
      end: payloadEnd,
    });
    pos = payloadEnd;
  }
  return { found, malformed: undefined };
}

function checkHeader(view: DataView, pos: number, end: number): DecodeFault | undefined {
  const room = end - pos - HEADER_BYTES;
  if (room < 0) {
    return fault("tlv-header", pos, `${HEADER_BYTES} bytes of TLV header, found ${end - pos}`);
  }
  const length = view.getUint16(pos + 2);
  if (length > room) return fault("tlv-length", pos + 2, `at most ${room}, found ${length}`);
  if (isEnterprise(view.getUint16(pos)) && length < 4) {
    return fault("tlv-length", pos + 2, `at least 4 with an enterprise number, found ${length}`);
  }
  return undefined;
}

function isEnterprise(type: number): boolean {
  return (type & TOP_BIT) !== 0 && type !== RESERVED_TYPE;
}

function isBgpMessage(tlv: IndexedTlv, view: DataView): boolean {
  return tlv.enterprise === undefined && tlv.end - tlv.start >= BGP_HEADER_BYTES &&
    hasBgpMarker(view, tlv.start, tlv.end);
}

function findRevision(
  pduType: number,
  tlvs: readonly IndexedTlv[],
  bytes: Uint8Array,
): BmpTlvRevision | undefined {
  if (pduType === 7) return 20;
  if (pduType !== 4) return undefined;
  for (const tlv of tlvs) {
    if (tlv.enterprise !== undefined) continue;
    const length = tlv.end - tlv.start;
    switch (tlv.type) {
      case 1: // Stateless Parsing in 19; Group in 21, which has the G bit
        return tlv.isGroupIndex ? 21 : 19;
      case 2: // Group in 19; VRF/Table Name in 21
        return tlv.isGroupIndex ? 19 : 21;
      case 3: // VRF/Table Name in 19; Stateless Parsing in 21: code, then the length of what is left
        return length >= 2 && bytes[tlv.start + 1] === length - 2 ? 21 : 19;
      case 5: // Path Marking, 4 or 6 octets, beside 19; Sequence Number, 8 octets, in 21
        return length === 8 ? 21 : 19;
      case 6:
      case 7:
        return 21;
    }
  }
  // Nothing but the UPDATE: they are one.
  return 19;
}

function decodeValue(
  tlv: IndexedTlv,
  revision: BmpTlvRevision | undefined,
  bytes: Uint8Array,
  view: DataView,
  faults: DecodeFault[],
): RouteMonitoringTlvValue {
  const kind = revision === undefined || tlv.enterprise !== undefined
    ? undefined
    : KINDS[revision][tlv.type];
  if (kind === undefined) return { kind: "unknown" };
  try {
    return decodeKnown(kind, tlv.start, tlv.end, bytes, view, faults);
  } catch (error) {
    faults.push(faultWithin(error, `in TLV ${tlv.type} (${kind})`));
    return { kind: "unknown" };
  }
}

function decodeKnown(
  kind: KindName,
  start: number,
  end: number,
  bytes: Uint8Array,
  view: DataView,
  faults: DecodeFault[],
): RouteMonitoringTlvValue {
  const length = end - start;
  switch (kind) {
    case "bgp-message":
      return fail("bgp-message-tlv", start, "one BGP Message TLV that begins with a marker");
    case "stateless-parsing":
      return { kind, capabilities: decodeCapabilities(bytes, view, start, end, faults) };
    case "group": {
      if (length % 2 !== 0) fail("group-length", start, `a multiple of 2, found ${length}`);
      const members = [];
      for (let pos = start; pos < end; pos += 2) members.push(view.getUint16(pos));
      return { kind, members };
    }
    case "table-name":
      return { kind, text: utf8Text(bytes, start, end) };
    case "path-marking":
      return { kind, ...decodePathMarking(bytes, view, start, end) };
    case "sequence-number":
      if (length !== 8) fail("sequence-number-length", start, `length 8, found ${length}`);
      return { kind, value: readU64(view, start) };
    case "extended-flags":
      return { kind };
    case "timestamp":
      if (length !== 5 && length !== 9) {
        fail("timestamp-length", start, `length 5 or 9, found ${length}`);
      }
      return {
        kind,
        timestampType: bytes[start]!,
        seconds: view.getUint32(start + 1),
        microseconds: length === 9 ? view.getUint32(start + 5) : 0,
      };
  }
}

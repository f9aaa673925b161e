/**
 * Initiation (RFC 7854 section 4.3): what the router says of itself, first thing in a session. Information TLVs only.
 */
import type { DecodeFault } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";
import {
  firstName,
  firstText,
  type InformationTlv,
  type InformationTypes,
  readInformationTlvs,
  textsOf,
} from "../tlv.ts";

const STRING = 0;
const SYS_DESCR = 1;
const SYS_NAME = 2;

const TYPES: InformationTypes = {
  [STRING]: { name: "String", isText: true },
  [SYS_DESCR]: { name: "sysDescr", isText: true },
  [SYS_NAME]: { name: "sysName", isText: true },
};

/** A decoded Initiation. */
export interface Initiation {
  /** In the order of the wire. */
  readonly tlvs: readonly InformationTlv[];
  /** The first sysName; may be empty. Required by the RFC, yet undefined when it did not come or was too long. */
  readonly sysName: string | undefined;
  /** The first sysDescr; undefined when none came. */
  readonly sysDescr: string | undefined;
  /** All String TLVs, in order. */
  readonly strings: readonly string[];
  /** What follows the last whole TLV. */
  readonly malformed: ByteRange | undefined;
  /** What is wrong with it; what could be read is there all the same. */
  readonly faults: readonly DecodeFault[];
}

/** Decodes an Initiation; `start` is the first byte after the common header. */
export function decodeInitiation(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Initiation {
  const faults: DecodeFault[] = [];
  const { tlvs, malformed } = readInformationTlvs(bytes, view, start, end, TYPES, faults);
  return {
    tlvs,
    sysName: firstName(tlvs, SYS_NAME, faults),
    sysDescr: firstText(tlvs, SYS_DESCR),
    strings: textsOf(tlvs, STRING),
    malformed,
    faults,
  };
}

/**
 * Termination (RFC 7854 section 4.5): why the router ends the session. TLVs: texts, and one reason.
 *
 * ```
 * Reason TLV (1)
 * 0  u16  reason
 * ```
 */
import { type DecodeFault, fault } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";
import {
  type InformationTlv,
  type InformationTypes,
  readInformationTlvs,
  textsOf,
} from "../tlv.ts";

const STRING = 0;
const REASON = 1;

const TYPES: InformationTypes = {
  [STRING]: { name: "String", isText: true },
  [REASON]: { name: "Reason", isText: false },
};

const REASON_NAMES: Readonly<Record<number, string>> = {
  0: "Administratively closed",
  1: "Unspecified reason",
  2: "Out of resources",
  3: "Redundant connection",
  4: "Permanently administratively closed",
};

/** A decoded Termination. */
export interface Termination {
  /** In the order of the wire. */
  readonly tlvs: readonly InformationTlv[];
  /** All String TLVs, in order. */
  readonly strings: readonly string[];
  /** The first reason; undefined when none came or it was malformed. */
  readonly reason: number | undefined;
  /** IANA's name, undefined for an unassigned reason. */
  readonly reasonName: string | undefined;
  /** What follows the last whole TLV. */
  readonly malformed: ByteRange | undefined;
  /** What is wrong with it; what could be read is there all the same. */
  readonly faults: readonly DecodeFault[];
}

/** Decodes a Termination; `start` is the first byte after the common header. */
export function decodeTermination(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Termination {
  const faults: DecodeFault[] = [];
  const { tlvs, malformed } = readInformationTlvs(bytes, view, start, end, TYPES, faults);
  let reason: number | undefined;
  for (const tlv of tlvs) {
    if (tlv.type !== REASON) continue;
    if (tlv.end - tlv.start !== 2) {
      faults.push(
        fault("termination-reason-length", tlv.start, `length 2, found ${tlv.end - tlv.start}`),
      );
    } else {
      reason ??= view.getUint16(tlv.start);
    }
  }
  const reasonName = reason === undefined ? undefined : REASON_NAMES[reason];
  return { tlvs, strings: textsOf(tlvs, STRING), reason, reasonName, malformed, faults };
}

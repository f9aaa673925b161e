/**
 * Route Mirroring (RFC 7854 section 4.7): BGP messages as they came, byte for byte, and notes on them.
 *
 * ```
 * TLVs, their order matters
 * 0  BGP Message  one whole BGP message of any type
 * 1  Information  u16 code: 0 the BGP Message that follows could not be parsed, 1 messages were lost
 * ```
 */
import { type DecodeFault, fault } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";
import { readTlvs, type Tlv } from "../tlv.ts";

const BGP_MESSAGE = 0;
const INFORMATION = 1;

/** Information codes of Route Mirroring. */
export const MirroringInformation = { erroredPdu: 0, messagesLost: 1 } as const;

const INFORMATION_NAMES: Readonly<Record<number, string>> = {
  [MirroringInformation.erroredPdu]: "Errored PDU",
  [MirroringInformation.messagesLost]: "Messages Lost",
};

/** One TLV; `kind` tells what it is. A malformed Information TLV is `unknown`, with a fault. */
export type MirroringTlv =
  | Tlv & { readonly kind: "bgp-message" }
  | Tlv & {
    readonly kind: "information";
    readonly code: number;
    /** IANA's name, undefined for an unassigned code. */
    readonly name: string | undefined;
  }
  | Tlv & { readonly kind: "unknown" };

/** A decoded Route Mirroring. */
export interface RouteMirroring {
  /** In the order of the wire. */
  readonly tlvs: readonly MirroringTlv[];
  /** What follows the last whole TLV. */
  readonly malformed: ByteRange | undefined;
  /** What is wrong with it; what could be read is there all the same. */
  readonly faults: readonly DecodeFault[];
}

/** Decodes a Route Mirroring; `start` is the first byte after the per-peer header. */
export function decodeRouteMirroring(
  _bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): RouteMirroring {
  const faults: DecodeFault[] = [];
  const { tlvs, malformed } = readTlvs(view, start, end, faults);
  return { tlvs: tlvs.map((tlv) => decodeTlv(tlv, view, faults)), malformed, faults };
}

function decodeTlv(tlv: Tlv, view: DataView, faults: DecodeFault[]): MirroringTlv {
  if (tlv.type === BGP_MESSAGE) return { ...tlv, kind: "bgp-message" };
  if (tlv.type === INFORMATION) {
    const length = tlv.end - tlv.start;
    if (length === 2) {
      const code = view.getUint16(tlv.start);
      return { ...tlv, kind: "information", code, name: INFORMATION_NAMES[code] };
    }
    faults.push(fault("mirroring-information-length", tlv.start, `length 2, found ${length}`));
  }
  return { ...tlv, kind: "unknown" };
}

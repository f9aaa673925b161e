/**
 * The BGP-LS attribute (RFC 9552 section 5.3): TLVs about the node, link, prefix or SID of the NLRI beside it.
 *
 * A TLV whose value is not what its RFC says costs itself only, because the borders of its neighbours are clear all the same
 * (RFC 9552 section 8.2.2 discards the attribute for a speaker that has to pass it on). All TLVs are kept, in the order of the wire.
 */
import { type DecodeFault, faultWithin } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import { TLV_BY_CODE } from "./attribute_registry.ts";
import type { NestedTlvs, Tlv, TlvValue } from "./attribute_spec.ts";
import { readTlvs, type TlvRange } from "./tlv.ts";

/** Levels of TLVs in TLVs that are decoded; real ones have 3 (a segment list's segment's SID structure). Deeper ones keep their bytes. */
const DEPTH_MAX = 4;

/** A decoded BGP-LS attribute. */
export interface LinkStateTlvs {
  readonly tlvs: readonly Tlv[];
  /** Where the value of each is. */
  readonly ranges: readonly TlvRange[];
  /** What is wrong with single TLVs, also with nested ones. */
  readonly faults: readonly DecodeFault[];
}

/** @throws DecodeFault when the borders of the TLVs do not fit the attribute */
export function decodeLinkStateTlvs(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): LinkStateTlvs {
  const ranges = readTlvs(view, start, end);
  const faults: DecodeFault[] = [];
  return { tlvs: decodeTlvs(bytes, view, ranges, 0, faults), ranges, faults };
}

/** Decodes TLVs on the level `depth`; adds what is wrong with them to `faults`. */
function decodeTlvs(
  bytes: Uint8Array,
  view: DataView,
  ranges: readonly TlvRange[],
  depth: number,
  faults: DecodeFault[],
): Tlv[] {
  const nested: NestedTlvs = (start, end) =>
    decodeTlvs(bytes, view, readTlvs(view, start, end), depth + 1, faults);
  const tlvs: Tlv[] = [];
  for (const { type, start, end } of ranges) {
    const spec = TLV_BY_CODE.get(type);
    let value: TlvValue | undefined;
    let error: string | undefined;
    if (spec !== undefined && depth < DEPTH_MAX) {
      try {
        value = spec.decode(bytes, view, start, end, nested);
      } catch (thrown) {
        const fault = faultWithin(thrown, `in BGP-LS TLV ${type} (${spec.name})`);
        error = fault.code;
        faults.push(fault);
      }
    }
    const hex = value === undefined ? hexText(bytes, start, end) : undefined;
    tlvs.push({ type, name: spec?.name, value, hex, error });
  }
  return tlvs;
}

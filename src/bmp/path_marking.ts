/**
 * Path Marking (draft-ietf-grow-bmp-path-marking-tlv): what the router does with a path, and why.
 *
 * ```
 * 0  u32  status, a bit each
 * 4  u16  reason; may be absent
 * ```
 */
import { fail } from "../wire/fault.ts";

const STATUS_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [0x0001, "Invalid"],
  [0x0002, "Best"],
  [0x0004, "Non-selected"],
  [0x0008, "Primary"],
  [0x0010, "Backup"],
  [0x0020, "Non-installed"],
  [0x0040, "Best-external"],
  [0x0080, "Add-Path"],
  [0x0100, "Filtered in inbound policy"],
  [0x0200, "Filtered in outbound policy"],
  [0x0400, "Stale"],
  [0x0800, "Suppressed"],
];

const REASON_NAMES: Readonly<Record<number, string>> = {
  1: "Invalid due to AS loop",
  2: "Invalid due to unresolvable next hop",
  3: "Not preferred for local preference",
  4: "Not preferred for AS path length",
  5: "Not preferred for origin",
  6: "Not preferred for MED",
  7: "Not preferred for peer type",
  8: "Not preferred for IGP cost",
  9: "Not preferred for router id",
  10: "Not preferred for peer address",
  11: "Not preferred for AIGP",
};

export interface PathMarking {
  readonly status: number;
  /** Names of the known bits that are set. */
  readonly statusNames: readonly string[];
  readonly reason: number | undefined;
  /** The draft's name, undefined for an unknown reason. */
  readonly reasonName: string | undefined;
}

/**
 * Decodes the value `[start, end)` of a Path Marking TLV.
 *
 * @throws DecodeFault `path-marking-length`
 */
export function decodePathMarking(
  _bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): PathMarking {
  const length = end - start;
  if (length !== 4 && length !== 6) {
    fail("path-marking-length", start, `length 4 or 6, found ${length}`);
  }
  const status = view.getUint32(start);
  const reason = length === 6 ? view.getUint16(start + 4) : undefined;
  return {
    status,
    statusNames: STATUS_NAMES.filter(([bit]) => (status & bit) !== 0).map(([, name]) => name),
    reason,
    reasonName: reason === undefined ? undefined : REASON_NAMES[reason],
  };
}

/**
 * Statistics Report (RFC 7854 section 4.8): counters and gauges of a peer.
 *
 * ```
 * 0  u32  Stats Count
 * 4  ...  TLVs: type by statistic_types.ts, value u32, u64, or AFI u16, SAFI u8, u64
 * ```
 *
 * In version 4 all of this stands inside a TLV of type 1, and other TLVs may follow (draft-ietf-grow-bmp-tlv section 5.4).
 */
import { type DecodeFault, fail, fault, faultWithin } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";
import { readU64 } from "../../wire/integers.ts";
import { hexText } from "../../wire/strings.ts";
import { STATISTIC_TYPES, type StatisticKind } from "../statistic_types.ts";
import { readTlvs, type Tlv } from "../tlv.ts";

const STATS_TLV = 1;
const ENTERPRISE_BIT = 0x8000;

/** One statistic; its value as sent is `[start, end)`. Either `value` or `hex` is there. */
export interface Statistic extends ByteRange {
  /** IANA's type code. */
  readonly type: number;
  /** IANA's description, undefined for an unassigned type. */
  readonly name: string | undefined;
  /** Address family, undefined where the statistic is not per family. */
  readonly afi: number | undefined;
  /** Subsequent address family, undefined like `afi`. */
  readonly safi: number | undefined;
  /** Exact: a number up to 2^53 - 1, else a bigint. */
  readonly value: number | bigint | undefined;
  /** The value as sent, where its length is wrong or tells nothing. */
  readonly hex: string | undefined;
}

/** A decoded Statistics Report. */
export interface StatisticsReport {
  /** Stats Count and the statistics. */
  readonly list: ByteRange;
  /** What the message says; the TLVs count. */
  readonly declaredCount: number;
  /** In the order of the wire. */
  readonly statistics: readonly Statistic[];
  /** TLVs that follow the container in version 4. */
  readonly tlvs: readonly Tlv[];
  /** What follows the last whole TLV. */
  readonly malformed: ByteRange | undefined;
  /** What is wrong with it; what could be read is there all the same. */
  readonly faults: readonly DecodeFault[];
}

/**
 * Decodes a Statistics Report; `start` is the first byte after the per-peer header, `version` that of the common header.
 *
 * @throws DecodeFault `statistics-length` when the count is missing
 */
export function decodeStatistics(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  version: number,
): StatisticsReport {
  if (end - start < 4) fail("statistics-length", start, `at least 4 bytes, found ${end - start}`);
  const faults: DecodeFault[] = [];
  const container = version === 4 ? readContainer(view, start, end) : undefined;
  const countStart = container?.start ?? start;
  const countEnd = container?.end ?? end;
  const declaredCount = view.getUint32(countStart);
  const statisticTlvs = readTlvs(view, countStart + 4, countEnd, faults);
  const count = statisticTlvs.tlvs.length;
  if (statisticTlvs.malformed === undefined && count !== declaredCount) {
    faults.push(fault("statistics-count", countStart, `${count}, found ${declaredCount}`));
  }
  const statistics = statisticTlvs.tlvs.map((tlv) =>
    decodeStatistic(tlv, bytes, view, version, faults)
  );
  const others = readTlvs(view, countEnd, end, faults);
  return {
    list: { start: countStart, end: countEnd },
    declaredCount,
    statistics,
    tlvs: others.tlvs,
    malformed: statisticTlvs.malformed ?? others.malformed,
    faults,
  };
}

/**
 * The value of the Stats TLV, undefined when the message does not begin with one. Its first two octets would otherwise be the
 * upper half of a count of 65536 or more.
 */
function readContainer(view: DataView, start: number, end: number): ByteRange | undefined {
  const valueStart = start + 4;
  const valueEnd = valueStart + view.getUint16(start + 2);
  const isStats = view.getUint16(start) === STATS_TLV && valueEnd <= end &&
    valueEnd - valueStart >= 4;
  return isStats ? { start: valueStart, end: valueEnd } : undefined;
}

function decodeStatistic(
  { type, start, end }: Tlv,
  bytes: Uint8Array,
  view: DataView,
  version: number,
  faults: DecodeFault[],
): Statistic {
  const known = STATISTIC_TYPES[type];
  const length = end - start;
  let kind = KIND_OF_LENGTH[length];
  if (known !== undefined && kind !== known.kind) {
    const expected = `length ${LENGTH_OF_KIND[known.kind]}, found ${length}`;
    faults.push(faultWithin(fault("statistic-length", start, expected), `in statistic ${type}`));
    kind = undefined;
  }
  // An enterprise's value begins with its number (draft-ietf-grow-bmp-tlv section 4.2), so its length tells nothing.
  if (version === 4 && (type & ENTERPRISE_BIT) !== 0) kind = undefined;
  const isPerFamily = kind === "family-gauge64";
  return {
    type,
    start,
    end,
    name: known?.name,
    afi: isPerFamily ? view.getUint16(start) : undefined,
    safi: isPerFamily ? bytes[start + 2]! : undefined,
    value: kind === undefined ? undefined : readValue(view, kind, start),
    hex: kind === undefined ? hexText(bytes, start, end) : undefined,
  };
}

const LENGTH_OF_KIND: Readonly<Record<StatisticKind, number>> = {
  "counter32": 4,
  "gauge64": 8,
  "family-gauge64": 11,
};

/** An unknown type is read by its length. */
const KIND_OF_LENGTH: Readonly<Record<number, StatisticKind>> = {
  4: "counter32",
  8: "gauge64",
  11: "family-gauge64",
};

function readValue(view: DataView, kind: StatisticKind, start: number): number | bigint {
  if (kind === "counter32") return view.getUint32(start);
  return readU64(view, kind === "family-gauge64" ? start + 3 : start);
}

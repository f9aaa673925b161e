/**
 * Lists of comparisons (RFC 8955 section 4.2.1): what most components of a Flow Specification are.
 *
 * ```
 * one comparison, repeated up to the one with the end-of-list bit
 *    u8     operator: 0x80 end of list, 0x40 AND with the one before, 0x30 size of the value: 1 << it octets
 *              numeric: 0x04 less than, 0x02 greater than, 0x01 equal
 *              bitmask: 0x02 not, 0x01 match: all of the bits, not just any of them
 *    u8[]   value
 * ```
 */
import { readU64 } from "../../wire/integers.ts";
import type { NlriReader } from "../nlri/reader.ts";

/** By the bits less than, greater than, equal (RFC 8955 section 4.2.1.1, table 1). */
export const NUMERIC_OPERATORS = ["false", "=", ">", ">=", "<", "<=", "!=", "true"] as const;
/** By the bits not, match (RFC 8955 section 4.2.1.2). */
export const BITMASK_OPERATORS = ["any", "all", "not-any", "not-all"] as const;

const BITS_BY_OPERATOR: ReadonlyMap<string, number> = new Map(
  [NUMERIC_OPERATORS, BITMASK_OPERATORS].flatMap((names) =>
    names.map((name, bits) => [name, bits] as const)
  ),
);

/** How a rule's text marks {@linkcode BITMASK_OPERATORS}. */
const BITMASK_SIGNS: Readonly<Record<string, string>> = {
  "any": "",
  "all": "=",
  "not-any": "!",
  "not-all": "!=",
};

const END_OF_LIST = 0x80;
const AND = 0x40;

/** What a packet's field is compared with. */
export interface Comparison {
  /** Holds only together with the comparison before; without it either will do. AND binds closer than OR. */
  readonly isAnd?: true;
  readonly operator: typeof NUMERIC_OPERATORS[number] | typeof BITMASK_OPERATORS[number];
  readonly value: number | bigint;
  /** Size of the value on the wire: 1, 2, 4 or 8 octets. */
  readonly octets: number;
}

/** The low bits of the operator's octet. */
export function operatorBits({ operator }: Comparison): number {
  return BITS_BY_OPERATOR.get(operator)!;
}

/** Reads a list to its end. @throws DecodeFault `nlri-truncated`, also where no comparison has the end-of-list bit */
export function readComparisons(
  reader: NlriReader,
  operators: typeof NUMERIC_OPERATORS | typeof BITMASK_OPERATORS,
): Comparison[] {
  const comparisons: Comparison[] = [];
  for (;;) {
    const bits = reader.u8("operator");
    const octets = 1 << ((bits >> 4) & 3);
    const value = valueAt(reader.view, reader.take(octets, "value"), octets);
    const operator = operators[bits & (operators.length - 1)]!;
    // RFC 8955 section 4.2.1.1: the first one's AND bit is taken as unset.
    const isAnd = (bits & AND) !== 0 && comparisons.length > 0;
    comparisons.push({ ...(isAnd && { isAnd }), operator, value, octets });
    if ((bits & END_OF_LIST) !== 0) return comparisons;
  }
}

function valueAt(view: DataView, at: number, octets: number): number | bigint {
  switch (octets) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at);
    case 4:
      return view.getUint32(at);
    default:
      return readU64(view, at);
  }
}

/** E.g. `>=137&<=139|=8080`. */
export function numericText(comparisons: readonly Comparison[], isHex: boolean): string {
  return joined(comparisons, ({ operator, value }) => {
    if (operator === "true" || operator === "false") return operator;
    return operator + (isHex ? hexNumber(value) : String(value));
  });
}

/** E.g. `syn|=rst+fin&!psh`; `flags` are names of bits, the lowest first. */
export function bitmaskText(comparisons: readonly Comparison[], flags: readonly string[]): string {
  return joined(
    comparisons,
    ({ operator, value }) => BITMASK_SIGNS[operator] + flagsText(value, flags),
  );
}

function joined(
  comparisons: readonly Comparison[],
  textOf: (comparison: Comparison) => string,
): string {
  return comparisons.map((it, i) => (i === 0 ? "" : it.isAnd ? "&" : "|") + textOf(it)).join("");
}

function flagsText(value: number | bigint, flags: readonly string[]): string {
  let rest = BigInt(value);
  const names: string[] = [];
  flags.forEach((name, bit) => {
    const mask = 1n << BigInt(bit);
    if ((rest & mask) === 0n) return;
    names.push(name);
    rest &= ~mask;
  });
  if (rest !== 0n || names.length === 0) names.push(hexNumber(rest));
  return names.join("+");
}

function hexNumber(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

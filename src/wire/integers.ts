/** Integers of the wire that a JavaScript number cannot always hold. */

/** The 8 bytes at `start`, exactly: a number up to 2^53 - 1, else a bigint. */
export function readU64(view: DataView, start: number): number | bigint {
  const value = view.getBigUint64(start);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

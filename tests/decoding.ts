/**
 * What tests of decoders share: bytes from hex, placed unaligned between foreign bytes, and the checks that hold for every
 * decoder: a cut or mutated input gives a result or a DecodeFault, offsets lie within the input, and nothing beyond its end is read.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type DecodeFault, isFault } from "../src/wire/fault.ts";

/** A decoder of `bytes[start, end)`. */
export type Decode<T> = (bytes: Uint8Array, view: DataView, start: number, end: number) => T;

/** Odd, so that nothing is aligned by luck. */
const START = 7;

/** Bytes of hex digits; white space is ignored. */
export function fromHex(hex: string): Uint8Array {
  const digits = hex.replace(/\s/g, "");
  assert.match(digits, /^([0-9a-f]{2})*$/);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Decodes hex; offsets in the result are `START` and more. */
export function decodeHex<T>(decode: Decode<T>, hex: string): T {
  return decodeBetween(decode, fromHex(hex), 0x5a);
}

/** The part of the input that a range of the result names, as hex. */
export function rangeHex(
  hex: string,
  range: { readonly start: number; readonly end: number } | undefined,
): string | undefined {
  if (range === undefined) return undefined;
  const bytes = fromHex(hex).subarray(range.start - START, range.end - START);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Faults as `code@offset`, offsets from the start of the input. */
export function faultList(faults: readonly DecodeFault[]): string[] {
  return faults.map((fault) => `${fault.code}@${fault.offset - START}`);
}

/** The fault that decoding throws, as `code@offset`. */
export function thrownFault<T>(decode: Decode<T>, hex: string): string {
  try {
    decodeHex(decode, hex);
  } catch (error) {
    if (isFault(error)) return faultList([error])[0]!;
    throw error;
  }
  assert.fail("decoded without a fault");
}

/** Cuts the input at every byte. */
export function checkTruncations<T>(decode: Decode<T>, hex: string): void {
  const input = fromHex(hex);
  for (let length = 0; length <= input.length; length++) {
    checkOutcome(decode, input.subarray(0, length));
  }
}

/** Overwrites up to 4 bytes of the input, at random; fast-check prints the seed of a failure. */
export function checkMutations<T>(decode: Decode<T>, hex: string): void {
  const input = fromHex(hex);
  const change = fc.tuple(fc.nat(input.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const mutated = input.slice();
      for (const [at, value] of changes) mutated[at] = value;
      checkOutcome(decode, mutated);
    }),
    { numRuns: 200 },
  );
}

/** Decodes random bytes. */
export function checkNoise<T>(decode: Decode<T>): void {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => checkOutcome(decode, noise)), {
    numRuns: 200,
  });
}

/** A result or a DecodeFault, the same whatever stands around the input, with offsets inside it. */
function checkOutcome<T>(decode: Decode<T>, input: Uint8Array): void {
  const outcome = outcomeOf(decode, input, 0x00);
  assert.deepEqual(outcome, outcomeOf(decode, input, 0xff), "read beyond the end");
  for (const { code, offset } of faultsIn(outcome)) {
    assert.ok(offset >= START && offset <= START + input.length, `${code} at ${offset}`);
  }
}

function outcomeOf<T>(decode: Decode<T>, input: Uint8Array, around: number): T | DecodeFault {
  try {
    return decodeBetween(decode, input, around);
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}

function decodeBetween<T>(decode: Decode<T>, input: Uint8Array, around: number): T {
  const bytes = new Uint8Array(START + input.length + 80).fill(around);
  bytes.set(input, START);
  return decode(bytes, new DataView(bytes.buffer), START, START + input.length);
}

function faultsIn(outcome: unknown): DecodeFault[] {
  if (isFault(outcome)) return [outcome];
  if (typeof outcome !== "object" || outcome === null || !("faults" in outcome)) return [];
  return outcome.faults as DecodeFault[];
}

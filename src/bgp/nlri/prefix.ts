/**
 * Lists of prefixes: how a list reads, checked before anything is taken from it.
 *
 * ```
 * one NLRI
 *    u32    path identifier, with ADD-PATH (RFC 7911 section 3)
 *    u8     length in bits of what follows
 *    u8[3]  label: 20 bits, 3 of traffic class, 1 bottom of stack; repeated (RFC 8277 section 2)
 *    u8[8]  route distinguisher (RFC 4364 section 4.3.4)
 *    ...    prefix, padded to whole octets (RFC 4271 section 4.3)
 * ```
 *
 * Whether path identifiers are there is not in the bytes, and routers contradict their own OPENs, so a list is read both ways
 * where the expected way fails, and the better reading wins ({@linkcode readingScore}).
 */
import { fail } from "../../wire/fault.ts";
import type { PrefixFamily } from "./family.ts";

/** How well a list reads. */
export const Reading = { impossible: 0, odd: 1, clean: 2 } as const;
export type Reading = typeof Reading[keyof typeof Reading];

/** Label of a withdrawn route (RFC 8277 section 2.4): 0x800000, and 0 as older senders have it. */
const WITHDRAW_LABEL = 0x800000;
/** The types of route distinguishers are 0, 1 and 2 (RFC 4364 section 4.2). */
const RD_TYPE_MAX = 2;

/**
 * Number of labels that start at `pos`, with `bits` bits of labels and prefix in all (a route distinguisher not counted).
 *
 * The stack ends at its bottom-of-stack bit, or at once with a withdraw label. Where no bit is found (FRR writes zeroed
 * labels), or only where it leaves no prefix, there is one label, as RFC 8277 section 2.2 has it for peers without the Multiple Labels
 * capability: a bit of the prefix taken for it must not make a default route. So it is where a route distinguisher follows the first
 * label, and none the stack: Cisco's routes over SRv6 have no such bit (RFC 9252 section 4 makes the field a part of the SID).
 */
export function labelCount(
  bytes: Uint8Array,
  pos: number,
  bits: number,
  distinguisherBits: number,
): number {
  for (let count = 1; 24 * count <= bits; count++) {
    const at = pos + 3 * (count - 1);
    const label = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (count === 1 && (label === WITHDRAW_LABEL || label === 0)) return 1;
    if ((label & 1) === 0) continue;
    if (bits <= 24 * count) return 1;
    const isOddStack = count > 1 && distinguisherBits > 0 &&
      !startsDistinguisher(bytes, at + 3) && startsDistinguisher(bytes, pos + 3);
    return isOddStack ? 1 : count;
  }
  return 1;
}

/** Whether the octets at `pos` are a type of route distinguishers. */
function startsDistinguisher(bytes: Uint8Array, pos: number): boolean {
  return bytes[pos] === 0 && bytes[pos + 1]! <= RD_TYPE_MAX;
}

/** Whether the 3 octets at `pos` are a label that only fills the place in a withdrawal. */
export function isWithdrawLabel(bytes: Uint8Array, pos: number): boolean {
  return (bytes[pos] === 0x80 || bytes[pos] === 0) && bytes[pos + 1] === 0 && bytes[pos + 2] === 0;
}

/**
 * How well `bytes[start, end)` reads as a list of prefixes of `family`, with path identifiers or without.
 *
 * Odd, and thus probably read the wrong way: bits set beyond a prefix's length, a prefix of 0.0.0.0/8 or ::/8 that is not the
 * default route, the default route twice, a route distinguisher of an unknown type, or a path identifier above 2^24 (which is what
 * a prefix read as one gives).
 */
export function readingScore(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: PrefixFamily,
  addPath: boolean,
): Reading {
  const { addressBits, labelled, distinguisherBits } = family;
  let score: Reading = Reading.clean;
  let defaults = 0;
  let pos = start;
  while (pos < end) {
    if (addPath) {
      if (end - pos < 5) return Reading.impossible;
      if (bytes[pos] !== 0) score = Reading.odd;
      pos += 4;
    }
    let bits = bytes[pos++]!;
    const next = pos + ((bits + 7) >> 3);
    if (next > end) return Reading.impossible;
    if (labelled) {
      if (bits < 24 + distinguisherBits) return Reading.impossible;
      const count = labelCount(bytes, pos, bits - distinguisherBits, distinguisherBits);
      pos += 3 * count;
      bits -= 24 * count;
    }
    if (distinguisherBits > 0) {
      if (bits < distinguisherBits) return Reading.impossible;
      if (!startsDistinguisher(bytes, pos)) score = Reading.odd;
      pos += 8;
      bits -= distinguisherBits;
    }
    if (bits > addressBits) return Reading.impossible;
    if (bits === 0) {
      if (++defaults > 1) score = Reading.odd;
    } else if (
      bytes[pos] === 0 || ((bits & 7) !== 0 && (bytes[next - 1]! & (0xff >> (bits & 7))) !== 0)
    ) {
      score = Reading.odd;
    }
    pos = next;
  }
  return score;
}

/** End of the sound NLRI at the start of a broken list, so that they are not lost with it. */
export function soundEnd(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: PrefixFamily,
  addPath: boolean,
): number {
  let pos = start;
  while (pos < end) {
    const next = nextPrefix(bytes, pos, end, family, addPath);
    if (next === -1) return pos;
    pos = next;
  }
  return pos;
}

/** Fails with the place and the reason of the first broken NLRI. */
export function failAtBrokenPrefix(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: PrefixFamily,
  addPath: boolean,
): never {
  const at = soundEnd(bytes, start, end, family, addPath);
  const lengthAt = at + (addPath ? 4 : 0);
  if (lengthAt >= end) {
    fail("nlri-path-identifier", at, "a path identifier of 4 bytes and a prefix");
  }
  const bits = bytes[lengthAt]!;
  const bitsMin = leastBits(family);
  if (bits < bitsMin) {
    if (family.distinguisherBits === 0) {
      fail("nlri-label-length", lengthAt, "at least the 24 bits of a label");
    }
    fail("nlri-distinguisher-length", lengthAt, `at least ${bitsMin} bits before the prefix`);
  }
  const byteCount = (bits + 7) >> 3;
  const isTruncated = lengthAt + 1 + byteCount > end;
  // How many labels there are is only known when they are all there.
  const headBits = isTruncated ? 0 : bitsBeforePrefix(bytes, lengthAt + 1, bits, family);
  const bitsMax = family.addressBits + headBits;
  if (bits > bitsMax && !(isTruncated && bitsMin > 0)) {
    fail("nlri-prefix-length", lengthAt, `at most ${bitsMax} bits`);
  }
  fail("nlri-truncated", lengthAt, `${byteCount} bytes of prefix`);
}

/** Position after the NLRI at `pos`, -1 when it is broken. */
function nextPrefix(
  bytes: Uint8Array,
  pos: number,
  end: number,
  family: PrefixFamily,
  addPath: boolean,
): number {
  const lengthAt = pos + (addPath ? 4 : 0);
  if (lengthAt >= end) return -1;
  const bits = bytes[lengthAt]!;
  const next = lengthAt + 1 + ((bits + 7) >> 3);
  if (next > end || bits < leastBits(family)) return -1;
  return bits - bitsBeforePrefix(bytes, lengthAt + 1, bits, family) > family.addressBits
    ? -1
    : next;
}

/** Bits of one label and the distinguisher, as the family has them. */
function leastBits({ labelled, distinguisherBits }: PrefixFamily): number {
  return (labelled ? 24 : 0) + distinguisherBits;
}

/** Bits of labels and distinguisher of the NLRI whose labels start at `pos`. */
function bitsBeforePrefix(
  bytes: Uint8Array,
  pos: number,
  bits: number,
  { labelled, distinguisherBits }: PrefixFamily,
): number {
  if (!labelled) return distinguisherBits;
  return distinguisherBits +
    24 * labelCount(bytes, pos, bits - distinguisherBits, distinguisherBits);
}

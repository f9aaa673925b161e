/**
 * AS_PATH (RFC 4271 section 5.1.2; four-octet numbers RFC 6793; confederations RFC 5065): the ASes that the route came through.
 *
 * ```
 * segment, repeated to the end of the attribute
 * 0  u8  type: 1 AS_SET, 2 AS_SEQUENCE, 3 AS_CONFED_SEQUENCE, 4 AS_CONFED_SET
 * 1  u8  count of AS numbers, not 0 (RFC 7606 section 7.2)
 * 2  ... AS numbers, 2 or 4 octets each, none of them 0 (RFC 7607 section 2)
 * ```
 *
 * From a two-octet speaker the true path is AS_PATH merged with AS4_PATH (RFC 6793 section 4.2.3); that is what is written.
 */
import { fail } from "../../wire/fault.ts";
import { putU32, u32At } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import type { UpdateLayout } from "../update.ts";
import { type AttributeScope, type AttributeSpec, Outcome, WELL_KNOWN } from "./spec.ts";

export const AS_PATH_CODE = 2;
const AGGREGATOR_CODE = 7;
const AS4_PATH_CODE = 17;
const AS4_AGGREGATOR_CODE = 18;

const AS_SET = 1;
const AS_SEQUENCE = 2;
const AS_CONFED_SET = 4;
/** Stands for every four-octet AS number in a two-octet field (RFC 6793 section 9). */
const AS_TRANS = 23456;

const PATH = utf8(',"as_path":[');
const COUNT = utf8('],"as_path_count":');
/** What stands before the ASes of the first segment, and of a further one, by its type. */
const FIRST_SEGMENT = [0, 1, 2, 3, 4].map((type) =>
  utf8(`,"as_path_segments":[{"type":${type},"asns":[`)
);
const NEXT_SEGMENT = [0, 1, 2, 3, 4].map((type) => utf8(`]},{"type":${type},"asns":[`));
const SEGMENTS_END = utf8("]}]");

/** Whether `bytes[start, end)` is a sound path of AS numbers of `width` octets. */
export function isAsPath(bytes: Uint8Array, start: number, end: number, width: number): boolean {
  let pos = start;
  while (pos < end) {
    if (end - pos < 2) return false;
    const type = bytes[pos]!;
    const count = bytes[pos + 1]!;
    if (type < AS_SET || type > AS_CONFED_SET || count === 0) return false;
    const next = pos + 2 + count * width;
    if (next > end) return false;
    for (pos += 2; pos < next; pos += width) if (isAsZero(bytes, pos, width)) return false;
  }
  return true;
}

/** Whether the AS number of `width` octets at `pos` is 0. */
export function isAsZero(bytes: Uint8Array, pos: number, width: number): boolean {
  return bytes[pos] === 0 && bytes[pos + 1] === 0 &&
    (width === 2 || (bytes[pos + 2] === 0 && bytes[pos + 3] === 0));
}

/** Fails with the exact place where the segments of `bytes[start, end)` stop being a path; their AS numbers are not looked at. */
export function checkAsPath(bytes: Uint8Array, start: number, end: number, width: number): void {
  let pos = start;
  while (pos < end) {
    if (end - pos < 2) fail("as-path-segment-header", pos, "2 bytes of segment header");
    const type = bytes[pos]!;
    const count = bytes[pos + 1]!;
    if (type < AS_SET || type > AS_CONFED_SET) {
      fail("as-path-segment-type", pos, "segment type 1 to 4");
    }
    if (count === 0) fail("as-path-segment-count", pos + 1, "at least one AS number");
    if (pos + 2 + count * width > end) {
      fail(
        "as-path-segment-length",
        pos + 1,
        `at most ${Math.floor((end - pos - 2) / width)} AS numbers`,
      );
    }
    pos += 2 + count * width;
  }
}

/** Fails on the first AS 0 of sound segments: those that AS4_PATH stands for are looked at here only. */
function checkAsNumbers(bytes: Uint8Array, start: number, end: number, width: number): void {
  for (let pos = start; pos < end;) {
    const next = pos + 2 + bytes[pos + 1]! * width;
    for (pos += 2; pos < next; pos += width) if (isAsZero(bytes, pos, width)) failAsZero(pos);
  }
}

/** One AS number of `width` octets. */
export function asNumber(view: DataView, pos: number, width: number): number {
  return width === 4 ? view.getUint32(pos) : view.getUint16(pos);
}

/**
 * Writes the AS numbers of all segments, commas between; returns how many there are.
 * @throws DecodeFault on AS 0, which is reserved and makes a path malformed (RFC 7607 section 2)
 */
export function writeFlatPath(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  width: number,
): number {
  let total = 0;
  for (let pos = start; pos < end;) {
    const count = bytes[pos + 1]!;
    pos += 2;
    out.ensure(count * 11);
    const target = out.bytes;
    let p = out.pos;
    for (let i = 0; i < count; i++, pos += width) {
      const as = asNumber(view, pos, width);
      if (as === 0) failAsZero(pos);
      if (total++ > 0) target[p++] = 0x2c;
      p = u32At(target, p, as);
    }
    out.pos = p;
  }
  return total;
}

/** Fails where an AS number of 0 stands (RFC 7607 section 2). */
export function failAsZero(pos: number): never {
  return fail("as-zero", pos, "an AS number other than 0");
}

function writePath(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  width: number,
  scope: AttributeScope,
): void {
  if (start === end) return;
  out.raw(PATH);
  const total = writeFlatPath(out, bytes, view, start, end, width);
  out.raw(COUNT);
  putU32(out, total);
  let lastType = 0;
  let lastAs = 0;
  for (let pos = start; pos < end;) {
    lastType = bytes[pos]!;
    const next = pos + 2 + bytes[pos + 1]! * width;
    out.raw((pos === start ? FIRST_SEGMENT : NEXT_SEGMENT)[lastType]!);
    writeFlatPath(out, bytes, view, pos, next, width);
    lastAs = asNumber(view, next - width, width);
    pos = next;
  }
  out.raw(SEGMENTS_END);
  scope.originAs = lastType === AS_SEQUENCE ? lastAs : -1;
}

/** Length of a path in the sense of RFC 6793 section 4.2.3: a set counts one, confederation segments nothing. */
function pathLength(bytes: Uint8Array, start: number, end: number, width: number): number {
  let length = 0;
  for (let pos = start; pos < end; pos += 2 + bytes[pos + 1]! * width) {
    if (bytes[pos] === AS_SET) length += 1;
    else if (bytes[pos] === AS_SEQUENCE) length += bytes[pos + 1]!;
  }
  return length;
}

/**
 * The path of a two-octet speaker merged with its AS4_PATH, as four-octet segments (RFC 6793 section 4.2.3); undefined where
 * AS4_PATH has to be ignored.
 */
export function mergedPath(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  scope: AttributeScope,
): Uint8Array | undefined {
  const { layout } = scope;
  const as4 = layout.first[AS4_PATH_CODE]!;
  if (as4 === -1) return undefined;
  // Only where both aggregator attributes came does a real AS in the first one void the four-octet attributes.
  const aggregator = layout.first[AGGREGATOR_CODE]!;
  if (
    aggregator !== -1 && layout.first[AS4_AGGREGATOR_CODE] !== -1 &&
    layout.ends[aggregator]! - layout.starts[aggregator]! === 6 &&
    view.getUint16(layout.starts[aggregator]!) !== AS_TRANS
  ) return undefined;
  const as4Start = layout.starts[as4]!;
  const as4End = layout.ends[as4]!;
  if (as4Start === as4End || !isAsPath(bytes, as4Start, as4End, 4)) return undefined;
  // A new speaker never puts confederation segments into AS4_PATH; they are to be ignored (RFC 6793 section 3).
  let surplus = pathLength(bytes, start, end, 2) - pathLength(bytes, as4Start, as4End, 4);
  if (surplus < 0) return undefined;

  // Prepended are the leading ASes of AS_PATH, with the confederation segments that stand among them.
  const merged: number[] = [];
  const putAs = (as: number): void =>
    void merged.push(as >>> 24, (as >>> 16) & 255, (as >>> 8) & 255, as & 255);
  for (let pos = start; pos < end; pos += 2 + bytes[pos + 1]! * 2) {
    const type = bytes[pos]!;
    const count = bytes[pos + 1]!;
    const isConfederation = type > AS_SEQUENCE;
    if (surplus === 0 && !isConfederation) break;
    const taken = type === AS_SEQUENCE ? Math.min(count, surplus) : count;
    merged.push(type, taken);
    for (let i = 0; i < taken; i++) putAs(view.getUint16(pos + 2 + 2 * i));
    if (taken < count) break;
    if (!isConfederation) surplus -= type === AS_SEQUENCE ? taken : 1;
  }
  // Adjoining sequences become one segment, as far as its count octet can tell.
  let tail = as4Start;
  const lastType = lastSegment(merged);
  if (lastType >= 0 && merged[lastType] === AS_SEQUENCE && bytes[tail] === AS_SEQUENCE) {
    const count = bytes[tail + 1]!;
    if (merged[lastType + 1]! + count <= 255) {
      merged[lastType + 1]! += count;
      for (let i = 0; i < count; i++) putAs(view.getUint32(tail + 2 + 4 * i));
      tail += 2 + 4 * count;
    }
  }
  for (; tail < as4End; tail += 2 + 4 * bytes[tail + 1]!) {
    if (bytes[tail]! > AS_SEQUENCE) continue;
    for (let i = tail; i < tail + 2 + 4 * bytes[tail + 1]!; i++) merged.push(bytes[i]!);
  }
  return Uint8Array.from(merged);
}

/** Position of the last segment of four-octet segments, -1 when empty. */
function lastSegment(segments: readonly number[]): number {
  let last = -1;
  for (let pos = 0; pos < segments.length; pos += 2 + 4 * segments[pos + 1]!) last = pos;
  return last;
}

/**
 * Octets of an AS number in the AS_PATH, which is there and reads both ways, as other attributes tell: AGGREGATOR has the same width, and an
 * AS4_PATH is the end of a two-octet path, with AS_TRANS for what does not fit. A peer that is known to have two-octet numbers
 * sends no larger ones. 0: nothing tells.
 */
export function asWidthEvidence(
  layout: UpdateLayout,
  bytes: Uint8Array,
  view: DataView,
  isTwoOctetPeer: boolean,
): 0 | 2 | 4 {
  const aggregator = layout.first[AGGREGATOR_CODE]!;
  if (aggregator !== -1) {
    const length = layout.ends[aggregator]! - layout.starts[aggregator]!;
    if (length === 6) return 2;
    if (length === 8) return 4;
  }
  const path = layout.first[AS_PATH_CODE]!;
  const start = layout.starts[path]!;
  const end = layout.ends[path]!;
  if (isTwoOctetPeer && listAses(bytes, view, start, end, 4).some((as) => as > 0xffff)) return 2;
  const as4 = layout.first[AS4_PATH_CODE]!;
  if (as4 === -1 || !isAsPath(bytes, layout.starts[as4]!, layout.ends[as4]!, 4)) return 0;
  const narrow = listAses(bytes, view, start, end, 2);
  const wide = listAses(bytes, view, layout.starts[as4]!, layout.ends[as4]!, 4);
  const surplus = narrow.length - wide.length;
  const isEnd = surplus >= 0 &&
    wide.every((as, i) => narrow[surplus + i] === (as > 0xffff ? AS_TRANS : as));
  return isEnd && wide.length > 0 ? 2 : 0;
}

function listAses(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  width: number,
): number[] {
  const ases: number[] = [];
  for (let pos = start; pos < end; pos += 2 + bytes[pos + 1]! * width) {
    for (let i = 0; i < bytes[pos + 1]!; i++) ases.push(asNumber(view, pos + 2 + i * width, width));
  }
  return ases;
}

export const AS_PATH: AttributeSpec = {
  code: AS_PATH_CODE,
  name: "AS_PATH",
  reference: "RFC 4271 section 5.1.2",
  flags: WELL_KNOWN,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.2, RFC 7607 section 2
  write(out, bytes, view, start, end, scope) {
    const width = scope.asWidth;
    checkAsPath(bytes, start, end, width);
    const merged = width === 2 ? mergedPath(bytes, view, start, end, scope) : undefined;
    if (merged === undefined) return writePath(out, bytes, view, start, end, width, scope);
    checkAsNumbers(bytes, start, end, width);
    writePath(out, merged, new DataView(merged.buffer), 0, merged.length, 4, scope);
  },
};

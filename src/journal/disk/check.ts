/** Looks at a journal on disk without changing it. */
import { type Cursor, readCursors } from "./cursors.ts";
import {
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentName,
  segmentNumber,
  SpoolError,
} from "./format.ts";
import { type Scan, scanSegment } from "./recovery.ts";
import type { Storage } from "./storage.ts";

export interface CheckedSegment {
  readonly name: string;
  readonly bytes: number;
  /** Undefined: its header, or all of it, is unreadable. */
  readonly base: number | undefined;
  readonly scan: Scan | undefined;
}

export interface Checked {
  readonly segments: readonly CheckedSegment[];
  readonly cursors: readonly Cursor[];
  /** What costs entries, or repeats them. */
  readonly damages: readonly string[];
  /** What a crash leaves, and a start repairs. */
  readonly notes: readonly string[];
}

/** Reads everything. @throws what the disk does, and for another version */
export async function checkSpool(storage: Storage): Promise<Checked> {
  const damages: string[] = [];
  const notes: string[] = [];
  const segments: CheckedSegment[] = [];
  const names = await storage.list();
  const numbers = names.flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
  for (const [i, number] of numbers.entries()) {
    const isLast = i === numbers.length - 1;
    const segment = await checkSegment(storage, number);
    const { name, base, scan, bytes } = segment;
    const before = segments.at(-1);
    segments.push(segment);
    if (scan === undefined) {
      if (isLast) notes.push(`${name} was only begun`);
      else damages.push(`${name}: its header or keyframe is damaged`);
      continue;
    }
    for (const damage of scan.damages) damages.push(`${name}: ${damage}`);
    if (scan.bytes < bytes) {
      const text = `${name}: an incomplete block of ${bytes - scan.bytes} bytes at its end`;
      if (isLast) notes.push(text);
      else damages.push(text);
    }
    if (before !== undefined && number !== numbers[i - 1]! + 1) {
      damages.push(`${segmentName(numbers[i - 1]! + 1)} is missing`);
    } else if (before?.scan !== undefined && before.scan.end !== base) {
      damages.push(`${name}: starts at ${base}, the one before ends at ${before.scan.end}`);
    }
  }
  for (const name of names) {
    if (name.endsWith(".damaged")) damages.push(`${name} was set aside`);
  }
  let cursors: readonly Cursor[] = [];
  try {
    cursors = await readCursors(storage);
  } catch (error) {
    if (!(error instanceof SpoolError) || error.kind === "version") throw error;
    damages.push(error.message);
  }
  return { segments, cursors, damages, notes };
}

async function checkSegment(storage: Storage, number: number): Promise<CheckedSegment> {
  const name = segmentName(number);
  const file = await storage.open(name, "read");
  try {
    const bytes = await file.size();
    try {
      const head = new Uint8Array(SEGMENT_HEADER_BYTES);
      const length = await file.read(head, 0, head.length, 0);
      const { base } = readSegmentHeader(head.subarray(0, length), name);
      return { name, bytes, base, scan: await scanSegment(file, number, bytes) };
    } catch (error) {
      if (!(error instanceof SpoolError) || error.kind === "version") throw error;
      return { name, bytes, base: undefined, scan: undefined };
    }
  } finally {
    await file.close();
  }
}

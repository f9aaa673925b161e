/** Looks at a journal on disk without changing it. */
import { errorCode } from "../../runtime/error.ts";
import { type Cursor, readCursors } from "./cursors.ts";
import {
  LEARNED_BYTES_MAX,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentName,
  segmentNumber,
  SpoolError,
  unpackLearned,
} from "./format.ts";
import { type Scan, scanSegment } from "./recovery.ts";
import { readFile, type Storage, type StorageFile } from "./storage.ts";

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
    const before = segments.at(-1);
    // A collector that runs has removed it meanwhile.
    if (segment === undefined && before === undefined) continue;
    if (segment === undefined) {
      damages.push(`${segmentName(number)} is missing`);
      continue;
    }
    const { name, base, scan, bytes } = segment;
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
    if (!name.endsWith(".learned")) continue;
    const bytes = await readFile(storage, name, LEARNED_BYTES_MAX);
    if (bytes !== undefined && unpackLearned(bytes) === undefined) {
      notes.push(`${name} is damaged: readers learn anew`);
    }
  }
  let cursors: readonly Cursor[] = [];
  try {
    cursors = await readCursors(storage);
  } catch (error) {
    if (!(error instanceof SpoolError) || error.kind === "version") throw error;
    damages.push(error.message);
  }
  const start = segments.find(({ base }) => base !== undefined)?.base ?? 0;
  for (const { name, position } of cursors) {
    if (position < start) damages.push(`${start - position} bytes for "${name}" are gone`);
  }
  return { segments, cursors, damages, notes };
}

/** Undefined: there is none. */
async function checkSegment(
  storage: Storage,
  number: number,
): Promise<CheckedSegment | undefined> {
  const name = segmentName(number);
  let file: StorageFile;
  try {
    file = await storage.open(name, "read");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    return undefined;
  }
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

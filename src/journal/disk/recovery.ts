/** What a start finds in the directory: segments, how they end, and which sessions are open there. */
import { LiveSessions } from "../live_sessions.ts";
import type { Log } from "../../ops/log.ts";
import { toError } from "../../runtime/error.ts";
import { BlockReader, findBlock } from "./block_reader.ts";
import {
  BlockKind,
  learnedName,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  segmentName,
  segmentNumber,
  SpoolError,
} from "./format.ts";
import { readKeyframe, type Segment } from "./segments.ts";
import type { Storage, StorageFile } from "./storage.ts";

export interface Recovered {
  readonly segments: Segment[];
  /** At the end of the last segment. */
  readonly live: LiveSessions;
  /** Highest number of a session. */
  readonly sessions: number;
}

/** What a whole segment holds. */
export interface Scan {
  /** Journal position behind the last intact block. */
  readonly end: number;
  /** Bytes up to the end of the last intact block. */
  readonly bytes: number;
  readonly entries: number;
  /** Why parts of it cannot be read, each with intact blocks behind it. */
  readonly damages: readonly string[];
  readonly live: LiveSessions;
  readonly sessions: number;
}

/**
 * Takes stock, and repairs what a crash leaves: a last segment that was only begun is removed, an incomplete last block cut off.
 *
 * @param isReadOnly nothing is repaired
 * @throws {SpoolError} a segment is of another version
 */
export async function recover(
  storage: Storage,
  log: Log,
  isReadOnly = false,
): Promise<Recovered> {
  const names = await storage.list();
  const numbers = names.flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
  const found: Found[] = [];
  for (const number of numbers) {
    const header = await readHeader(storage, number, log);
    if (header !== undefined) found.push(header);
    else if (!isReadOnly) await setAside(storage, number, number === numbers.at(-1), log);
  }
  const last = await scanLast(storage, found, log, isReadOnly);
  if (!isReadOnly) await removeStrays(storage, names, new Set(found.map(({ number }) => number)));
  const segments: Segment[] = [];
  for (const [i, { number, base, size }] of found.entries()) {
    const next = found[i + 1];
    const hasLearned = names.includes(learnedName(number));
    const segment = { number, base, end: next?.base ?? base, bytes: size, hasLearned };
    segments.push(segment);
    if (next?.number === number + 1) continue;
    // How it ends no other segment tells.
    const scan = next === undefined ? last : await scanNumber(storage, number, size);
    segment.end = scan?.end ?? base;
    segment.bytes = scan?.bytes ?? size;
    if (next !== undefined) {
      log.error("spool segment is missing", { segment: segmentName(number + 1) });
    } else if (segment.bytes < size) {
      log.warn("spool ended in the middle of a write", {
        segment: segmentName(number),
        cut_bytes: size - segment.bytes,
      });
    }
    if (!isReadOnly && next === undefined) await settle(storage, number, segment.bytes);
  }
  const before = Math.max(0, ...found.map(({ sessions }) => sessions));
  return {
    segments,
    live: last?.live ?? new LiveSessions(),
    sessions: Math.max(before, last?.sessions ?? 0),
  };
}

/** Removes drafts of files, and what was learned of segments that are gone. */
async function removeStrays(
  storage: Storage,
  names: readonly string[],
  numbers: ReadonlySet<number>,
): Promise<void> {
  for (const name of names) {
    const learned = /^(\d{12})\.learned$/.exec(name)?.[1];
    const isStray = learned === undefined ? name.endsWith(".new") : !numbers.has(Number(learned));
    if (isStray) await storage.remove(name);
  }
}

type Found = SegmentHeader & { readonly size: number };

/** Reads the last segment; those at the end that were only begun are removed before. */
async function scanLast(
  storage: Storage,
  found: Found[],
  log: Log,
  isReadOnly: boolean,
): Promise<Scan | undefined> {
  for (let last = found.at(-1); last !== undefined; last = found.at(-1)) {
    const { number, size } = last;
    const scan = await scanNumber(storage, number, size);
    for (const damage of scan?.damages ?? []) {
      log.error("spool segment is damaged", { segment: segmentName(number), error: damage });
    }
    if (scan !== undefined) return scan;
    found.pop();
    if (!isReadOnly) await setAside(storage, number, true, log);
  }
  return undefined;
}

function scanNumber(storage: Storage, number: number, size: number): Promise<Scan | undefined> {
  return withFile(storage, number, (file) => scanSegment(file, number, size));
}

/** Undefined: the header is damaged. */
async function readHeader(storage: Storage, number: number, log: Log) {
  const name = segmentName(number);
  return await withFile(storage, number, async (file) => {
    const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
    const length = await file.read(bytes, 0, bytes.length, 0);
    try {
      return { ...readSegmentHeader(bytes.subarray(0, length), name), size: await file.size() };
    } catch (error) {
      if (!(error instanceof SpoolError) || error.kind === "version") throw error;
      log.warn("spool segment cannot be read", { segment: name, error: error.message });
      return undefined;
    }
  });
}

async function withFile<T>(
  storage: Storage,
  number: number,
  act: (file: StorageFile) => Promise<T>,
): Promise<T> {
  const file = await storage.open(segmentName(number), "read");
  try {
    return await act(file);
  } finally {
    await file.close();
  }
}

/** A last segment without entries is one that a crash left half made; another is kept for people. */
async function setAside(
  storage: Storage,
  number: number,
  isLast: boolean,
  log: Log,
): Promise<void> {
  const name = segmentName(number);
  if (isLast) {
    log.warn("spool segment was only begun, removed", { segment: name });
    await storage.remove(name);
    return;
  }
  log.error("spool segment is damaged, set aside", { segment: name, now: `${name}.damaged` });
  await storage.rename(name, `${name}.damaged`);
}

/**
 * Cuts off what is incomplete, and makes the rest durable: a killed process may have written it and not come to that, and from now on it
 * counts as appended.
 */
async function settle(storage: Storage, number: number, bytes: number): Promise<void> {
  const file = await storage.open(segmentName(number), "write");
  try {
    await file.truncate(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads all of a segment; undefined: it has no entries, and not even a complete keyframe. */
export async function scanSegment(
  file: StorageFile,
  number: number,
  size: number,
): Promise<Scan | undefined> {
  const live = new LiveSessions();
  const damages: string[] = [];
  let blocks: BlockReader;
  let end = -1;
  let bytes = SEGMENT_HEADER_BYTES;
  let entries = 0;
  let sessions = 0;
  const head = new Uint8Array(SEGMENT_HEADER_BYTES);
  await file.read(head, 0, head.length, 0);
  const { base } = readSegmentHeader(head, segmentName(number));
  try {
    const keyframe = await readKeyframe(file, number, size);
    for (const entry of keyframe.entries) {
      const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
      live.take(entry, view, 0, entry.length);
    }
    for (const [session, last] of keyframe.sequences) live.setLastSequence(session, last);
    ({ blocks } = keyframe);
    end = base;
    bytes = blocks.offset;
  } catch (error) {
    if (!(error instanceof SpoolError)) throw error;
    damages.push(error.message);
    blocks = new BlockReader(file, SEGMENT_HEADER_BYTES);
  }
  for (;;) {
    try {
      const block = await blocks.next(size);
      if (block === undefined) break;
      bytes = blocks.offset;
      if (block.kind !== BlockKind.entries) continue;
      live.take(block.bytes, block.view, block.start, block.end);
      for (let offset = block.start; offset < block.end;) {
        sessions = Math.max(sessions, block.view.getUint32(offset + 8));
        offset += block.view.getUint32(offset);
        entries++;
      }
      end = block.position + block.end - block.start;
    } catch (error) {
      if (!(error instanceof SpoolError)) throw error;
      const next = await findBlock(file, blocks.offset + 1, size);
      if (next === undefined) break;
      damages.push(toError(error).message);
      blocks = new BlockReader(file, next);
    }
  }
  return end < 0 ? undefined : { end, bytes, entries, damages, live, sessions };
}

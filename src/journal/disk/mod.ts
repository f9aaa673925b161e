/**
 * The journal on disk, "spool": what was appended is there again after a crash, until every sink has acknowledged it.
 *
 * # Format, version 1
 *
 * A directory, for one process at a time:
 *
 * ```
 * 000000000001.segment   entries, in order; numbers have no gaps
 * 000000000001.learned   what decoding readers had learned where the segment starts, see `Formatter.checkpoint`, behind its checksum
 *                        (u32); may be absent
 * cursors                how far each sink has got (cursors.ts)
 * lock                   empty; who has the directory holds a lock on it (`flock`), which ends with the process
 * ```
 *
 * Journal positions count bytes of entries as types.ts defines them, headers included, without a gap over all segments. Numbers are
 * big-endian; checksums are CRC-32C.
 *
 * ```
 * segment
 *  0  u8[8]  "edgebmp\n"
 *  8  u32    version, 1
 * 12  u32    bytes of this header, 40
 * 16  u64    number of the segment
 * 24  u64    position of its first entry
 * 32  u32    highest session number before it
 * 36  u32    checksum of bytes 0 to 35
 * 40  blocks: keyframe..., keyframe end, entries...
 *
 * block
 *  0  u32    0xedb3105c
 *  4  u8     kind: 1 entries, 2 keyframe, 3 keyframe end
 *  5  u8     compression: 0 none, 1 zstd
 *  6  u16    zero
 *  8  u32    bytes of the payload as it is here
 * 12  u32    bytes of the payload, not compressed
 * 16  u64    position of its first entry; of a keyframe that of the segment
 * 24  u32    checksum of the payload as it is here
 * 28  u32    checksum of bytes 0 to 27
 * 32  payload
 * ```
 *
 * Payload of entries: whole entries, up to 256 KiB of them, or one larger one. Of a keyframe: of each session that is open where the
 * segment starts its open entry, Initiation and the Peer Ups of its live peers, as the entries they were. Of a keyframe's end: for each of
 * these sessions its number (u32) and the sequence of its last entry (u64).
 *
 * A segment ends at 64 MiB, or at eight times its keyframe if that is more, and at each start. It is removed when every cursor is
 * behind it: no other part of a file is ever changed, but that a start cuts off what a crash left incomplete.
 *
 * # What happens when
 *
 * | found | done |
 * | --- | --- |
 * | an incomplete last block | cut off, with a log line: its entries had not counted as appended |
 * | a last segment without its whole keyframe and without entries | removed, with a log line: it was being made |
 * | a wrong checksum elsewhere, a missing segment | each reader goes on at the next segment, after a gap that it announces |
 * | another process on the directory | the start is refused |
 * | another version | the start is refused |
 * | a session that is open | a close entry `crash` before anything else |
 * | a cursor behind the end | set to the end: a power cut has taken what was delivered already |
 * | a damaged file of cursors | all sinks start at the oldest entry: what they have had is repeated, nothing is lost |
 * | a damaged file of what was learned | left out, with a log line: readers learn anew |
 * | a cursor of a sink that is not configured | reported; it holds entries until the spool is full, and no longer |
 * | a full spool | appends wait, unless only readers that may be overrun (`drop-oldest`) hold the oldest segment |
 * | a write, fsync or read that fails | tried again each second; appends wait when the memory is full |
 */
import { readCursors } from "./cursors.ts";
import { SpoolError } from "./format.ts";
import { DiskJournal } from "./journal.ts";
import { BYTES_MAX_DEFAULT, DEFAULTS, type DiskJournalOptions, type Settings } from "./options.ts";
import { join } from "node:path";
import type { Runtime } from "../../runtime/types.ts";
import { recover } from "./recovery.ts";
import { openDirectory, type Storage } from "./storage.ts";

export { DiskJournal } from "./journal.ts";
export type { DiskJournalOptions } from "./options.ts";

/**
 * Opens the journal in the directory `path`, which is made if there is none.
 *
 * @throws when another process has it, or it cannot be read
 */
export async function openSpool(
  path: string,
  runtime: Pick<Runtime, "lockFile">,
  options: DiskJournalOptions,
): Promise<DiskJournal> {
  const { storage, unlock } = await lockDirectory(path, runtime);
  try {
    return await openDiskJournal(storage, { ...options, onFinished: unlock });
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The directory of a journal, for nobody else until `unlock` is called. @throws when another process has it */
export async function lockDirectory(
  path: string,
  runtime: Pick<Runtime, "lockFile">,
): Promise<{ storage: Storage; unlock: () => void }> {
  const storage = await openDirectory(path);
  const unlock = runtime.lockFile(join(path, LOCK_NAME));
  if (unlock === undefined) {
    throw new Error(`Cannot open spool "${path}": another process has it`);
  }
  return { storage, unlock };
}

const LOCK_NAME = "lock";

/**
 * Opens the journal in a directory, and ends the sessions that a crash left open.
 *
 * @throws when the directory cannot be read, or is of another version
 */
export async function openDiskJournal(
  storage: Storage,
  options: DiskJournalOptions,
): Promise<DiskJournal> {
  const { log } = options;
  const recovered = await recover(storage, log);
  const bytes = recovered.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const free = await storage.freeBytes();
  const settings: Settings = {
    ...DEFAULTS,
    ...options,
    bytesMax: options.bytesMax ?? Math.min(BYTES_MAX_DEFAULT, Math.floor((bytes + free) / 2)),
  };
  const stored = await readCursors(storage).catch((error) => {
    if (!(error instanceof SpoolError) || error.kind === "version") throw error;
    log.error("all sinks start at the oldest entry", { error: error.message });
    return [];
  });
  const end = recovered.segments.at(-1)?.end ?? 0;
  for (const cursor of stored) {
    if (cursor.position <= end) continue;
    log.warn("spool ends before what a sink has had", {
      sink: cursor.name,
      bytes: cursor.position - end,
    });
    cursor.position = end;
    cursor.checkpoint = undefined;
  }
  const journal = new DiskJournal(storage, settings, recovered, stored);
  journal.endSessions(recovered);
  return journal;
}

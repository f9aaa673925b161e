/**
 * The one ordered log between routers and sinks: what both journals (memory, disk) offer.
 *
 * ```
 * entry, big-endian
 *  0  u32  length of the whole entry, header included
 *  4  u8   kind: 0 open, 1 frame, 2 close
 *  5  u8[3] zero
 *  8  u32  session number: the journal's own short name for a session
 * 12  u64  sequence within the session: open 0, frames 1.., close last + 1
 * 20  u64  time of receipt, microseconds since 1970
 * 28  ...  open: SessionInfo as JSON; frame: one BMP message, byte for byte; close: SessionEnd as JSON
 * ```
 *
 * Entries carry numbers and bytes only, so that a pipeline never holds a session's objects.
 */

export const ENTRY_HEADER_BYTES = 28;

export const EntryKind = { open: 0, frame: 1, close: 2 } as const;
export type EntryKind = typeof EntryKind[keyof typeof EntryKind];

/** What the open entry of a session says. */
export interface SessionInfo {
  /** Unique over restarts and boxes. */
  session: string;
  /** Address of the router's end of the TCP connection (or from the PROXY header), IPv4-mapped forms unmapped. */
  source: string;
  source_port: number;
  /** Name of the listener or speaker that the session came by, e.g. `[::]:5000`. */
  listener: string;
  /** Parallel sessions of one source count as separate routers. */
  parallel: boolean;
}

/** What the close entry of a session says. */
export interface SessionEnd {
  /** `closed` by the router, `error` on the connection, `frame` not BMP, `limit`, `stop` of the collector, `crash` before this start. */
  reason: "closed" | "error" | "frame" | "limit" | "stop" | "crash";
  /** One line for people; may be empty. */
  detail: string;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Entries of one session that are appended together, in order. Reused by its owner once `append` has returned undefined or
 * its promise has settled.
 */
export class EntryBatch {
  session = 0;
  kind: EntryKind = EntryKind.frame;
  /** Sequence of the first entry; the others follow without gaps. */
  firstSequence = 0;
  receivedAtUs = 0;
  count = 0;
  /** Entry i is `sources[i].subarray(starts[i], ends[i])`. */
  readonly sources: Uint8Array[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** Entries that it has taken at once, and keeps the room for. */
  get room(): number {
    return this.starts.length;
  }

  /** Keeps the room: given up here, it was a third of the garbage that 1,000 sessions behind a full journal made. */
  clear(): void {
    this.sources.fill(NO_BYTES, 0, this.count);
    this.count = 0;
  }

  add(source: Uint8Array, start: number, end: number): void {
    const i = this.count++;
    this.sources[i] = source;
    this.starts[i] = start;
    this.ends[i] = end;
  }
}

/** Whole entries in one buffer, valid until the reader's next `read`. */
export interface EntryBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  /** Position in the journal of the first entry; `cursor + (offset - start)` is the position of an entry in the block. */
  readonly cursor: number;
}

/** One entry as a reader sees it. Reused: valid until the next {@linkcode readEntry}. */
export class Entry {
  kind: EntryKind = EntryKind.open;
  session = 0;
  sequence = 0;
  receivedAtUs = 0;
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** The payload is `bytes[start, end)`. */
  start = 0;
  end = 0;
}

/** Reads the entry at `offset` of a block into `entry`; returns the offset of the next one. */
export function readEntry(block: EntryBlock, offset: number, entry: Entry): number {
  const { bytes, view } = block;
  const next = offset + view.getUint32(offset);
  entry.kind = bytes[offset + 4]! as EntryKind;
  entry.session = view.getUint32(offset + 8);
  entry.sequence = view.getUint32(offset + 12) * 4294967296 + view.getUint32(offset + 16);
  entry.receivedAtUs = view.getUint32(offset + 20) * 4294967296 + view.getUint32(offset + 24);
  entry.bytes = bytes;
  entry.view = view;
  entry.start = offset + ENTRY_HEADER_BYTES;
  entry.end = next;
  return next;
}

/** Writes an entry header at `offset`. */
export function writeEntryHeader(
  view: DataView,
  offset: number,
  length: number,
  kind: EntryKind,
  session: number,
  sequence: number,
  receivedAtUs: number,
): void {
  view.setUint32(offset, length);
  view.setUint32(offset + 4, kind << 24);
  view.setUint32(offset + 8, session);
  view.setUint32(offset + 12, Math.floor(sequence / 4294967296));
  view.setUint32(offset + 16, sequence >>> 0);
  view.setUint32(offset + 20, Math.floor(receivedAtUs / 4294967296));
  view.setUint32(offset + 24, receivedAtUs >>> 0);
}

export interface JournalReader {
  /** Entries of at least one and at most about `bytesMax` bytes; waits while there is none; undefined once the journal is closed and read to its end. */
  read(bytesMax: number): Promise<EntryBlock | undefined> | EntryBlock | undefined;
  /** Ends a waiting `read` with undefined and frees the cursor. Idempotent. */
  close(): void;
  /** Bytes in the journal, headers included, that this reader has not committed. */
  readonly lagBytes: number;
}

export interface Journal {
  /**
   * Appends a batch and wakes the readers. Returns undefined when the entries are in and there is room for more; a promise
   * when the caller has to wait before its next append (journal full): the entries of this call are in the journal when it settles.
   */
  append(batch: EntryBatch): Promise<void> | undefined;
  /** A number for a new session, for {@linkcode EntryBatch.session}. */
  nextSession(): number;
  openReader(name: string, from: "oldest" | "newest"): JournalReader;
  /** Everything of reader `name` before this journal position is delivered; cumulative. */
  commit(name: string, cursor: number): void;
  /** No more appends; readers drain what is there. */
  close(): void;
  readonly usedBytes: number;
}

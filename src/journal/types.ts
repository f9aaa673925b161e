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
  /** Missing: a plain connection. */
  tls?: SessionTls;
}

/** What the open entry says of a session by TLS; of a router that showed no certificate, the protocol alone. Very long texts are cut. */
export interface SessionTls {
  /** `TLSv1.2` or `TLSv1.3`. */
  protocol: string;
  /** Of the router's verified certificate, by RFC 4514. */
  subject?: string;
  /** E.g. `DNS:r1.example.net`. */
  alt_names?: string[];
  /** SHA-256 of the certificate in hex. */
  fingerprint?: string;
}

/** What the close entry of a session says. */
export interface SessionEnd {
  /**
   * `closed` by the router, `error` on the connection, `frame` not BMP, `limit`, `denied` by lists that were changed, `stop` of the
   * collector, `reset` so that the router sends all anew, `crash` before this start.
   */
  reason: "closed" | "error" | "frame" | "limit" | "denied" | "stop" | "reset" | "crash";
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
  /** How many are known to be Route Monitoring messages: who looks for others passes over a batch of these, as most are. */
  routes = 0;

  /** Entries that it has taken at once, and keeps the room for. */
  get room(): number {
    return this.starts.length;
  }

  /** Keeps the room: given up here, it was a third of the garbage that 1,000 sessions behind a full journal made. */
  clear(): void {
    this.sources.fill(NO_BYTES, 0, this.count);
    this.count = 0;
    this.routes = 0;
  }

  add(source: Uint8Array, start: number, end: number): void {
    const i = this.count++;
    this.sources[i] = source;
    this.starts[i] = start;
    this.ends[i] = end;
  }
}

/**
 * What a reader gets, in journal order:
 *
 * ```
 * entries...                                        a reader that goes on where its formatter stands
 * keyframe... keyframe-end entries...               one that starts elsewhere: at a committed cursor, at the newest entry
 * entries... gap keyframe... keyframe-end entries...    one that has lost entries
 * border                                            between entries, where a reader may leave what it has learned
 * ```
 *
 * Buffers are valid until the reader's next `read`.
 */
export type JournalBlock = EntryBlock | KeyframeEnd | Border | Gap;

/**
 * Whole entries in one buffer.
 *
 * Those of a keyframe say what is true where the reader comes in: of each session that is open there its open entry, its
 * Initiation, and the Peer Ups of its live peers, in the order in which they came, each as the entry that it was.
 */
export interface EntryBlock {
  readonly kind: "entries" | "keyframe";
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  /**
   * Position in the journal of the first entry; `cursor + (offset - start)` is the position of an entry in the block. The entries of a
   * keyframe all have the position where the reader comes in.
   */
  readonly cursor: number;
}

/** The keyframe is complete; the next entry is at `cursor`. */
export interface KeyframeEnd {
  readonly kind: "keyframe-end";
  readonly cursor: number;
  /** What decoding readers had learned when they were here, see `Formatter.checkpoint`; undefined where that is not known. */
  readonly checkpoint: Uint8Array | undefined;
  /** Sequence of the last entry before `cursor` of each session that is open there, by its number. */
  readonly sequences: ReadonlyMap<number, number>;
}

/** A place where what a formatter has learned is worth keeping for other readers, by {@linkcode JournalReader.keepCheckpoint}. */
export interface Border {
  readonly kind: "border";
  readonly cursor: number;
}

/** Entries that this reader does not get. */
export interface Gap {
  readonly kind: "gap";
  /** Where the reader goes on. */
  readonly cursor: number;
  /** `dropped`: the journal was full and this reader may be overrun. The others: the disk has lost them. */
  readonly reason: GapReason;
  /** Bytes of entries between the reader's last block and `cursor`. */
  readonly lostBytes: number;
  /** As {@linkcode KeyframeEnd.sequences}. */
  readonly sequences: ReadonlyMap<number, number>;
}

export type GapReason = "dropped" | "missing" | "corrupt";

/** Whether a full journal waits for a reader, or lets it lose the oldest entries. */
export type WhenFull = "block" | "drop-oldest";

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

/** Frames that one append has brought, one behind the other in one of its sources. Valid during the call that gets it. */
export interface FrameRun {
  /** They are the entries [first, last) of it. */
  readonly batch: EntryBatch;
  readonly first: number;
  readonly last: number;
  /** Position in the journal of the first. */
  readonly cursor: number;
  /** The same in the journal, headers included. Undefined: what is taken has positions only, and can never be read. */
  readonly entries: EntryBlock | undefined;
}

/** Bytes of the entries [first, end) of a batch, which lie behind one another in one buffer, with their headers. */
export function entriesLength({ starts, ends }: EntryBatch, first: number, end: number): number {
  if (end === first) return 0;
  return ends[end - 1]! - starts[first]! + (end - first) * ENTRY_HEADER_BYTES;
}

export interface JournalReader {
  /** About `bytesMax` bytes of entries at most, or what else a {@linkcode JournalBlock} is; waits while there is nothing; undefined once the journal is closed and read to its end. */
  read(bytesMax: number): Promise<JournalBlock | undefined> | JournalBlock | undefined;
  /**
   * A second reader, which begins with the entry at `position`, without a keyframe. It commits nothing: its entries stay as long as
   * this reader's cursor is not behind them. Undefined: they are gone; where it finds that later, it reads a gap.
   */
  openAt(position: number): JournalReader | undefined;
  /**
   * From now on, while a `read` waits for entries, runs of frames are offered to `take` first; it returns the first frame that it has not taken. What
   * it has taken is not read; of a run with entries that is all or nothing. It must not call the journal. A journal that has no
   * such runs has no such method.
   */
  takeRuns?(take: (run: FrameRun) => number): void;
  /** Keeps what the formatter has learned up to a {@linkcode Border}. */
  keepCheckpoint(border: number, checkpoint: Uint8Array): void;
  /**
   * Reads on to the end of the journal, and no further. In memory that is where it is now, and a reader of the same name may be opened
   * at once, at the newest entry; on disk the next one goes on where this one left.
   *
   * @returns the position of that end
   */
  stopAtEnd(): number;
  /** Ends a waiting `read` with undefined and frees the cursor. Idempotent. */
  close(): void;
  /** Bytes in the journal, headers included, that this reader has not committed. */
  readonly lagBytes: number;
}

/** Positions of the oldest entry that is not delivered, and of the end. */
export interface Unread {
  readonly from: number;
  readonly end: number;
  /** How far they may be apart, about. */
  readonly bytesMax: number;
}

export interface Journal {
  /**
   * Appends a batch and wakes the readers. Returns undefined when the entries are in and there is room for more; a promise
   * when the caller has to wait before its next append (journal full): the entries of this call are in the journal when it settles.
   */
  append(batch: EntryBatch): Promise<void> | undefined;
  /** A number for a new session, for {@linkcode EntryBatch.session}. */
  nextSession(): number;
  /** @param from where a reader starts whose name has no cursor */
  openReader(name: string, from: "oldest" | "newest", whenFull?: WhenFull): JournalReader;
  /** Everything of reader `name` before this journal position is delivered; cumulative. `checkpoint`: what its formatter had learned there. */
  commit(name: string, cursor: number, checkpoint?: Uint8Array): void;
  /** To be called when all readers are open: what the journal keeps for others it reports. */
  complete?(): void;
  /** Forgets where a reader was that is closed; false: there is none such. In memory nothing is kept of one. */
  dropCursor?(name: string): boolean;
  /** No more appends; readers drain what is there. */
  close(): void;
  /** After {@linkcode Journal.close}, when the readers are closed: what was appended and committed is kept, as far as this journal does. */
  finish(): Promise<void>;
  /** What is not delivered to all readers that must not lose anything; undefined: there is none. */
  unread?(): Unread | undefined;
  /** From now on calls whenever a reader has committed. A journal whose readers need not be near its end has no such method. */
  onCommit?(call: () => void): void;
  /** Whether what is not delivered is there again after a restart. */
  readonly isDurable: boolean;
  readonly usedBytes: number;
}

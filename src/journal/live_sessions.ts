/**
 * What a reader has to know of the open sessions at one place in the journal: the state that a keyframe is made of.
 *
 * Of each open session it keeps the open entry, the Initiation, and the Peer Ups of the peers that are up, as the entries they were,
 * and the sequence of the last entry.
 */
import { COMMON_HEADER_BYTES, MessageType, PEER_HEADER_BYTES } from "../bmp/peer_header.ts";
import { peerId } from "../bmp/peer_table.ts";
import { ENTRY_HEADER_BYTES, type EntryBlock, EntryKind } from "./types.ts";

/** Bytes of entries that are kept at most. A Peer Up that does not fit is left out and counted: its peer starts with assumptions. */
export const KEPT_BYTES_MAX = 64 * 1024 * 1024;
/** Different Peer Ups of one peer without a Peer Down between: Huawei sends one per address family. */
const PEER_UPS_MAX = 16;
const INITIATIONS_MAX = 4;

/** Entries, headers included. */
interface LiveSession {
  readonly open: Uint8Array;
  initiations: readonly Uint8Array[];
  /** By {@linkcode peerId}. */
  readonly peers: Map<string, readonly Uint8Array[]>;
  lastSequence: number;
}

export class LiveSessions {
  readonly #sessions = new Map<number, LiveSession>();
  readonly #bytesMax: number;
  /** All that is kept, in the order in which it came. */
  readonly #kept = new Set<Uint8Array>();
  #bytes = 0;
  #leftOut = 0;

  constructor(bytesMax: number = KEPT_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** How many sessions are open. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Bytes of the entries of a keyframe. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Peer Ups that had no room. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Takes in the entries `bytes[start, end)`, headers included. */
  take(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    let number = -1;
    let session: LiveSession | undefined = undefined;
    for (let offset = start; offset < end;) {
      const next = offset + view.getUint32(offset);
      if (number !== view.getUint32(offset + 8)) {
        number = view.getUint32(offset + 8);
        session = this.#sessions.get(number);
      }
      const kind = bytes[offset + 4];
      if (kind === EntryKind.open) {
        session = this.#open(number, this.#keep(bytes, offset, next));
      } else if (kind === EntryKind.close) {
        this.#close(number, session);
        session = undefined;
      }
      if (session !== undefined) {
        session.lastSequence = view.getUint32(offset + 12) * 4294967296 +
          view.getUint32(offset + 16);
        if (kind === EntryKind.frame) this.#takeFrame(session, bytes, offset, next);
      }
      offset = next;
    }
  }

  /** Sets the last sequence of a session, which its kept entries do not tell. */
  setLastSequence(number: number, sequence: number): void {
    const session = this.#sessions.get(number);
    if (session !== undefined) session.lastSequence = sequence;
  }

  /** Sequence of the last entry of each open session, by its number. */
  sequences(): Map<number, number> {
    return new Map([...this.#sessions].map(([number, { lastSequence }]) => [number, lastSequence]));
  }

  /** The entries of a keyframe, headers included, in the order in which they came. They never change. */
  entries(): Uint8Array[] {
    return [...this.#kept];
  }

  #takeFrame(session: LiveSession, bytes: Uint8Array, offset: number, next: number): void {
    const message = offset + ENTRY_HEADER_BYTES;
    const type = bytes[message + 5];
    if (type === MessageType.initiation) {
      const kept = this.#keep(bytes, offset, next);
      session.initiations = this.#with(
        session.initiations,
        kept,
        COMMON_HEADER_BYTES,
        INITIATIONS_MAX,
      );
      return;
    }
    if (type !== MessageType.peerUp && type !== MessageType.peerDown) return;
    const header = message + COMMON_HEADER_BYTES;
    if (next - header < PEER_HEADER_BYTES) return;
    const id = peerId(bytes, header);
    const ups = session.peers.get(id) ?? [];
    if (type === MessageType.peerDown) {
      this.#forget(ups);
      session.peers.delete(id);
    } else if (this.#bytes + next - offset > this.#bytesMax) {
      this.#leftOut++;
    } else {
      const kept = this.#keep(bytes, offset, next);
      const from = COMMON_HEADER_BYTES + PEER_HEADER_BYTES;
      session.peers.set(id, this.#with(ups, kept, from, PEER_UPS_MAX));
    }
  }

  #open(number: number, open: Uint8Array): LiveSession {
    this.#close(number, this.#sessions.get(number));
    const session = {
      open,
      initiations: [],
      peers: new Map<string, readonly Uint8Array[]>(),
      lastSequence: 0,
    };
    this.#sessions.set(number, session);
    return session;
  }

  #close(number: number, session: LiveSession | undefined): void {
    if (session === undefined) return;
    this.#forget([session.open, ...session.initiations, ...[...session.peers.values()].flat()]);
    this.#sessions.delete(number);
  }

  #keep(bytes: Uint8Array, offset: number, next: number): Uint8Array {
    const kept = bytes.slice(offset, next);
    this.#kept.add(kept);
    this.#bytes += kept.length;
    return kept;
  }

  /**
   * A list with one more, in place of an entry whose message is the same from byte `from` on, or of the oldest if there are too many.
   * A new one: in V8 a list that grows has room for 17 at once, and most have one.
   */
  #with(
    list: readonly Uint8Array[],
    kept: Uint8Array,
    from: number,
    countMax: number,
  ): readonly Uint8Array[] {
    const start = ENTRY_HEADER_BYTES + from;
    let replaced = list.findIndex((other) => isSame(other, kept, start));
    if (replaced < 0 && list.length === countMax) replaced = 0;
    if (replaced < 0) return list.concat([kept]);
    this.#forget(list.slice(replaced, replaced + 1));
    return list.toSpliced(replaced, 1).concat([kept]);
  }

  #forget(list: readonly Uint8Array[]): void {
    for (const kept of list) {
      this.#kept.delete(kept);
      this.#bytes -= kept.length;
    }
  }
}

function isSame(a: Uint8Array, b: Uint8Array, from: number): boolean {
  if (a.length !== b.length) return false;
  for (let i = from; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Entries of a keyframe, put into blocks of about `bytesMax` bytes one after the other. */
export class Keyframe {
  readonly #entries: readonly Uint8Array[];
  #next = 0;

  constructor(entries: readonly Uint8Array[]) {
    this.#entries = entries;
  }

  /** The next entries, in a buffer of their own; undefined when all have been given. */
  take(bytesMax: number, cursor: number): EntryBlock | undefined {
    const first = this.#next;
    if (first === this.#entries.length) return undefined;
    let length = this.#entries[this.#next++]!.length;
    while (this.#next < this.#entries.length) {
      const more = this.#entries[this.#next]!.length;
      if (length + more > bytesMax) break;
      length += more;
      this.#next++;
    }
    const bytes = new Uint8Array(length);
    let offset = 0;
    for (let i = first; i < this.#next; i++) {
      bytes.set(this.#entries[i]!, offset);
      offset += this.#entries[i]!.length;
    }
    const view = new DataView(bytes.buffer);
    return { kind: "keyframe", bytes, view, start: 0, end: length, cursor };
  }
}

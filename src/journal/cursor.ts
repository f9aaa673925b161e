import type { Chunk } from "./chunks.ts";
import { Keyframe, type LiveSessions } from "./live_sessions.ts";
import type { FrameRun, KeyframeEnd, WhenFull } from "./types.ts";

/** What a reader has to know at one place. */
export interface Known {
  /** As {@linkcode LiveSessions.entries}. */
  readonly entries: readonly Uint8Array[];
  readonly end: KeyframeEnd;
}

/**
 * Where one reader of the journal in memory stands: the next entry to read is at `chunk.bytes[offset]`. Its chunk is kept until it
 * reads in a later one, because its last block points into it.
 */
export class Cursor {
  open = true;
  committed: number;
  /** Ends a waiting read. */
  wake: (() => void) | undefined = undefined;
  /** As {@linkcode JournalReader.takeRuns}. */
  takeRun: ((run: FrameRun) => number) | undefined = undefined;
  /** What it reads before the next entry. */
  keyframe: Keyframe | undefined = undefined;
  keyframeEnd: KeyframeEnd | undefined = undefined;
  /** It reads no further. */
  end = Infinity;
  /** What there is to know at that end, for one that may be overrun before it gets there. */
  knownAtEnd: Known | undefined = undefined;
  /** Set when its entries were given up: it holds nothing, and goes on at the end. */
  isOverrun = false;

  constructor(
    readonly name: string,
    public chunk: Chunk,
    public offset: number,
    readonly whenFull: WhenFull,
  ) {
    this.committed = this.position;
  }

  /** Of the next entry to read. */
  get position(): number {
    return this.chunk.base + this.offset;
  }

  /** Whether runs are to be offered to it that begin at `position`. */
  takesRunAt(position: number): boolean {
    return this.takeRun !== undefined && this.wake !== undefined && !this.isOverrun &&
      this.end === Infinity && this.position === position;
  }

  startKeyframe({ entries, end }: Known): void {
    this.keyframe = new Keyframe(entries);
    this.keyframeEnd = end;
  }

  /** Goes to the end of what `chunk` holds. */
  moveTo(chunk: Chunk): void {
    this.chunk = chunk;
    this.offset = chunk.used;
  }

  /** Lets a waiting read look again. */
  wakeUp(): void {
    const wake = this.wake;
    this.wake = undefined;
    wake?.();
  }
}

/** What there is to know at a place that these sessions are at; `checkpoint` as in {@linkcode KeyframeEnd}. */
export function knownAt(
  cursor: number,
  live: LiveSessions,
  checkpoint: Uint8Array | undefined,
): Known {
  const sequences = live.sequences();
  return { entries: live.entries(), end: { kind: "keyframe-end", cursor, checkpoint, sequences } };
}

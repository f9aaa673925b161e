/**
 * The bytes of TCP connections in their order, put together from segments as a capture has them: out of order, more than once, some
 * missing (RFC 9293 section 3.4: sequence numbers are modulo 2^32).
 */
import type { Endpoints, Segment } from "./segments.ts";

/** Data that waits for a missing segment, per direction of a connection; past this the segment is given up. */
const PENDING_BYTES_MAX = 4 * 1024 * 1024;
const PENDING_SEGMENTS_MAX = 4096;
/** Directions of connections that are followed at a time; the one that was seen first goes. */
const STREAMS_MAX = 20_000;

/** Takes the bytes of one direction of a connection. */
export interface StreamReceiver {
  /** The next bytes, valid during the call only. `timeUs`: when the last of them was captured. */
  data(bytes: Uint8Array, timeUs: number): void;
  /** This many bytes are not in the capture. */
  gap(byteCount: number, timeUs: number): void;
  /** No more comes. */
  end(): void;
}

/** Makes a receiver when data first comes; undefined: nobody wants this direction. `isMidStream`: its beginning is not in the capture. */
export type StreamOpener = (
  endpoints: Endpoints,
  isMidStream: boolean,
  timeUs: number,
) => StreamReceiver | undefined;

interface PendingSegment {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly timeUs: number;
}

/** All connections of a capture. */
export class TcpStreams {
  readonly #open: StreamOpener;
  readonly #streams = new Map<string, TcpStream>();

  constructor(open: StreamOpener) {
    this.#open = open;
  }

  add(segment: Segment): void {
    const { key } = segment;
    let stream = this.#streams.get(key);
    if (stream !== undefined && segment.isSyn && stream.isBeyond(segment.sequence)) {
      // The same ports again: another connection.
      stream.end();
      stream = undefined;
    }
    if (stream === undefined) {
      if (segment.isReset || (!segment.isSyn && segment.start === segment.end)) return;
      stream = new TcpStream(this.#open, segment);
      this.#makeRoom();
      // Also for the same ports: to the end of the order.
      this.#streams.delete(key);
      this.#streams.set(key, stream);
    }
    stream.add(segment);
    if (stream.isEnded) this.#streams.delete(key);
  }

  /** Ends the capture. */
  end(): void {
    for (const stream of this.#streams.values()) stream.end();
    this.#streams.clear();
  }

  #makeRoom(): void {
    if (this.#streams.size < STREAMS_MAX) return;
    for (const [key, stream] of this.#streams) {
      stream.end();
      this.#streams.delete(key);
      return;
    }
  }
}

/** One direction of a connection. */
class TcpStream {
  readonly #open: StreamOpener;
  readonly #isMidStream: boolean;
  #receiver: StreamReceiver | undefined = undefined;
  #isOpen = false;
  /** Sequence number of the first byte that has not been given away. */
  #next: number;
  /** Sequence number behind the last byte; -1: not known yet. */
  #finish = -1;
  /** In order of their sequence numbers. */
  #pending: PendingSegment[] = [];
  #pendingBytes = 0;
  isEnded = false;

  constructor(open: StreamOpener, first: Segment) {
    this.#open = open;
    this.#isMidStream = !first.isSyn;
    this.#next = first.sequence;
  }

  /** Whether a SYN with this number begins another connection: this one has had data and its own SYN had another number. */
  isBeyond(sequence: number): boolean {
    return this.#isOpen && distance(this.#next, sequence + 1) !== 0;
  }

  add(segment: Segment): void {
    let { sequence } = segment;
    if (segment.isSyn) {
      sequence = (sequence + 1) >>> 0;
      if (!this.#isOpen) this.#next = sequence;
    }
    const length = segment.end - segment.start;
    if (length > 0) this.#take(segment, sequence);
    if (segment.isFin) this.#finish = (sequence + length) >>> 0;
    if (segment.isReset || (this.#finish !== -1 && distance(this.#next, this.#finish) <= 0)) {
      this.end();
    }
  }

  /** Gives away what waits, with what is missing in between. */
  end(): void {
    if (this.isEnded) return;
    while (this.#pending.length > 0) this.#giveUpMissing();
    this.isEnded = true;
    this.#receiver?.end();
  }

  #take(segment: Segment, sequence: number): void {
    if (!this.#isOpen) {
      this.#isOpen = true;
      const { timeUs } = segment;
      this.#receiver = this.#open(segment.endpoints(), this.#isMidStream, timeUs);
    }
    const bytes = segment.bytes.subarray(segment.start, segment.end);
    if (this.#receiver === undefined) {
      // Nobody listens; where it stands is all that matters.
      this.#next = (sequence + bytes.length) >>> 0;
      return;
    }
    if (distance(this.#next, sequence) <= 0) {
      this.#give(bytes, sequence, segment.timeUs);
      this.#givePending();
      return;
    }
    this.#keep({ sequence, bytes: bytes.slice(), timeUs: segment.timeUs });
    while (
      this.#pendingBytes > PENDING_BYTES_MAX || this.#pending.length > PENDING_SEGMENTS_MAX
    ) this.#giveUpMissing();
  }

  /** Gives away what is new of these bytes, which begin at or before the next one. */
  #give(bytes: Uint8Array, sequence: number, timeUs: number): void {
    const known = distance(sequence, this.#next);
    if (known >= bytes.length) return;
    this.#receiver!.data(known === 0 ? bytes : bytes.subarray(known), timeUs);
    this.#next = (sequence + bytes.length) >>> 0;
  }

  #givePending(): void {
    let count = 0;
    for (const { sequence, bytes, timeUs } of this.#pending) {
      if (distance(this.#next, sequence) > 0) break;
      this.#give(bytes, sequence, timeUs);
      this.#pendingBytes -= bytes.length;
      count++;
    }
    if (count > 0) this.#pending.splice(0, count);
  }

  #keep(segment: PendingSegment): void {
    let at = this.#pending.length;
    while (at > 0 && distance(this.#pending[at - 1]!.sequence, segment.sequence) < 0) at--;
    const twin = this.#pending[at - 1];
    const isKnown = twin !== undefined && twin.sequence === segment.sequence &&
      twin.bytes.length >= segment.bytes.length;
    if (isKnown) return;
    this.#pending.splice(at, 0, segment);
    this.#pendingBytes += segment.bytes.length;
  }

  /** Goes on with the first segment that waits. */
  #giveUpMissing(): void {
    const { sequence, timeUs } = this.#pending[0]!;
    this.#receiver!.gap(distance(this.#next, sequence), timeUs);
    this.#next = sequence;
    this.#givePending();
  }
}

/** How far `to` is behind `from` in the stream; negative: before it. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}

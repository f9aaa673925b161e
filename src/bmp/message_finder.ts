/**
 * Messages of a BMP stream that may begin anywhere and have holes: a capture of packets, a damaged file. A collector does not do this:
 * on its connections a broken border is the end (see frame.ts).
 *
 * Where the borders are lost, a message is believed to begin where a header stands that makes sense (version, length, type) and another
 * one, or the end of the stream, follows where it says that the message ends.
 */
import { ByteQueue } from "../wire/byte_queue.ts";
import { MAX_MESSAGE_BYTES_DEFAULT } from "./frame.ts";
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  MessageType,
  PEER_HEADER_BYTES,
} from "./peer_header.ts";

/** What comes out of a stream. Bytes are valid during the call only; offsets count from the start of the stream, holes included. */
export interface MessageHandler {
  message(bytes: Uint8Array, offset: number): void;
  /** Bytes that belong to no message; a run of them may come in several calls. */
  skipped(bytes: Uint8Array, offset: number): void;
}

/** Whether a header stands somewhere; `unknown` until more bytes come. */
type Verdict = "yes" | "no" | "unknown";

export class MessageFinder {
  readonly #handler: MessageHandler;
  readonly #messageBytesMax: number;
  readonly #queue = new ByteQueue();
  /** Stream offset of the first byte in the queue. */
  #offset = 0;
  #isLost: boolean;

  /** @param isMidStream whether the first byte that comes may be in the middle of a message */
  constructor(
    handler: MessageHandler,
    isMidStream = false,
    messageBytesMax = MAX_MESSAGE_BYTES_DEFAULT,
  ) {
    this.#handler = handler;
    this.#isLost = isMidStream;
    this.#messageBytesMax = messageBytesMax;
  }

  /** Whether the borders of messages are known. */
  get isInStep(): boolean {
    return !this.#isLost;
  }

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    this.#take(false);
  }

  /** Says that this many bytes of the stream are missing here. */
  lose(byteCount: number): void {
    this.#skip(this.#queue.end);
    this.#offset += byteCount;
    this.#isLost = true;
  }

  /** Ends the stream. */
  end(): void {
    this.#take(true);
    this.#skip(this.#queue.end);
  }

  #take(isEnd: boolean): void {
    const queue = this.#queue;
    while (queue.length > 0) {
      if (this.#isLost && !this.#search(isEnd)) return;
      const { bytes, start, length } = queue;
      const isVersion = bytes[start] === 3 || bytes[start] === 4;
      if (isVersion && length < COMMON_HEADER_BYTES) return;
      const messageBytes = isVersion ? queue.view.getUint32(start + 1) : 0;
      if (messageBytes < COMMON_HEADER_BYTES || messageBytes > this.#messageBytesMax) {
        this.#isLost = true;
        continue;
      }
      if (messageBytes > length) return;
      this.#handler.message(bytes.subarray(start, start + messageBytes), this.#offset);
      queue.start += messageBytes;
      this.#offset += messageBytes;
    }
  }

  /** Skips to the next message; false: none is there yet. */
  #search(isEnd: boolean): boolean {
    const { start, end } = this.#queue;
    for (let pos = start; pos < end; pos++) {
      const verdict = this.#isBorder(pos, isEnd);
      if (verdict === "no") continue;
      this.#skip(pos);
      this.#isLost = verdict === "unknown";
      return verdict === "yes";
    }
    this.#skip(end);
    return false;
  }

  #isBorder(pos: number, isEnd: boolean): Verdict {
    const { bytes, view, end } = this.#queue;
    const version = bytes[pos]!;
    if (version !== 3 && version !== 4) return "no";
    if (end - pos < COMMON_HEADER_BYTES) return isEnd ? "no" : "unknown";
    const length = view.getUint32(pos + 1);
    if (!isPlausible(length, bytes[pos + 5]!, this.#messageBytesMax)) return "no";
    const next = pos + length;
    if (end - next >= COMMON_HEADER_BYTES) {
      const nextLength = view.getUint32(next + 1);
      const isNext = bytes[next] === version &&
        isPlausible(nextLength, bytes[next + 5]!, this.#messageBytesMax);
      return isNext ? "yes" : "no";
    }
    return !isEnd ? "unknown" : next === end ? "yes" : "no";
  }

  /** Gives up the bytes in front of this position of the queue. */
  #skip(pos: number): void {
    const queue = this.#queue;
    const { start } = queue;
    if (pos === start) return;
    this.#handler.skipped(queue.bytes.subarray(start, pos), this.#offset);
    this.#offset += pos - start;
    queue.start = pos;
  }
}

/** Whether a message of this type can have this length. */
export function isPlausible(length: number, type: number, messageBytesMax: number): boolean {
  const lengthMin = COMMON_HEADER_BYTES + (hasPeerHeader(type) ? PEER_HEADER_BYTES : 0);
  return type <= MessageType.routeMirroring && length >= lengthMin && length <= messageBytesMax;
}

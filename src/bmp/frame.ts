/**
 * Message borders in a BMP stream (RFC 7854 section 4.1).
 *
 * ```
 * common header
 *  0  u8   version: 3, or 4 (draft-ietf-grow-bmp-tlv)
 *  1  u32  length of the whole message, these six bytes included
 *  5  u8   message type
 * ```
 *
 * A stream that breaks these rules has lost its borders: there is no way to find the next message, so the connection has to end.
 * All that is wrong behind the header costs one message only and is the decoder's business.
 */
import { EntryBatch } from "../journal/types.ts";
import { hexText } from "../wire/strings.ts";
import { COMMON_HEADER_BYTES, MessageType } from "./peer_header.ts";

/** Longest message that is accepted unless told otherwise. */
export const MAX_MESSAGE_BYTES_DEFAULT = 1024 * 1024;

/** Version and length: what has to be there to find the end of a message. */
const BORDER_BYTES = 5;

const BUFFER_BYTES_MIN = 256;
/** Buffers for split messages up to this size are kept for the next one; most messages are below 4 KiB. */
const BUFFER_BYTES_KEPT = 4096;

const FIRST_BYTES_MAX = 32;

/** Why a stream cannot be read on. */
export interface FrameError {
  /** Stable name: a version other than 3 and 4, a length out of bounds, an end within a message. */
  readonly code: "frame-version" | "frame-length" | "frame-truncated";
  /** Offset in the stream of the message at fault. */
  readonly offset: number;
  /** The version or length that stood there; for `frame-truncated` the bytes of the message that came. */
  readonly found: number;
  /** What should have been there, in words. */
  readonly expected: string;
  /** Hex of the message's first bytes, as far as they had come, 32 at most. */
  readonly firstBytes: string;
}

/** A frame error as one line of text. */
export function frameErrorText(error: FrameError): string {
  const found = error.code === "frame-version"
    ? `version ${error.found}`
    : error.code === "frame-length"
    ? `length ${error.found}`
    : `${error.found} bytes`;
  return `Cannot read BMP message at byte ${error.offset}: found ${found}, expected ${error.expected}; ` +
    `first bytes ${error.firstBytes}`;
}

/** Cuts the stream of one session into messages, whatever its chunks are. */
export class FrameSplitter {
  readonly #messageBytesMax: number;
  /** Stream offset of the first byte that is in no complete message. */
  #offset = 0;
  /** The beginning of a message whose end has not come: `#buffer[0, #held)`. */
  #buffer: Uint8Array = new Uint8Array(0);
  #held = 0;
  /** Takes the next split message while the batch still points into the last one. */
  #spare: Uint8Array = this.#buffer;
  #error: FrameError | undefined = undefined;

  constructor(messageBytesMax = MAX_MESSAGE_BYTES_DEFAULT) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Memory of a message that has come in part. */
  get partialBytes(): number {
    return this.#held === 0 ? 0 : this.#buffer.length;
  }

  /** Memory that is kept for split messages. */
  get allocatedBytes(): number {
    return this.#buffer.length + this.#spare.length;
  }

  /**
   * Adds to `batch` the messages that are complete with this chunk, as ranges of the chunk; a message that began in an earlier
   * chunk as a range of an own buffer. Those ranges are valid until the next `push`.
   *
   * @returns the error that ends the stream; the messages before it are in the batch. The same one at every further call.
   */
  push(bytes: Uint8Array, batch: EntryBatch): FrameError | undefined {
    if (this.#error !== undefined) return this.#error;
    const chunk = plainBytes(bytes);
    let pos = this.#held === 0 ? 0 : this.#complete(chunk, batch);
    const end = chunk.length;
    const chunkOffset = this.#offset - pos;
    while (pos < end) {
      const length = this.#messageLength(chunk, pos, end, chunkOffset + pos);
      if (length === 0 || length > end - pos) {
        if (this.#error === undefined) this.#hold(chunk, pos, end, length);
        break;
      }
      batch.add(chunk, pos, pos + length);
      if (chunk[pos + 5] === MessageType.routeMonitoring) batch.routes++;
      pos += length;
    }
    this.#offset = chunkOffset + pos;
    return this.#error;
  }

  /** At the end of the stream: the error if it ended within a message. */
  end(): FrameError | undefined {
    if (this.#error !== undefined || this.#held === 0) return this.#error;
    const length = this.#messageLength(this.#buffer, 0, this.#held, this.#offset);
    return this.#fail(
      "frame-truncated",
      this.#offset,
      this.#held,
      `${length || "at least " + COMMON_HEADER_BYTES}`,
      this.#buffer,
      0,
      this.#held,
    );
  }

  /** Takes from the chunk what the held message lacks; returns how much that was. */
  #complete(chunk: Uint8Array, batch: EntryBatch): number {
    let pos = 0;
    if (this.#held < BORDER_BYTES) {
      pos = Math.min(BORDER_BYTES - this.#held, chunk.length);
      this.#hold(chunk, 0, pos, 0);
    }
    const length = this.#messageLength(this.#buffer, 0, this.#held, this.#offset);
    // Without a length, either the chunk is used up or the stream has ended.
    if (length === 0) return chunk.length;
    const taken = Math.min(length - this.#held, chunk.length - pos);
    this.#hold(chunk, pos, pos + taken, length);
    pos += taken;
    if (this.#held < length) return pos;
    const message = this.#buffer;
    batch.add(message, 0, length);
    if (message[5] === MessageType.routeMonitoring) batch.routes++;
    this.#buffer = this.#spare;
    this.#spare = message.length > BUFFER_BYTES_KEPT ? new Uint8Array(0) : message;
    this.#held = 0;
    this.#offset += length;
    return pos;
  }

  /** Appends to the held message. The buffer follows the bytes that came: a length is a claim until then. */
  #hold(chunk: Uint8Array, start: number, end: number, length: number): void {
    const held = this.#held + end - start;
    if (held > this.#buffer.length) {
      const doubled = Math.min(2 * this.#buffer.length, length);
      const grown = new Uint8Array(Math.max(held, doubled, BUFFER_BYTES_MIN));
      grown.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk.subarray(start, end), this.#held);
    this.#held = held;
  }

  /** The length of the message at `bytes[start]`; 0 if it is not known yet, or wrong: then there is an error. */
  #messageLength(bytes: Uint8Array, start: number, end: number, offset: number): number {
    const version = bytes[start]!;
    if (version !== 3 && version !== 4) {
      this.#fail("frame-version", offset, version, "3 or 4", bytes, start, end);
      return 0;
    }
    if (end - start < BORDER_BYTES) return 0;
    const length = ((bytes[start + 1]! << 24) | (bytes[start + 2]! << 16) |
      (bytes[start + 3]! << 8) | bytes[start + 4]!) >>> 0;
    if (length < COMMON_HEADER_BYTES || length > this.#messageBytesMax) {
      const expected = `${COMMON_HEADER_BYTES} to ${this.#messageBytesMax}`;
      this.#fail("frame-length", offset, length, expected, bytes, start, end);
      return 0;
    }
    return length;
  }

  #fail(
    code: FrameError["code"],
    offset: number,
    found: number,
    expected: string,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): FrameError {
    const firstBytes = hexText(bytes, start, Math.min(end, start + FIRST_BYTES_MAX));
    this.#error = { code, offset, found, expected, firstBytes };
    return this.#error;
  }
}

/**
 * The messages of a whole stream, in order, as views that are valid until the next one is asked for.
 *
 * @param chunks the stream, cut in any way
 * @throws {FrameFault} at the first byte that breaks the stream, or at its end if that is within a message; after the messages before it
 */
export async function* readMessages(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  messageBytesMax = MAX_MESSAGE_BYTES_DEFAULT,
): AsyncGenerator<Uint8Array, void> {
  const splitter = new FrameSplitter(messageBytesMax);
  const batch = new EntryBatch();
  for await (const chunk of chunks) {
    const error = splitter.push(chunk, batch);
    for (let i = 0; i < batch.count; i++) {
      yield batch.sources[i]!.subarray(batch.starts[i]!, batch.ends[i]!);
    }
    batch.clear();
    if (error !== undefined) throw new FrameFault(error);
  }
  const error = splitter.end();
  if (error !== undefined) throw new FrameFault(error);
}

/**
 * The same bytes without what a subclass changes: `slice` of Node's Buffer shares memory, where decoders that keep a piece of a message
 * take a copy by it.
 */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A stream that cannot be read on, thrown by {@linkcode readMessages}. */
export class FrameFault extends Error {
  /** The class's name. */
  override readonly name = "FrameFault";

  /** What is wrong, and where. */
  readonly error: FrameError;

  /** Words the error. */
  constructor(error: FrameError) {
    super(frameErrorText(error));
    this.error = error;
  }
}

/** What the first bytes of a stream that is not BMP look like, for the log; undefined if like nothing known. */
export function guessProtocol(firstBytes: string): string | undefined {
  return STRANGERS.find(([start]) => start.test(firstBytes))?.[1];
}

const STRANGERS: readonly (readonly [RegExp, string])[] = [
  [/^1603/, "TLS"],
  // GET, POST, PUT, HEAD, OPTIONS, CONNECT, DELETE, and HTTP/2's PRI, each with the space behind it.
  [
    /^(47455420|504f535420|50555420|4845414420|4f5054494f4e5320|434f4e4e45435420|44454c45544520|50524920)/,
    "HTTP",
  ],
  [/^5353482d/, "SSH"],
  [/^(50524f585920|0d0a0d0a000d0a515549540a)/, "PROXY protocol"],
  [/^ffffffff/, "BGP"],
];

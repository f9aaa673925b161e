/**
 * The byte buffer that everything is rendered into.
 *
 * Every method makes room before it writes, because a typed array drops out-of-range writes in silence.
 * Hot loops call {@linkcode ByteWriter.ensure} once for a whole record and then write `bytes[pos++]` themselves.
 */

const ENCODER = new TextEncoder();

/** ASCII or UTF-8 bytes of a constant text. */
export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

const WORD_BYTES = 8;

/**
 * A short constant text, which {@linkcode ByteWriter.literal} writes 8 bytes at a time: 7 ns for a member's name in V8, where its
 * characters take 28 and a copy of its bytes 16.
 */
export class Literal {
  /** Its UTF-8 bytes in memory order, zeros behind them; none of these numbers is NaN, whose bits an engine may change. */
  readonly words: Float64Array;
  readonly length: number;

  constructor(text: string) {
    const bytes = utf8(text);
    this.length = bytes.length;
    this.words = new Float64Array(Math.ceil(bytes.length / WORD_BYTES));
    new Uint8Array(this.words.buffer).set(bytes);
  }
}

/** Up to this many bytes a copy loop beats `Uint8Array.set` (22 ns in V8, 35 ns in JavaScriptCore, whose loops take 1 to 2 ns a byte). */
const LOOP_COPY_BYTES_MAX = 10;
/** The same for a part of an array, for which a view has to be made: 25 ns more in V8, 75 ns in JavaScriptCore. */
const LOOP_RANGE_BYTES_MAX = 32;

/** A growing byte buffer with a write position. */
export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  pos = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    if (this.pos + count > this.bytes.length) this.#grow(count);
  }

  /** Doubles, so that appending stays linear. */
  #grow(count: number): void {
    const grown = new Uint8Array(Math.max(this.pos + count, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.pos));
    this.writeInto(grown);
  }

  /** Goes on in another buffer of its own; what is before `pos` has to be there. */
  protected writeInto(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  byte(value: number): void {
    this.ensure(1);
    this.bytes[this.pos++] = value;
  }

  /** Appends bytes as they are. */
  raw(source: Uint8Array): void {
    const count = source.length;
    this.ensure(count);
    const bytes = this.bytes;
    const pos = this.pos;
    if (count <= LOOP_COPY_BYTES_MAX) {
      for (let i = 0; i < count; i++) bytes[pos + i] = source[i]!;
    } else {
      bytes.set(source, pos);
    }
    this.pos = pos + count;
  }

  /** Appends a constant text. */
  literal({ words, length }: Literal): void {
    const count = words.length;
    this.ensure(count * WORD_BYTES);
    const view = this.#view;
    const { pos } = this;
    // With the zeros behind it: whatever comes next is written over them.
    for (let i = 0; i < count; i++) view.setFloat64(pos + i * WORD_BYTES, words[i]!, true);
    this.pos = pos + length;
  }

  /** Appends `source[start, end)` as it is. */
  range(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.ensure(count);
    const bytes = this.bytes;
    const pos = this.pos;
    if (count <= LOOP_RANGE_BYTES_MAX) {
      for (let i = 0; i < count; i++) bytes[pos + i] = source[start + i]!;
    } else {
      bytes.set(source.subarray(start, end), pos);
    }
    this.pos = pos + count;
  }

  /** Appends text that is known to be ASCII, without escaping. */
  ascii(text: string): void {
    const count = text.length;
    this.ensure(count);
    const bytes = this.bytes;
    const pos = this.pos;
    for (let i = 0; i < count; i++) bytes[pos + i] = text.charCodeAt(i);
    this.pos = pos + count;
  }

  /** Appends any text as UTF-8, without escaping. */
  text(text: string): void {
    this.ensure(text.length * 3);
    const { written } = ENCODER.encodeInto(text, this.bytes.subarray(this.pos));
    this.pos += written;
  }

  /** The bytes written so far; a view that is valid until the next write. */
  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.pos);
  }

  /** What was written since `start`, as a copy of its own. */
  copyFrom(start: number): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(start, this.pos);
  }

  reset(): void {
    this.pos = 0;
  }
}

/** Longer views are not kept. */
const KEPT_BYTES_MAX = 1024;

/**
 * Views of a buffer's first bytes, kept by their length. For a scratch that is filled anew for each message: making a view takes as long
 * as writing a column, and is garbage of 100 bytes.
 */
export class KeptViews {
  readonly #start: number;
  #buffer: ArrayBufferLike = new ArrayBuffer(0);
  readonly #views: (Uint8Array | undefined)[] = [];

  /** Views begin at `start`. */
  constructor(start = 0) {
    this.#start = start;
    this.#forget();
  }

  /** Bytes up to `end` of an array that begins where its buffer does. */
  upTo(bytes: Uint8Array, end: number): Uint8Array {
    if (end > KEPT_BYTES_MAX) return bytes.subarray(this.#start, end);
    if (bytes.buffer !== this.#buffer) {
      this.#forget();
      this.#buffer = bytes.buffer;
    }
    return this.#views[end] ??= bytes.subarray(this.#start, end);
  }

  #forget(): void {
    for (let i = 0; i <= KEPT_BYTES_MAX; i++) this.#views[i] = undefined;
  }
}

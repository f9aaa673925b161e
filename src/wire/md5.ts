/**
 * MD5 (RFC 1321), written out for one purpose: hundreds of thousands of short hashes a second whose first
 * bytes are the same. Where one is after the common start can be kept ({@linkcode Md5Start}), so that each hash costs one block.
 *
 * `node:crypto` costs about 2 us a hash in calls and objects; this costs about 0.2 us a block. MD5 is an identifier here, never
 * a protection.
 */

import { compress, compressTwo } from "./md5_rounds.ts";
import { hexText } from "./strings.ts";

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Two hex digits of each octet, as one 16-bit value in memory order. */
const HEX_PAIR = new Uint8Array(512);
for (let octet = 0; octet < 256; octet++) {
  HEX_PAIR[2 * octet] = "0123456789abcdef".charCodeAt(octet >> 4);
  HEX_PAIR[2 * octet + 1] = "0123456789abcdef".charCodeAt(octet & 15);
}

/**
 * Where a hash is after a start that many have in common, to go on from any number of times. Small: a collector of 100,000 peers
 * keeps one or more of each.
 */
export class Md5Start {
  /** Bytes taken in. */
  readonly length: number;
  /** The state in the first 4, then the words of the block begun. */
  readonly #words: readonly number[];

  constructor(length: number, state: Int32Array, block: Int32Array) {
    this.length = length;
    // No typed array: V8 takes 300 bytes for its buffer. Made with its length: one that grows has room for 17.
    const words = new Array<number>(4 + (((length & 63) + 3) >> 2));
    for (let i = 0; i < 4; i++) words[i] = state[i]!;
    for (let i = 4; i < words.length; i++) words[i] = block[i - 4]!;
    this.#words = words;
  }

  /** Puts a hash back to where it was. */
  putInto(state: Int32Array, block: Int32Array): void {
    const words = this.#words;
    for (let i = 0; i < 4; i++) state[i] = words[i]!;
    for (let i = 4; i < words.length; i++) block[i - 4] = words[i]!;
  }
}

/** A running MD5. */
export class Md5 {
  /** When it is finished, the digest. */
  readonly state = new Int32Array(4);
  readonly #digest = new Uint8Array(this.state.buffer);
  /** Bytes not yet taken in, `length & 63` of them. */
  readonly #block = new Uint8Array(64);
  readonly #words = new Int32Array(this.#block.buffer);
  /** Bytes taken in so far. */
  length = 0;

  constructor() {
    if (!LITTLE_ENDIAN) throw new Error("Cannot hash: a little-endian machine is needed");
    this.reset();
  }

  reset(): this {
    const state = this.state;
    state[0] = 0x67452301;
    state[1] = 0xefcdab89 | 0;
    state[2] = 0x98badcfe | 0;
    state[3] = 0x10325476;
    this.length = 0;
    return this;
  }

  /** Where this hash is now. */
  mark(): Md5Start {
    return new Md5Start(this.length, this.state, this.#words);
  }

  /** Makes this hash continue from `start`. */
  startFrom(start: Md5Start): this {
    start.putInto(this.state, this.#words);
    this.length = start.length;
    return this;
  }

  /** Takes in `source[start, end)`. */
  update(source: Uint8Array, start: number, end: number): this {
    const block = this.#block;
    let fill = this.length & 63;
    this.length += end - start;
    for (let i = start; i < end;) {
      // By a loop: a view for `set` takes as long as a block's bytes, and is garbage.
      const next = Math.min(end, i + 64 - fill);
      while (i < next) block[fill++] = source[i++]!;
      if (fill === 64) {
        compress(this.state, this.#words, this.state);
        fill = 0;
      }
    }
    return this;
  }

  /** Finishes and writes 32 lower-case hex digits at `out[pos]`; the hash must be reset or copied into before it is used again. */
  hexAt(out: Uint8Array, pos: number): void {
    this.#finish();
    hexDigestAt(this.state, out, pos);
  }

  #finish(): void {
    const block = this.#block;
    const words = this.#words;
    const fill = this.length & 63;
    block[fill] = 0x80;
    for (let i = fill + 1; i < 64 && (i & 3) !== 0; i++) block[i] = 0;
    let word = (fill >> 2) + 1;
    if (fill >= 56) {
      for (; word < 16; word++) words[word] = 0;
      compress(this.state, words, this.state);
      word = 0;
    }
    for (; word < 14; word++) words[word] = 0;
    words[14] = this.length << 3;
    words[15] = Math.floor(this.length / 0x20000000);
    compress(this.state, words, this.state);
  }

  /** Finishes and returns the digest as 32 lower-case hex digits. */
  hex(): string {
    this.#finish();
    return hexText(this.#digest, 0, this.#digest.length);
  }
}

/** Writes a finished state as 32 lower-case hex digits. */
function hexDigestAt(state: Int32Array, out: Uint8Array, pos: number): void {
  let p = pos;
  for (let i = 0; i < 4; i++) {
    let value = state[i]!;
    for (let j = 0; j < 4; j++) {
      const pair = (value & 255) << 1;
      out[p++] = HEX_PAIR[pair]!;
      out[p++] = HEX_PAIR[pair + 1]!;
      value >>= 8;
    }
  }
}

/**
 * Hashes of many messages that start alike and end in one block of their own, two at a time: each costs 0.6 of an {@linkcode Md5}.
 *
 * Use: {@linkcode Md5Ends.startFrom}; per message {@linkcode Md5Ends.block}, write its end from {@linkcode Md5Ends.from} on,
 * {@linkcode Md5Ends.hexAt}; at last {@linkcode Md5Ends.flush}.
 */
export class Md5Ends {
  readonly #blocks = [new Uint8Array(64), new Uint8Array(64)] as const;
  readonly #words = this.#blocks.map((block) => new Int32Array(block.buffer));
  readonly #states = [new Int32Array(4), new Int32Array(4)] as const;
  /** What all messages start with. */
  start: Md5Start = new Md5().mark();
  readonly #startState = new Int32Array(4);
  /** Where the end of the message before is to go, -1: there is none. */
  #waiting = -1;
  /** Place in the block where an end begins. An end may have up to `55 - from` bytes. */
  from = 0;

  /** Sets what all messages start with. */
  startFrom(start: Md5Start): void {
    if (start === this.start) return;
    this.start = start;
    this.from = start.length & 63;
    for (const words of this.#words) start.putInto(this.#startState, words);
  }

  /** The block to write the end of the next message into. */
  get block(): Uint8Array {
    return this.#blocks[this.#waiting === -1 ? 0 : 1];
  }

  /** Ends a message whose end stops at `end` of the block; its hash is written at `out[pos]`, at once or with the next one. */
  hexAt(end: number, out: Uint8Array, pos: number): void {
    const slot = this.#waiting === -1 ? 0 : 1;
    const block = this.#blocks[slot];
    const words = this.#words[slot]!;
    block[end] = 0x80;
    let i = end + 1;
    for (; (i & 3) !== 0; i++) block[i] = 0;
    for (i >>= 2; i < 14; i++) words[i] = 0;
    words[14] = (this.start.length - this.from + end) << 3;
    words[15] = 0;
    if (slot === 0) {
      this.#waiting = pos;
      return;
    }
    const [one, two] = this.#states;
    compressTwo(this.#startState, this.#words[0]!, one, words, two);
    hexDigestAt(one, out, this.#waiting);
    hexDigestAt(two, out, pos);
    this.#waiting = -1;
  }

  /** Writes the hash of a message that still waits for another one. */
  flush(out: Uint8Array): void {
    if (this.#waiting === -1) return;
    compress(this.#startState, this.#words[0]!, this.#states[0]);
    hexDigestAt(this.#states[0], out, this.#waiting);
    this.#waiting = -1;
  }
}

/** MD5 of bytes as lower-case hex. */
export function md5Hex(source: Uint8Array): string {
  return new Md5().update(source, 0, source.length).hex();
}

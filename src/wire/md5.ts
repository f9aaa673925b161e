/**
 * MD5 (RFC 1321), written out for one purpose: hundreds of thousands of short hashes a second whose first
 * bytes are the same. A {@linkcode Md5} that has taken in the common start can be copied, so that each hash costs one block.
 *
 * `node:crypto` costs about 2 us a hash in calls and objects; this costs about 0.2 us a block. The rounds are written
 * out because a loop over tables costs 3 times as much. MD5 is an identifier here, never a protection.
 */

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** One MD5 block: takes 16 little-endian words into `state` (4 words). */
function compress(state: Int32Array, words: Int32Array): void {
  const w0 = words[0]!;
  const w1 = words[1]!;
  const w2 = words[2]!;
  const w3 = words[3]!;
  const w4 = words[4]!;
  const w5 = words[5]!;
  const w6 = words[6]!;
  const w7 = words[7]!;
  const w8 = words[8]!;
  const w9 = words[9]!;
  const w10 = words[10]!;
  const w11 = words[11]!;
  const w12 = words[12]!;
  const w13 = words[13]!;
  const w14 = words[14]!;
  const w15 = words[15]!;
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let t = 0;
  t = (a + ((b & c) | (~b & d)) - 680876936 + w0) | 0;
  a = (b + ((t << 7) | (t >>> 25))) | 0;
  t = (d + ((a & b) | (~a & c)) - 389564586 + w1) | 0;
  d = (a + ((t << 12) | (t >>> 20))) | 0;
  t = (c + ((d & a) | (~d & b)) + 606105819 + w2) | 0;
  c = (d + ((t << 17) | (t >>> 15))) | 0;
  t = (b + ((c & d) | (~c & a)) - 1044525330 + w3) | 0;
  b = (c + ((t << 22) | (t >>> 10))) | 0;
  t = (a + ((b & c) | (~b & d)) - 176418897 + w4) | 0;
  a = (b + ((t << 7) | (t >>> 25))) | 0;
  t = (d + ((a & b) | (~a & c)) + 1200080426 + w5) | 0;
  d = (a + ((t << 12) | (t >>> 20))) | 0;
  t = (c + ((d & a) | (~d & b)) - 1473231341 + w6) | 0;
  c = (d + ((t << 17) | (t >>> 15))) | 0;
  t = (b + ((c & d) | (~c & a)) - 45705983 + w7) | 0;
  b = (c + ((t << 22) | (t >>> 10))) | 0;
  t = (a + ((b & c) | (~b & d)) + 1770035416 + w8) | 0;
  a = (b + ((t << 7) | (t >>> 25))) | 0;
  t = (d + ((a & b) | (~a & c)) - 1958414417 + w9) | 0;
  d = (a + ((t << 12) | (t >>> 20))) | 0;
  t = (c + ((d & a) | (~d & b)) - 42063 + w10) | 0;
  c = (d + ((t << 17) | (t >>> 15))) | 0;
  t = (b + ((c & d) | (~c & a)) - 1990404162 + w11) | 0;
  b = (c + ((t << 22) | (t >>> 10))) | 0;
  t = (a + ((b & c) | (~b & d)) + 1804603682 + w12) | 0;
  a = (b + ((t << 7) | (t >>> 25))) | 0;
  t = (d + ((a & b) | (~a & c)) - 40341101 + w13) | 0;
  d = (a + ((t << 12) | (t >>> 20))) | 0;
  t = (c + ((d & a) | (~d & b)) - 1502002290 + w14) | 0;
  c = (d + ((t << 17) | (t >>> 15))) | 0;
  t = (b + ((c & d) | (~c & a)) + 1236535329 + w15) | 0;
  b = (c + ((t << 22) | (t >>> 10))) | 0;
  t = (a + ((d & b) | (~d & c)) - 165796510 + w1) | 0;
  a = (b + ((t << 5) | (t >>> 27))) | 0;
  t = (d + ((c & a) | (~c & b)) - 1069501632 + w6) | 0;
  d = (a + ((t << 9) | (t >>> 23))) | 0;
  t = (c + ((b & d) | (~b & a)) + 643717713 + w11) | 0;
  c = (d + ((t << 14) | (t >>> 18))) | 0;
  t = (b + ((a & c) | (~a & d)) - 373897302 + w0) | 0;
  b = (c + ((t << 20) | (t >>> 12))) | 0;
  t = (a + ((d & b) | (~d & c)) - 701558691 + w5) | 0;
  a = (b + ((t << 5) | (t >>> 27))) | 0;
  t = (d + ((c & a) | (~c & b)) + 38016083 + w10) | 0;
  d = (a + ((t << 9) | (t >>> 23))) | 0;
  t = (c + ((b & d) | (~b & a)) - 660478335 + w15) | 0;
  c = (d + ((t << 14) | (t >>> 18))) | 0;
  t = (b + ((a & c) | (~a & d)) - 405537848 + w4) | 0;
  b = (c + ((t << 20) | (t >>> 12))) | 0;
  t = (a + ((d & b) | (~d & c)) + 568446438 + w9) | 0;
  a = (b + ((t << 5) | (t >>> 27))) | 0;
  t = (d + ((c & a) | (~c & b)) - 1019803690 + w14) | 0;
  d = (a + ((t << 9) | (t >>> 23))) | 0;
  t = (c + ((b & d) | (~b & a)) - 187363961 + w3) | 0;
  c = (d + ((t << 14) | (t >>> 18))) | 0;
  t = (b + ((a & c) | (~a & d)) + 1163531501 + w8) | 0;
  b = (c + ((t << 20) | (t >>> 12))) | 0;
  t = (a + ((d & b) | (~d & c)) - 1444681467 + w13) | 0;
  a = (b + ((t << 5) | (t >>> 27))) | 0;
  t = (d + ((c & a) | (~c & b)) - 51403784 + w2) | 0;
  d = (a + ((t << 9) | (t >>> 23))) | 0;
  t = (c + ((b & d) | (~b & a)) + 1735328473 + w7) | 0;
  c = (d + ((t << 14) | (t >>> 18))) | 0;
  t = (b + ((a & c) | (~a & d)) - 1926607734 + w12) | 0;
  b = (c + ((t << 20) | (t >>> 12))) | 0;
  t = (a + (b ^ c ^ d) - 378558 + w5) | 0;
  a = (b + ((t << 4) | (t >>> 28))) | 0;
  t = (d + (a ^ b ^ c) - 2022574463 + w8) | 0;
  d = (a + ((t << 11) | (t >>> 21))) | 0;
  t = (c + (d ^ a ^ b) + 1839030562 + w11) | 0;
  c = (d + ((t << 16) | (t >>> 16))) | 0;
  t = (b + (c ^ d ^ a) - 35309556 + w14) | 0;
  b = (c + ((t << 23) | (t >>> 9))) | 0;
  t = (a + (b ^ c ^ d) - 1530992060 + w1) | 0;
  a = (b + ((t << 4) | (t >>> 28))) | 0;
  t = (d + (a ^ b ^ c) + 1272893353 + w4) | 0;
  d = (a + ((t << 11) | (t >>> 21))) | 0;
  t = (c + (d ^ a ^ b) - 155497632 + w7) | 0;
  c = (d + ((t << 16) | (t >>> 16))) | 0;
  t = (b + (c ^ d ^ a) - 1094730640 + w10) | 0;
  b = (c + ((t << 23) | (t >>> 9))) | 0;
  t = (a + (b ^ c ^ d) + 681279174 + w13) | 0;
  a = (b + ((t << 4) | (t >>> 28))) | 0;
  t = (d + (a ^ b ^ c) - 358537222 + w0) | 0;
  d = (a + ((t << 11) | (t >>> 21))) | 0;
  t = (c + (d ^ a ^ b) - 722521979 + w3) | 0;
  c = (d + ((t << 16) | (t >>> 16))) | 0;
  t = (b + (c ^ d ^ a) + 76029189 + w6) | 0;
  b = (c + ((t << 23) | (t >>> 9))) | 0;
  t = (a + (b ^ c ^ d) - 640364487 + w9) | 0;
  a = (b + ((t << 4) | (t >>> 28))) | 0;
  t = (d + (a ^ b ^ c) - 421815835 + w12) | 0;
  d = (a + ((t << 11) | (t >>> 21))) | 0;
  t = (c + (d ^ a ^ b) + 530742520 + w15) | 0;
  c = (d + ((t << 16) | (t >>> 16))) | 0;
  t = (b + (c ^ d ^ a) - 995338651 + w2) | 0;
  b = (c + ((t << 23) | (t >>> 9))) | 0;
  t = (a + (c ^ (b | ~d)) - 198630844 + w0) | 0;
  a = (b + ((t << 6) | (t >>> 26))) | 0;
  t = (d + (b ^ (a | ~c)) + 1126891415 + w7) | 0;
  d = (a + ((t << 10) | (t >>> 22))) | 0;
  t = (c + (a ^ (d | ~b)) - 1416354905 + w14) | 0;
  c = (d + ((t << 15) | (t >>> 17))) | 0;
  t = (b + (d ^ (c | ~a)) - 57434055 + w5) | 0;
  b = (c + ((t << 21) | (t >>> 11))) | 0;
  t = (a + (c ^ (b | ~d)) + 1700485571 + w12) | 0;
  a = (b + ((t << 6) | (t >>> 26))) | 0;
  t = (d + (b ^ (a | ~c)) - 1894986606 + w3) | 0;
  d = (a + ((t << 10) | (t >>> 22))) | 0;
  t = (c + (a ^ (d | ~b)) - 1051523 + w10) | 0;
  c = (d + ((t << 15) | (t >>> 17))) | 0;
  t = (b + (d ^ (c | ~a)) - 2054922799 + w1) | 0;
  b = (c + ((t << 21) | (t >>> 11))) | 0;
  t = (a + (c ^ (b | ~d)) + 1873313359 + w8) | 0;
  a = (b + ((t << 6) | (t >>> 26))) | 0;
  t = (d + (b ^ (a | ~c)) - 30611744 + w15) | 0;
  d = (a + ((t << 10) | (t >>> 22))) | 0;
  t = (c + (a ^ (d | ~b)) - 1560198380 + w6) | 0;
  c = (d + ((t << 15) | (t >>> 17))) | 0;
  t = (b + (d ^ (c | ~a)) + 1309151649 + w13) | 0;
  b = (c + ((t << 21) | (t >>> 11))) | 0;
  t = (a + (c ^ (b | ~d)) - 145523070 + w4) | 0;
  a = (b + ((t << 6) | (t >>> 26))) | 0;
  t = (d + (b ^ (a | ~c)) - 1120210379 + w11) | 0;
  d = (a + ((t << 10) | (t >>> 22))) | 0;
  t = (c + (a ^ (d | ~b)) + 718787259 + w2) | 0;
  c = (d + ((t << 15) | (t >>> 17))) | 0;
  t = (b + (d ^ (c | ~a)) - 343485551 + w9) | 0;
  b = (c + ((t << 21) | (t >>> 11))) | 0;
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
}

/** Two hex digits of each octet, as one 16-bit value in memory order. */
const HEX_PAIR = new Uint8Array(512);
for (let octet = 0; octet < 256; octet++) {
  HEX_PAIR[2 * octet] = "0123456789abcdef".charCodeAt(octet >> 4);
  HEX_PAIR[2 * octet + 1] = "0123456789abcdef".charCodeAt(octet & 15);
}

/** A running MD5. */
export class Md5 {
  readonly state = new Int32Array(4);
  /**
   * Bytes not yet taken in, `length & 63` of them. Whoever has fewer than the rest to add may write them here and add to `length`.
   */
  readonly block = new Uint8Array(64);
  readonly #words = new Int32Array(this.block.buffer);
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

  /** Makes this hash continue where `other` is. */
  copyFrom(other: Md5): this {
    const mine = this.state;
    const theirs = other.state;
    mine[0] = theirs[0]!;
    mine[1] = theirs[1]!;
    mine[2] = theirs[2]!;
    mine[3] = theirs[3]!;
    const pending = other.length & 63;
    const source = other.block;
    const target = this.block;
    for (let i = 0; i < pending; i++) target[i] = source[i]!;
    this.length = other.length;
    return this;
  }

  /** Takes in `source[start, end)`. */
  update(source: Uint8Array, start: number, end: number): this {
    const block = this.block;
    let fill = this.length & 63;
    this.length += end - start;
    for (let i = start; i < end; i++) {
      block[fill++] = source[i]!;
      if (fill === 64) {
        compress(this.state, this.#words);
        fill = 0;
      }
    }
    return this;
  }

  /** Finishes and writes 32 lower-case hex digits at `out[pos]`; the hash must be reset or copied into before it is used again. */
  hexAt(out: Uint8Array, pos: number): void {
    const block = this.block;
    const words = this.#words;
    const fill = this.length & 63;
    block[fill] = 0x80;
    for (let i = fill + 1; i < 64 && (i & 3) !== 0; i++) block[i] = 0;
    let word = (fill >> 2) + 1;
    if (fill >= 56) {
      for (; word < 16; word++) words[word] = 0;
      compress(this.state, words);
      word = 0;
    }
    for (; word < 14; word++) words[word] = 0;
    words[14] = this.length << 3;
    words[15] = Math.floor(this.length / 0x20000000);
    compress(this.state, words);
    let p = pos;
    for (let i = 0; i < 4; i++) {
      let value = this.state[i]!;
      for (let j = 0; j < 4; j++) {
        const pair = (value & 255) << 1;
        out[p++] = HEX_PAIR[pair]!;
        out[p++] = HEX_PAIR[pair + 1]!;
        value >>= 8;
      }
    }
  }

  /** Finishes and returns the digest as 32 lower-case hex digits. */
  hex(): string {
    const digits = new Uint8Array(32);
    this.hexAt(digits, 0);
    return String.fromCharCode(...digits);
  }
}

/** MD5 of bytes as lower-case hex. */
export function md5Hex(source: Uint8Array): string {
  return new Md5().update(source, 0, source.length).hex();
}

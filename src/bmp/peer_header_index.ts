/**
 * What is kept for the messages of one session with the same per-peer header but for its time: one hash table of numbers.
 *
 * An object, a view and a buffer for each header took 400 bytes of a peer, and the garbage collector's time; so it is 48 bytes.
 */
import { PeerHeader } from "./peer_header.ts";

/** Type and flags in the first, then four bytes each. */
const KEY_WORDS = 1 + (PeerHeader.seconds - 2) / 4;
/** Headers that are known per session; a flood of made-up ones starts over instead of growing. */
const HEADERS_MAX = 4096;
const SLOTS_MIN = 8;

export class PeerHeaderIndex<Value> {
  #keys = new Int32Array(0);
  readonly #values: Value[] = [];
  /** Index of a key plus one, 0: free; at most half of them are used. */
  #slots = new Int32Array(0);
  #last = -1;

  /** The value for the per-peer header at `header`; most messages have that of the message before. */
  find(view: DataView, header: number): Value | undefined {
    if (this.#last >= 0 && this.#isKey(this.#last, view, header)) return this.#values[this.#last];
    const slots = this.#slots;
    const mask = slots.length - 1;
    if (mask < 0) return undefined;
    for (let slot = hashOf(view, header) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = slots[slot]! - 1;
      if (!this.#isKey(index, view, header)) continue;
      this.#last = index;
      return this.#values[index];
    }
    return undefined;
  }

  /** Adds a header that is not known. */
  add(view: DataView, header: number, value: Value): Value {
    if (this.#values.length >= HEADERS_MAX) this.clear();
    const index = this.#values.push(value) - 1;
    if (2 * this.#values.length > this.#slots.length) this.#grow();
    const keys = this.#keys;
    const start = index * KEY_WORDS;
    keys[start] = view.getUint16(header);
    for (let i = 1; i < KEY_WORDS; i++) keys[start + i] = view.getInt32(header + 4 * i - 2);
    this.#enter(index, hashOf(view, header));
    this.#last = index;
    return value;
  }

  clear(): void {
    if (this.#values.length === 0) return;
    this.#keys = new Int32Array(0);
    this.#slots = new Int32Array(0);
    this.#values.length = 0;
    this.#last = -1;
  }

  #isKey(index: number, view: DataView, header: number): boolean {
    const keys = this.#keys;
    const start = index * KEY_WORDS;
    if (keys[start] !== view.getUint16(header)) return false;
    for (let i = 1; i < KEY_WORDS; i++) {
      if (keys[start + i] !== view.getInt32(header + 4 * i - 2)) return false;
    }
    return true;
  }

  #grow(): void {
    const slots = Math.max(SLOTS_MIN, 2 * this.#slots.length);
    const before = this.#keys;
    this.#slots = new Int32Array(slots);
    this.#keys = new Int32Array(slots / 2 * KEY_WORDS);
    this.#keys.set(before);
    // The last one has no key yet.
    for (let index = 0; index < this.#values.length - 1; index++) {
      let hash = this.#keys[index * KEY_WORDS]!;
      for (let i = 1; i < KEY_WORDS; i++) hash = mixed(hash, this.#keys[index * KEY_WORDS + i]!);
      this.#enter(index, folded(hash));
    }
  }

  #enter(index: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }
}

function hashOf(view: DataView, header: number): number {
  let hash = view.getUint16(header);
  for (let i = 1; i < KEY_WORDS; i++) hash = mixed(hash, view.getInt32(header + 4 * i - 2));
  return folded(hash);
}

function mixed(hash: number, word: number): number {
  return Math.imul(hash ^ word, 0x9e3779b1);
}

function folded(hash: number): number {
  return hash ^ (hash >>> 15);
}

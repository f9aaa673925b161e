/**
 * Remembers rendered attribute blocks, because routers announce many prefixes with the same attributes.
 *
 * The key is the attribute block without its MP attributes (so that IPv6 and VPN tables hit too), plus what else the
 * rendering depends on. A direct-mapped table over a ring of bytes: bounded at {@linkcode ARENA_BYTES}, no object per entry, the
 * oldest text is overwritten first. A hit costs about 0.1 us where rendering costs 1 to 2 us.
 */
import type { ByteWriter } from "../../wire/writer.ts";
import type { UpdateLayout } from "../update.ts";
import type { AttributeScope } from "./spec.ts";

const SLOTS = 8192;
const ARENA_BYTES = 6 * 1024 * 1024;
/** Larger blocks are rendered each time, so that a hostile one cannot empty the ring. */
const ENTRY_BYTES_MAX = 16 * 1024;

/** Bits of a hash that hold the salt. */
const SALT_BITS = 3;

/** Slot of a hash. Not by the salt's bits: blocks of one kind share them, and would share an eighth of the table. */
function slotOf(hash: number): number {
  return (hash >>> SALT_BITS) & (SLOTS - 1);
}

/**
 * After so many misses in a row the next blocks are not looked for: on a table where every UPDATE has attributes of its own, looking
 * costs 0.3 us each, a tenth of all decoding.
 */
export const MISSES_MAX = 16_384;
export const NAP_BLOCKS = 65_536;

export class AttributeCache {
  #misses = 0;
  /** Blocks still to be let through without a look. */
  #asleep = 0;
  readonly #arena = new Uint8Array(ARENA_BYTES);
  readonly #view = new DataView(this.#arena.buffer);
  /** Total bytes ever put; an entry is alive while it is less than a ring behind. */
  #head = 0;
  /** Hash of the block that was last looked for in vain, by slot: a block is kept when it comes the second time. */
  readonly #seen = new Int32Array(SLOTS);
  readonly #hashes = new Int32Array(SLOTS);
  readonly #at = new Float64Array(SLOTS).fill(-1);
  readonly #keyLengths = new Int32Array(SLOTS);
  readonly #textLengths = new Int32Array(SLOTS);
  readonly #originAs = new Float64Array(SLOTS);
  readonly #colors = new Float64Array(SLOTS);
  readonly #validations = new Int8Array(SLOTS);

  /** Key of the last {@linkcode AttributeCache.find} that looked: spans of the message, and its hash. */
  #spans = new Int32Array(32);
  #spanCount = 0;
  #keyLength = 0;
  #hash = 0;
  /** Whether that key is of the block at hand. */
  #hasKey = false;
  #source = this.#arena;
  #sourceView = this.#view;
  #found = 0;

  /**
   * Looks for the block that `layout` describes; `salt` is all else that its text depends on. On a hit the facts are in `scope`
   * and {@linkcode AttributeCache.writeText} writes the text.
   */
  find(
    bytes: Uint8Array,
    view: DataView,
    layout: UpdateLayout,
    salt: number,
    scope: AttributeScope,
  ): boolean {
    this.#hasKey = this.#asleep === 0;
    if (!this.#hasKey) {
      this.#asleep--;
      return false;
    }
    this.#source = bytes as Uint8Array<ArrayBuffer>;
    this.#sourceView = view as DataView<ArrayBuffer>;
    this.#takeKey(layout, salt);
    const slot = slotOf(this.#hash);
    const at = this.#at[slot]!;
    const isHit = this.#hashes[slot] === this.#hash && this.#keyLengths[slot] === this.#keyLength &&
      at >= 0 && at >= this.#head - ARENA_BYTES && this.#isKey(at % ARENA_BYTES);
    if (!isHit) {
      if (++this.#misses === MISSES_MAX) {
        this.#misses = 0;
        this.#asleep = NAP_BLOCKS;
      }
      return false;
    }
    this.#misses = 0;
    this.#found = slot;
    scope.originAs = this.#originAs[slot]!;
    scope.color = this.#colors[slot]!;
    scope.originValidation = this.#validations[slot]!;
    return true;
  }

  /** Writes the text of the entry that was found. */
  writeText(out: ByteWriter): void {
    const start = this.#at[this.#found]! % ARENA_BYTES + this.#keyLengths[this.#found]!;
    out.range(this.#arena, start, start + this.#textLengths[this.#found]!);
  }

  /** Remembers `text[start, end)` for the block that was looked for last. */
  put(text: Uint8Array, start: number, end: number, scope: AttributeScope): void {
    const length = this.#keyLength + end - start;
    if (!this.#hasKey || length > ENTRY_BYTES_MAX) return;
    const slot = slotOf(this.#hash);
    if (this.#seen[slot] !== this.#hash) {
      this.#seen[slot] = this.#hash;
      return;
    }
    const room = ARENA_BYTES - this.#head % ARENA_BYTES;
    if (room < length) this.#head += room;
    let pos = this.#head % ARENA_BYTES;
    this.#at[slot] = this.#head;
    this.#head += length;
    for (let i = 0; i < this.#spanCount; i += 2) {
      const from = this.#spans[i]!;
      const to = this.#spans[i + 1]!;
      this.#arena.set(this.#source.subarray(from, to), pos);
      pos += to - from;
    }
    this.#arena.set(text.subarray(start, end), pos);
    this.#hashes[slot] = this.#hash;
    this.#keyLengths[slot] = this.#keyLength;
    this.#textLengths[slot] = end - start;
    this.#originAs[slot] = scope.originAs;
    this.#colors[slot] = scope.color;
    this.#validations[slot] = scope.originValidation;
  }

  /** Collects the spans of the block without MP attributes and hashes them. */
  #takeKey(layout: UpdateLayout, salt: number): void {
    this.#spanCount = 0;
    this.#keyLength = 0;
    let from = layout.attributesStart;
    if (layout.multiprotocolCount > 0) {
      for (let i = 0, headerStart = from; i < layout.count; i++) {
        const end = layout.ends[i]!;
        if (layout.isMultiprotocol(i)) {
          this.#addSpan(from, headerStart);
          from = end;
        }
        headerStart = end;
      }
    }
    this.#addSpan(from, layout.attributesEnd);
    let hash = salt ^ this.#keyLength;
    const view = this.#sourceView;
    for (let i = 0; i < this.#spanCount; i += 2) {
      const to = this.#spans[i + 1]!;
      let pos = this.#spans[i]!;
      for (; pos + 4 <= to; pos += 4) {
        hash = Math.imul(hash ^ view.getUint32(pos), 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      for (; pos < to; pos++) hash = Math.imul(hash ^ this.#source[pos]!, 0x85ebca6b);
    }
    // The salt is no part of the compared bytes, so its bits of the hash are its own.
    this.#hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >> SALT_BITS << SALT_BITS | salt;
  }

  #addSpan(from: number, to: number): void {
    if (from === to) return;
    if (this.#spanCount === this.#spans.length) {
      const grown = new Int32Array(2 * this.#spans.length);
      grown.set(this.#spans);
      this.#spans = grown;
    }
    this.#spans[this.#spanCount++] = from;
    this.#spans[this.#spanCount++] = to;
    this.#keyLength += to - from;
  }

  #isKey(at: number): boolean {
    let pos = at;
    const mine = this.#view;
    const theirs = this.#sourceView;
    for (let i = 0; i < this.#spanCount; i += 2) {
      const to = this.#spans[i + 1]!;
      let from = this.#spans[i]!;
      for (; from + 4 <= to; from += 4, pos += 4) {
        if (mine.getInt32(pos) !== theirs.getInt32(from)) return false;
      }
      for (; from < to; from++, pos++) if (this.#arena[pos] !== this.#source[from]) return false;
    }
    return true;
  }
}

/**
 * Remembers decoded node descriptors: a node is described in the NLRI of itself, of its links and of its prefixes, with the same bytes,
 * and its hash and texts are most of the cost of an NLRI (3 us a node).
 */

const SLOTS = 512;
/** Longer descriptors are decoded each time; real ones have up to 60 bytes. */
const KEY_BYTES_MAX = 96;

/** A direct-mapped table by the bytes of the descriptors. */
export class NodeMemo<Node> {
  /** A slot has room for the longest key. */
  readonly #keys = new Uint8Array(SLOTS * KEY_BYTES_MAX);
  readonly #keyLengths = new Uint8Array(SLOTS);
  readonly #nodes: (Node | undefined)[] = new Array(SLOTS).fill(undefined);
  #slot = 0;

  /** The node described by `bytes[start, end)`; undefined: {@linkcode NodeMemo.put} may tell. */
  find(bytes: Uint8Array, start: number, end: number): Node | undefined {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.#slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const count = end - start;
    if (this.#keyLengths[this.#slot] !== count) return undefined;
    const keys = this.#keys;
    const key = this.#slot * KEY_BYTES_MAX;
    for (let i = 0; i < count; i++) if (keys[key + i] !== bytes[start + i]) return undefined;
    return this.#nodes[this.#slot];
  }

  /** Remembers what was looked for last. */
  put(bytes: Uint8Array, start: number, end: number, node: Node): void {
    if (end - start > KEY_BYTES_MAX) return;
    const key = this.#slot * KEY_BYTES_MAX;
    for (let i = start; i < end; i++) this.#keys[key + i - start] = bytes[i]!;
    this.#keyLengths[this.#slot] = end - start;
    this.#nodes[this.#slot] = node;
  }
}

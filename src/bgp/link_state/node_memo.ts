/**
 * Remembers decoded node descriptors: a node is described in the NLRI of itself, of its links and of its prefixes, with the same bytes,
 * and its hash and texts are most of the cost of an NLRI (3 us a node).
 */

const SLOTS = 512;
/** Longer descriptors are decoded each time; real ones have up to 60 bytes. */
const KEY_BYTES_MAX = 96;
const NO_BYTES = new Uint8Array(0);

/** A direct-mapped table by the bytes of the descriptors. */
export class NodeMemo<Node> {
  readonly #keys: Uint8Array[] = new Array(SLOTS).fill(NO_BYTES);
  readonly #nodes: (Node | undefined)[] = new Array(SLOTS).fill(undefined);
  #slot = 0;

  /** The node described by `bytes[start, end)`; undefined: {@linkcode NodeMemo.put} may tell. */
  find(bytes: Uint8Array, start: number, end: number): Node | undefined {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.#slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const key = this.#keys[this.#slot]!;
    if (key.length !== end - start) return undefined;
    for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return undefined;
    return this.#nodes[this.#slot];
  }

  /** Remembers what was looked for last. */
  put(bytes: Uint8Array, start: number, end: number, node: Node): void {
    if (end - start > KEY_BYTES_MAX) return;
    this.#keys[this.#slot] = bytes.slice(start, end);
    this.#nodes[this.#slot] = node;
  }
}

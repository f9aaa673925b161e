/** Which partition a record belongs to: a hash of its key, so that the records of one key stay in order. */

export const PARTITIONERS = ["fnv1a", "murmur2"] as const;
/** `fnv1a` is goBMP's (the Go client's default), `murmur2` that of Kafka's Java client. */
export type Partitioner = typeof PARTITIONERS[number];

/**
 * Partition of an ASCII key. Records without a key all go to one partition, as goBMP's do: order is all that they have.
 *
 * @param count partitions of the topic, at least 1
 */
export function partitionOf(partitioner: Partitioner, key: string, count: number): number {
  return partitioner === "fnv1a"
    ? Math.abs(fnv1a(key) % count)
    : (murmur2(key) & 0x7fffffff) % count;
}

/** FNV-1a, 32 bits, signed. */
export function fnv1a(key: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return hash;
}

/** MurmurHash2 with the seed of Kafka's clients, signed. */
export function murmur2(key: string): number {
  const length = key.length;
  let hash = 0x9747b28c ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let word = key.charCodeAt(i) | key.charCodeAt(i + 1) << 8 | key.charCodeAt(i + 2) << 16 |
      key.charCodeAt(i + 3) << 24;
    word = Math.imul(word, 0x5bd1e995);
    word ^= word >>> 24;
    hash = Math.imul(hash, 0x5bd1e995) ^ Math.imul(word, 0x5bd1e995);
  }
  if (i < length) {
    for (let k = length - 1; k >= i; k--) hash ^= key.charCodeAt(k) << 8 * (k - i);
    hash = Math.imul(hash, 0x5bd1e995);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0x5bd1e995);
  return hash ^ hash >>> 15;
}

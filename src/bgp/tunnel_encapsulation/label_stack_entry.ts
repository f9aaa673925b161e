/** An entry of an MPLS label stack (RFC 3032 section 2.1): label of 20 bits, traffic class of 3, bottom of stack, TTL of 8. */

export interface LabelStackEntry {
  readonly label: number;
  /** Traffic class. */
  readonly tc: number;
  /** Bottom of stack. */
  readonly s: boolean;
  readonly ttl: number;
}

/** The entry in the 4 bytes at `start`. */
export function readLabelStackEntry(view: DataView, start: number): LabelStackEntry {
  const word = view.getUint32(start);
  return {
    label: word >>> 12,
    tc: (word >>> 9) & 7,
    s: (word & 0x100) !== 0,
    ttl: word & 0xff,
  };
}

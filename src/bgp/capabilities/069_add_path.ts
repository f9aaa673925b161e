/**
 * ADD-PATH (RFC 7911 section 4): families in which NLRI may carry path identifiers.
 *
 * ```
 * 0  u16  AFI             \
 * 2  u8   SAFI             > entry, repeated
 * 3  u8   Send/Receive    /   1 receive, 2 send, 3 both
 * ```
 */
import { type CapabilitySpec, expectMultiple } from "./spec.ts";

/** Value of capability 69: path identifiers, mode 1 receive, 2 send, 3 both. */
export interface AddPath {
  /** Tells which capability this is. */
  readonly kind: "add-path";
  /** One per family, in the order of the wire. */
  readonly entries: readonly {
    readonly afi: number;
    readonly safi: number;
    /** As sent; other values than 1, 2, 3 mean nothing. */
    readonly mode: number;
  }[];
}

export const ADD_PATH: CapabilitySpec<AddPath> = {
  code: 69,
  name: "ADD-PATH Capability",
  reference: "RFC 7911 section 4",
  decode(bytes, view, start, end) {
    expectMultiple(start, end, 4);
    const entries = [];
    for (let pos = start; pos < end; pos += 4) {
      entries.push({ afi: view.getUint16(pos), safi: bytes[pos + 2]!, mode: bytes[pos + 3]! });
    }
    return { kind: "add-path", entries };
  },
};

/**
 * Long-Lived Graceful Restart (RFC 9494 section 3.1).
 *
 * ```
 * 0  u16  AFI                                 \
 * 2  u8   SAFI                                 |
 * 3  u8   F 0x80                               > entry, repeated
 * 4  u24  Long-Lived Stale Time in seconds    /
 * ```
 */
import { type CapabilitySpec, expectMultiple } from "./spec.ts";

/** Value of capability 71: how long stale routes are kept, in seconds. */
export interface LongLivedGracefulRestart {
  /** Tells which capability this is. */
  readonly kind: "long-lived-graceful-restart";
  /** One per family, in the order of the wire. */
  readonly entries: readonly {
    readonly afi: number;
    readonly safi: number;
    /** F bit: forwarding state was kept. */
    readonly forwarding: boolean;
    readonly staleTimeSeconds: number;
  }[];
}

export const LONG_LIVED_GRACEFUL_RESTART: CapabilitySpec<LongLivedGracefulRestart> = {
  code: 71,
  name: "Long-Lived Graceful Restart (LLGR) Capability",
  reference: "RFC 9494 section 3.1",
  decode(bytes, view, start, end) {
    expectMultiple(start, end, 7);
    const entries = [];
    for (let pos = start; pos < end; pos += 7) {
      entries.push({
        afi: view.getUint16(pos),
        safi: bytes[pos + 2]!,
        forwarding: (bytes[pos + 3]! & 0x80) !== 0,
        staleTimeSeconds: (bytes[pos + 4]! << 16) | view.getUint16(pos + 5),
      });
    }
    return { kind: "long-lived-graceful-restart", entries };
  },
};

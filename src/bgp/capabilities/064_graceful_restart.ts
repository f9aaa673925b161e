/**
 * Graceful Restart (RFC 4724 section 3, N bit by RFC 8538 section 2).
 *
 * ```
 * 0  u16  R 0x8000, N 0x4000, Restart Time in seconds 0x0fff
 * 2  u16  AFI           \
 * 4  u8   SAFI           > entry, repeated
 * 5  u8   F 0x80        /
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { CapabilitySpec } from "./spec.ts";

/** Value of capability 64: how the speaker restarts. */
export interface GracefulRestart {
  /** Tells which capability this is. */
  readonly kind: "graceful-restart";
  /** R bit: the speaker has restarted. */
  readonly restarted: boolean;
  /** N bit: also after a NOTIFICATION. */
  readonly notification: boolean;
  /** Longest time until the session is there again, in seconds. */
  readonly restartTimeSeconds: number;
  /** One per family, in the order of the wire. */
  readonly entries: readonly {
    readonly afi: number;
    readonly safi: number;
    /** F bit: forwarding state was kept. */
    readonly forwarding: boolean;
  }[];
}

export const GRACEFUL_RESTART: CapabilitySpec<GracefulRestart> = {
  code: 64,
  name: "Graceful Restart Capability",
  reference: "RFC 4724 section 3",
  decode(bytes, view, start, end) {
    const length = end - start;
    if (length < 2 || (length - 2) % 4 !== 0) {
      fail("capability-value-length", start, `2 and a multiple of 4, found ${length}`);
    }
    const flags = view.getUint16(start);
    const entries = [];
    for (let pos = start + 2; pos < end; pos += 4) {
      entries.push({
        afi: view.getUint16(pos),
        safi: bytes[pos + 2]!,
        forwarding: (bytes[pos + 3]! & 0x80) !== 0,
      });
    }
    return {
      kind: "graceful-restart",
      restarted: (flags & 0x8000) !== 0,
      notification: (flags & 0x4000) !== 0,
      restartTimeSeconds: flags & 0x0fff,
      entries,
    };
  },
};

/**
 * The per-peer header of BMP (RFC 7854 section 4.2, RFC 8671 section 4, RFC 9069 section 4).
 *
 * ```
 *  0  u8      peer type: 0 global instance, 1 RD instance, 2 local instance, 3 Loc-RIB instance
 *  1  u8      peer flags; types 0-2: V 0x80 IPv6, L 0x40 post-policy, A 0x20 two-octet AS_PATH, O 0x10 Adj-RIB-Out; type 3: F 0x80 filtered
 *  2  u8[8]   peer distinguisher
 * 10  u8[16]  peer address, IPv4 in the last 4
 * 26  u32     peer AS
 * 30  u8[4]   peer BGP identifier
 * 34  u32     seconds
 * 38  u32     microseconds
 * ```
 */

import { putTimestamp } from "../wire/text.ts";
import type { ByteWriter } from "../wire/writer.ts";

export const COMMON_HEADER_BYTES = 6;
export const PEER_HEADER_BYTES = 42;

/** Offsets in the per-peer header. */
export const PeerHeader = {
  type: 0,
  flags: 1,
  distinguisher: 2,
  address: 10,
  as: 26,
  bgpId: 30,
  seconds: 34,
  microseconds: 38,
} as const;

export const PeerType = { global: 0, routeDistinguisher: 1, local: 2, locRib: 3 } as const;

export const PeerFlag = {
  ipv6: 0x80,
  postPolicy: 0x40,
  twoOctetAs: 0x20,
  adjRibOut: 0x10,
  filtered: 0x80,
} as const;

/** Which of a peer's RIBs a message is about. */
export const RibView = {
  adjRibInPre: 0,
  adjRibInPost: 1,
  adjRibOutPre: 2,
  adjRibOutPost: 3,
  locRib: 4,
} as const;
export type RibView = typeof RibView[keyof typeof RibView];
export const RIB_VIEWS = 5;

/** The RIB view that type and flags name. */
export function ribView(peerType: number, flags: number): RibView {
  if (peerType === PeerType.locRib) return RibView.locRib;
  const isPost = (flags & PeerFlag.postPolicy) !== 0;
  if ((flags & PeerFlag.adjRibOut) !== 0) {
    return isPost ? RibView.adjRibOutPost : RibView.adjRibOutPre;
  }
  return isPost ? RibView.adjRibInPost : RibView.adjRibInPre;
}

/** Whether the address is an IPv6 one. The bit means something else for Loc-RIB, whose address is zero. */
export function isIpv6Peer(peerType: number, flags: number): boolean {
  return peerType !== PeerType.locRib && (flags & PeerFlag.ipv6) !== 0;
}

/** Replaces what is in `out` by the time in the per-peer header at `header`. */
export function writePeerHeaderTime(out: ByteWriter, view: DataView, header: number): void {
  out.reset();
  putTimestamp(
    out,
    view.getUint32(header + PeerHeader.seconds),
    view.getUint32(header + PeerHeader.microseconds),
  );
}

/** Message types of BMP (RFC 7854 section 4.1). */
export const MessageType = {
  routeMonitoring: 0,
  statisticsReport: 1,
  peerDown: 2,
  peerUp: 3,
  initiation: 4,
  termination: 5,
  routeMirroring: 6,
} as const;

/** Whether messages of this type carry a per-peer header. */
export function hasPeerHeader(messageType: number): boolean {
  return messageType <= MessageType.peerUp || messageType === MessageType.routeMirroring;
}

/**
 * Peer Up Notification (RFC 7854 section 4.10, TLVs RFC 9736): a BGP session came up, with both OPENs. For the Loc-RIB the router makes
 * the OPENs up (RFC 9069 section 4.4).
 *
 * ```
 *  0  u8[16]  Local Address, IPv4 in the last 4 bytes
 * 16  u16     Local Port
 * 18  u16     Remote Port
 * 20  ...     Sent OPEN, a whole BGP message
 *     ...     Received OPEN
 *     ...     TLVs
 * ```
 */
import { type BgpMessage, BgpMessageType, hasBgpMarker, readBgpLength } from "../../bgp/message.ts";
import { addPathModes, decodeOpen, type Open } from "../../bgp/open.ts";
import { type DecodeFault, fail, fault, faultWithin } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";
import { ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { isIpv6Peer, PeerType } from "../peer_header.ts";
import type { PeerUpFacts } from "../peer_table.ts";
import { ADMIN_LABEL, STRING, TABLE_NAME, TABLE_TLV_TYPES } from "../table_tlvs.ts";
import { firstName, firstText, type InformationTlv, readInformationTlvs, textsOf } from "../tlv.ts";

const FIXED_BYTES = 20;

/** A decoded Peer Up. */
export interface PeerUp {
  /** IPv4 or IPv6 text. */
  readonly localAddress: string;
  /** Whether the local address is an IPv4 one. */
  readonly localAddressIsIpv4: boolean;
  /** TCP port of the router's end of the BGP session. */
  readonly localPort: number;
  /** TCP port of the peer's end. */
  readonly remotePort: number;
  /** What the router sent to its peer; undefined: its length made it unreadable, and the rest with it. */
  readonly sent: PeerUpOpen | undefined;
  /** What the router received. */
  readonly received: PeerUpOpen | undefined;
  /** In the order of the wire. */
  readonly tlvs: readonly InformationTlv[];
  /** All String TLVs, in order. */
  readonly strings: readonly string[];
  /** VRF/Table Name, undefined when none came or it was too long. */
  readonly tableName: string | undefined;
  /** Admin Label, undefined when none came. */
  readonly adminLabel: string | undefined;
  /** What could not be read, from the first OPEN or TLV whose length is wrong. */
  readonly malformed: ByteRange | undefined;
  /** What is wrong with the message, in wire order; faults of the OPENs are among them. */
  readonly faults: readonly DecodeFault[];
}

/** One OPEN with its place in the buffer, header included. */
export interface PeerUpOpen extends ByteRange {
  /** Undefined when it is not an OPEN, or too short for one. */
  readonly open: Open | undefined;
}

/**
 * Decodes a Peer Up; `start` is the first byte after the per-peer header, whose type and flags tell the family of the local address.
 *
 * A broken OPEN is a fault in the list, not a lost message.
 *
 * @throws DecodeFault `peer-up-length` when addresses and ports are incomplete
 */
export function decodePeerUp(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  peerType: number,
  peerFlags: number,
): PeerUp {
  if (end - start < FIXED_BYTES) {
    fail("peer-up-length", start, `at least ${FIXED_BYTES} bytes, found ${end - start}`);
  }
  const faults: DecodeFault[] = [];
  const sent = readOpen(bytes, view, start + FIXED_BYTES, end, "in sent OPEN", faults);
  const received = sent && readOpen(bytes, view, sent.end, end, "in received OPEN", faults);
  const rest = received?.end ?? sent?.end ?? start + FIXED_BYTES;
  const { tlvs, malformed } = received === undefined
    ? { tlvs: [], malformed: { start: rest, end } }
    : readInformationTlvs(bytes, view, rest, end, TABLE_TLV_TYPES, faults);
  const isIpv4 = !isIpv6Peer(peerType, peerFlags);
  return {
    localAddress: isIpv4 ? ipv4Text(bytes, start + 12) : ipv6Text(bytes, start),
    localAddressIsIpv4: isIpv4,
    localPort: view.getUint16(start + 16),
    remotePort: view.getUint16(start + 18),
    sent,
    received,
    tlvs,
    strings: textsOf(tlvs, STRING),
    tableName: firstName(tlvs, TABLE_NAME, faults),
    adminLabel: firstText(tlvs, ADMIN_LABEL),
    malformed,
    faults,
  };
}

/** What the peer table keeps of a Peer Up whose per-peer header has this type. */
export function peerUpFacts(up: PeerUp, peerType: number): PeerUpFacts {
  const sent = up.sent?.open;
  const received = up.received?.open;
  return {
    addPath: {
      sent: sent === undefined ? new Map() : addPathModes(sent),
      received: received === undefined ? new Map() : addPathModes(received),
    },
    localAddress: /^[0:.]*$/.test(up.localAddress) ? "" : up.localAddress,
    tableName: peerType === PeerType.locRib ? up.tableName : undefined,
    localAs: sent?.asn ?? -1,
    isTwoOctetAs: sent?.fourOctetAs === false || received?.fourOctetAs === false,
  };
}

/** Reads one OPEN; undefined when its length is wrong, so that nobody knows where it ends. */
function readOpen(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  place: string,
  faults: DecodeFault[],
): PeerUpOpen | undefined {
  let message: BgpMessage | undefined;
  let open: Open | undefined;
  try {
    message = readBgpLength(bytes, view, start, end);
    if (!hasBgpMarker(view, start, end)) {
      faults.push(faultWithin(fault("bgp-marker", start, "16 octets 0xff"), place));
    }
    if (message.type !== BgpMessageType.open) {
      fail("open-type", start + 18, `type 1, found ${message.type}`);
    }
    open = decodeOpen(bytes, view, message.bodyStart, message.end);
    for (const found of open.faults) faults.push(faultWithin(found, place));
  } catch (error) {
    faults.push(faultWithin(error, place));
  }
  return message && { start, end: message.end, open };
}

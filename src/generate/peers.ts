/** The made-up router and its peers. */
import { ByteWriter } from "../wire/writer.ts";
import { put32 } from "./bytes.ts";
import type { GeneratedView, GenerateOptions } from "./options.ts";

/** AS of the monitored router (private use, RFC 6996). */
export const LOCAL_AS = 64512;
/** BGP identifier of the monitored router. */
export const LOCAL_BGP_ID = 0xc6120001;
/** RFC 6793: what a 32-bit AS number becomes in a 16-bit field. */
export const AS_TRANS = 23456;

export const PEER_HEADER_BYTES = 42;
/** Timestamps (seconds and microseconds) are the last 8 bytes of the per-peer header (RFC 7854 section 4.2). */
export const PEER_HEADER_TIME_OFFSET = 34;

const PEER_TYPE_GLOBAL = 0;
const PEER_TYPE_LOC_RIB = 3;
const FLAG_IPV6 = 0x80;
const FLAG_POST_POLICY = 0x40;
const FLAG_TWO_OCTET_AS = 0x20;
const FLAG_ADJ_RIB_OUT = 0x10;

export interface Peer {
  readonly index: number;
  readonly as: number;
  readonly bgpId: number;
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly localAddress: Uint8Array;
  readonly nextHopV4: Uint8Array;
  /** 16 bytes, or 32 with a link-local address (RFC 2545 section 3). */
  readonly nextHopV6: Uint8Array;
}

/** A RIB view of a peer: what its messages have in common. */
export interface PeerView {
  readonly peer: Peer;
  readonly name: GeneratedView;
  readonly header: Uint8Array;
  readonly addPath: boolean;
  readonly twoOctetAs: boolean;
}

/** Every fourth peer speaks IPv6, every second one has a 32-bit AS number, unless its session cannot carry it. */
export function makePeer(index: number, options: GenerateOptions): Peer {
  const isIpv6 = index % 4 === 3;
  const isWideAs = index % 2 === 1 && !options.twoOctetAs;
  const global = ipv6Address([0x2001, 2, 0, 1, 0, 0, 0, index + 1]);
  const linkLocal = ipv6Address([0xfe80, 0, 0, 0, 0, 0, 0, index + 1]);
  return {
    index,
    as: isWideAs ? 4200000000 + index : 64513 + index % 1000,
    bgpId: 0xc6130000 + index,
    address: isIpv6
      ? ipv6Address([0x2001, 2, 0, 2, 0, 0, 0, index + 1])
      : ipv4Address(0xc6130000 + index),
    localAddress: isIpv6 ? ipv6Address([0x2001, 2, 0, 2, 0, 0, 1, 0]) : ipv4Address(LOCAL_BGP_ID),
    nextHopV4: ipv4Address(0xc6130000 + index),
    nextHopV6: index % 3 === 1 ? new Uint8Array([...global, ...linkLocal]) : global,
  };
}

/** A view with its per-peer header (RFC 7854 section 4.2; flags of RFC 8671 section 4 and RFC 9069 section 4.2). */
export function makeView(peer: Peer, name: GeneratedView, options: GenerateOptions): PeerView {
  const isLocRib = name === "loc-rib";
  const twoOctetAs = options.twoOctetAs && !isLocRib;
  const flags = isLocRib ? 0 : (peer.address.length === 16 ? FLAG_IPV6 : 0) |
    (twoOctetAs ? FLAG_TWO_OCTET_AS : 0) |
    (name === "post-policy" ? FLAG_POST_POLICY : 0) |
    (name === "adj-rib-out" ? FLAG_ADJ_RIB_OUT | FLAG_POST_POLICY : 0);
  return {
    peer,
    name,
    header: isLocRib ? locRibHeader() : peerHeader(peer, flags),
    addPath: options.addPath && !isLocRib,
    twoOctetAs,
  };
}

/** The header for a peer's Peer Up and Peer Down: these are about the session, not about one of its RIBs. */
export function sessionHeader(view: PeerView): Uint8Array {
  const header = view.header.slice();
  header[1]! &= FLAG_IPV6 | FLAG_TWO_OCTET_AS;
  return header;
}

function peerHeader(peer: Peer, flags: number): Uint8Array {
  const out = new ByteWriter(PEER_HEADER_BYTES);
  out.byte(PEER_TYPE_GLOBAL);
  out.byte(flags);
  out.raw(new Uint8Array(8));
  putPeerAddress(out, peer.address);
  put32(out, peer.as);
  put32(out, peer.bgpId);
  out.raw(new Uint8Array(8));
  return out.bytes;
}

/** RFC 9069 section 4.1: address zero, AS and BGP identifier those of the router. */
function locRibHeader(): Uint8Array {
  const out = new ByteWriter(PEER_HEADER_BYTES);
  out.byte(PEER_TYPE_LOC_RIB);
  out.raw(new Uint8Array(25));
  put32(out, LOCAL_AS);
  put32(out, LOCAL_BGP_ID);
  out.raw(new Uint8Array(8));
  return out.bytes;
}

/** Writes the 16-byte address field of BMP: an IPv4 address is right-aligned, zeros before it. */
export function putPeerAddress(out: ByteWriter, address: Uint8Array): void {
  out.raw(new Uint8Array(16 - address.length));
  out.raw(address);
}

function ipv4Address(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}

function ipv6Address(groups: readonly number[]): Uint8Array {
  return new Uint8Array(groups.flatMap((group) => [group >>> 8, group & 0xff]));
}

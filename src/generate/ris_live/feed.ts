/**
 * BMP out of what RIS Live tells: one session per route collector, whose peers come up with their first message.
 *
 * What RIS does not tell is made up: the OPEN messages of a Peer Up (four-octet AS numbers, IPv4 and IPv6 unicast), the address of the
 * route collector (zero), and the BGP identifier of a peer (its IPv4 address, or the end of its IPv6 address). UPDATE messages are those that
 * came, where RIS offers their bytes; else they are made from the members that RIS has decoded, which lacks what it does not decode.
 */
import type { IpPrefix } from "../../wire/ip.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import { beginLong, endLong, putHead } from "../attributes.ts";
import { patchLength16, patchLength32, put16, put32 } from "../bytes.ts";
import { AS_TRANS, putPeerAddress } from "../peers.ts";
import type { Announcement, RisMessage, RisUpdate } from "./message.ts";

const BMP_VERSION = 3;
const ROUTE_MONITORING = 0;
const PEER_DOWN = 2;
const PEER_UP = 3;
const INITIATION = 4;
const BGP_HEADER_BYTES = 19;
const BGP_OPEN = 1;
const BGP_UPDATE = 2;
/** RFC 8654. */
const BGP_MESSAGE_BYTES_MAX = 65535;
const MARKER = new Uint8Array(16).fill(0xff);
const FLAG_IPV6 = 0x80;
/** RFC 7854 section 4.9: the peer closed the session, and nothing is told about why. */
const REASON_REMOTE = 4;
const BGP_PORT = 179;
/** AS of the route collectors of RIS. */
const RIS_AS = 12654;
const RIS_BGP_ID = new Uint8Array([192, 0, 2, 1]);
const AS_SET = 1;
const AS_SEQUENCE = 2;
/** AS numbers that one segment of a path holds at most. */
const SEGMENT_MAX = 255;
/** Peers of one route collector; RIS has some hundreds. */
const PEERS_MAX = 10_000;

/** The BMP session of one route collector. */
export class RisFeed {
  readonly #out = new ByteWriter(8 * 1024);
  readonly #peers = new Set<string>();
  readonly #host: string;
  #isStarted = false;

  constructor(host: string) {
    this.#host = host;
  }

  /** The bytes of the BMP messages that a message of RIS amounts to; valid until the next call. */
  take(message: RisMessage): Uint8Array {
    this.#out.reset();
    if (!this.#isStarted) this.#initiation();
    this.#isStarted = true;
    const key = `${message.peer} ${message.peerAs}`;
    if (message.kind === "down") {
      if (this.#peers.delete(key)) this.#peerDown(message);
    } else if (message.kind !== "other" && this.#isUp(key, message) && message.kind === "update") {
      this.#updates(message);
    }
    return this.#out.written();
  }

  /** Whether the peer is up, from now on if it was not. */
  #isUp(key: string, message: RisMessage): boolean {
    if (this.#peers.has(key)) return true;
    if (this.#peers.size >= PEERS_MAX) return false;
    this.#peers.add(key);
    this.#peerUp(message);
    return true;
  }

  #initiation(): void {
    const start = this.#begin(INITIATION);
    for (const [type, text] of [[1, "RIPE RIS Live"], [2, this.#host]] as const) {
      const value = utf8(text);
      put16(this.#out, type);
      put16(this.#out, value.length);
      this.#out.raw(value);
    }
    this.#end(start);
  }

  #peerUp(message: RisMessage): void {
    const out = this.#out;
    const start = this.#begin(PEER_UP, message);
    out.raw(new Uint8Array(16));
    put16(out, BGP_PORT);
    put16(out, BGP_PORT);
    this.#open(RIS_AS, RIS_BGP_ID);
    this.#open(message.peerAs, bgpId(message.peer));
    this.#end(start);
  }

  #peerDown(message: RisMessage): void {
    const start = this.#begin(PEER_DOWN, message);
    this.#out.byte(REASON_REMOTE);
    this.#end(start);
  }

  #updates(message: RisMessage): void {
    const { raw, update } = message;
    if (isBgpUpdate(raw)) {
      const start = this.#begin(ROUTE_MONITORING, message);
      this.#out.raw(raw);
      this.#end(start);
      return;
    }
    if (update.withdrawals.length > 0) {
      this.#update(message, () => this.#withdraw(update.withdrawals));
    }
    for (const announcement of update.announcements) {
      if (announcement.prefixes.length === 0) continue;
      this.#update(message, () => this.#announce(update, announcement));
    }
  }

  /** One that is longer than BGP allows is left out: RIS lists the prefixes of one message, so that it cannot have been one. */
  #update(message: RisMessage, putBody: () => void): void {
    const out = this.#out;
    const before = out.pos;
    const start = this.#begin(ROUTE_MONITORING, message);
    const bgp = this.#beginBgp(BGP_UPDATE);
    putBody();
    if (out.pos - bgp > BGP_MESSAGE_BYTES_MAX) {
      out.pos = before;
      return;
    }
    patchLength16(out, bgp + MARKER.length, bgp);
    this.#end(start);
  }

  #withdraw(prefixes: readonly IpPrefix[]): void {
    const out = this.#out;
    const ipv6 = prefixes.filter(({ bytes }) => bytes.length === 16);
    const withdrawn = out.pos + 2;
    put16(out, 0);
    for (const prefix of prefixes) if (prefix.bytes.length === 4) putPrefix(out, prefix);
    patchLength16(out, withdrawn - 2, withdrawn);
    const attributes = out.pos + 2;
    put16(out, 0);
    if (ipv6.length > 0) {
      const start = beginLong(out, 15); // MP_UNREACH_NLRI
      put16(out, 2);
      out.byte(1);
      for (const prefix of ipv6) putPrefix(out, prefix);
      endLong(out, start);
    }
    patchLength16(out, attributes - 2, attributes);
  }

  #announce(update: RisUpdate, { nextHops, prefixes }: Announcement): void {
    const out = this.#out;
    const nextHop = nextHops[0]!;
    const legacy = nextHop.length === 4;
    put16(out, 0);
    const attributes = out.pos + 2;
    put16(out, 0);
    putHead(out, 0x40, 1, 1); // ORIGIN
    out.byte(update.origin);
    putPath(out, update.path);
    if (legacy) {
      putHead(out, 0x40, 3, 4); // NEXT_HOP
      out.raw(nextHop);
    }
    if (update.med !== undefined) {
      putHead(out, 0x80, 4, 4); // MULTI_EXIT_DISC
      put32(out, update.med);
    }
    if (update.aggregator !== undefined) {
      putHead(out, 0xc0, 7, 8); // AGGREGATOR
      put32(out, update.aggregator.as);
      out.raw(update.aggregator.address);
    }
    if (update.communities.length > 0) {
      putHead(out, 0xc0, 8, 4 * update.communities.length); // COMMUNITIES
      for (const [as, value] of update.communities) {
        put16(out, as);
        put16(out, value);
      }
    }
    const ipv4 = prefixes.filter(({ bytes }) => bytes.length === 4);
    const ipv6 = prefixes.filter(({ bytes }) => bytes.length === 16);
    if (!legacy) {
      // RFC 8950: IPv4 routes may have an IPv6 next hop.
      for (const [afi, list] of [[1, ipv4], [2, ipv6]] as const) {
        if (list.length > 0) putReach(out, afi, nextHops, list);
      }
    }
    patchLength16(out, attributes - 2, attributes);
    if (legacy) { for (const prefix of ipv4) putPrefix(out, prefix); }
  }

  #open(as: number, id: Uint8Array): void {
    const out = this.#out;
    const bgp = this.#beginBgp(BGP_OPEN);
    out.byte(4);
    put16(out, as > 0xffff ? AS_TRANS : as);
    put16(out, 180);
    out.raw(id);
    // One optional parameter, capabilities: 1 multiprotocol for IPv4 and IPv6 unicast, 65 four-octet AS numbers.
    out.raw(new Uint8Array([20, 2, 18, 1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1, 65, 4]));
    put32(out, as);
    patchLength16(out, bgp + MARKER.length, bgp);
  }

  #begin(type: number, message?: RisMessage): number {
    const out = this.#out;
    const start = out.pos;
    out.byte(BMP_VERSION);
    put32(out, 0);
    out.byte(type);
    if (message === undefined) return start;
    const { peer, peerAs, timeUs } = message;
    out.byte(0);
    out.byte(peer.length === 16 ? FLAG_IPV6 : 0);
    out.raw(new Uint8Array(8));
    putPeerAddress(out, peer);
    put32(out, peerAs);
    out.raw(bgpId(peer));
    put32(out, Math.floor(timeUs / 1e6));
    put32(out, timeUs % 1e6);
    return start;
  }

  #end(start: number): void {
    patchLength32(this.#out, start + 1, start);
  }

  #beginBgp(type: number): number {
    const out = this.#out;
    const start = out.pos;
    out.raw(MARKER);
    put16(out, 0);
    out.byte(type);
    return start;
  }
}

/** Whether these bytes are one whole UPDATE. */
function isBgpUpdate(raw: Uint8Array): boolean {
  return raw.length >= BGP_HEADER_BYTES && raw[18] === BGP_UPDATE &&
    (raw[16]! << 8 | raw[17]!) === raw.length;
}

function bgpId(peer: Uint8Array): Uint8Array {
  return peer.subarray(peer.length - 4);
}

function putPrefix(out: ByteWriter, { bytes, length }: IpPrefix): void {
  out.byte(length);
  out.raw(bytes.subarray(0, (length + 7) >> 3));
}

function putReach(
  out: ByteWriter,
  afi: number,
  nextHops: readonly Uint8Array[],
  prefixes: readonly IpPrefix[],
): void {
  const start = beginLong(out, 14); // MP_REACH_NLRI
  put16(out, afi);
  out.byte(1);
  // RFC 2545 section 3: a global address, and perhaps a link-local one.
  const hops = nextHops.filter(({ length }) => length === 16).slice(0, 2);
  out.byte(16 * hops.length);
  for (const hop of hops) out.raw(hop);
  out.byte(0);
  for (const prefix of prefixes) putPrefix(out, prefix);
  endLong(out, start);
}

/** AS_PATH with AS numbers of four octets: runs of numbers are sequences, lists are sets. */
function putPath(out: ByteWriter, path: RisUpdate["path"]): void {
  out.byte(0x50);
  out.byte(2);
  put16(out, 0);
  const start = out.pos;
  let run: number[] = [];
  for (const hop of path) {
    if (typeof hop === "number") {
      run.push(hop);
      continue;
    }
    putSegments(out, AS_SEQUENCE, run);
    run = [];
    putSegments(out, AS_SET, hop);
  }
  putSegments(out, AS_SEQUENCE, run);
  endLong(out, start);
}

function putSegments(out: ByteWriter, type: number, list: readonly number[]): void {
  for (let i = 0; i < list.length; i += SEGMENT_MAX) {
    const segment = list.slice(i, i + SEGMENT_MAX);
    out.byte(type);
    out.byte(segment.length);
    for (const as of segment) put32(out, as);
  }
}

/**
 * BGP-LS objects (RFC 9552) of a made-up IS-IS network with segment routing: nodes, each followed by its links and prefixes, one
 * object per UPDATE, as the attribute with their properties (code 29) is theirs alone.
 */
import type { ByteWriter } from "../wire/writer.ts";
import { utf8 } from "../wire/writer.ts";
import { beginLong, endLong, putPlainAttributes } from "./attributes.ts";
import { patchLength16, put16, put32 } from "./bytes.ts";
import { LOCAL_AS, type PeerView } from "./peers.ts";
import { Random } from "./random.ts";
import type { RouteWalk } from "./route_walk.ts";

const BGP_LS = 29;
const NlriType = { node: 1, link: 2, ipv4Prefix: 3 } as const;
const IS_IS_LEVEL_2 = 2;
const LINKS_MAX = 6;
const PREFIXES_MAX = 4;
/** Bandwidth of links, octets per second, as single-precision numbers: 1, 10 and 100 Gbit/s. */
const BANDWIDTHS: readonly number[] = [0x4cee6b28, 0x4e9502f9, 0x503a43b7];

export class LinkStateWalk implements RouteWalk {
  readonly count = 1;
  readonly #random: Random;
  #left: number;
  #node = 0;
  /** What is left of the current node. */
  #links = 0;
  #prefixes = 0;
  #type: number = NlriType.node;
  /** Properties of the current object come from here: the same each time it is written. */
  #seed = 0;

  constructor(size: number, seed: number) {
    this.#random = new Random(seed);
    this.#left = size;
  }

  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    this.#seed = this.#random.next();
    if (this.#links > 0) {
      this.#links--;
      this.#type = NlriType.link;
    } else if (this.#prefixes > 0) {
      this.#prefixes--;
      this.#type = NlriType.ipv4Prefix;
    } else {
      this.#node++;
      this.#links = this.#random.between(2, LINKS_MAX);
      this.#prefixes = this.#random.between(1, PREFIXES_MAX);
      this.#type = NlriType.node;
    }
    return true;
  }

  putNlri(out: ByteWriter): void {
    put16(out, this.#type);
    const start = beginTlvValue(out);
    out.byte(IS_IS_LEVEL_2);
    put32(out, 0);
    put32(out, 0);
    putNode(out, 256, this.#node);
    if (this.#type === NlriType.link) {
      const neighbor = this.#neighbor;
      putNode(out, 257, neighbor);
      putNumber(out, 259, linkAddress(this.#node, neighbor)); // IPv4 interface address
      putNumber(out, 260, linkAddress(neighbor, this.#node)); // IPv4 neighbor address
    } else if (this.#type === NlriType.ipv4Prefix) {
      const reachability = beginTlv(out, 265);
      const isLoopback = this.#prefixes === 0;
      out.byte(isLoopback ? 32 : 24);
      put32(out, isLoopback ? loopback(this.#node) : 0x0a000000 | (this.#seed & 0xffff00));
      if (!isLoopback) out.pos--;
      endTlv(out, reachability);
    }
    endTlv(out, start);
  }

  putAttributes(
    out: ByteWriter,
    _random: Random,
    view: PeerView,
    putReach: ((nextHop: Uint8Array) => void) | undefined,
  ): void {
    putPlainAttributes(out, view);
    putReach?.(view.peer.nextHopV4);
    const start = beginLong(out, BGP_LS);
    const random = new Random(this.#seed);
    if (this.#type === NlriType.node) this.#putNodeProperties(out);
    else if (this.#type === NlriType.link) this.#putLinkProperties(out, random);
    else this.#putPrefixProperties(out, random);
    endLong(out, start);
  }

  get #neighbor(): number {
    return this.#node + 1 + this.#links;
  }

  /** Name, area, address, and what it can do of segment routing (RFC 9085 section 2.1). */
  #putNodeProperties(out: ByteWriter): void {
    putTlv(out, 266, [1, 10, 2, 10]); // node MSD (RFC 8814): base MPLS imposition, ERLD
    putTlv(out, 1026, utf8(`node-${this.#node}.example`));
    putTlv(out, 1027, [0x49, 0, 1]);
    putNumber(out, 1028, loopback(this.#node));
    putTlv(out, 1034, [0xc0, 0, 0, 0x1f, 0x40, 0x04, 0x89, 0, 3, 0, 0x3e, 0x80]); // SRGB 16000, 8000 labels
    putTlv(out, 1035, [0, 128]);
    putTlv(out, 1036, [0, 0, 0, 0x03, 0xe8, 0x04, 0x89, 0, 3, 0, 0x3a, 0x98]); // SRLB 15000, 1000 labels
  }

  #putLinkProperties(out: ByteWriter, random: Random): void {
    const bandwidth = BANDWIDTHS[random.below(BANDWIDTHS.length)]!;
    putTlv(out, 267, [1, 10]);
    putNumber(out, 1028, loopback(this.#node));
    putNumber(out, 1030, loopback(this.#neighbor));
    putNumber(out, 1088, random.below(256));
    putNumber(out, 1089, bandwidth);
    putNumber(out, 1090, bandwidth);
    const unreserved = beginTlv(out, 1091);
    for (let priority = 0; priority < 8; priority++) put32(out, bandwidth);
    endTlv(out, unreserved);
    putNumber(out, 1092, random.between(1, 1000));
    putTlv(out, 1095, [0, 0, random.between(1, 255)]);
    if (random.chance(0.3)) putNumber(out, 1096, random.below(10_000));
    const adjacencySid = beginTlv(out, 1099);
    put32(out, 0x30000000); // V and L: a label
    out.byte(0);
    put16(out, 24_000 + this.#links);
    endTlv(out, adjacencySid);
    if (random.chance(0.5)) { // RFC 8571 sections 2.1 and 2.2
      const delay = random.between(10, 20_000);
      putNumber(out, 1114, delay);
      const range = beginTlv(out, 1115);
      put32(out, delay - 5);
      put32(out, delay + 50);
      endTlv(out, range);
    }
  }

  #putPrefixProperties(out: ByteWriter, random: Random): void {
    putTlv(out, 1152, [0]);
    putNumber(out, 1155, random.between(0, 100));
    if (this.#prefixes > 0) return;
    const sid = beginTlv(out, 1158);
    put32(out, 0x40000000); // node SID, algorithm 0
    put32(out, this.#node % 8000);
    endTlv(out, sid);
    putTlv(out, 1170, [0x20]);
    putNumber(out, 1171, loopback(this.#node));
  }
}

/** Writes node descriptors (RFC 9552 section 5.2.1): AS, BGP-LS identifier, IS-IS system identifier. */
function putNode(out: ByteWriter, type: number, node: number): void {
  const start = beginTlv(out, type);
  putNumber(out, 512, LOCAL_AS);
  putNumber(out, 513, 0);
  const systemId = beginTlv(out, 515);
  put16(out, 0);
  put32(out, loopback(node));
  endTlv(out, systemId);
  endTlv(out, start);
}

function putNumber(out: ByteWriter, type: number, value: number): void {
  put16(out, type);
  put16(out, 4);
  put32(out, value);
}

function putTlv(out: ByteWriter, type: number, value: ArrayLike<number>): void {
  put16(out, type);
  put16(out, value.length);
  for (let i = 0; i < value.length; i++) out.byte(value[i]!);
}

/** Writes a TLV's type and room for its length; {@linkcode endTlv} with the position returned here ends it. */
function beginTlv(out: ByteWriter, type: number): number {
  put16(out, type);
  return beginTlvValue(out);
}

function beginTlvValue(out: ByteWriter): number {
  put16(out, 0);
  return out.pos;
}

function endTlv(out: ByteWriter, valueStart: number): void {
  patchLength16(out, valueStart - 2, valueStart);
}

/** An address of 10.0.0.0/8. */
function loopback(node: number): number {
  return 0x0a000000 | (node & 0xffffff);
}

/** This end of a link: an address of 172.16.0.0/12. */
function linkAddress(node: number, neighbor: number): number {
  const isLower = node < neighbor;
  const link = Math.min(node, neighbor) * 16 + Math.abs(node - neighbor);
  return 0xac100000 | ((2 * link + (isLower ? 0 : 1)) & 0xfffff);
}

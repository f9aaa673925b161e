/**
 * EVPN routes (RFC 7432) of a made-up data centre: hosts with a MAC address, most of them with an IP address, behind switches that
 * each have some of the networks. Types 1 to 5, hosts by far the most.
 */
import type { ByteWriter } from "../wire/writer.ts";
import { putHead, putPlainAttributes } from "./attributes.ts";
import { put16, put32 } from "./bytes.ts";
import { LOCAL_AS, type PeerView } from "./peers.ts";
import { Random, Weighted } from "./random.ts";
import type { RouteWalk } from "./route_walk.ts";

const RouteType = {
  autoDiscovery: 1,
  macIp: 2,
  inclusiveTag: 3,
  ethernetSegment: 4,
  ipPrefix: 5,
} as const;
const ROUTE_TYPES = new Weighted([
  [RouteType.autoDiscovery, 7],
  [RouteType.macIp, 76],
  [RouteType.inclusiveTag, 9],
  [RouteType.ethernetSegment, 2],
  [RouteType.ipPrefix, 6],
]);
/** Hosts that are announced together, because they have the same attributes. */
const HOSTS_PER_UPDATE = new Weighted([[1, 70], [2, 12], [3, 8], [5, 6], [8, 4]]);

const SWITCHES = 64;
const NETWORKS = 2000;
const EXTENDED_COMMUNITIES = 16;
const PMSI_TUNNEL = 22;
const OPTIONAL_TRANSITIVE = 0xc0;
const INGRESS_REPLICATION = 6;
const VXLAN = 8;
const ESI_BYTES = 10;

export class EvpnWalk implements RouteWalk {
  count = 0;
  readonly #random: Random;
  #left: number;
  #type: number = RouteType.macIp;
  #switch = 0;
  #network = 0;
  /** Seeds for the hosts of the group: an NLRI is the same each time it is written. */
  #hostSeed = 0;
  /** 0: no multihomed segment. */
  #segment = 0;

  constructor(size: number, seed: number) {
    this.#random = new Random(seed);
    this.#left = size;
  }

  next(): boolean {
    if (this.#left === 0) return false;
    const random = this.#random;
    this.#type = ROUTE_TYPES.draw(random);
    const count = this.#type === RouteType.macIp ? HOSTS_PER_UPDATE.draw(random) : 1;
    this.count = Math.min(count, this.#left);
    this.#left -= this.count;
    this.#switch = random.below(SWITCHES);
    this.#network = random.below(NETWORKS);
    this.#hostSeed = random.next();
    this.#segment = random.chance(0.3) ? 1 + random.below(500) : 0;
    return true;
  }

  putNlri(out: ByteWriter, i: number): void {
    const random = new Random(this.#hostSeed + i);
    const type = this.#type;
    out.byte(type);
    out.byte(0);
    const start = out.pos;
    put16(out, 1); // route distinguisher of an address (RFC 4364 section 4.2)
    this.#putSwitch(out);
    put16(out, 1 + this.#network);
    if (type !== RouteType.inclusiveTag) this.#putSegment(out);
    if (type !== RouteType.ethernetSegment) put32(out, 0);
    switch (type) {
      case RouteType.macIp:
        out.byte(48);
        putMac(out, random.next());
        this.#putHostAddress(out, random);
        this.#putNetworkLabel(out);
        break;
      case RouteType.autoDiscovery:
        this.#putNetworkLabel(out);
        break;
      case RouteType.ipPrefix:
        out.byte(24);
        put32(out, 0x0a000000 | (random.below(1 << 16) << 8));
        put32(out, 0);
        this.#putNetworkLabel(out);
        break;
      default:
        out.byte(32);
        this.#putSwitch(out);
    }
    out.bytes[start - 1] = out.pos - start;
  }

  putAttributes(
    out: ByteWriter,
    _random: Random,
    view: PeerView,
    putReach: ((nextHop: Uint8Array) => void) | undefined,
  ): void {
    putPlainAttributes(out, view);
    putReach?.(view.peer.nextHopV4);
    const hasRouterMac = this.#type === RouteType.ipPrefix;
    putHead(out, OPTIONAL_TRANSITIVE, EXTENDED_COMMUNITIES, hasRouterMac ? 24 : 16);
    put16(out, 0x0002); // route target
    put16(out, LOCAL_AS);
    put32(out, 10_000 + this.#network);
    put16(out, 0x030c); // encapsulation (RFC 9012 section 4.1)
    put32(out, 0);
    put16(out, VXLAN);
    if (hasRouterMac) {
      put16(out, 0x0603); // EVPN router's MAC (RFC 9135 section 8.1)
      putMac(out, this.#switch);
    }
    if (this.#type === RouteType.inclusiveTag) {
      putHead(out, OPTIONAL_TRANSITIVE, PMSI_TUNNEL, 9);
      out.byte(0);
      out.byte(INGRESS_REPLICATION);
      this.#putNetworkLabel(out);
      this.#putSwitch(out);
    }
  }

  /** The switch's address, out of 198.18.0.0/15. */
  #putSwitch(out: ByteWriter): void {
    put32(out, 0xc6128000 + this.#switch);
  }

  /** RFC 7432 section 5: 0, or an arbitrary value. */
  #putSegment(out: ByteWriter): void {
    for (let i = 0; i < ESI_BYTES - 4; i++) out.byte(0);
    put32(out, this.#segment);
  }

  /** The VNI in the label field (RFC 8365 section 5.1.3). */
  #putNetworkLabel(out: ByteWriter): void {
    const vni = 10_000 + this.#network;
    out.byte(0);
    put16(out, vni);
  }

  /** Of a host: IPv4, IPv6 or none. */
  #putHostAddress(out: ByteWriter, random: Random): void {
    if (random.chance(0.4)) {
      out.byte(0);
    } else if (random.chance(0.8)) {
      out.byte(32);
      put32(out, 0x0a000000 | random.below(1 << 24));
    } else {
      out.byte(128);
      put32(out, 0x20010002);
      put32(out, this.#network);
      put32(out, 0);
      put32(out, random.next());
    }
  }
}

/** A locally administered address. */
function putMac(out: ByteWriter, number: number): void {
  put16(out, 0x0200);
  put32(out, number);
}

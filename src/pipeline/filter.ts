/**
 * Which messages a sink gets. A filter chooses whole messages, by what their headers say; of an UPDATE with routes of several families,
 * one listed family is enough.
 *
 * What a message does not tell it is not asked: Initiation is of no peer, Peer Up of no family. And what cannot be read passes, so that
 * nothing that is malformed disappears without a word.
 */
import { MP_REACH_NLRI_CODE } from "../bgp/attributes/014_mp_reach_nlri.ts";
import { familyKey, familyKeyOf } from "../bgp/families.ts";
import { BGP_HEADER_BYTES, BgpMessageType, readBgpMessage } from "../bgp/message.ts";
import { layOutUpdate, UpdateLayout } from "../bgp/update.ts";
import { decodeRouteMonitoringV4 } from "../bmp/messages/route_monitoring_v4.ts";
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  isIpv6Peer,
  MessageType,
  PEER_HEADER_BYTES,
  PeerHeader,
  RibView,
  ribView,
} from "../bmp/peer_header.ts";
import { type Entry, EntryKind, type SessionInfo } from "../journal/types.ts";
import { isFault } from "../wire/fault.ts";
import { ipBytes, type IpPrefix, ipPrefix, isInPrefix } from "../wire/ip.ts";

/** Words for messages, by BMP message type; `session` is the opening and closing of one. */
export const MESSAGE_WORDS: Readonly<Record<string, number>> = {
  "route-monitoring": MessageType.routeMonitoring,
  statistics: MessageType.statisticsReport,
  "peer-down": MessageType.peerDown,
  "peer-up": MessageType.peerUp,
  initiation: MessageType.initiation,
  termination: MessageType.termination,
  "route-mirroring": MessageType.routeMirroring,
  unknown: 7,
  session: 8,
};
const UNKNOWN = MESSAGE_WORDS["unknown"]!;
const SESSION = MESSAGE_WORDS["session"]!;

/** Words for RIB views. */
export const VIEW_WORDS: Readonly<Record<string, RibView>> = {
  "adj-rib-in-pre": RibView.adjRibInPre,
  "adj-rib-in-post": RibView.adjRibInPost,
  "adj-rib-out-pre": RibView.adjRibOutPre,
  "adj-rib-out-post": RibView.adjRibOutPost,
  "loc-rib": RibView.locRib,
};

/** What to let pass, in the configuration's words; an empty list: all. */
export interface FilterOptions {
  /** Addresses or prefixes that sessions come from. */
  readonly routers: readonly string[];
  /** Addresses or prefixes of peers; a Loc-RIB has no address and passes with `0.0.0.0/0` or `::/0` only. */
  readonly peers: readonly string[];
  /** Names such as `ipv4-unicast`, or `afi-1-safi-1`: for Route Monitoring. */
  readonly families: readonly string[];
  readonly messages: readonly string[];
  /** For Route Monitoring and statistics. */
  readonly views: readonly string[];
}

export const NO_FILTER: FilterOptions = {
  routers: [],
  peers: [],
  families: [],
  messages: [],
  views: [],
};

/** One sink's filter. */
export class Filter {
  readonly #routers: readonly IpPrefix[];
  readonly #peers: readonly IpPrefix[];
  readonly #families: ReadonlySet<number>;
  readonly #messages: number;
  readonly #views: number;

  constructor(options: FilterOptions) {
    this.#routers = options.routers.map(prefixOf);
    this.#peers = options.peers.map(prefixOf);
    this.#families = new Set(options.families.map(keyOf));
    this.#messages = bitsOf(options.messages, MESSAGE_WORDS);
    this.#views = bitsOf(options.views, VIEW_WORDS);
  }

  /** @param source address of the router, undefined: not known, none's */
  acceptsRouter(source: Uint8Array | undefined): boolean {
    if (this.#routers.length === 0) return true;
    if (source === undefined) return false;
    return this.#routers.some((prefix) => isInPrefix(prefix, source, 0, source.length));
  }

  /** Everything but the router. */
  accepts(entry: Entry): boolean {
    if (entry.kind !== EntryKind.frame) return hasBit(this.#messages, SESSION);
    const { bytes, start, end } = entry;
    const type = bytes[start + 5]!;
    if (!hasBit(this.#messages, Math.min(type, UNKNOWN))) return false;
    const header = start + COMMON_HEADER_BYTES;
    if (!hasPeerHeader(type) || end - header < PEER_HEADER_BYTES) return true;
    if (!this.#acceptsPeer(bytes, header)) return false;
    if (type > MessageType.statisticsReport) return true;
    const view = ribView(bytes[header]!, bytes[header + PeerHeader.flags]!);
    if (!hasBit(this.#views, view)) return false;
    return type !== MessageType.routeMonitoring || this.#families.size === 0 ||
      this.#acceptsUpdate(entry, header + PEER_HEADER_BYTES);
  }

  #acceptsPeer(bytes: Uint8Array, header: number): boolean {
    if (this.#peers.length === 0) return true;
    const end = header + PeerHeader.address + 16;
    const isIpv6 = isIpv6Peer(bytes[header]!, bytes[header + PeerHeader.flags]!);
    const start = isIpv6 ? end - 16 : end - 4;
    return this.#peers.some((prefix) => isInPrefix(prefix, bytes, start, end));
  }

  #acceptsUpdate({ bytes, view, start, end }: Entry, body: number): boolean {
    try {
      const isV4 = bytes[start] === 4;
      const pdu = isV4 ? decodeRouteMonitoringV4(bytes, view, body, end).pdu : { start: body, end };
      const update = readBgpMessage(bytes, view, pdu.start, pdu.end);
      if (update.type !== BgpMessageType.update) return true;
      layOutUpdate(LAYOUT, bytes, view, update.start + BGP_HEADER_BYTES, update.end);
    } catch (error) {
      if (isFault(error)) return true;
      throw error;
    }
    return LAYOUT.fault !== undefined || this.#acceptsLayout(bytes, view);
  }

  #acceptsLayout(bytes: Uint8Array, view: DataView): boolean {
    const layout = LAYOUT;
    const hasLegacy = layout.withdrawnEnd > layout.withdrawnStart ||
      layout.nlriEnd > layout.nlriStart;
    // Without any routes it is End-of-RIB of IPv4 unicast (RFC 4724 section 2).
    if (hasLegacy || layout.multiprotocolCount === 0) {
      if (this.#families.has(IPV4_UNICAST)) return true;
    }
    for (let i = 0; i < layout.count; i++) {
      if (!layout.isMultiprotocol(i)) continue;
      const value = layout.starts[i]!;
      const least = layout.codes[i] === MP_REACH_NLRI_CODE ? MP_REACH_BYTES_MIN : 3;
      if (layout.ends[i]! - value < least) return true;
      if (this.#families.has(familyKey(view.getUint16(value), bytes[value + 2]!))) return true;
    }
    return false;
  }
}

const LAYOUT = new UpdateLayout();
const IPV4_UNICAST = familyKey(1, 1);
/** AFI, SAFI, length of the next hop, reserved octet (RFC 4760 section 3). */
const MP_REACH_BYTES_MIN = 5;
const ALL_BITS = 0x7fffffff;

function hasBit(bits: number, i: number): boolean {
  return (bits & (1 << i)) !== 0;
}

function bitsOf(words: readonly string[], numbers: Readonly<Record<string, number>>): number {
  if (words.length === 0) return ALL_BITS;
  return words.reduce((bits, word) => bits | (1 << numbers[word]!), 0);
}

function prefixOf(text: string): IpPrefix {
  const prefix = ipPrefix(text);
  if (prefix === undefined) throw new RangeError(`Cannot filter by "${text}": it is no prefix`);
  return prefix;
}

function keyOf(name: string): number {
  const key = familyKeyOf(name);
  if (key === undefined) throw new RangeError(`Cannot filter by "${name}": it is no family`);
  return key;
}

/** Bits of a number that filters share. */
export const FILTERS_MAX = 31;

const DECODER = new TextDecoder();

/** The filters of several sinks, asked at once. One instance reads one journal. */
export class Filters {
  readonly #filters: readonly Filter[];
  /** By the journal's number of the session: those that accept its router. */
  readonly #ofSession = new Map<number, number>();

  constructor(filters: readonly Filter[]) {
    if (filters.length > FILTERS_MAX) {
      throw new RangeError(`Cannot ask ${filters.length} filters at once: at most ${FILTERS_MAX}`);
    }
    this.#filters = filters;
  }

  /** Which of the filters accept the entry: bit i is filter i. To be called for every entry, also for those of keyframes. */
  acceptedBy(entry: Entry): number {
    const { kind, session } = entry;
    if (kind === EntryKind.open) this.#ofSession.set(session, this.#acceptRouter(entry));
    const ofRouter = this.#ofSession.get(session) ?? 0;
    if (kind === EntryKind.close) this.#ofSession.delete(session);
    let accepted = 0;
    for (let i = 0; i < this.#filters.length; i++) {
      const bit = 1 << i;
      if ((ofRouter & bit) !== 0 && this.#filters[i]!.accepts(entry)) accepted |= bit;
    }
    return accepted;
  }

  #acceptRouter({ bytes, start, end }: Entry): number {
    const { source } = JSON.parse(DECODER.decode(bytes.subarray(start, end))) as SessionInfo;
    const address = ipBytes(source);
    return this.#filters.reduce(
      (bits, filter, i) => filter.acceptsRouter(address) ? bits | (1 << i) : bits,
      0,
    );
  }
}

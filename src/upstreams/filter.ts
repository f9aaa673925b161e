/**
 * Which messages an upstream gets, in the words of GoBGP's `bmp-servers`. A filter removes whole messages only.
 *
 * `route-monitoring-policy` is about Route Monitoring. Peer Up and Peer Down of peers pass whatever it says, as GoBGP sends
 * them with every policy; those of a Loc-RIB pass where its routes do. So no route comes before its Peer Up.
 */
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  MessageType,
  PEER_HEADER_BYTES,
  PeerHeader,
  PeerType,
  RibView,
  ribView,
} from "../bmp/peer_header.ts";
import { peerId } from "../bmp/peer_table.ts";
import type { Entry } from "../journal/types.ts";
import { Filter, NO_FILTER } from "../pipeline/filter.ts";
import { ipBytes } from "../wire/ip.ts";
import type { PolicyWord, UpstreamFilterOptions } from "./options.ts";

const PRE = 1 << RibView.adjRibInPre;
const POST = 1 << RibView.adjRibInPost;
const OUT = (1 << RibView.adjRibOutPre) | (1 << RibView.adjRibOutPost);
const LOC_RIB = 1 << RibView.locRib;

/** RIB views by policy, a bit each. */
const VIEWS: Readonly<Record<PolicyWord, number>> = {
  "pre-policy": PRE,
  "post-policy": POST,
  "both": PRE | POST,
  "local-rib": LOC_RIB,
  "all": PRE | POST | OUT | LOC_RIB,
  "adj-rib-out": OUT,
  "none": 0,
};

/** Peers of a session whose last statistics report is remembered; past it all are forgotten, and each may report once more. */
const PEERS_MAX = 10_000;

/** What one upstream's sessions share. */
export class UpstreamFilter {
  readonly #filter: Filter;
  readonly #views: number;
  readonly #statisticsUs: number | undefined;
  readonly #hasMirroring: boolean;
  /** Whether all messages of a router that passes do. */
  readonly isOpen: boolean;

  constructor(options: UpstreamFilterOptions) {
    const { routers, peers, families, policy, statisticsTimeout, routeMirroring } = options;
    this.#filter = new Filter({ ...NO_FILTER, routers, peers, families });
    this.#views = VIEWS[policy ?? "all"];
    this.#statisticsUs = statisticsTimeout === undefined ? undefined : statisticsTimeout * 1e6;
    this.#hasMirroring = routeMirroring ?? true;
    this.isOpen = peers.length === 0 && families.length === 0 && this.#views === VIEWS.all &&
      statisticsTimeout === undefined && this.#hasMirroring;
  }

  acceptsRouter(source: string): boolean {
    return this.#filter.acceptsRouter(ipBytes(source));
  }

  /** @param reports when the last statistics report of each peer has passed, in microseconds; of one connection */
  accepts(entry: Entry, reports: Map<string, number>): boolean {
    const { bytes, start, end } = entry;
    const type = bytes[start + 5]!;
    if (type === MessageType.routeMirroring && !this.#hasMirroring) return false;
    const header = start + COMMON_HEADER_BYTES;
    if (hasPeerHeader(type) && end - header >= PEER_HEADER_BYTES) {
      if (!this.#acceptsView(type, bytes[header]!, bytes[header + PeerHeader.flags]!)) return false;
    }
    if (!this.#filter.accepts(entry)) return false;
    return type !== MessageType.statisticsReport || this.#acceptsReport(entry, header, reports);
  }

  #acceptsView(type: number, peerType: number, flags: number): boolean {
    if (type !== MessageType.routeMonitoring && peerType !== PeerType.locRib) return true;
    return (this.#views & (1 << ribView(peerType, flags))) !== 0;
  }

  #acceptsReport(
    { bytes, end, receivedAtUs }: Entry,
    header: number,
    reports: Map<string, number>,
  ) {
    const us = this.#statisticsUs;
    if (us === undefined || end - header < PEER_HEADER_BYTES) return true;
    if (us === 0) return false;
    const peer = peerId(bytes, header);
    const last = reports.get(peer);
    if (last !== undefined && receivedAtUs - last < us) return false;
    if (reports.size >= PEERS_MAX) reports.clear();
    reports.set(peer, receivedAtUs);
    return true;
  }
}

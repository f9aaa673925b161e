/** What the formatter knows of one BMP session while it reads the journal. */
import { PeerTable, type Revision } from "../../bmp/peer_table.ts";
import type { SessionInfo } from "../../journal/types.ts";
import { md5Hex } from "../../wire/md5.ts";
import { utf8 } from "../../wire/writer.ts";
import { PeerViews } from "../peer_views.ts";
import type { KnownSession } from "../session_table.ts";
import { groupOf } from "./groups.ts";
import type { ParsedOptions } from "./options.ts";
import { PeerView } from "./peer_view.ts";
import { newSequences, type RowSequences } from "./rows.ts";
import { inetText } from "./text.ts";
import type { Topics } from "./topics.ts";

/** Peers whose state is kept at most per session; of further ones the times are not kept in order. */
const STATES_MAX = 50_000;

/**
 * What the database has of one peer hash. A row of a peer deletes its routes with an older time, and kinds of rows are written in any order, so
 * that times have to rise: Peer Up, routes, Peer Down.
 */
export class PeerState {
  readonly hash: string;
  /** Whether the database has the peer as up. */
  isKnown = false;
  /** Time of the last up or first. */
  floorUs = 0;
  /** The latest time of any row. */
  newestUs = 0;

  constructor(hash: string) {
    this.hash = hash;
  }

  /** The time of a route row. */
  routeTime(us: number): number {
    const time = Math.max(us, this.floorUs);
    if (time > this.newestUs) this.newestUs = time;
    return time;
  }

  /**
   * The time of an up or first. A further Peer Up of a peer that is up (Huawei sends one per address family) keeps the time of the first:
   * a later one would delete the routes between them.
   */
  upTime(us: number): number {
    if (!this.isKnown) this.floorUs = this.newestUs = Math.max(us, this.newestUs);
    this.isKnown = true;
    return this.floorUs;
  }

  /** The time of a down: later than that of any route, which it has to delete. */
  downTime(us: number): number {
    this.isKnown = false;
    return this.newestUs = Math.max(us, this.newestUs + 1);
  }
}

export class Session implements KnownSession {
  readonly info: SessionInfo;
  readonly peers: PeerTable;
  readonly views: PeerViews<PeerView> = new PeerViews();
  readonly topics: Topics;
  readonly options: ParsedOptions;
  readonly sequences: RowSequences = newSequences();
  readonly #states = new Map<string, PeerState>();
  readonly #collectorHash: string;
  /** The router's address. */
  readonly address: string;
  name = "";
  /** The router's hash. */
  hash = "";
  group = "";
  description = "";
  information = "";
  /** Whether the database has the router as up. */
  isKnown = false;
  lastAtUs = 0;

  /** @param learned changes with what is learned of the session's peers */
  constructor(
    info: SessionInfo,
    options: ParsedOptions,
    collectorHash: string,
    topics: Topics,
    learned: Revision,
  ) {
    this.info = info;
    this.options = options;
    this.peers = new PeerTable(learned);
    this.topics = topics;
    this.#collectorHash = collectorHash;
    this.address = inetText(info.source);
    this.setName("");
  }

  /** The hash that a router of this name has. */
  hashOf(name: string): string {
    const { hashes, routerNaming } = this.options;
    const named = routerNaming === "name" && name !== "" ? name : this.address;
    return md5Hex(utf8(hashes === "shared" ? named : named + this.#collectorHash));
  }

  setName(name: string): void {
    const hash = this.hashOf(name);
    if (hash !== this.hash) this.#states.clear();
    this.name = name;
    this.hash = hash;
    this.group = groupOf(this.options.routerGroups, name, this.address, -1);
    this.views.clear();
  }

  /** The view for the per-peer header at `header` of one of the session's messages. */
  viewOf(bytes: Uint8Array, view: DataView, header: number): PeerView {
    return this.views.find(view, header) ??
      this.views.add(new PeerView(this, this.peers.of(bytes, header), bytes, view, header));
  }

  stateOf(peerHash: string): PeerState {
    let state = this.#states.get(peerHash);
    if (state !== undefined) return state;
    state = new PeerState(peerHash);
    if (this.#states.size < STATES_MAX) this.#states.set(peerHash, state);
    return state;
  }
}

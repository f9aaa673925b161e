/** What the formatter knows of one BMP session while it reads the journal. */
import { PeerHeaderIndex } from "../../bmp/peer_header_index.ts";
import { PeerTable, type Revision } from "../../bmp/peer_table.ts";
import type { SessionInfo } from "../../journal/types.ts";
import { md5Hex } from "../../wire/md5.ts";
import { utf8 } from "../../wire/writer.ts";
import type { KnownSession } from "../session_table.ts";
import { groupOf } from "./groups.ts";
import type { ParsedOptions } from "./options.ts";
import type { PeerState, PeerStates } from "./peer_states.ts";
import { PeerView } from "./peer_view.ts";
import { newSequences, type RowSequences } from "./rows.ts";
import { inetText } from "./text.ts";
import type { Topics } from "./topics.ts";

export class Session implements KnownSession {
  readonly info: SessionInfo;
  readonly peers: PeerTable;
  readonly views: PeerHeaderIndex<PeerView> = new PeerHeaderIndex();
  readonly topics: Topics;
  readonly options: ParsedOptions;
  readonly sequences: RowSequences = newSequences();
  readonly #states: PeerStates;
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
    states: PeerStates,
    learned: Revision,
  ) {
    this.info = info;
    this.options = options;
    this.peers = new PeerTable(learned);
    this.topics = topics;
    this.#states = states;
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
    this.name = name;
    this.hash = this.hashOf(name);
    this.group = groupOf(this.options.routerGroups, name, this.address, -1);
    this.views.clear();
  }

  /** The view for the per-peer header at `header` of one of the session's messages. */
  viewOf(bytes: Uint8Array, view: DataView, header: number): PeerView {
    const found = this.views.find(view, header);
    if (found !== undefined) return found;
    const made = new PeerView(this, this.peers.of(bytes, header), bytes, view, header);
    return this.views.add(view, header, made);
  }

  stateOf(peerHash: string): PeerState {
    return this.#states.of(peerHash);
  }
}

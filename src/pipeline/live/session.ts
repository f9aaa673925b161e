/** One session in the live view. */
import { decodeInitiation } from "../../bmp/messages/initiation.ts";
import { decodePeerDown, type PeerDown } from "../../bmp/messages/peer_down.ts";
import { decodePeerUp } from "../../bmp/messages/peer_up.ts";
import {
  COMMON_HEADER_BYTES,
  MessageType,
  PEER_HEADER_BYTES,
  PeerHeader,
  PeerType,
  RibView,
  ribView,
} from "../../bmp/peer_header.ts";
import { PeerHeaderIndex } from "../../bmp/peer_header_index.ts";
import { peerId } from "../../bmp/peer_table.ts";
import type { Entry, SessionInfo } from "../../journal/types.ts";
import { LivePeer, type PeerState } from "./peer.ts";
import { Faults, Tally } from "./tally.ts";

/** Samples that are kept. */
export const SAMPLES = 60;

/** Characters of a router's own words that are kept. */
const TEXT_MAX = 256;

/** How many peers there are of all sessions, by state. */
export interface PeerCounts {
  up: number;
  down: number;
  unknown: number;
  /** Peer Ups beyond the limit: not in the view. */
  unlisted: number;
}

export class LiveSession {
  /** sysName and sysDescr of the Initiation. */
  name = "";
  description = "";
  messages = 0;
  routes = 0;
  readonly faults = new Faults();
  readonly peers = new Map<string, LivePeer>();
  /** A second, oldest first. */
  readonly messageRates = new Float32Array(SAMPLES);
  readonly routeRates = new Float32Array(SAMPLES);
  lastAtUs = 0;
  isKept = true;
  readonly #index = new PeerHeaderIndex<Tally>();
  /** For what belongs to no peer. */
  readonly #tally = new Tally(this, RibView.adjRibInPre);
  readonly #counts: PeerCounts;
  readonly #peersMax: number;
  #sampledMessages = 0;
  #sampledRoutes = 0;

  constructor(
    readonly info: SessionInfo,
    readonly openedAtUs: number,
    counts: PeerCounts,
    peersMax: number,
  ) {
    this.#counts = counts;
    this.#peersMax = peersMax;
  }

  /** Takes a message in, unless it was before; returns where what is decoded of it counts. */
  message(entry: Entry, isFirst: boolean): Tally {
    const { bytes, view, start, end, receivedAtUs } = entry;
    const type = bytes[start + 5]!;
    const header = start + COMMON_HEADER_BYTES;
    if (isFirst) {
      this.messages++;
      this.lastAtUs = receivedAtUs;
    }
    if (type === MessageType.routeMonitoring && hasKnownPeer(bytes, header, end)) {
      const tally = this.#index.find(view, header) ??
        this.#index.add(view, header, this.#tallyOf(bytes, header, receivedAtUs));
      tally.atUs = receivedAtUs;
      if (isFirst) tally.messages++;
      return tally;
    }
    this.#tally.atUs = receivedAtUs;
    if (isFirst) this.learn(entry);
    return this.#tally;
  }

  /** Takes in what Initiation, Peer Up and Peer Down say; what they cannot say, the format's decoder reports. */
  learn({ bytes, view, start, end, receivedAtUs }: Entry): void {
    const body = start + COMMON_HEADER_BYTES;
    try {
      switch (bytes[start + 5]) {
        case MessageType.initiation: {
          const { sysName, sysDescr } = decodeInitiation(bytes, view, body, end);
          this.name = sysName?.slice(0, TEXT_MAX) ?? this.name;
          this.description = sysDescr?.slice(0, TEXT_MAX) ?? this.description;
          break;
        }
        case MessageType.peerUp:
          if (hasKnownPeer(bytes, body, end)) this.#up(bytes, view, body, end, receivedAtUs);
          break;
        case MessageType.peerDown:
          if (hasKnownPeer(bytes, body, end)) this.#down(bytes, view, body, end, receivedAtUs);
          break;
      }
    } catch {
      // Malformed: the format counts and publishes it.
    }
  }

  sample(seconds: number): void {
    const { messageRates, routeRates } = this;
    messageRates.copyWithin(0, 1);
    routeRates.copyWithin(0, 1);
    messageRates[SAMPLES - 1] = (this.messages - this.#sampledMessages) / seconds;
    routeRates[SAMPLES - 1] = (this.routes - this.#sampledRoutes) / seconds;
    this.#sampledMessages = this.messages;
    this.#sampledRoutes = this.routes;
    for (const { tallies } of this.peers.values()) {
      for (const tally of tallies) tally.sample(seconds);
    }
  }

  /** A gap begins: the keyframe behind it says which peers there are. */
  startGap(): void {
    this.isKept = false;
    for (const peer of this.peers.values()) peer.isKept = false;
  }

  endGap(atUs: number): void {
    for (const peer of this.peers.values()) {
      if (!peer.isKept && peer.state === "up") this.#set(peer, "down", atUs);
    }
  }

  /** Takes the session's peers out of the sums. */
  end(): void {
    for (const { state } of this.peers.values()) this.#counts[state]--;
  }

  #up(bytes: Uint8Array, view: DataView, header: number, end: number, atUs: number): void {
    const { tableName } = decodePeerUp(
      bytes,
      view,
      header + PEER_HEADER_BYTES,
      end,
      bytes[header]!,
      bytes[header + 1]!,
    );
    const peer = this.#peer(bytes, header, atUs);
    if (peer === undefined) {
      this.#counts.unlisted++;
      return;
    }
    peer.header = bytes.subarray(header, header + PEER_HEADER_BYTES);
    peer.isKept = true;
    if (tableName !== undefined && bytes[header] === PeerType.locRib) {
      peer.tableName = tableName.slice(0, TEXT_MAX);
    }
    // A second one without a down between adds to the first.
    if (peer.state === "up") return;
    peer.downReason = "";
    for (const tally of peer.tallies) tally.reset();
    this.#set(peer, "up", atUs);
  }

  #down(bytes: Uint8Array, view: DataView, header: number, end: number, atUs: number): void {
    const down = decodePeerDown(bytes, view, header + PEER_HEADER_BYTES, end);
    const peer = this.#peer(bytes, header, atUs);
    if (peer === undefined) return;
    peer.downReason = downText(down).slice(0, TEXT_MAX);
    this.#set(peer, "down", atUs);
  }

  #set(peer: LivePeer, state: PeerState, atUs: number): void {
    this.#counts[peer.state]--;
    this.#counts[state]++;
    peer.state = state;
    peer.sinceUs = atUs;
  }

  #tallyOf(bytes: Uint8Array, header: number, atUs: number): Tally {
    const view = ribView(bytes[header]!, bytes[header + PeerHeader.flags]!);
    return this.#peer(bytes, header, atUs)?.tally(view, this) ?? this.#tally;
  }

  /** The peer of a header; undefined: there are too many. */
  #peer(bytes: Uint8Array, header: number, atUs: number): LivePeer | undefined {
    const id = peerId(bytes, header);
    let peer = this.peers.get(id);
    if (peer !== undefined) return peer;
    const counts = this.#counts;
    if (counts.up + counts.down + counts.unknown >= this.#peersMax) return undefined;
    peer = new LivePeer(bytes.subarray(header, header + PEER_HEADER_BYTES), atUs);
    counts.unknown++;
    this.peers.set(id, peer);
    return peer;
  }
}

/** What flags and address of another type mean is anybody's guess. */
function hasKnownPeer(bytes: Uint8Array, header: number, end: number): boolean {
  return end - header >= PEER_HEADER_BYTES && bytes[header]! <= PeerType.locRib;
}

function downText({ reason, reasonName, notification, fsmEventName }: PeerDown): string {
  const words = [reasonName ?? `reason ${reason}`];
  if (notification !== undefined) {
    words.push(notification.codeName ?? `error code ${notification.code}`);
    if (notification.subcodeName !== undefined) words.push(notification.subcodeName);
    if (notification.shutdownText !== undefined) words.push(notification.shutdownText);
  }
  if (fsmEventName !== undefined) words.push(fsmEventName);
  return words.join(": ");
}

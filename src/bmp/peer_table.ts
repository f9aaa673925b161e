/**
 * The peers of one BMP session: what their Peer Ups said, and how their messages turned out to read.
 *
 * A peer is the whole of peer type, distinguisher and address (RFC 7854 section 4.2); its RIB views share it. A second Peer Up
 * without a Peer Down in between adds to the first: Huawei sends one per address family, each with that family's capabilities only.
 */
import { AS_PATH_CODE, asWidthEvidence, isAsPath } from "../bgp/attributes/002_as_path.ts";
import { familyKey } from "../bgp/families.ts";
import type { PrefixFamily } from "../bgp/nlri/family.ts";
import { Reading, readingScore } from "../bgp/nlri/prefix.ts";
import type { UpdateLayout } from "../bgp/update.ts";
import { bytesOf, keptBytes } from "../wire/strings.ts";
import { PEER_HEADER_BYTES, PeerHeader, RIB_VIEWS, RibView } from "./peer_header.ts";

/** ADD-PATH of a family as the two OPENs say it (RFC 7911 section 4): bits 1 receive, 2 send. */
export interface AddPathModes {
  /** By {@linkcode familyKey}. */
  readonly sent: ReadonlyMap<number, number>;
  readonly received: ReadonlyMap<number, number>;
}

/** What a Peer Up says about its peer, as far as decoding and rendering need it. */
export interface PeerUpFacts {
  readonly addPath: AddPathModes;
  /** Text of the local address; empty when it is all zeros. */
  readonly localAddress: string;
  /** VRF/Table Name (RFC 9069 section 4.4), undefined: the Peer Up had none. */
  readonly tableName: string | undefined;
  /** AS of the monitored router, -1: unknown. */
  readonly localAs: number;
  /** Whether one of the OPENs lacks the four-octet AS number capability. */
  readonly isTwoOctetAs: boolean;
}

/** Families of a peer whose ADD-PATH modes are kept; IANA has names for 50. An OPEN can name 16 thousand, and each Peer Up others. */
export const FAMILIES_MAX = 64;

const MODE_RECEIVE = 1;
const MODE_SEND = 2;

/** Whether the router's own ADD-PATH mode means path identifiers in this RIB view: it receives what is in Adj-RIB-In, sends the rest. */
export function hasLocalAddPath(view: RibView, mode: number): boolean {
  const isIn = view === RibView.adjRibInPre || view === RibView.adjRibInPost;
  return (mode &
    (isIn ? MODE_RECEIVE : view === RibView.locRib ? MODE_RECEIVE | MODE_SEND : MODE_SEND)) !== 0;
}

/** How one family of one RIB view reads: with path identifiers or without. */
export class FamilyReading {
  readonly family: PrefixFamily;
  /** What the OPENs negotiated. */
  readonly expected: boolean;
  /** What the bytes of the last list bore out. */
  current: boolean;
  readonly #peer: Peer;

  constructor(peer: Peer, family: PrefixFamily, expected: boolean) {
    this.#peer = peer;
    this.family = family;
    this.expected = expected;
    this.current = expected;
  }

  /**
   * Decides how the prefixes `bytes[start, end)` read, and returns how well they do. Where the reading so far is odd or impossible and
   * the other one is clean, that is taken and remembered: FRR strips identifiers, GoBGP does in some views.
   */
  choose(bytes: Uint8Array, start: number, end: number): Reading {
    const score = readingScore(bytes, start, end, this.family, this.current);
    if (score === Reading.clean) return score;
    const other = readingScore(bytes, start, end, this.family, !this.current);
    if (other !== Reading.clean) return score;
    this.current = !this.current;
    this.#peer.hasLearned();
    return other;
  }
}

/** How the messages of one RIB view read; learned from the bytes where they contradict what was expected. */
class ViewReading {
  /** 0: as the A flag says. */
  asWidth = 0;
  /** One for each family: a handful, for which a map takes more memory than all else. */
  addPath: readonly FamilyReading[] = [];
  /** The reading that was asked for last: most messages are of the same family as the one before. */
  last: FamilyReading | undefined = undefined;
}

/** What is known of a peer beyond its Peer Ups: JSON. */
export interface LearnedOfPeer {
  readonly isUp: boolean;
  readonly isTakenOver: boolean;
  readonly views: readonly LearnedOfView[];
}

interface LearnedOfView {
  readonly view: RibView;
  /** 0: as the A flag says. */
  readonly asWidth: number;
  /** Families, by {@linkcode familyKey}, whose lists do not read as the OPENs say, and whether they have path identifiers. */
  readonly addPath: readonly (readonly [family: number, current: boolean])[];
}

/** One monitored peer. */
export class Peer {
  #header: string;
  /** Whether a Peer Up was seen and no Peer Down since. */
  isUp = false;
  /** Whether a newer session of the router has brought the peer up: then this session's end says nothing of it. */
  isTakenOver = false;
  localAddress = "";
  tableName = "";
  localAs = -1;
  isTwoOctetAs = false;
  /** By family; undefined: none. */
  #sent: Map<number, number> | undefined = undefined;
  #received: Map<number, number> | undefined = undefined;
  #views: (ViewReading | undefined)[] = new Array(RIB_VIEWS).fill(undefined);

  readonly #table: PeerTable | undefined;

  /** That of the last change of what it has learned. */
  revision = 0;

  /**
   * @param header the per-peer header that makes the peer known
   * @param table told when something has been learned of the peer
   */
  constructor(header: Uint8Array, table?: PeerTable) {
    this.#header = keptBytes(header);
    this.#table = table;
  }

  /** The per-peer header of its last Peer Up, or of the first message that named it, 42 bytes: a copy. */
  get header(): Uint8Array<ArrayBuffer> {
    return bytesOf(this.#header);
  }

  /** @param header that of a Peer Up */
  up(header: Uint8Array, facts: PeerUpFacts): void {
    if (!this.isUp) {
      this.#sent = undefined;
      this.#received = undefined;
      this.tableName = "";
    }
    this.isUp = true;
    this.isTakenOver = false;
    this.#header = keptBytes(header);
    this.localAddress = facts.localAddress;
    this.localAs = facts.localAs;
    this.isTwoOctetAs = facts.isTwoOctetAs;
    if (facts.tableName !== undefined) this.tableName = facts.tableName;
    this.#sent = withModes(this.#sent, facts.addPath.sent);
    this.#received = withModes(this.#received, facts.addPath.received);
    this.#views = new Array(RIB_VIEWS).fill(undefined);
    this.hasLearned();
  }

  /** To be called when what {@linkcode Peer.learned} gives may have changed. */
  hasLearned(): void {
    this.#table?.noteLearned(this);
  }

  /** Whether its Peer Ups do not say all that is known of it. */
  get isLearned(): boolean {
    return !this.isUp || this.isTakenOver || this.#learnedViews().length > 0;
  }

  learned(): LearnedOfPeer {
    const { isUp, isTakenOver } = this;
    return { isUp, isTakenOver, views: this.#learnedViews() };
  }

  /** Takes in what {@linkcode Peer.learned} gave, after the peer's Peer Ups. */
  restoreLearned(
    learned: LearnedOfPeer,
    familyOf: (key: number) => PrefixFamily | undefined,
  ): void {
    this.isTakenOver = learned.isTakenOver;
    for (const { view, asWidth, addPath } of learned.views) {
      this.#view(view).asWidth = asWidth;
      for (const [key, current] of addPath) {
        const family = familyOf(key);
        if (family !== undefined) this.familyReading(view, family).current = current;
      }
    }
    this.hasLearned();
  }

  #learnedViews(): LearnedOfView[] {
    const learned: LearnedOfView[] = [];
    this.#views.forEach((reading, view) => {
      if (reading === undefined) return;
      const addPath = reading.addPath
        .filter(({ current, expected }) => current !== expected)
        .map(({ family, current }) => [familyKey(family.afi, family.safi), current] as const);
      if (reading.asWidth !== 0 || addPath.length > 0) {
        learned.push({ view: view as RibView, asWidth: reading.asWidth, addPath });
      }
    });
    return learned;
  }

  /** What the OPENs agree on for one direction of one family (RFC 7911 section 4). */
  negotiatedAddPath(view: RibView, family: number): boolean {
    const sent = this.#sent?.get(family) ?? 0;
    const received = this.#received?.get(family) ?? 0;
    switch (view) {
      case RibView.adjRibInPre:
      case RibView.adjRibInPost:
        return (received & MODE_SEND) !== 0 && (sent & MODE_RECEIVE) !== 0;
      case RibView.adjRibOutPre:
      case RibView.adjRibOutPost:
        return (sent & MODE_SEND) !== 0 && (received & MODE_RECEIVE) !== 0;
      case RibView.locRib: // both OPENs are made up by the router to say how its Route Monitoring reads (RFC 9069 section 4.4)
        return (sent | received) !== 0;
    }
  }

  /**
   * Octets of an AS number in the AS_PATH of an UPDATE. Expected is what the A flag says (RFC 7854 section 4.2); where only the
   * other width parses, or other attributes speak for it, that one is taken and remembered: FRR sends two-octet paths without
   * the flag.
   */
  chooseAsWidth(
    view: RibView,
    isTwoOctet: boolean,
    layout: UpdateLayout,
    bytes: Uint8Array,
    data: DataView,
  ): number {
    const expected = isTwoOctet ? 2 : 4;
    const path = layout.first[AS_PATH_CODE]!;
    if (path === -1) return expected;
    const start = layout.starts[path]!;
    const end = layout.ends[path]!;
    const learned = this.#views[view]?.asWidth ?? 0;
    const preferred = learned === 0 ? expected : learned;
    const other = preferred === 4 ? 2 : 4;
    if (start === end || !isAsPath(bytes, start, end, other)) return preferred;
    if (
      isAsPath(bytes, start, end, preferred) &&
      asWidthEvidence(layout, bytes, data, this.isTwoOctetAs) !== other
    ) {
      return preferred;
    }
    this.#view(view).asWidth = other === expected ? 0 : other;
    this.hasLearned();
    return other;
  }

  /** How the prefixes of a family in a RIB view read so far. */
  familyReading(view: RibView, family: PrefixFamily): FamilyReading {
    const readings = this.#view(view);
    if (readings.last?.family === family) return readings.last;
    for (const known of readings.addPath) {
      if (known.family === family) return readings.last = known;
    }
    const key = familyKey(family.afi, family.safi);
    const reading = new FamilyReading(this, family, this.negotiatedAddPath(view, key));
    // In V8 a list that grows has room for 17 at once.
    readings.addPath = readings.addPath.concat(reading);
    return readings.last = reading;
  }

  #view(view: RibView): ViewReading {
    return this.#views[view] ??= new ViewReading();
  }
}

function withModes(
  known: Map<number, number> | undefined,
  modes: ReadonlyMap<number, number>,
): Map<number, number> | undefined {
  if (modes.size === 0) return known;
  const all = known ?? new Map<number, number>();
  for (const [family, mode] of modes) {
    if (all.size < FAMILIES_MAX || all.has(family)) all.set(family, mode);
  }
  return all;
}

/** Peers of a session that are remembered at most; further ones are decoded without memory. */
export const PEERS_MAX = 50_000;

/** Counts what is learned in several tables. */
export class Revision {
  value = 0;
}

export class PeerTable {
  readonly #peers = new Map<string, Peer>();
  /** Peers of which more is known than their Peer Ups say. */
  readonly learnedPeers: Set<Peer> = new Set();
  /** That of the last change of them or of what they have learned. */
  revision = 0;
  readonly #revision: Revision;

  /** @param revision changes with what {@linkcode PeerTable.learnedPeers} have learned */
  constructor(revision: Revision = new Revision()) {
    this.#revision = revision;
  }

  /** The peer that the per-peer header at `start` names; made known if it is new. */
  of(bytes: Uint8Array, start: number): Peer {
    const id = peerId(bytes, start);
    let peer = this.#peers.get(id);
    if (peer === undefined) {
      const header = bytes.subarray(start, start + PEER_HEADER_BYTES);
      if (this.#peers.size >= PEERS_MAX) return new Peer(header);
      peer = new Peer(header, this);
      this.#peers.set(id, peer);
      this.noteLearned(peer);
    }
    return peer;
  }

  /** Gives the peer away to a newer session of the router, if this one has it; how its messages read here stays known. */
  takeOver(id: string): Peer | undefined {
    const peer = this.#peers.get(id);
    if (peer === undefined || peer.isTakenOver) return undefined;
    peer.isTakenOver = true;
    this.noteLearned(peer);
    return peer;
  }

  /** Whether this session has the peer: it was seen, and no newer session has taken it over. */
  has(id: string): boolean {
    return this.#peers.get(id)?.isTakenOver === false;
  }

  /** The peer with this identity, if it is known. */
  get(id: string): Peer | undefined {
    return this.#peers.get(id);
  }

  remove(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    if (this.learnedPeers.delete(peer)) this.revision = ++this.#revision.value;
  }

  /** Removes peers that were up and are not among `live`. */
  removeEnded(live: ReadonlySet<string>): void {
    for (const [id, peer] of this.#peers) if (peer.isUp && !live.has(id)) this.remove(id);
  }

  noteLearned(peer: Peer): void {
    if (peer.isLearned) this.learnedPeers.add(peer);
    else if (!this.learnedPeers.delete(peer)) return;
    this.revision = ++this.#revision.value;
    peer.revision = this.revision;
  }

  /** Sorted: in the same order also for a reader that came to know them in another, from a keyframe say. */
  entries(): Iterable<[string, Peer]> {
    return [...this.#peers].sort(([a], [b]) => a < b ? -1 : 1);
  }

  get size(): number {
    return this.#peers.size;
  }
}

/** Identity of a peer within its session: type, distinguisher and address as a string of bytes. */
export function peerId(bytes: Uint8Array, start: number): string {
  let id = String.fromCharCode(bytes[start + PeerHeader.type]!);
  for (let i = PeerHeader.distinguisher; i < PeerHeader.as; i++) {
    id += String.fromCharCode(bytes[start + i]!);
  }
  return id;
}

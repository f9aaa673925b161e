/** What messages mean as rows, but for the routes of Route Monitoring. All that a message changes is changed here. */
import { decodeInitiation } from "../../bmp/messages/initiation.ts";
import { decodePeerDown } from "../../bmp/messages/peer_down.ts";
import { decodePeerUp, type PeerUp, peerUpFacts } from "../../bmp/messages/peer_up.ts";
import { decodeStatistics } from "../../bmp/messages/statistics.ts";
import { decodeTermination } from "../../bmp/messages/termination.ts";
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  MessageType,
  PEER_HEADER_BYTES,
  PeerType,
} from "../../bmp/peer_header.ts";
import { type Peer, peerId } from "../../bmp/peer_table.ts";
import type { Entry } from "../../journal/types.ts";
import { type DecodeFault, faultWithin } from "../../wire/fault.ts";
import type { DecodeCounts } from "../counts.ts";
import type { SessionTable } from "../session_table.ts";
import { downRow, firstRow, messageTime, syntheticDownRow, upRow } from "./peer_rows.ts";
import type { PeerView } from "./peer_view.ts";
import {
  joinTexts,
  routerUpRow,
  sessionEndRow,
  statisticsRow,
  terminationRow,
} from "./router_rows.ts";
import type { ColdRow } from "./rows.ts";
import type { Session } from "./session.ts";

/** In a gap: what the keyframe has, sessions and their peers that are up. */
export type LivePeers = ReadonlyMap<Session, Set<string>>;

const NO_ROWS: readonly ColdRow[] = [];

export class MessageRows {
  readonly #counts: DecodeCounts;
  readonly #sessions: SessionTable<Session>;
  readonly #collectorHash: string;

  constructor(counts: DecodeCounts, sessions: SessionTable<Session>, collectorHash: string) {
    this.#counts = counts;
    this.#sessions = sessions;
    this.#collectorHash = collectorHash;
  }

  /** Rows of a message, before those of its routes; `live`: in a gap. */
  of(session: Session, entry: Entry, live: LivePeers | undefined): readonly ColdRow[] {
    if (!isReadable(entry)) {
      this.#counts.add("decode_errors", "per-peer-header", 1);
      return NO_ROWS;
    }
    const { bytes, view, start, end, receivedAtUs } = entry;
    const type = bytes[start + 5]!;
    const body = start + COMMON_HEADER_BYTES;
    switch (type) {
      case MessageType.initiation:
        return this.#initiationRows(session, bytes, view, body, end, receivedAtUs);
      case MessageType.termination: {
        if (!session.isKnown) return NO_ROWS;
        const termination = decodeTermination(bytes, view, body, end);
        this.#noteAll(termination.faults);
        return [terminationRow(session, termination, receivedAtUs)];
      }
      case MessageType.routeMonitoring:
      case MessageType.statisticsReport:
      case MessageType.peerDown:
      case MessageType.peerUp:
        // What flags and address of an unknown peer type mean is anybody's guess.
        if (bytes[body]! > PeerType.locRib) return NO_ROWS;
        break;
      default:
        return NO_ROWS;
    }
    const rows: ColdRow[] = [];
    if (!session.isKnown) rows.push(this.routerUpRow(session, "first", receivedAtUs));
    const us = messageTime(session, view, body, receivedAtUs);
    if (type === MessageType.peerUp) {
      rows.push(...this.#peerUpRows(session, live, bytes, view, body, end, us, receivedAtUs));
    } else if (type === MessageType.peerDown) {
      rows.push(...this.#peerDownRows(session, bytes, view, body, end, us));
    } else {
      const peerView = session.viewOf(bytes, view, body);
      const first = firstRow(session, peerView, us);
      if (first !== undefined) rows.push(first);
      if (type === MessageType.statisticsReport) {
        rows.push(...this.#statisticsRows(session, peerView, entry, us));
      }
    }
    return rows.length === 0 ? NO_ROWS : rows;
  }

  /** A name that changes the router's hash ends what was known by the other one. */
  #initiationRows(
    session: Session,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    atUs: number,
  ): readonly ColdRow[] {
    const { sysName, faults } = decodeInitiation(bytes, view, start, end);
    this.#noteAll(faults);
    const rows: ColdRow[] = [];
    if (sysName !== undefined && session.hashOf(sysName) !== session.hash) {
      const why = "Router has another name";
      this.addDowns(rows, session, session.peers.entries(), atUs, why);
      if (session.isKnown) {
        rows.push(sessionEndRow(session, { reason: "closed", detail: why }, atUs));
      }
    }
    takeInitiation(session, bytes, view, start, end);
    rows.push(this.routerUpRow(session, "init", atUs));
    return rows;
  }

  #peerUpRows(
    session: Session,
    live: LivePeers | undefined,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    us: number,
    receivedAtUs: number,
  ): readonly ColdRow[] {
    const rows: ColdRow[] = [];
    const id = peerId(bytes, header);
    const losers = [...this.#sessions.siblings(session).older];
    const isReplaced = live?.get(session)?.has(id) === false &&
      session.peers.get(id)?.isUp === true;
    if (isReplaced) losers.push(session);
    for (const loser of losers) {
      const peer = loser.peers.takeOver(id);
      if (peer === undefined) continue;
      const why = "The router has a newer session";
      this.addDowns(rows, loser, [[id, peer]], receivedAtUs, why);
      loser.views.clear();
    }
    live?.get(session)?.add(id);
    const up = this.#decode(bytes, view, header, end);
    if (up === undefined) return rows;
    learn(session, bytes, header, up);
    this.#counts.add("peer_events", "up", 1);
    const peerView = session.viewOf(bytes, view, header);
    rows.push(upRow(session, peerView, up, bytes, header + PEER_HEADER_BYTES, us));
    return rows;
  }

  /** Takes a Peer Up of a keyframe in, without rows. */
  takePeerUp(session: Session, entry: Entry): void {
    const { bytes, view, start, end, receivedAtUs } = entry;
    const header = start + COMMON_HEADER_BYTES;
    const id = peerId(bytes, header);
    for (const older of this.#sessions.siblings(session).older) older.peers.takeOver(id);
    const up = this.#decode(bytes, view, header, end);
    if (up === undefined) return;
    learn(session, bytes, header, up);
    const us = messageTime(session, view, header, receivedAtUs);
    session.viewOf(bytes, view, header).state.upTime(us);
  }

  #peerDownRows(
    session: Session,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    us: number,
  ): readonly ColdRow[] {
    try {
      const down = decodePeerDown(bytes, view, header + PEER_HEADER_BYTES, end);
      this.#noteAll(down.faults);
      const row = downRow(session, session.viewOf(bytes, view, header), down, us);
      this.#counts.add("peer_events", "down", 1);
      session.peers.remove(peerId(bytes, header));
      session.views.clear();
      return [row];
    } catch (error) {
      this.#note(faultWithin(error, "in Peer Down"));
      return NO_ROWS;
    }
  }

  #statisticsRows(
    session: Session,
    peerView: PeerView,
    { bytes, view, start, end }: Entry,
    us: number,
  ): readonly ColdRow[] {
    const body = start + COMMON_HEADER_BYTES + PEER_HEADER_BYTES;
    try {
      const { statistics, faults } = decodeStatistics(bytes, view, body, end, bytes[start]!);
      this.#noteAll(faults);
      return [statisticsRow(session, peerView, statistics, peerView.state.routeTime(us))];
    } catch (error) {
      this.#note(faultWithin(error, "in Statistics Report"));
      return NO_ROWS;
    }
  }

  /** Adds downs for peers that no router told of. */
  addDowns(
    rows: ColdRow[],
    session: Session,
    peers: Iterable<readonly [string, Peer]>,
    atUs: number,
    why: string,
  ): void {
    for (const [, peer] of peers) {
      const row = syntheticDownRow(session, peer, atUs, why);
      if (row === undefined) continue;
      rows.push(row);
      this.#counts.add("peer_events", "down_synthetic", 1);
    }
  }

  #decode(
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
  ): PeerUp | undefined {
    const start = header + PEER_HEADER_BYTES;
    try {
      const up = decodePeerUp(bytes, view, start, end, bytes[header]!, bytes[header + 1]!);
      this.#noteAll(up.faults);
      return up;
    } catch (error) {
      this.#note(faultWithin(error, "in Peer Up"));
      return undefined;
    }
  }

  /** Held until the rows about the collector are in: a late `started` takes routers down. */
  routerUpRow(session: Session, action: "init" | "first", atUs: number): ColdRow {
    return routerUpRow(session, action, atUs, { after: this.#collectorHash, delayMs: 0 });
  }

  #noteAll(faults: readonly DecodeFault[]): void {
    for (const fault of faults) this.#note(fault);
  }

  #note(fault: DecodeFault): void {
    this.#counts.add("decode_errors", fault.code, 1);
  }
}

/** Whether a message that should have a per-peer header has one. */
export function isReadable({ bytes, start, end }: Entry): boolean {
  return !hasPeerHeader(bytes[start + 5]!) ||
    end - start >= COMMON_HEADER_BYTES + PEER_HEADER_BYTES;
}

export function isRouteMonitoring({ bytes, start }: Entry): boolean {
  return bytes[start + 5] === MessageType.routeMonitoring &&
    bytes[start + COMMON_HEADER_BYTES]! <= PeerType.locRib;
}

export function takeInitiation(
  session: Session,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  const { sysName, sysDescr, strings } = decodeInitiation(bytes, view, start, end);
  if (sysName !== undefined && sysName !== session.name) session.setName(sysName);
  session.description = sysDescr ?? "";
  session.information = joinTexts(strings);
}

/** Enters a Peer Up into the session's peer table. */
function learn(session: Session, bytes: Uint8Array, header: number, up: PeerUp): void {
  session.peers.of(bytes, header)
    .up(bytes.subarray(header, header + PEER_HEADER_BYTES), peerUpFacts(up, bytes[header]!));
  session.views.clear();
}

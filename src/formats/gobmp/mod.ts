/**
 * The format that goBMP's consumers read: JSON objects on `gobmp.parsed.*`, and our own on `edgebmp.*`.
 *
 * One instance reads one journal from where its pipeline starts, and keeps what it needs of each session: its peers, what their
 * Peer Ups said, how their messages read.
 */
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  MessageType,
  PEER_HEADER_BYTES,
  PeerType,
} from "../../bmp/peer_header.ts";
import { peerId, Revision } from "../../bmp/peer_table.ts";
import { type Entry, EntryKind, type SessionEnd, type SessionInfo } from "../../journal/types.ts";
import { fault } from "../../wire/fault.ts";
import { DecodeCounts } from "../counts.ts";
import { type Checkpoint, ENTRY_DONE, type Formatter, type LostEntries } from "../formatter.ts";
import { LearnedCheckpoints, restoreLearned } from "../learned.ts";
import type { Output } from "../output.ts";
import { SessionTable } from "../session_table.ts";
import { DecodeErrors } from "./decode_error.ts";
import { GapUnderWay } from "./gap.ts";
import type { GobmpOptions } from "./options.ts";
import {
  takeInitiation,
  writeInitiation,
  writeMirror,
  writeSessionClosed,
  writeSessionOpened,
  writeTermination,
  writeUnknownMessage,
} from "./own.ts";
import { PeerFormatter } from "./peer.ts";
import { Records } from "./records.ts";
import { RouteMonitoringFormatter } from "./route_monitoring.ts";
import { Session } from "./session.ts";
import { StatisticsFormatter } from "./statistics.ts";

export { type GobmpOptions, ROUTER_IDENTITIES, type RouterIdentity } from "./options.ts";
export { TOPICS } from "./topics.ts";

const DECODER = new TextDecoder();

export class GobmpFormatter implements Formatter {
  readonly counts = new DecodeCounts();
  readonly #options: GobmpOptions;
  readonly #records: Records;
  readonly #errors = new DecodeErrors(this.counts);
  readonly #routes: RouteMonitoringFormatter;
  readonly #peers = new PeerFormatter(this.counts, this.#errors);
  readonly #statistics = new StatisticsFormatter(this.#errors);
  readonly #sessions = new SessionTable<Session>();
  #gap: GapUnderWay | undefined = undefined;
  readonly #learned = new Revision();
  readonly #checkpoints = new LearnedCheckpoints();

  constructor(options: GobmpOptions) {
    this.#options = options;
    this.#records = new Records(options.extraFields);
    this.#routes = new RouteMonitoringFormatter(options.splitAf, this.counts, this.#errors);
  }

  entry(entry: Entry, out: Output, part: number): number {
    if (out.full) return part;
    const session = entry.kind === EntryKind.open
      ? this.#open(entry)
      : this.#sessions.ofEntry(entry.session);
    const records = this.#records;
    session.lastAtUs = entry.receivedAtUs;
    if (entry.kind === EntryKind.open) this.#gap?.addSession(session);
    records.start(out, session, entry.sequence, entry.receivedAtUs, part);
    switch (entry.kind) {
      case EntryKind.open:
        writeSessionOpened(records);
        break;
      case EntryKind.frame:
        this.#writeMessage(session, entry);
        break;
      case EntryKind.close:
        this.#peers.writeAllDown(records, this.#sessions.siblings(session).newer);
        writeSessionClosed(records, readJson<SessionEnd>(entry));
        break;
    }
    if (records.isStopped) return records.part;
    if (entry.kind === EntryKind.close) this.#sessions.remove(entry.session);
    return ENTRY_DONE;
  }

  flush(): void {}

  take(entry: Entry): void {
    if (entry.kind === EntryKind.open) {
      const opened = this.#open(entry);
      this.#gap?.addSession(opened);
      return;
    }
    const session = this.#sessions.get(entry.session);
    if (session === undefined) return;
    session.lastAtUs = entry.receivedAtUs;
    const { bytes, view, end } = entry;
    const body = entry.start + COMMON_HEADER_BYTES;
    const type = bytes[entry.start + 5];
    if (type === MessageType.initiation) takeInitiation(session, bytes, view, body, end);
    if (type !== MessageType.peerUp) return;
    const id = peerId(bytes, body);
    this.#gap?.addPeer(session, id);
    // After a gap it is known already, and how its messages read.
    if (this.#gap !== undefined && session.peers.get(id)?.isUp) return;
    this.#peers.take(session, bytes, view, body, end, this.#sessions.siblings(session).older);
  }

  gap(): void {
    this.#gap = new GapUnderWay();
  }

  endKeyframe(lost: LostEntries, out: Output, part: number): number {
    const isWritten = this.#gap?.write(
      lost,
      this.#records,
      out,
      this.#peers,
      this.#sessions.all,
      (session) => this.#sessions.siblings(session).newer,
      (number) => this.#sessions.remove(number),
    );
    if (isWritten === false) return part + 1;
    this.#gap = undefined;
    return ENTRY_DONE;
  }

  checkpoint(): Checkpoint | undefined {
    return this.#checkpoints.write(this.#learned.value, this.#sessions.all);
  }

  restore(checkpoint: Uint8Array): void {
    restoreLearned(checkpoint, (session) => this.#sessions.get(session)?.peers);
    for (const session of this.#sessions.all.values()) session.views.clear();
  }

  #writeMessage(session: Session, entry: Entry): void {
    const { bytes, view, start, end } = entry;
    const records = this.#records;
    const type = bytes[start + 5]!;
    const version = bytes[start]!;
    const body = start + COMMON_HEADER_BYTES;
    if (hasPeerHeader(type) && end - body < PEER_HEADER_BYTES) {
      this.#errors.start(body);
      this.#errors.note(
        fault("per-peer-header", body, `${PEER_HEADER_BYTES} bytes of per-peer header`),
        "message-dropped",
      );
      this.#errors.write(records, bytes, end, undefined);
      return;
    }
    // What flags and address of an unknown peer type mean is anybody's guess.
    if (hasPeerHeader(type) && bytes[body]! > PeerType.locRib) {
      return writeUnknownMessage(records, bytes, start, end);
    }
    switch (type) {
      case MessageType.routeMonitoring:
        return this.#routes.write(records, bytes, view, body, end, version);
      case MessageType.statisticsReport:
        return this.#statistics.write(records, bytes, view, body, end, version);
      case MessageType.peerDown:
        return this.#peers.writeDown(records, bytes, view, body, end);
      case MessageType.peerUp:
        return this.#writePeerUp(records, session, bytes, view, body, end);
      case MessageType.initiation:
        return writeInitiation(records, this.#errors, bytes, view, body, end);
      case MessageType.termination:
        return writeTermination(records, this.#errors, bytes, view, body, end);
      case MessageType.routeMirroring:
        return writeMirror(records, this.#errors, bytes, view, body, end);
      default:
        return writeUnknownMessage(records, bytes, start, end);
    }
  }

  #writePeerUp(
    records: Records,
    session: Session,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
  ): void {
    const { older } = this.#sessions.siblings(session);
    const gap = this.#gap;
    const losers = gap?.hasReplaced(session, bytes, header) ? [...older, session] : older;
    this.#peers.writeUp(records, bytes, view, header, end, losers);
    if (!records.isStopped) gap?.addPeer(session, peerId(bytes, header));
  }

  #open(entry: Entry): Session {
    const known = this.#sessions.get(entry.session);
    if (known !== undefined) return known;
    const session = new Session(readJson<SessionInfo>(entry), this.#options, this.#learned);
    this.#sessions.add(entry.session, session);
    return session;
  }
}

/** Makes the format for one pipeline. */
export function createGobmpFormatter(options: GobmpOptions): GobmpFormatter {
  return new GobmpFormatter(options);
}

function readJson<T>(entry: Entry): T {
  return JSON.parse(DECODER.decode(entry.bytes.subarray(entry.start, entry.end))) as T;
}

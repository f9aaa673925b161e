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
import { type Entry, EntryKind, type SessionEnd, type SessionInfo } from "../../journal/types.ts";
import { fault } from "../../wire/fault.ts";
import { DecodeCounts } from "../counts.ts";
import { ENTRY_DONE, type Formatter } from "../formatter.ts";
import type { Output } from "../output.ts";
import { DecodeErrors } from "./decode_error.ts";
import type { GobmpOptions } from "./options.ts";
import {
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
  /** Open sessions by the journal's number. */
  readonly #sessions = new Map<number, Session>();
  /** Open sessions of one source address, in order of opening. */
  readonly #bySource = new Map<string, Set<Session>>();

  constructor(options: GobmpOptions) {
    this.#options = options;
    this.#records = new Records(options.extraFields);
    this.#routes = new RouteMonitoringFormatter(options.splitAf, this.counts, this.#errors);
  }

  entry(entry: Entry, out: Output, part: number): number {
    if (out.full) return part;
    const session = entry.kind === EntryKind.open
      ? this.#open(entry)
      : this.#sessions.get(entry.session);
    if (session === undefined) {
      throw new Error(`Cannot format an entry of session ${entry.session}: it was never opened`);
    }
    const records = this.#records;
    records.start(out, session, entry.sequence, entry.receivedAtUs, part);
    switch (entry.kind) {
      case EntryKind.open:
        writeSessionOpened(records);
        break;
      case EntryKind.frame:
        this.#writeMessage(session, entry);
        break;
      case EntryKind.close:
        this.#peers.writeAllDown(records, this.#siblings(session).newer);
        writeSessionClosed(records, readJson<SessionEnd>(entry));
        break;
    }
    if (records.isStopped) return records.part;
    if (entry.kind === EntryKind.close) this.#forget(entry.session, session);
    return ENTRY_DONE;
  }

  flush(): void {}

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
        return this.#peers.writeUp(records, bytes, view, body, end, this.#siblings(session).older);
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

  #open(entry: Entry): Session {
    const known = this.#sessions.get(entry.session);
    if (known !== undefined) return known;
    const session = new Session(readJson<SessionInfo>(entry), this.#options);
    this.#sessions.set(entry.session, session);
    const { source } = session.info;
    const ofSource = this.#bySource.get(source);
    if (ofSource === undefined) this.#bySource.set(source, new Set([session]));
    else ofSource.add(session);
    return session;
  }

  #forget(number: number, session: Session): void {
    this.#sessions.delete(number);
    const ofSource = this.#bySource.get(session.info.source);
    ofSource?.delete(session);
    if (ofSource?.size === 0) this.#bySource.delete(session.info.source);
  }

  /** Other open sessions of the same router (source, listener, sysName) that are not declared parallel, by their time of opening. */
  #siblings(session: Session): { older: Session[]; newer: Session[] } {
    const { source, listener, parallel } = session.info;
    const older: Session[] = [];
    const newer: Session[] = [];
    if (parallel) return { older, newer };
    let side = older;
    for (const other of this.#bySource.get(source) ?? []) {
      if (other === session) {
        side = newer;
        continue;
      }
      if (other.info.listener === listener && !other.info.parallel && other.name === session.name) {
        side.push(other);
      }
    }
    return { older, newer };
  }
}

/** Makes the format for one pipeline. */
export function createGobmpFormatter(options: GobmpOptions): GobmpFormatter {
  return new GobmpFormatter(options);
}

function readJson<T>(entry: Entry): T {
  return JSON.parse(DECODER.decode(entry.bytes.subarray(entry.start, entry.end))) as T;
}

/**
 * OpenBMP's parsed messages, schema 1.7: rows of columns with TABs between, by which OpenBMP's database consumer keeps its tables.
 *
 * The consumer puts texts into SQL as they are, loses a whole batch over one bad value, and reads kinds of rows in no certain order. So
 * every value is made to fit its column, times of a peer's rows rise, and a peer's down waits for its routes.
 *
 * End-of-RIB, mirrored messages, other statistics and families without columns have no row in this schema.
 */
import { COMMON_HEADER_BYTES, MessageType } from "../../bmp/peer_header.ts";
import { peerId, Revision } from "../../bmp/peer_table.ts";
import { type Entry, EntryKind, type SessionEnd, type SessionInfo } from "../../journal/types.ts";
import { md5Hex } from "../../wire/md5.ts";
import { utf8 } from "../../wire/writer.ts";
import { DecodeCounts } from "../counts.ts";
import {
  type Checkpoint,
  type CollectorEvent,
  ENTRY_DONE,
  type Formatter,
  type LostEntries,
} from "../formatter.ts";
import { LearnedCheckpoints, restoreLearned } from "../learned.ts";
import type { Output } from "../output.ts";
import { SessionTable } from "../session_table.ts";
import { isReadable, isRouteMonitoring, MessageRows, takeInitiation } from "./messages.ts";
import type { ParsedOptions } from "./options.ts";
import { viewOfPeer } from "./peer_rows.ts";
import { PeerStates } from "./peer_states.ts";
import { RouteMonitoringRows } from "./route_monitoring.ts";
import {
  type CollectorAction,
  type CollectorFacts,
  collectorRow,
  END_TEXTS,
  sessionEndRow,
} from "./router_rows.ts";
import { type ColdRow, newSequences, Rows } from "./rows.ts";
import { Session } from "./session.ts";
import { Topics } from "./topics.ts";

const DECODER = new TextDecoder();
const NO_ROWS: readonly ColdRow[] = [];

export class ParsedFormatter implements Formatter {
  readonly counts = new DecodeCounts();
  readonly #options: ParsedOptions;
  readonly #topics: Topics;
  readonly #collector: CollectorFacts;
  readonly #rows: Rows;
  readonly #routes: RouteMonitoringRows;
  readonly #messages: MessageRows;
  readonly #sessions = new SessionTable<Session>();
  readonly #states = new PeerStates();
  readonly #learned = new Revision();
  readonly #checkpoints = new LearnedCheckpoints();
  /** Whether the row is out that says that this collector has started. */
  #isStarted = false;
  /** Whether the routers that were there before are said to be up again after it. */
  #isRestated = false;
  /** Rare rows of the entry under way: made, with all changes of state, at the first call for it. */
  #cold: readonly ColdRow[] = NO_ROWS;
  /** In a gap: what the keyframe has, sessions and their peers that are up. */
  #live: Map<Session, Set<string>> | undefined = undefined;
  #ended: Ended[] | undefined = undefined;

  constructor(options: ParsedOptions) {
    this.#options = options;
    this.#topics = new Topics(options.topic);
    const hash = md5Hex(utf8(options.collector));
    this.#collector = {
      name: options.collector,
      hash,
      topic: this.#topics.of("collector"),
      sequences: newSequences(),
    };
    this.#rows = new Rows(hash);
    this.#messages = new MessageRows(this.counts, this.#sessions, hash);
    this.#routes = new RouteMonitoringRows(options, this.counts);
  }

  entry(entry: Entry, out: Output, part: number): number {
    if (out.full) return part;
    const session = entry.kind === EntryKind.open
      ? this.#open(entry)
      : this.#sessions.ofEntry(entry.session);
    const rows = this.#rows;
    session.lastAtUs = entry.receivedAtUs;
    if (part === 0) this.#cold = this.#prepare(session, entry);
    rows.start(out, session, entry.sequence, entry.receivedAtUs, part);
    for (const row of this.#cold) rows.writeCold(row);
    if (entry.kind === EntryKind.frame && isReadable(entry) && isRouteMonitoring(entry)) {
      const { bytes, view, start, end } = entry;
      this.#routes.write(rows, bytes, view, start + COMMON_HEADER_BYTES, end, bytes[start]!);
    }
    if (rows.isStopped) return rows.part;
    this.#cold = NO_ROWS;
    if (entry.kind === EntryKind.close) this.#sessions.remove(entry.session);
    return ENTRY_DONE;
  }

  flush(): void {}

  writeCollector(event: CollectorEvent, atUs: number, out: Output): void {
    if (event === "started") this.#isStarted = true;
    this.#rows.startAlone(out);
    this.#rows.writeCold(this.#collectorRow(event, atUs));
  }

  take(entry: Entry): void {
    if (entry.kind === EntryKind.open) {
      this.#addLive(this.#open(entry));
      return;
    }
    const session = this.#sessions.get(entry.session);
    if (session === undefined || entry.kind === EntryKind.close || !isReadable(entry)) return;
    session.lastAtUs = entry.receivedAtUs;
    const { bytes, view, start, end } = entry;
    const body = start + COMMON_HEADER_BYTES;
    if (bytes[start + 5] === MessageType.initiation) {
      takeInitiation(session, bytes, view, body, end);
      session.isKnown = true;
    }
    if (bytes[start + 5] !== MessageType.peerUp) return;
    const id = peerId(bytes, body);
    this.#live?.get(session)?.add(id);
    // After a gap it is known already, and how its messages read.
    if (this.#live !== undefined && session.peers.get(id)?.isUp) return;
    this.#messages.takePeerUp(session, entry);
  }

  gap(): void {
    this.#live = new Map();
  }

  endKeyframe(lost: LostEntries, out: Output, part: number): number {
    this.#ended ??= [...lost.sessions].flatMap(([number, { sequence }]) => {
      const session = this.#sessions.get(number);
      if (session === undefined) return [];
      return [{ session, sequence, rows: this.#rowsOfGap(number, session), part: 0 }];
    });
    const rows = this.#rows;
    for (let next = this.#ended[0]; next !== undefined; next = this.#ended[0]) {
      rows.start(out, next.session, next.sequence, next.session.lastAtUs, next.part);
      for (const row of next.rows) rows.writeCold(row);
      next.part = rows.part;
      if (rows.isStopped) return part + 1;
      this.#ended.shift();
    }
    this.#ended = undefined;
    this.#live = undefined;
    return ENTRY_DONE;
  }

  checkpoint(): Checkpoint | undefined {
    return this.#checkpoints.write(this.#learned.value, this.#sessions.all);
  }

  restore(checkpoint: Uint8Array): void {
    restoreLearned(checkpoint, (session) => this.#sessions.get(session)?.peers);
    for (const session of this.#sessions.all.values()) {
      session.views.clear();
      // The database has them: a "first" would delete their routes, which nobody sends again.
      for (const [, peer] of session.peers.entries()) {
        viewOfPeer(session, peer).state.isKnown = true;
      }
    }
  }

  #open(entry: Entry): Session {
    const known = this.#sessions.get(entry.session);
    if (known !== undefined) return known;
    const session = new Session(
      readJson<SessionInfo>(entry),
      this.#options,
      this.#collector.hash,
      this.#topics,
      this.#states,
      this.#learned,
    );
    this.#sessions.add(entry.session, session);
    return session;
  }

  #addLive(session: Session): void {
    if (this.#live?.has(session) === false) this.#live.set(session, new Set());
  }

  #prepare(session: Session, entry: Entry): readonly ColdRow[] {
    const starting = this.#isRestated ? NO_ROWS : this.#startingRows(session, entry.receivedAtUs);
    const own = this.#ownRows(session, entry);
    return starting.length === 0 ? own : [...starting, ...own];
  }

  /** The collector's start; it takes all its routers down in the database, so that those of a keyframe follow. */
  #startingRows(session: Session, atUs: number): readonly ColdRow[] {
    this.#isRestated = true;
    const others = [...this.#sessions.all.values()].filter((other) =>
      other !== session && other.isKnown
    );
    const started = this.#isStarted ? [] : [collectorRow(this.#collector, "started", [], atUs)];
    this.#isStarted = true;
    return [
      ...started,
      ...others.map((other) => this.#messages.routerUpRow(other, "init", atUs)),
    ];
  }

  #ownRows(session: Session, entry: Entry): readonly ColdRow[] {
    const { receivedAtUs } = entry;
    switch (entry.kind) {
      case EntryKind.open:
        this.#addLive(session);
        return [this.#collectorRow("change", receivedAtUs)];
      case EntryKind.close:
        return this.#closeRows(session, readJson<SessionEnd>(entry), receivedAtUs);
      case EntryKind.frame:
        return this.#messages.of(session, entry, this.#live);
    }
  }

  /** All peers of a session that has ended go down, but for those that a later session of the router has. */
  #closeRows(session: Session, end: SessionEnd, atUs: number): readonly ColdRow[] {
    const rows: ColdRow[] = [];
    const { newer } = this.#sessions.siblings(session);
    const peers = [...session.peers.entries()].filter(([id, peer]) =>
      !peer.isTakenOver && !newer.some((other) => other.peers.has(id))
    );
    this.#messages.addDowns(rows, session, peers, atUs, `BMP session: ${END_TEXTS[end.reason]}`);
    if (session.isKnown && newer.length === 0) rows.push(sessionEndRow(session, end, atUs));
    rows.push(this.#collectorRow("change", atUs, session));
    return rows;
  }

  #rowsOfGap(number: number, session: Session): readonly ColdRow[] {
    const { lastAtUs } = session;
    const live = this.#live?.get(session);
    if (live === undefined) {
      const end: SessionEnd = { reason: "closed", detail: "Session ended in a gap of the journal" };
      const rows = this.#closeRows(session, end, lastAtUs);
      this.#sessions.remove(number);
      return rows;
    }
    const rows: ColdRow[] = [];
    const ended = [...session.peers.entries()].filter(([id, peer]) =>
      peer.isUp && !live.has(id) && !peer.isTakenOver
    );
    this.#messages.addDowns(rows, session, ended, lastAtUs, "Peer ended in a gap of the journal");
    session.peers.removeEnded(live);
    session.views.clear();
    return rows;
  }

  #collectorRow(action: CollectorAction, atUs: number, without?: Session): ColdRow {
    const open = [...this.#sessions.all.values()].filter((session) => session !== without);
    const addresses = action === "started" || action === "stopped"
      ? []
      : open.map(({ address }) => address);
    return collectorRow(this.#collector, action, addresses, atUs);
  }
}

/** A session whose last rows are still to be written after a gap. */
interface Ended {
  readonly session: Session;
  readonly sequence: number;
  readonly rows: readonly ColdRow[];
  part: number;
}

function readJson<T>(entry: Entry): T {
  return JSON.parse(DECODER.decode(entry.bytes.subarray(entry.start, entry.end))) as T;
}

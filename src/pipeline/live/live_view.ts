/**
 * Sessions and peers as the pipelines see them in the journal: what is up, since when, what it has sent.
 *
 * Whichever pipeline decodes an entry first tells this view of it, see `DecodeShare`; so it is never behind the fastest one, and each
 * entry counts once. What a message adds is found by its per-peer header, and the format adds to it as it decodes.
 */
import type { DecodeTally } from "../../formats/counts.ts";
import { type Entry, EntryKind, type SessionEnd, type SessionInfo } from "../../journal/types.ts";
import type { Metrics } from "../../ops/metrics.ts";
import { LiveSession, type PeerCounts } from "./session.ts";

/** Peers of all sessions in the view, some 600 bytes each. */
const PEERS_MAX = 250_000;
/** Sessions that have ended and are remembered. */
const ENDED_MAX = 100;

const PEERS_HELP =
  "Peers of open sessions, by state: up, down, unknown (neither Peer Up nor Down was seen)";

const DECODER = new TextDecoder();

/** A session that has ended. */
export interface EndedSession {
  readonly info: SessionInfo;
  readonly name: string;
  readonly openedAtUs: number;
  readonly endedAtUs: number;
  readonly reason: string;
  readonly detail: string;
  readonly messages: number;
}

export class LiveView {
  readonly peers: PeerCounts = { up: 0, down: 0, unknown: 0, unlisted: 0 };
  /** Last first. */
  readonly ended: EndedSession[] = [];
  readonly #peersMax: number;
  readonly #byNumber = new Map<number, LiveSession>();
  readonly #byId = new Map<string, LiveSession>();
  #lastNumber = -1;
  #last: LiveSession | undefined = undefined;
  #sampledAtMs: number;

  constructor(nowMs: number, peersMax: number = PEERS_MAX) {
    this.#sampledAtMs = nowMs;
    this.#peersMax = peersMax;
  }

  /** By the id that is unique over restarts. */
  get sessions(): ReadonlyMap<string, LiveSession> {
    return this.#byId;
  }

  /** Takes an entry in, unless it was before; returns where what is decoded of it counts. */
  entry(entry: Entry, isFirst: boolean): DecodeTally | undefined {
    if (entry.kind === EntryKind.frame) {
      return this.#session(entry.session)?.message(entry, isFirst);
    }
    if (!isFirst) return undefined;
    if (entry.kind === EntryKind.open) this.#open(entry);
    else this.#close(entry);
    return undefined;
  }

  /** Takes in an entry of a keyframe. */
  take(entry: Entry): void {
    if (entry.kind === EntryKind.open) this.#open(entry);
    else if (entry.kind === EntryKind.frame) this.#session(entry.session)?.learn(entry);
  }

  /** Begins a gap: what the keyframe that follows does not have has ended. */
  gap(): void {
    for (const session of this.#byNumber.values()) session.startGap();
  }

  endGap(): void {
    for (const [number, session] of this.#byNumber) {
      if (session.isKept) session.endGap(session.lastAtUs);
      else this.#end(number, session, session.lastAtUs, { reason: "lost", detail: "" });
    }
  }

  updateGauges(metrics: Metrics): void {
    const peers = metrics.gauge("edgebmp_peers", PEERS_HELP);
    for (const state of ["up", "down", "unknown"] as const) {
      peers.with({ state }).set(this.peers[state]);
    }
    metrics.gauge("edgebmp_peers_limit", "Limit of edgebmp_peers").with().set(this.#peersMax);
    metrics.counter(
      "edgebmp_peers_unlisted_total",
      "Peer Ups beyond edgebmp_peers_limit: decoded and published, but not in the lists",
    )
      .with().set(this.peers.unlisted);
  }

  /** Takes a sample of the rates. */
  sample(nowMs: number): void {
    const seconds = Math.max(0.001, (nowMs - this.#sampledAtMs) / 1000);
    this.#sampledAtMs = nowMs;
    for (const session of this.#byNumber.values()) session.sample(seconds);
  }

  #session(number: number): LiveSession | undefined {
    if (number === this.#lastNumber) return this.#last;
    this.#lastNumber = number;
    return this.#last = this.#byNumber.get(number);
  }

  #open(entry: Entry): void {
    const known = this.#byNumber.get(entry.session);
    if (known !== undefined) {
      known.isKept = true;
      return;
    }
    const info = readJson<SessionInfo>(entry);
    const session = new LiveSession(info, entry.receivedAtUs, this.peers, this.#peersMax);
    this.#byNumber.set(entry.session, session);
    this.#byId.set(info.session, session);
    this.#lastNumber = -1;
  }

  #close(entry: Entry): void {
    const session = this.#byNumber.get(entry.session);
    if (session === undefined) return;
    this.#end(entry.session, session, entry.receivedAtUs, readJson<SessionEnd>(entry));
  }

  #end(
    number: number,
    session: LiveSession,
    endedAtUs: number,
    { reason, detail }: { readonly reason: string; readonly detail: string },
  ): void {
    const { info, name, openedAtUs, messages } = session;
    session.end();
    this.#byNumber.delete(number);
    this.#byId.delete(info.session);
    this.#lastNumber = -1;
    this.ended.unshift({ info, name, openedAtUs, endedAtUs, reason, detail, messages });
    if (this.ended.length > ENDED_MAX) this.ended.pop();
  }
}

function readJson<T>({ bytes, start, end }: Entry): T {
  return JSON.parse(DECODER.decode(bytes.subarray(start, end))) as T;
}

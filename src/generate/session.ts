/**
 * A router's BMP session with full Internet tables, as a stream of bytes: Initiation, Peer Ups, per view the table
 * and its End-of-RIBs, then churn, then (if asked) Peer Downs and Termination. Nothing in it is a real route.
 *
 * The same options give the same bytes everywhere. Memory does not grow with the table: tables are walked, not held, and
 * walked again for every view, so that all views of all peers carry the same prefixes.
 */
import { ByteWriter, utf8 } from "../wire/writer.ts";
import { beginLong, endLong } from "./attributes.ts";
import { patchLength16, patchLength32, put16, put32 } from "./bytes.ts";
import { type Table, tablesOf } from "./families.ts";
import { GENERATED_VIEWS, type GenerateOptions, type GenerateTotals } from "./options.ts";
import {
  AS_TRANS,
  LOCAL_AS,
  LOCAL_BGP_ID,
  makePeer,
  makeView,
  PEER_HEADER_TIME_OFFSET,
  type PeerView,
  putPeerAddress,
  sessionHeader,
} from "./peers.ts";
import { Random, subSeed } from "./random.ts";
import type { RouteWalk } from "./route_walk.ts";

/** A chunk is handed out when it has grown to this size. */
const CHUNK_BYTES = 256 * 1024;
/** Time of the first message, seconds since 1970: 2025-01-01. Fixed, because the same options have to give the same bytes. */
const START_SECONDS = 1735689600;
/** Messages come in this pace by their timestamps: 5,000 a second. */
const MESSAGE_INTERVAL_US = 200;

const BMP_VERSION = 3;
const MessageType = {
  routeMonitoring: 0,
  peerDown: 2,
  peerUp: 3,
  initiation: 4,
  termination: 5,
} as const;
const BGP_OPEN = 1;
const BGP_UPDATE = 2;
const MP_REACH_NLRI = 14;
const MP_UNREACH_NLRI = 15;
const MARKER = new Uint8Array(16).fill(0xff);
/** Share of the prefixes with a second path, with add-path. */
const SECOND_PATH_SHARE = 0.25;

/** Gives the session's bytes in chunks, each valid until the next is asked for; returns what it came to. */
export function* generateSession(options: GenerateOptions): Generator<Uint8Array, GenerateTotals> {
  const session = new SessionWriter();
  const { out } = session;
  const tables = options.families.flatMap((family) => tablesOf(family, options));
  const peers = Array.from({ length: options.peers }, (_, index) => makePeer(index, options));
  const views = peers.flatMap((peer) =>
    GENERATED_VIEWS
      .filter((name) => options.views.includes(name) && (name !== "loc-rib" || peer.index === 0))
      .map((name) => makeView(peer, name, options))
  );
  const announced = views.filter((view, i) =>
    view.name === "loc-rib" ||
    views.findIndex((other) => other.peer === view.peer && other.name !== "loc-rib") === i
  );

  session.initiation(options.seed);
  for (const view of announced) {
    session.peerUp(view, tables);
    if (out.pos >= CHUNK_BYTES) yield session.take();
  }
  for (const view of views) {
    for (const table of tables) {
      const walk = table.walk();
      const random = new Random(routeSeed(options, view, table));
      while (walk.next()) {
        session.announce(view, table, walk, random, 1);
        if (view.addPath && random.chance(SECOND_PATH_SHARE)) {
          session.announce(view, table, walk, random, 2);
        }
        if (out.pos >= CHUNK_BYTES) yield session.take();
      }
      session.endOfRib(view, table);
    }
  }
  if (options.withdraw > 0) {
    for (const view of views) {
      for (const table of tables) {
        const walk = table.walk();
        const random = new Random(~routeSeed(options, view, table));
        while (walk.next()) {
          if (!random.chance(options.withdraw)) continue;
          session.withdraw(view, table, walk);
          session.announce(view, table, walk, random, 1);
          if (out.pos >= CHUNK_BYTES) yield session.take();
        }
      }
    }
  }
  if (options.terminate) {
    for (const view of announced) session.peerDown(view);
    session.termination();
  }
  yield session.take();
  return session.totals;
}

/** Pre-policy, post-policy and Loc-RIB of a peer carry the same routes; peers and directions differ. */
function routeSeed(options: GenerateOptions, view: PeerView, table: Table): number {
  const direction = view.name === "adj-rib-out" ? 1 : 0;
  return subSeed(
    options.seed,
    16 + ((view.peer.index * 2 + direction) * 8 + table.slot) * 2 + (table.afi === 2 ? 2 : 1),
  );
}

/** Writes whole BMP messages and counts them. */
class SessionWriter {
  readonly out = new ByteWriter(CHUNK_BYTES + 16 * 1024);
  readonly totals: GenerateTotals = {
    bytes: 0,
    messages: 0,
    updates: 0,
    announced: 0,
    withdrawn: 0,
  };
  #messageStart = 0;
  #bgpStart = 0;

  /** The chunk written so far; the writer starts over. */
  take(): Uint8Array {
    const chunk = this.out.written();
    this.totals.bytes += chunk.length;
    this.out.reset();
    return chunk;
  }

  initiation(seed: number): void {
    this.#begin(MessageType.initiation);
    this.#informationTlv(1, `edgebmp generate, seed ${seed}`);
    this.#informationTlv(2, "synthetic-full-table");
    this.#end();
  }

  /** RFC 7854 section 4.10; the Loc-RIB's by RFC 9069 section 4.4, with its table name. */
  peerUp(view: PeerView, tables: readonly Table[]): void {
    const { out } = this;
    const { peer } = view;
    this.#begin(MessageType.peerUp, sessionHeader(view));
    if (view.name === "loc-rib") {
      out.raw(new Uint8Array(20));
      this.#open(LOCAL_AS, LOCAL_BGP_ID, view, tables);
      this.#open(LOCAL_AS, LOCAL_BGP_ID, view, tables);
      this.#informationTlv(3, "global");
    } else {
      putPeerAddress(out, peer.localAddress);
      put16(out, 179);
      put16(out, 32768 + peer.index % 32768);
      this.#open(LOCAL_AS, LOCAL_BGP_ID, view, tables);
      this.#open(peer.as, peer.bgpId, view, tables);
    }
    this.#end();
  }

  /** Announces the walk's group. */
  announce(view: PeerView, table: Table, walk: RouteWalk, random: Random, pathId: number): void {
    const { out } = this;
    this.#beginUpdate(view);
    put16(out, 0);
    const attributesStart = out.pos + 2;
    put16(out, 0);
    if (isLegacy(table)) {
      walk.putAttributes(out, random, view, undefined);
      patchLength16(out, attributesStart - 2, attributesStart);
      putNlri(out, view, walk, pathId);
    } else {
      walk.putAttributes(out, random, view, (nextHop) => {
        const start = beginLong(out, MP_REACH_NLRI);
        put16(out, table.afi);
        out.byte(table.safi);
        out.byte(nextHop.length);
        out.raw(nextHop);
        out.byte(0);
        putNlri(out, view, walk, pathId);
        endLong(out, start);
      });
      patchLength16(out, attributesStart - 2, attributesStart);
    }
    this.totals.announced += walk.count;
    this.#endUpdate();
  }

  /** Withdraws the walk's group. */
  withdraw(view: PeerView, table: Table, walk: RouteWalk): void {
    const { out } = this;
    this.#beginUpdate(view);
    const start = out.pos + 2;
    put16(out, 0);
    if (isLegacy(table)) {
      putNlri(out, view, walk, 1);
      patchLength16(out, start - 2, start);
      put16(out, 0);
    } else {
      this.#unreach(table, () => putNlri(out, view, walk, 1));
    }
    this.totals.withdrawn += walk.count;
    this.#endUpdate();
  }

  /** RFC 4724 section 2: an empty UPDATE for IPv4 unicast, an empty MP_UNREACH_NLRI for the others. */
  endOfRib(view: PeerView, table: Table): void {
    this.#beginUpdate(view);
    put16(this.out, 0);
    if (isLegacy(table)) put16(this.out, 0);
    else this.#unreach(table, () => {});
    this.#endUpdate();
  }

  /** Reason 4: the peer closed the session without a NOTIFICATION; for the Loc-RIB reason 6 (RFC 9069 section 4.4). */
  peerDown(view: PeerView): void {
    this.#begin(MessageType.peerDown, sessionHeader(view));
    if (view.name === "loc-rib") {
      this.out.byte(6);
      this.#informationTlv(3, "global");
    } else {
      this.out.byte(4);
    }
    this.#end();
  }

  /** Reason 0: administratively closed (RFC 7854 section 4.5). */
  termination(): void {
    this.#begin(MessageType.termination);
    put16(this.out, 1);
    put16(this.out, 2);
    put16(this.out, 0);
    this.#end();
  }

  #begin(type: number, header?: Uint8Array): void {
    const { out } = this;
    this.#messageStart = out.pos;
    out.byte(BMP_VERSION);
    put32(out, 0);
    out.byte(type);
    if (header === undefined) return;
    out.raw(header.subarray(0, PEER_HEADER_TIME_OFFSET));
    const sinceStartUs = this.totals.messages * MESSAGE_INTERVAL_US;
    put32(out, START_SECONDS + Math.floor(sinceStartUs / 1e6));
    put32(out, sinceStartUs % 1e6);
  }

  #end(): void {
    patchLength32(this.out, this.#messageStart + 1, this.#messageStart);
    this.totals.messages++;
  }

  #beginUpdate(view: PeerView): void {
    this.#begin(MessageType.routeMonitoring, view.header);
    this.#beginBgp(BGP_UPDATE);
  }

  #endUpdate(): void {
    this.#endBgp();
    this.#end();
    this.totals.updates++;
  }

  #beginBgp(type: number): void {
    this.#bgpStart = this.out.pos;
    this.out.raw(MARKER);
    put16(this.out, 0);
    this.out.byte(type);
  }

  #endBgp(): void {
    patchLength16(this.out, this.#bgpStart + MARKER.length, this.#bgpStart);
  }

  /** Writes path attributes that are one MP_UNREACH_NLRI, with their length. */
  #unreach(table: Table, putWithdrawn: () => void): void {
    const { out } = this;
    const attributesStart = out.pos + 2;
    put16(out, 0);
    const start = beginLong(out, MP_UNREACH_NLRI);
    put16(out, table.afi);
    out.byte(table.safi);
    putWithdrawn();
    endLong(out, start);
    patchLength16(out, attributesStart - 2, attributesStart);
  }

  #informationTlv(type: number, text: string): void {
    const value = utf8(text);
    put16(this.out, type);
    put16(this.out, value.length);
    this.out.raw(value);
  }

  /** An OPEN with the capabilities that the view's routes need (RFC 5492; 2 route refresh, 65 four-octet AS, 69 add-path). */
  #open(as: number, bgpId: number, view: PeerView, tables: readonly Table[]): void {
    const { out } = this;
    this.#beginBgp(BGP_OPEN);
    out.byte(4);
    put16(out, as > 0xffff ? AS_TRANS : as);
    put16(out, view.name === "loc-rib" ? 0 : 180);
    put32(out, bgpId);
    const optionalStart = out.pos + 1;
    out.raw(new Uint8Array([0, 2, 0]));
    for (const { afi, safi } of tables) {
      out.raw(new Uint8Array([1, 4, afi >> 8, afi & 255, 0, safi]));
    }
    out.raw(new Uint8Array([2, 0]));
    if (!view.twoOctetAs) {
      out.raw(new Uint8Array([65, 4]));
      put32(out, as);
    }
    if (view.addPath) {
      out.raw(new Uint8Array([69, 4 * tables.length]));
      for (const { afi, safi } of tables) out.raw(new Uint8Array([afi >> 8, afi & 255, safi, 3]));
    }
    out.bytes[optionalStart - 1] = out.pos - optionalStart;
    out.bytes[optionalStart + 1] = out.pos - optionalStart - 2;
    this.#endBgp();
  }
}

/** Whether the routes stand in the fields of RFC 4271. */
function isLegacy({ afi, safi }: Table): boolean {
  return afi === 1 && safi === 1;
}

/** Writes the NLRI of the walk's group, with path identifiers where the view has them. */
function putNlri(out: ByteWriter, view: PeerView, walk: RouteWalk, pathId: number): void {
  for (let i = 0; i < walk.count; i++) {
    if (view.addPath) put32(out, pathId);
    walk.putNlri(out, i);
  }
}

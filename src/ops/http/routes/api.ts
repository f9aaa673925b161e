/** `/api/v1`: what the collector knows of itself, its sessions, their peers, and its sinks; `docs/api.md` describes the members. */
import { HttpError, json } from "../answer.ts";
import { pageAsk, pageOf, wordOf } from "../api/paging.ts";
import {
  endedRow,
  isOfConcern,
  type KnownPeer,
  type KnownSession,
  peerRow,
  peerText,
  ratesOf,
  SESSION_CONCERNS,
  sessionRow,
  sessionText,
} from "../api/rows.ts";
import { sinkRow, upstreamRow } from "../api/sinks.ts";
import type { Route } from "../route.ts";
import { type HttpSource, SAMPLE_SECONDS } from "../source.ts";

const STATES = ["up", "down", "unknown"] as const;

const version: Route = {
  method: "GET",
  path: "/api/v1/version",
  access: "read",
  summary: "Version and runtime",
  answer: (_, { version, runtime }) => json({ version, runtime }),
};

const status: Route = {
  method: "GET",
  path: "/api/v1/status",
  access: "read",
  summary: "The collector as a whole",
  answer(_, source) {
    source.updateMetrics();
    const { metrics, sessions, live } = source;
    const reasons = source.unreadiness();
    return json({
      collector: source.collector,
      version: source.version,
      runtime: source.runtime,
      started_at: new Date(source.startedAtMs).toISOString(),
      now: new Date().toISOString(),
      ready: reasons.length === 0,
      ready_since: new Date(source.readySinceMs).toISOString(),
      reasons,
      sessions: {
        open: sessions.count,
        limit: metrics.total("edgebmp_sessions_limit"),
        waiting: metrics.total("edgebmp_sessions_waiting"),
        ended: live.ended.length,
      },
      peers: live.peers,
      received_messages: metrics.total("edgebmp_received_messages_total"),
      received_bytes: metrics.total("edgebmp_received_bytes_total"),
      routes_announced: metrics.total("edgebmp_routes_announced_total"),
      routes_withdrawn: metrics.total("edgebmp_routes_withdrawn_total"),
      decode_errors: metrics.total("edgebmp_decode_errors_total"),
      assumed_readings: metrics.total("edgebmp_assumed_readings_total"),
      rates: ratesOf(live.sessions.values(), SAMPLE_SECONDS),
      journal: {
        used_bytes: metrics.total("edgebmp_journal_used_bytes"),
        limit_bytes: metrics.total("edgebmp_journal_limit_bytes"),
        spool_bytes: metrics.total("edgebmp_spool_bytes"),
        spool_limit_bytes: metrics.total("edgebmp_spool_limit_bytes"),
      },
      process: {
        resident_memory_bytes: metrics.total("edgebmp_process_resident_memory_bytes"),
        cpu_seconds: metrics.total("edgebmp_process_cpu_seconds_total"),
        event_loop_delay_max_seconds: metrics.total("edgebmp_event_loop_delay_max_seconds"),
      },
      sinks: source.sinks().map((sink) => sinkRow(sink, metrics)),
    });
  },
};

const sessions: Route = {
  method: "GET",
  path: "/api/v1/sessions",
  access: "read",
  summary:
    "Open sessions; q= searches name, address, listener; only= peers-down, incomplete, errors or waiting; rates=true adds rates; offset= and limit= page",
  async answer({ query }, source) {
    const needle = (query.get("q") ?? "").toLowerCase();
    const only = wordOf(query, "only", SESSION_CONCERNS);
    const row = query.get("rates") === "true" ? sessionRowWithRates : sessionRow;
    const fits = (known: KnownSession) =>
      (only === undefined || isOfConcern(known, only)) &&
      (needle === "" || sessionText(known).includes(needle));
    return json(await pageOf(knownSessions(source), fits, row, pageAsk(query)));
  },
};

const endedSessions: Route = {
  method: "GET",
  path: "/api/v1/sessions/ended",
  access: "read",
  summary: "The last hundred sessions that have ended, the last one first",
  async answer({ query }, { live }) {
    return json(await pageOf(live.ended, () => true, endedRow, pageAsk(query)));
  },
};

const session: Route = {
  method: "GET",
  path: "/api/v1/sessions/:id",
  access: "read",
  summary: "One session, with the rates of the last ten minutes",
  answer({ words }, source) {
    return json(sessionRowWithRates(knownSession(source, words.id!)));
  },
};

const peers: Route = {
  method: "GET",
  path: "/api/v1/peers",
  access: "read",
  summary:
    "Peers; session= of one session, state= up, down or unknown, q= searches address, AS, router; offset= and limit= page",
  async answer({ query }, source) {
    const id = query.get("session");
    const state = wordOf(query, "state", STATES);
    const needle = (query.get("q") ?? "").toLowerCase();
    const fits = (known: KnownPeer) =>
      (state === undefined || known.peer.state === state) &&
      (needle === "" || peerText(known).includes(needle));
    return json(await pageOf(knownPeers(source, id), fits, peerRow, pageAsk(query)));
  },
};

const sinks: Route = {
  method: "GET",
  path: "/api/v1/sinks",
  access: "read",
  summary: "Sinks: what they wait for, how far they are behind",
  answer(_, source) {
    source.updateMetrics();
    return json({ items: source.sinks().map((sink) => sinkRow(sink, source.metrics)) });
  },
};

const upstreams: Route = {
  method: "GET",
  path: "/api/v1/upstreams",
  access: "read",
  summary: "Upstreams: what they wait for, how far they are behind",
  answer(_, source) {
    source.updateMetrics();
    const { metrics } = source;
    return json({ items: source.upstreams().map((upstream) => upstreamRow(upstream, metrics)) });
  },
};

function sessionRowWithRates(known: KnownSession): Record<string, unknown> {
  const rates = ratesOf(known.live === undefined ? [] : [known.live], SAMPLE_SECONDS);
  return { ...sessionRow(known), rates };
}

function* knownSessions({ sessions, live }: HttpSource): Iterable<KnownSession> {
  for (const session of sessions) {
    yield { session, live: live.sessions.get(session.info.session) };
  }
}

/** @throws {HttpError} */
function knownSession(source: HttpSource, id: string): KnownSession {
  for (const known of knownSessions(source)) if (known.session.info.session === id) return known;
  throw new HttpError(404, `Cannot find session "${id}"`);
}

/** @param id of one session, null: of all */
export function* knownPeers({ live }: HttpSource, id: string | null): Iterable<KnownPeer> {
  const one = id === null ? undefined : live.sessions.get(id);
  const all = id === null ? live.sessions.values() : one === undefined ? [] : [one];
  for (const session of all) for (const peer of session.peers.values()) yield { peer, session };
}

export const API_ROUTES: readonly Route[] = [
  version,
  status,
  sessions,
  // Before the one for any id.
  endedSessions,
  session,
  peers,
  sinks,
  upstreams,
];

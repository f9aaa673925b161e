/** `/metrics/peers`: series of each peer, apart from the others, as they are many. */
import { setTimeout } from "node:timers";
import type { ServerResponse } from "node:http";
import { PeerHeader } from "../../../bmp/peer_header.ts";
import { addressOf, distinguisherOf, type KnownPeer, VIEW_NAMES } from "../api/rows.ts";
import { EXPOSITION_TYPE, labelText } from "../exposition.ts";
import type { FamilyTally } from "../../../pipeline/live/tally.ts";
import type { Labels } from "../../metrics.ts";
import type { Route } from "../route.ts";
import type { HttpSource } from "../source.ts";
import { knownPeers } from "./api.ts";

/** Peers in one answer; about 1 KiB each. */
const PEERS_MAX = 20_000;
/** The event loop turns after so many. */
const TURN_PEERS = 100;

/** Declared here alone: the numbers are in the live view, not in the registry. */
const METRICS = {
  up: { name: "edgebmp_peer_up", type: "gauge", help: "Whether the peer is up: 1, or 0" },
  since: {
    name: "edgebmp_peer_state_since_timestamp_seconds",
    type: "gauge",
    help: "Since when the peer is up or down, in seconds since 1970",
  },
  messages: {
    name: "edgebmp_peer_messages_total",
    type: "counter",
    help: "Route Monitoring messages of the peer since it came up, by RIB view",
  },
  announced: {
    name: "edgebmp_peer_routes_announced_total",
    type: "counter",
    help: "Routes announced by the peer since it came up, by RIB view and address family",
  },
  withdrawn: {
    name: "edgebmp_peer_routes_withdrawn_total",
    type: "counter",
    help: "Routes withdrawn by the peer since it came up, by RIB view and address family",
  },
  endOfRib: {
    name: "edgebmp_peer_end_of_rib",
    type: "gauge",
    help:
      "Whether End-of-RIB has come since the peer came up: 1, or 0; by RIB view and address family",
  },
  errors: {
    name: "edgebmp_peer_decode_errors_total",
    type: "counter",
    help: "Malformed contents of the peer's messages since it came up, by RIB view",
  },
} as const;
type PeerMetric = keyof typeof METRICS;

const peerMetrics: Route = {
  method: "GET",
  path: "/metrics/peers",
  access: "scrape",
  summary: `Metrics of each peer, ${PEERS_MAX} at most; session= of one session`,
  answer: ({ query }, source) => ({
    type: EXPOSITION_TYPE,
    start: (response) => {
      // What goes wrong shows as an answer without end.
      write(response, source, query.get("session")).catch(() => response.destroy());
    },
  }),
};

export const PEER_METRICS_ROUTES: readonly Route[] = [peerMetrics];

/** One metric after the other, as the format wants it: never all of it in memory, nor in one turn of the event loop. */
async function write(
  response: ServerResponse,
  source: HttpSource,
  session: string | null,
): Promise<void> {
  for (const metric of Object.keys(METRICS) as PeerMetric[]) {
    const { name, type, help } = METRICS[metric];
    let text = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    let count = 0;
    for (const known of knownPeers(source, session)) {
      if (++count > PEERS_MAX) break;
      for (const [labels, value] of seriesOf(metric, known)) {
        text += `${name}${labelText(labels)} ${value}\n`;
      }
      if (count % TURN_PEERS !== 0) continue;
      await send(response, text);
      text = "";
    }
    if (count > PEERS_MAX) text += `# More than ${PEERS_MAX} peers: the others are left out\n`;
    await send(response, text);
  }
  response.end();
}

/** @throws when the client is gone */
async function send(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) throw new Error("Cannot send: the connection is closed");
  // By a timer: Deno looks at its sockets only in every 61st turn that ends by `setImmediate`.
  if (response.write(text)) return await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise<void>((resolve) => {
    const go = () => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.on("drain", go);
    response.on("close", go);
  });
}

function* seriesOf(
  metric: PeerMetric,
  { peer, session }: KnownPeer,
): Iterable<readonly [Labels, number]> {
  const { header } = peer;
  const labels = {
    session: session.info.session,
    router: session.info.source,
    peer: addressOf(header),
    distinguisher: distinguisherOf(header),
    type: String(header[PeerHeader.type]),
  };
  if (metric === "up") yield [labels, peer.state === "up" ? 1 : 0];
  if (metric === "since") yield [labels, peer.sinceUs / 1e6];
  if (metric === "up" || metric === "since") return;
  for (const tally of peer.tallies) {
    const ofView = { ...labels, view: VIEW_NAMES[tally.view]! };
    if (metric === "messages") yield [ofView, tally.messages];
    else if (metric === "errors") yield [ofView, tally.faults?.count ?? 0];
    else {
      for (const family of tally.families) {
        yield [{ ...ofView, family: family.name }, ofFamily(metric, family)];
      }
    }
  }
}

function ofFamily(
  metric: "announced" | "withdrawn" | "endOfRib",
  { announced, withdrawn, endOfRibAtUs }: FamilyTally,
): number {
  if (metric === "endOfRib") return endOfRibAtUs === 0 ? 0 : 1;
  return metric === "announced" ? announced : withdrawn;
}

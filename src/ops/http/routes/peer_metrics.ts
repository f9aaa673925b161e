/** `/metrics/peers`: series of each peer, apart from the others, as they are many. */
import { setImmediate } from "node:timers";
import { PeerHeader } from "../../../bmp/peer_header.ts";
import { addressOf, distinguisherOf, type KnownPeer, VIEW_NAMES } from "../api/rows.ts";
import { EXPOSITION_TYPE, labelText } from "../exposition.ts";
import type { Route } from "../route.ts";
import { knownPeers } from "./api.ts";

/** Peers in one answer; about 1 KiB each. */
const PEERS_MAX = 20_000;
/** The event loop turns after so many. */
const TURN_PEERS = 500;

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
  async answer({ query }, source) {
    const lines = new Map<PeerMetric, string[]>();
    for (const metric of Object.keys(METRICS) as PeerMetric[]) lines.set(metric, []);
    let count = 0;
    for (const known of knownPeers(source, query.get("session"))) {
      if (++count > PEERS_MAX) break;
      addPeer(known, (metric, labels, value) => {
        lines.get(metric)!.push(`${METRICS[metric].name}${labels} ${value}\n`);
      });
      if (count % TURN_PEERS === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    let body = "";
    for (const [metric, series] of lines) {
      const { name, type, help } = METRICS[metric];
      body += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${series.join("")}`;
    }
    if (count > PEERS_MAX) body += `# More than ${PEERS_MAX} peers: the others are left out\n`;
    return { status: 200, type: EXPOSITION_TYPE, body };
  },
};

export const PEER_METRICS_ROUTES: readonly Route[] = [peerMetrics];

function addPeer(
  known: KnownPeer,
  add: (metric: PeerMetric, labels: string, value: number) => void,
): void {
  const { peer, session } = known;
  const { header, state, sinceUs, tallies } = peer;
  const labels = {
    session: session.info.session,
    router: session.info.source,
    peer: addressOf(peer),
    distinguisher: distinguisherOf(peer),
    type: String(header[PeerHeader.type]),
  };
  const own = labelText(labels);
  add("up", own, state === "up" ? 1 : 0);
  add("since", own, sinceUs / 1e6);
  for (const tally of tallies) {
    const view = VIEW_NAMES[tally.view]!;
    const ofView = labelText({ ...labels, view });
    add("messages", ofView, tally.messages);
    add("errors", ofView, tally.faults?.count ?? 0);
    for (const { name, announced, withdrawn, endOfRibAtUs } of tally.families) {
      const ofFamily = labelText({ ...labels, view, family: name });
      add("announced", ofFamily, announced);
      add("withdrawn", ofFamily, withdrawn);
      add("endOfRib", ofFamily, endOfRibAtUs === 0 ? 0 : 1);
    }
  }
}

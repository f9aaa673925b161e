/** Sessions and peers as the API shows them. Texts of routers go in as they are: they leave as JSON. */
import { isIpv6Peer, PeerHeader } from "../../../bmp/peer_header.ts";
import type { EndedSession } from "../../../pipeline/live/live_view.ts";
import type { LivePeer } from "../../../pipeline/live/peer.ts";
import { type LiveSession, SAMPLES } from "../../../pipeline/live/session.ts";
import type { Faults, Tally } from "../../../pipeline/live/tally.ts";
import type { Session } from "../../../sessions/session.ts";
import { ipv4Text, ipv6Text, routeDistinguisherText } from "../../../wire/strings.ts";

/** By number of the RIB view. */
export const VIEW_NAMES = [
  "adj-rib-in-pre",
  "adj-rib-in-post",
  "adj-rib-out-pre",
  "adj-rib-out-post",
  "loc-rib",
];
/** By peer type. */
const TYPE_NAMES = ["global", "rd", "local", "loc-rib"];

/** A session that is open, and what the live view knows of it; undefined: nothing yet. */
export interface KnownSession {
  readonly session: Session;
  readonly live: LiveSession | undefined;
}

/** A peer and whose it is. */
export interface KnownPeer {
  readonly peer: LivePeer;
  readonly session: LiveSession;
}

/** ISO 8601 of microseconds since 1970; null for 0. */
export function timeText(us: number): string | null {
  return us === 0 ? null : new Date(us / 1000).toISOString();
}

/** What a search for sessions that want attention can ask for. */
export const SESSION_CONCERNS = ["peers-down", "incomplete", "errors", "waiting"] as const;

export function isOfConcern(
  { session, live }: KnownSession,
  concern: typeof SESSION_CONCERNS[number],
): boolean {
  switch (concern) {
    case "peers-down":
      return countsOf(live).peers.down > 0;
    case "incomplete":
      return countsOf(live).dumps.incomplete > 0;
    case "errors":
      return live !== undefined && live.faults.count > 0;
    case "waiting":
      return session.isWaiting;
  }
}

/** Peers by state, and of the families of all their RIB views how many have had End-of-RIB. */
function countsOf(live: LiveSession | undefined) {
  const peers = { up: 0, down: 0, unknown: 0 };
  const dumps = { complete: 0, incomplete: 0 };
  for (const peer of live?.peers.values() ?? []) {
    peers[peer.state]++;
    for (const tally of peer.tallies) {
      for (const { endOfRibAtUs } of tally.families) {
        dumps[endOfRibAtUs === 0 ? "incomplete" : "complete"]++;
      }
    }
  }
  return { peers, dumps };
}

export function sessionRow({ session, live }: KnownSession): Record<string, unknown> {
  const { info, openedAtUs, messages, bytes, isWaiting, tls } = session;
  return {
    id: info.session,
    source: info.source,
    source_port: info.source_port,
    listener: info.listener,
    tls_subject: tls?.subject ?? null,
    name: live?.name ?? "",
    description: live?.description ?? "",
    state: isWaiting ? "waiting" : "open",
    opened_at: timeText(openedAtUs),
    last_message_at: timeText(live?.lastAtUs ?? 0),
    messages,
    bytes,
    routes: live?.routes ?? 0,
    messages_per_second: rounded(live?.messageRates.at(-1) ?? 0),
    routes_per_second: rounded(live?.routeRates.at(-1) ?? 0),
    ...countsOf(live),
    errors: live?.faults.count ?? 0,
    last_error: errorOf(live?.faults),
  };
}

/** The rates of the last ten minutes, oldest first. */
export function ratesOf(
  sessions: Iterable<LiveSession>,
  interval: number,
): Record<string, unknown> {
  const messages = new Array<number>(SAMPLES).fill(0);
  const routes = new Array<number>(SAMPLES).fill(0);
  for (const { messageRates, routeRates } of sessions) {
    for (let i = 0; i < SAMPLES; i++) {
      messages[i]! += messageRates[i]!;
      routes[i]! += routeRates[i]!;
    }
  }
  return {
    interval_seconds: interval,
    messages_per_second: messages.map(rounded),
    routes_per_second: routes.map(rounded),
  };
}

export function endedRow(ended: EndedSession): Record<string, unknown> {
  const { info, name, openedAtUs, endedAtUs, reason, detail, messages } = ended;
  return {
    id: info.session,
    source: info.source,
    source_port: info.source_port,
    listener: info.listener,
    name,
    opened_at: timeText(openedAtUs),
    ended_at: timeText(endedAtUs),
    reason,
    detail,
    messages,
  };
}

export function peerRow({ peer, session }: KnownPeer): Record<string, unknown> {
  const { header, state, sinceUs, tableName, downReason, tallies } = peer;
  return {
    session: session.info.session,
    router: session.info.source,
    router_name: session.name,
    type: TYPE_NAMES[header[PeerHeader.type]!] ?? "unknown",
    address: addressOf(header),
    as: asOf(header),
    bgp_id: ipv4Text(header, PeerHeader.bgpId),
    distinguisher: distinguisherOf(header),
    table_name: tableName,
    state,
    since: timeText(sinceUs),
    down_reason: downReason,
    views: tallies.toSorted((a, b) => a.view - b.view).map(viewRow),
  };
}

function viewRow(tally: Tally): Record<string, unknown> {
  return {
    view: VIEW_NAMES[tally.view],
    messages: tally.messages,
    messages_per_second: rounded(tally.rate),
    last_message_at: timeText(tally.atUs),
    families: tally.families.map(({ name, announced, withdrawn, endOfRibAtUs }) => ({
      family: name,
      announced,
      withdrawn,
      end_of_rib_at: timeText(endOfRibAtUs),
    })),
    errors: tally.faults?.count ?? 0,
    last_error: errorOf(tally.faults),
  };
}

/** What a search looks at, lower case. */
export function sessionText({ session: { info }, live }: KnownSession): string {
  return `${info.session} ${info.source} ${info.listener} ${live?.name ?? ""} ${
    live?.description ?? ""
  }`
    .toLowerCase();
}

export function peerText({ peer, session }: KnownPeer): string {
  const { header } = peer;
  return `${addressOf(header)} as${asOf(header)} ${ipv4Text(header, PeerHeader.bgpId)} ${
    distinguisherOf(header)
  } ${peer.tableName} ${session.info.source} ${session.name}`.toLowerCase();
}

/** The address in a per-peer header. Empty for a Loc-RIB, which has none. */
export function addressOf(header: Uint8Array): string {
  const type = header[PeerHeader.type]!;
  if (TYPE_NAMES[type] === "loc-rib") return "";
  return isIpv6Peer(type, header[PeerHeader.flags]!)
    ? ipv6Text(header, PeerHeader.address)
    : ipv4Text(header, PeerHeader.address + 12);
}

function asOf(header: Uint8Array<ArrayBuffer>): number {
  return new DataView(header.buffer).getUint32(PeerHeader.as);
}

/** The distinguisher in a per-peer header. Empty where there is none. */
export function distinguisherOf(header: Uint8Array): string {
  const isNone = header.subarray(PeerHeader.distinguisher, PeerHeader.address)
    .every((byte) => byte === 0);
  return isNone ? "" : routeDistinguisherText(header, PeerHeader.distinguisher);
}

function errorOf(faults: Faults | undefined): { code: string; at: string | null } | null {
  if (faults === undefined || faults.count === 0) return null;
  return { code: faults.code, at: timeText(faults.atUs) };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

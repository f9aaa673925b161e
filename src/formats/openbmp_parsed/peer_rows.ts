/** peer rows: up, down, and the first that is heard of a peer whose Peer Up was not seen. */
import type { Notification } from "../../bgp/notification.ts";
import type { PeerDown } from "../../bmp/messages/peer_down.ts";
import { PeerDownReason } from "../../bmp/messages/peer_down.ts";
import type { PeerUp } from "../../bmp/messages/peer_up.ts";
import { PeerHeader, PeerType } from "../../bmp/peer_header.ts";
import type { Peer } from "../../bmp/peer_table.ts";
import { capabilitiesText } from "./capabilities.ts";
import { PeerView } from "./peer_view.ts";
import { joinTexts } from "./router_rows.ts";
import type { ColdRow } from "./rows.ts";
import type { Session } from "./session.ts";
import { cleanText, inet6Text, sqlTime } from "./text.ts";
import { ipv4Text } from "../../wire/strings.ts";

/** Characters of the database's columns. */
const TEXT_MAX = 255;
/** The database has 16 bits with a sign for it; BGP has 16 without one. */
const HOLD_SECONDS_MAX = 32767;
/** From when on the time in a per-peer header is one: 2000-01-01. */
const EPOCH_SECONDS = 946_684_800;
const NO_UP = new Array<string>(10).fill("");
const NO_DOWN = new Array<string>(4).fill("");

/** The time of a message: that of its per-peer header, or of its receipt where the header has none. */
export function messageTime(
  session: Session,
  view: DataView,
  header: number,
  receivedAtUs: number,
): number {
  const seconds = view.getUint32(header + PeerHeader.seconds);
  if (session.options.times === "collector" || seconds < EPOCH_SECONDS) return receivedAtUs;
  return seconds * 1_000_000 + view.getUint32(header + PeerHeader.microseconds) % 1_000_000;
}

/** A Peer Up, whose body is at `body`. */
export function upRow(
  session: Session,
  view: PeerView,
  up: PeerUp,
  bytes: Uint8Array,
  body: number,
  atUs: number,
): ColdRow {
  const sent = up.sent?.open;
  const received = up.received?.open;
  const localAddress = up.localAddressIsIpv4 && view.type !== PeerType.locRib
    ? ipv4Text(bytes, body + 12)
    : inet6Text(bytes, body);
  return peerRow(session, view, "up", view.state.upTime(atUs), [
    up.remotePort,
    sent?.asn ?? 0,
    localAddress,
    up.localPort,
    sent?.bgpIdentifier ?? "0.0.0.0",
    joinTexts(up.strings),
    capabilitiesText(sent?.capabilities),
    capabilitiesText(received?.capabilities),
    Math.min(received?.holdTimeSeconds ?? 0, HOLD_SECONDS_MAX),
    Math.min(sent?.holdTimeSeconds ?? 0, HOLD_SECONDS_MAX),
    ...NO_DOWN,
  ], up.tableName);
}

/** What is heard of a peer whose Peer Up was not seen; undefined: it is known. */
export function firstRow(session: Session, view: PeerView, atUs: number): ColdRow | undefined {
  if (view.state.isKnown) return undefined;
  const columns = [...NO_UP, ...NO_DOWN];
  return peerRow(
    session,
    view,
    "first",
    view.state.upTime(atUs),
    columns,
    view.peer.tableName,
  );
}

/** A Peer Down as the router sent it. */
export function downRow(session: Session, view: PeerView, down: PeerDown, atUs: number): ColdRow {
  return peerRow(session, view, "down", view.state.downTime(atUs), [
    ...NO_UP,
    down.reason,
    down.notification?.code ?? 0,
    down.notification?.subcode ?? 0,
    cleanText(downText(session, view, down), TEXT_MAX),
  ]);
}

/** The end of a peer that no router told of; undefined: the database does not have it as up. */
export function syntheticDownRow(
  session: Session,
  peer: Peer,
  atUs: number,
  why: string,
): ColdRow | undefined {
  const view = viewOfPeer(session, peer);
  if (!view.state.isKnown) return undefined;
  return peerRow(session, view, "down", view.state.downTime(atUs), [
    ...NO_UP,
    PeerDownReason.remoteNoData,
    0,
    0,
    cleanText(why, TEXT_MAX),
  ]);
}

/** @param columns 12 to 25 */
function peerRow(
  session: Session,
  view: PeerView,
  action: string,
  atUs: number,
  columns: readonly (string | number)[],
  tableName = "",
): ColdRow {
  const row = {
    type: "peer",
    topic: view.topic("peer"),
    key: view.hash,
    action,
    sequences: session.sequences,
    columns: [
      view.hash,
      session.hash,
      "",
      view.bgpId,
      session.address,
      sqlTime(atUs),
      view.as,
      view.address,
      view.distinguisher,
      ...columns,
      view.type === PeerType.routeDistinguisher ? 1 : 0,
      view.isPrePolicy ? 1 : 0,
      view.isIpv4 ? 1 : 0,
      view.type === PeerType.locRib ? 1 : 0,
      view.isFiltered ? 1 : 0,
      cleanText(tableName, TEXT_MAX),
    ],
  } as const;
  if (action !== "down") return row;
  // The consumer writes peers at once and routes later: a down that came before them would leave them in the database.
  return { ...row, hold: { after: view.hash, delayMs: session.options.downDelayMs } };
}

function downText(session: Session, view: PeerView, down: PeerDown): string {
  if (down.reason === PeerDownReason.localFsmEvent) {
    return `Local (${session.address}) closed peer (${view.address}) session: fsm_event=${
      down.fsmEvent ?? 0
    }, No BGP notify message.`;
  }
  return down.notification === undefined ? "" : notificationText(down.notification);
}

/** The narrowest name of a NOTIFICATION, what the operator wrote (RFC 9003), and what a Hard Reset encloses (RFC 8538). */
function notificationText(notification: Notification): string {
  const { code, codeName, subcodeName, shutdownText, enclosed } = notification;
  const words = [subcodeName ?? codeName ?? `error code ${code}`];
  if (shutdownText !== undefined) words.push(shutdownText);
  if (enclosed !== undefined) words.push(notificationText(enclosed));
  return words.join(": ");
}

/** The view of a peer by the header that made it known. */
export function viewOfPeer(session: Session, peer: Peer): PeerView {
  const bytes = peer.header;
  const view = new DataView(bytes.buffer);
  return new PeerView(session, peer, bytes, view, 0);
}

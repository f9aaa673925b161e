/** router and collector rows, and bmp_stat. */
import type { Statistic } from "../../bmp/messages/statistics.ts";
import type { Termination } from "../../bmp/messages/termination.ts";
import type { SessionEnd } from "../../journal/types.ts";
import type { Hold, Topic } from "../output.ts";
import type { PeerView } from "./peer_view.ts";
import type { ColdRow, RowSequences } from "./rows.ts";
import type { Session } from "./session.ts";
import { cleanText, joinWithin, sqlTime } from "./text.ts";

/** Characters of the database's columns. */
const NAME_MAX = 200;
const TEXT_MAX = 255;
const ADMIN_ID_MAX = 64;
const ROUTERS_MAX = 4096;
const DATA_MAX = 4096;
/** Codes of the collectors in C++ for ends that no Termination tells of. */
const TERM_CLOSED = 65533;
const TERM_ERROR = 65534;
/** Largest number that a column takes. */
const COUNTER_MAX = 2n ** 63n - 1n;
const STATISTICS = 9;

/** The router as its Initiation, or the first message without one, makes it known. */
export function routerUpRow(
  session: Session,
  action: "init" | "first",
  atUs: number,
  hold: Hold,
): ColdRow {
  session.isKnown = true;
  return { ...routerRow(session, action, 0, "", session.information, "", atUs), hold };
}

export function terminationRow(session: Session, termination: Termination, atUs: number): ColdRow {
  session.isKnown = false;
  const { reason = TERM_ERROR, reasonName = `reason ${reason}`, strings } = termination;
  return routerRow(session, "term", reason, reasonName, "", joinTexts(strings), atUs);
}

export function sessionEndRow(session: Session, end: SessionEnd, atUs: number): ColdRow {
  session.isKnown = false;
  const code = end.reason === "closed" ? TERM_CLOSED : TERM_ERROR;
  const text = end.detail === "" ? END_TEXTS[end.reason] : end.detail;
  return routerRow(session, "term", code, text, "", "", atUs);
}

/** Why a session ended, as rows say it. */
export const END_TEXTS: Readonly<Record<SessionEnd["reason"], string>> = {
  closed: "Connection closed",
  error: "Connection lost",
  frame: "Not BMP",
  limit: "Limit of the collector",
  denied: "Not on the collector's lists",
  stop: "Collector stopped",
  reset: "Collector wants everything again",
  crash: "Collector ended unexpectedly",
};

export function joinTexts(texts: readonly string[]): string {
  return cleanText(texts.join(", "), DATA_MAX);
}

function routerRow(
  session: Session,
  action: string,
  code: number,
  text: string,
  initData: string,
  termData: string,
  atUs: number,
): ColdRow {
  return {
    type: "router",
    topic: session.topics.of("router", { routerGroup: session.group }),
    key: session.hash,
    action,
    sequences: session.sequences,
    columns: [
      cleanText(session.name, NAME_MAX),
      session.hash,
      session.address,
      action === "term" ? "" : cleanText(session.description, TEXT_MAX),
      code,
      cleanText(text, TEXT_MAX),
      initData,
      termData,
      sqlTime(atUs),
      // The consumer makes broken SQL of any BGP identifier here.
      "",
    ],
  };
}

/** What the collector says of itself. */
export type CollectorAction = "started" | "change" | "heartbeat" | "stopped";

/** Who says it. */
export interface CollectorFacts {
  readonly name: string;
  readonly hash: string;
  readonly topic: Topic;
  readonly sequences: RowSequences;
}

/** @param addresses of the routers that are connected */
export function collectorRow(
  collector: CollectorFacts,
  action: CollectorAction,
  addresses: readonly string[],
  atUs: number,
): ColdRow {
  const { name, hash, topic, sequences } = collector;
  const columns = [
    cleanText(name, ADMIN_ID_MAX),
    hash,
    joinWithin(addresses, ROUTERS_MAX),
    addresses.length,
    sqlTime(atUs),
  ];
  return { type: "collector", topic, key: hash, action, columns, sequences };
}

/** The nine statistics that have a column. */
export function statisticsRow(
  session: Session,
  view: PeerView,
  statistics: readonly Statistic[],
  atUs: number,
): ColdRow {
  const values = new Array<number | bigint>(STATISTICS).fill(0);
  for (const { type, value } of statistics) {
    if (type >= STATISTICS || value === undefined) continue;
    values[type] = value > COUNTER_MAX ? COUNTER_MAX : value;
  }
  return {
    type: "bmp_stat",
    topic: view.topic("bmp_stat"),
    key: view.hash,
    action: "add",
    sequences: session.sequences,
    columns: [
      session.hash,
      session.address,
      view.hash,
      view.address,
      view.as,
      sqlTime(atUs),
      ...values,
    ],
  };
}

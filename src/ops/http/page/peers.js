/** The peers of one router: state, and for each RIB view and family what came and whether its dump is complete. */
import { el, pager, setClass, setHidden, setText, setTitle, table } from "./dom.js";
import { age, count } from "./format.js";

const PEER_COLUMNS = [
  "Peer",
  "State",
  "RIB view",
  "Family",
  "#Announced",
  "#Withdrawn",
  "Dump",
  "Last error",
];
const PEERS_PER_PAGE = 50;

/** @param onTurn called when other rows are wanted */
export function peerTable(id, label, onTurn) {
  const none = el("p", { class: "quiet" }, "No peers yet.");
  const lines = table(`Peers of ${label}`, PEER_COLUMNS, ({ key }) => key, fillPeerLine);
  const nav = el("nav", { "aria-label": `Pages of peers of ${label}` });
  const pages = pager(nav, "peer", PEERS_PER_PAGE, onTurn);
  return {
    elements: [nav, lines.element, none],
    get path() {
      return `peers?session=${encodeURIComponent(id)}&${pages.query}`;
    },
    update(page) {
      if (pages.update(page)) return onTurn();
      setHidden(none, page.total > 0);
      setHidden(lines.element, page.total === 0);
      lines.update(page.items.flatMap(linesOf));
    },
  };
}

/** One line for each family of each view; for a peer that has sent none, one. */
function linesOf(peer) {
  const name = [peer.type, peer.distinguisher, peer.address, peer.bgp_id, peer.table_name].join(
    " ",
  );
  const lines = peer.views.flatMap((view) =>
    (view.families.length > 0 ? view.families : [undefined]).map((family) => ({ view, family }))
  );
  if (lines.length === 0) lines.push({});
  return lines.map(({ view, family }, i) => ({
    key: `${name} ${view?.view} ${family?.family} ${i === 0}`,
    isFirst: i === 0,
    lines: lines.length,
    peer,
    view,
    family,
  }));
}

function fillPeerLine(cells, { isFirst }) {
  const [head, state, view, family, announced, withdrawn, dump, error] = cells;
  // The line above has them for all lines of the peer.
  if (!isFirst) { for (const cell of [head, state]) cell.remove(); }
  const name = el("span", { class: "name" });
  const more = el("span", { class: "quiet" });
  const badge = el("span");
  const since = el("span", { class: "quiet" });
  head.append(name, more);
  state.append(badge, since);
  state.className = "wide";
  const dumped = el("span");
  dump.append(dumped);
  return (line) => {
    const { peer } = line;
    for (const cell of [head, state]) cell.rowSpan = line.lines;
    setText(name, peer.address || peer.table_name || "Loc-RIB");
    setText(more, aboutPeer(peer));
    setClass(badge, `state ${{ up: "good", down: "bad" }[peer.state] ?? "idle"}`);
    setText(badge, peer.state);
    setText(since, `${age(peer.since)}${peer.down_reason ? `: ${peer.down_reason}` : ""}`);
    setTitle(since, peer.since);
    setText(view, line.view?.view ?? "none");
    setText(family, line.family?.family ?? "none");
    setText(announced, line.family ? count(line.family.announced) : "");
    setText(withdrawn, line.family ? count(line.family.withdrawn) : "");
    const at = line.family?.end_of_rib_at ?? null;
    setText(dumped, line.family ? at === null ? "incomplete" : "complete" : "none");
    setClass(dumped, line.family && at === null ? "state idle" : "");
    setTitle(dumped, at === null ? "No End-of-RIB seen" : `End-of-RIB at ${at}`);
    setText(error, line.view ? errorText(line.view.errors, line.view.last_error) : "");
    setTitle(error, line.view?.last_error?.at ?? "");
  };
}

function aboutPeer(peer) {
  return [
    `AS ${peer.as}`,
    `ID ${peer.bgp_id}`,
    peer.type === "global" ? "" : peer.type,
    peer.distinguisher,
    peer.address === "" ? "" : peer.table_name,
  ].filter(Boolean).join(", ");
}

/** E.g. `attribute-length, 3 min ago (12)`. */
export function errorText(errors, last) {
  return last === null ? "" : `${last.code}, ${age(last.at)} ago (${count(errors)})`;
}

/** Routers: one row each, which opens to what is known of the router and its peers. */
import { get } from "./api.js";
import { askCapture, askReset } from "./actions.js";
import {
  button,
  byId,
  el,
  graph,
  pager,
  setClass,
  setHidden,
  setText,
  setTitle,
  table,
} from "./dom.js";
import { age, bytes, count, partOf } from "./format.js";
import { errorText, peerTable } from "./peers.js";
import { watchSession } from "./tail.js";

const SESSIONS_PER_PAGE = 50;
/** Rates change each ten seconds, so most answers are asked for without. */
const RATES_MS = 10_000;

const SESSION_COLUMNS = [
  "Router",
  "State",
  "#Messages/s",
  "Last 10 minutes",
  "Peers",
  "Dumps complete",
  "Last error",
];

const rows = table("Routers", SESSION_COLUMNS, ({ id }) => id, fillSession);
byId("sessions-table").append(rows.element);
const pages = pager(byId("sessions-pages"), "router", SESSIONS_PER_PAGE, refreshAnew);
const search = byId("search");
const only = byId("only");
let ratesOf = "";
let ratesAt = -Infinity;
let turn = 0;

export async function refreshSessions() {
  const own = ++turn;
  const list = `sessions?${pages.query}&q=${
    encodeURIComponent(search.value.trim())
  }&only=${only.value}`;
  const wantsRates = list !== ratesOf || performance.now() - ratesAt > RATES_MS;
  const page = await get(wantsRates ? `${list}&rates=true` : list);
  // Somebody searched or turned the page meanwhile.
  if (own !== turn) return;
  if (wantsRates) [ratesOf, ratesAt] = [list, performance.now()];
  if (pages.update(page)) return refreshSessions();
  rows.update(page.items);
  setHidden(rows.element, page.total === 0);
  const isFiltered = search.value.trim() !== "" || only.value !== "";
  setHidden(byId("sessions-none"), page.total > 0);
  setText(
    byId("sessions-none"),
    isFiltered
      ? "No router fits."
      : "No router is connected. Point a router's BMP session at this collector.",
  );
  const open = [...rows.views.values()].filter((view) => view.isOpen);
  await Promise.all(open.map((view) => view.refreshPeers()));
}

/** Reports are left to the next poll. */
function refreshAnew() {
  refreshSessions().catch(() => {});
}

export function listenToSearch() {
  let timer;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      pages.reset();
      refreshAnew();
    }, 200);
  });
  only.addEventListener("change", () => {
    pages.reset();
    refreshAnew();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
  });
}

function fillSession(cells, { id, name, source }, element) {
  const [head, state, rate, history, peers, dumps, error] = cells;
  const label = name || source;
  const toggle = button("", flip, { class: "toggle", "aria-expanded": "false" });
  const address = el("span", { class: "quiet" });
  const badge = el("span");
  const since = el("span", { class: "quiet" });
  const line = graph();
  head.append(toggle, address);
  state.append(badge, since);
  history.append(line.element);
  element.className = "session";

  let details;
  const view = {
    elements: [element],
    get isOpen() {
      return details !== undefined;
    },
    update(session) {
      setText(toggle, session.name || session.source);
      setText(address, `${session.source} port ${session.source_port}`);
      setClass(badge, session.state === "open" ? "state good" : "state bad");
      setText(badge, session.state === "open" ? "open" : "held back");
      setText(since, age(session.opened_at));
      setTitle(since, `Since ${session.opened_at}`);
      setText(rate, count(session.messages_per_second));
      if (session.rates !== undefined) {
        const values = session.rates.messages_per_second;
        const max = count(Math.max(...values));
        line.update(values, `Messages per second in the last ten minutes, at most ${max}`);
      }
      setText(peers, peersText(session.peers));
      peers.classList.toggle("bad", session.peers.down > 0);
      const { complete, incomplete } = session.dumps;
      setText(
        dumps,
        complete + incomplete === 0 ? "none" : partOf(complete, complete + incomplete),
      );
      setText(error, errorText(session.errors, session.last_error));
      setTitle(error, session.last_error?.at ?? "");
      details?.update(session);
      view.session = session;
    },
    async refreshPeers() {
      const shown = details;
      const page = await get(shown.peers.path);
      if (shown === details) shown.peers.update(page);
    },
  };

  function flip() {
    if (details === undefined) {
      details = sessionDetails(id, label, () => view.refreshPeers().catch(() => {}));
      details.update(view.session);
      element.after(details.element);
      view.elements.push(details.element);
      view.refreshPeers().catch(() => {});
    } else {
      details.element.remove();
      view.elements.pop();
      details = undefined;
    }
    toggle.setAttribute("aria-expanded", String(details !== undefined));
    element.classList.toggle("open", details !== undefined);
  }
  return view;
}

function peersText({ up, down, unknown }) {
  return [
    `${count(up)} up`,
    down > 0 && `${count(down)} down`,
    unknown > 0 && `${count(unknown)} unknown`,
  ]
    .filter(Boolean).join(", ");
}

function sessionDetails(id, label, onTurn) {
  const facts = el("dl", { class: "facts" });
  const shown = new Map();
  const peers = peerTable(id, label, onTurn);
  const element = el(
    "tr",
    { role: "row", class: "details" },
    el(
      "td",
      { role: "cell", colspan: String(SESSION_COLUMNS.length) },
      el(
        "div",
        { class: "bar" },
        button("Watch its records", () => watchSession(id, label)),
        button("Capture…", () => askCapture(id, label)),
        button("Reset…", () => askReset(id, label)),
      ),
      facts,
      ...peers.elements,
    ),
  );
  function fact(name, text) {
    let value = shown.get(name);
    if (value === undefined) {
      shown.set(name, value = el("dd"));
      facts.append(el("div", {}, el("dt", {}, name), value));
    }
    setText(value, text);
  }
  return {
    element,
    peers,
    update(session) {
      fact("Session", session.id);
      fact("Listener", session.listener);
      if (session.tls_subject !== null) fact("Certificate", session.tls_subject);
      if (session.description !== "") fact("Description", session.description);
      fact("Since", session.opened_at);
      fact(
        "Last message",
        session.last_message_at === null ? "none" : `${age(session.last_message_at)} ago`,
      );
      fact("Messages", count(session.messages));
      fact("Received", bytes(session.bytes));
      fact("Routes", count(session.routes));
      fact("Routes/s", count(session.routes_per_second));
      fact("Errors", count(session.errors));
    },
  };
}

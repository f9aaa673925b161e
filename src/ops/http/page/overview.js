/** The head of the page and its tiles. */
import { byId, el, graph, setClass, setHidden, setText, setTitle } from "./dom.js";
import { age, bytes, clock, count } from "./format.js";

const tiles = new Map();

function tile(name, value, note, className = "") {
  let parts = tiles.get(name);
  if (parts === undefined) {
    parts = {
      value: el("dd", { class: "value" }),
      note: el("dd", { class: "quiet" }),
    };
    parts.element = el("div", {}, el("dt", {}, name), parts.value, parts.note);
    tiles.set(name, parts);
    byId("overview").append(parts.element);
  }
  setText(parts.value, value);
  setText(parts.note, note);
  setClass(parts.element, className);
  return parts;
}

function rateTile(name, values, note) {
  const parts = tile(name, count(values.at(-1)), note);
  if (parts.graph === undefined) {
    parts.graph = graph();
    parts.element.append(el("dd", {}, parts.graph.element));
  }
  const max = count(Math.max(...values));
  parts.graph.update(values, `${name} in the last ten minutes, at most ${max}`);
}

export function showOverview(status) {
  clock.aheadMs = Date.parse(status.now) - Date.now();
  const { sessions, peers, journal, rates, process } = status;
  setText(byId("collector"), status.collector);
  document.title = `${status.ready ? "" : "Not ready: "}${status.collector}, edgebmp`;
  setClass(byId("ready"), status.ready ? "state good" : "state bad");
  setText(
    byId("ready"),
    status.ready
      ? "Ready"
      : `Not ready for ${age(status.ready_since)}: ${status.reasons.join(", ")}`,
  );
  setTitle(byId("ready"), `Since ${status.ready_since}`);
  setText(
    byId("about"),
    `Version ${status.version} on ${status.runtime}, up for ${age(status.started_at)}`,
  );
  setTitle(byId("about"), `Since ${status.started_at}`);
  tile(
    "Routers",
    count(sessions.open),
    `of at most ${count(sessions.limit)}${
      sessions.waiting > 0 ? `, ${count(sessions.waiting)} held back` : ""
    }`,
    sessions.waiting > 0 ? "bad" : "",
  );
  tile(
    "Peers up",
    count(peers.up),
    [
      `${count(peers.down)} down`,
      peers.unknown > 0 ? `${count(peers.unknown)} unknown` : "",
      peers.unlisted > 0 ? `${count(peers.unlisted)} unlisted` : "",
    ].filter(Boolean).join(", "),
    peers.down > 0 ? "bad" : "",
  );
  rateTile("Messages/s", rates.messages_per_second, `${count(status.received_messages)} in all`);
  rateTile(
    "Routes/s",
    rates.routes_per_second,
    `${count(status.routes_announced)} announced, ${count(status.routes_withdrawn)} withdrawn`,
  );
  tile(
    "Journal",
    bytes(journal.used_bytes),
    `of ${bytes(journal.limit_bytes)} in memory`,
    2 * journal.used_bytes > journal.limit_bytes ? "bad" : "",
  );
  tile(
    "Spool",
    journal.spool_limit_bytes > 0 ? bytes(journal.spool_bytes) : "off",
    journal.spool_limit_bytes > 0
      ? `of ${bytes(journal.spool_limit_bytes)} on disk`
      : "nothing on disk",
    2 * journal.spool_bytes > journal.spool_limit_bytes ? "bad" : "",
  );
  tile(
    "Decode errors",
    count(status.decode_errors),
    `${count(status.assumed_readings)} readings assumed`,
    status.decode_errors > 0 ? "bad" : "",
  );
  tile(
    "Memory",
    bytes(process.resident_memory_bytes),
    `longest pause ${count(1000 * process.event_loop_delay_max_seconds)} ms, ${
      count(process.cpu_seconds)
    } s of CPU`,
  );
  setText(byId("footer"), `As of ${status.now}`);
  setHidden(byId("main"), false);
}

/** Sinks, sessions that have ended, and captures. */
import { get } from "./api.js";
import { byId, el, pager, setClass, setHidden, setText, setTitle, table } from "./dom.js";
import { age, bytes, count, duration } from "./format.js";

const endedPages = pager(byId("ended-pages"), "session", 10, () => refreshEnded().catch(() => {}));

const sinks = table(
  "Sinks",
  [
    "Sink",
    "State",
    "#Behind by",
    "#Held for it",
    "#Delivered",
    "#Retries",
    "#Lost, set aside",
    "Last success",
    "Last error",
  ],
  ({ name }) => name,
  fillSink,
);
const ended = table(
  "Ended sessions",
  ["Router", "Ended", "Lasted", "Reason", "#Messages"],
  ({ id }) => id,
  fillEnded,
);
const captures = table(
  "Captures",
  ["File", "State", "Started", "#Messages", "#Size"],
  ({ file }) => file,
  fillCapture,
);
byId("sinks-table").append(sinks.element);
byId("ended-table").append(ended.element);
byId("captures-table").append(captures.element);

export function showSinks(items) {
  setHidden(byId("sinks-none"), items.length > 0);
  setHidden(sinks.element, items.length === 0);
  sinks.update(items);
}

export async function refreshEnded() {
  const page = await get(`sessions/ended?${endedPages.query}`);
  if (endedPages.update(page)) return refreshEnded();
  setHidden(byId("ended-none"), page.total > 0);
  setHidden(ended.element, page.total === 0);
  ended.update(page.items);
}

export async function refreshCaptures() {
  const { items } = await get("captures");
  setHidden(byId("captures"), items.length === 0);
  captures.update(items);
}

/** What the API's `waits_for` means. */
function sinkState(waitsFor) {
  if (waitsFor === "journal") return ["up to date", "state good"];
  if (waitsFor === null) return ["sending", "state good"];
  return [
    waitsFor === "sink" ? "waits for acknowledgement" : `waits for ${waitsFor}`,
    "state idle",
  ];
}

function fillSink([head, state, lag, held, records, retries, lost, success, error]) {
  const name = el("span", { class: "name" });
  const about = el("span", { class: "quiet" });
  const badge = el("span");
  const ago = el("span");
  const why = el("span", { class: "quiet" });
  head.append(name, about);
  state.append(badge);
  error.append(ago, why);
  error.className = "wide";
  return (sink) => {
    const [text, className] = sinkState(sink.waits_for);
    setText(name, sink.name);
    setText(about, [sink.type, sink.format, sink.output].filter(Boolean).join(", "));
    setText(badge, text);
    setClass(badge, className);
    setText(lag, `${count(sink.lag_messages)} messages, ${count(sink.lag_seconds)} s`);
    setText(held, bytes(sink.lag_bytes));
    setTitle(held, `${bytes(sink.in_flight_bytes)} under way`);
    setText(records, `${count(sink.records)} records`);
    setText(retries, count(sink.retries));
    setText(lost, `${count(sink.lost_messages)}, ${count(sink.dead_letters)}`);
    lost.classList.toggle("bad", sink.lost_messages + sink.dead_letters > 0);
    showAgo(success, sink.last_success_at);
    showAgo(ago, sink.last_error_at);
    // ISO times sort as texts.
    const isFailing = (sink.last_error_at ?? "") > (sink.last_success_at ?? "");
    error.classList.toggle("bad", isFailing);
    setText(why, isFailing ? sink.last_error ?? "" : "");
  };
}

function fillEnded([head, at, lasted, reason, messages]) {
  const name = el("span", { class: "name" });
  const address = el("span", { class: "quiet" });
  const word = el("span");
  const detail = el("span", { class: "quiet" });
  head.append(name, address);
  reason.append(word, detail);
  reason.className = "wide";
  return (session) => {
    setText(name, session.name || session.source);
    setText(address, `${session.source} port ${session.source_port}`);
    showAgo(at, session.ended_at);
    setText(lasted, duration(Date.parse(session.ended_at) - Date.parse(session.opened_at)));
    setText(word, session.reason);
    setText(detail, session.detail);
    setText(messages, count(session.messages));
  };
}

function fillCapture([file, state, started, messages, size]) {
  return (capture) => {
    setText(file, capture.file);
    setText(state, capture.state);
    showAgo(started, capture.started_at);
    setText(messages, count(capture.messages));
    setText(size, bytes(capture.bytes));
  };
}

function showAgo(cell, time) {
  setText(cell, time === null ? "none" : `${age(time)} ago`);
  setTitle(cell, time ?? "");
}

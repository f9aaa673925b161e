/** Live records. By `fetch`, because an EventSource cannot send a token. */
import { open } from "./api.js";
import { button, byId, el, setHidden, setText } from "./dom.js";
import { count } from "./format.js";

const LINES_MAX = 200;
/** What a line shows of a record as JSON; all of it once it is opened. */
const LINE_CHARS_MAX = 300;

const lines = byId("tail-lines");
const chip = byId("tail-session");
let session = "";
/** Undefined: nobody watches. */
let controller;
let waiting = [];
let missed = 0;
let isHalted = false;

export function listenToTail() {
  byId("tail-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (controller === undefined) start();
    else stop("Paused");
  });
  for (const id of ["tail-topic", "tail-text"]) {
    byId(id).addEventListener("change", () => controller !== undefined && start());
  }
  byId("tail-clear").addEventListener("click", () => {
    lines.replaceChildren();
    setHidden(lines, true);
    missed = 0;
  });
  // Nobody sees it: the collector need not work for it.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && controller !== undefined) {
      stop("Paused");
      isHalted = true;
    } else if (!document.hidden && isHalted) start();
  });
}

/** Shows the records of one router. */
export function watchSession(id, label) {
  session = id;
  chip.replaceChildren(
    `From ${label} `,
    button("×", () => {
      session = "";
      setHidden(chip, true);
      if (controller !== undefined) start();
    }, { "aria-label": "Records of all routers" }),
  );
  setHidden(chip, false);
  start();
  byId("tail").focus();
}

function start() {
  controller?.abort();
  isHalted = false;
  missed = 0;
  const own = controller = new AbortController();
  setText(byId("tail-toggle"), "Pause");
  setText(byId("tail-state"), "Waiting for records");
  read(own.signal).then(
    () => "The collector has ended it",
    (error) => error.message,
  ).then((why) => {
    if (controller === own) stop(why);
  });
}

function stop(why) {
  controller?.abort();
  controller = undefined;
  setText(byId("tail-toggle"), "Watch");
  setText(byId("tail-state"), why);
}

async function read(signal) {
  const query = new URLSearchParams({
    topic: byId("tail-topic").value.trim(),
    q: byId("tail-text").value.trim(),
    session,
  });
  const { body } = await open(`/api/v1/tail?${query}`, { signal });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) take(event);
  }
}

function take(event) {
  const start = event.indexOf("data: ");
  if (start < 0) return;
  const data = JSON.parse(event.slice(start + 6));
  if (event.startsWith("event: dropped")) {
    missed += data.skipped + data.dropped;
  } else {
    if (waiting.length === 0) requestAnimationFrame(showWaiting);
    waiting.push(data);
    if (waiting.length > LINES_MAX) waiting.shift();
  }
  if (controller !== undefined) {
    setText(byId("tail-state"), missed > 0 ? `${count(missed)} more were not shown` : "Watching");
  }
}

function showWaiting() {
  setHidden(lines, false);
  lines.prepend(...waiting.map(lineOf).reverse());
  waiting = [];
  while (lines.children.length > LINES_MAX) lines.lastChild.remove();
}

function lineOf({ topic, record }) {
  // A file's and the console's record has the message within.
  const data = record.msg_data ?? record;
  const summary = el(
    "summary",
    {},
    el("span", { class: "quiet" }, topic.split(".").at(-1)),
    el("span", { class: data.action === "del" ? "action bad" : "action" }, data.action ?? ""),
    el("span", {}, wordsOf(data)),
  );
  const details = el("details", {}, summary);
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    details.append(el("pre", {}, JSON.stringify(record, null, 2)));
  });
  return el("li", {}, details);
}

function wordsOf(data) {
  const isRoute = typeof data.prefix === "string";
  if (!isRoute) return JSON.stringify(data).slice(0, LINE_CHARS_MAX);
  const path = data.base_attrs?.as_path;
  return [
    `${data.prefix}/${data.prefix_len}`,
    `peer ${data.peer_ip ?? data.peer_hash}`,
    `router ${data.router_name ?? data.router_ip}`,
    Array.isArray(path) && `path ${path.join(" ")}`,
  ].filter(Boolean).join(", ").slice(0, LINE_CHARS_MAX);
}

/** Asks every two seconds while somebody looks. */
import { get, hasToken, keepToken } from "./api.js";
import { byId, setHidden, setText } from "./dom.js";
import { showOverview } from "./overview.js";
import { listenToSearch, refreshSessions } from "./sessions.js";
import { refreshCaptures, refreshEnded, showSinks } from "./sinks.js";
import { listenToTail } from "./tail.js";

const POLL_MS = 2000;
/** Polls between two looks at what changes seldom. */
const SELDOM = 5;

let polls = 0;
let openSessions = -1;
let isPolling = false;
let timer;

async function poll() {
  if (isPolling || document.hidden) return;
  clearTimeout(timer);
  isPolling = true;
  let goesOn = true;
  try {
    const [status] = await Promise.all([get("status"), refreshSessions()]);
    showOverview(status);
    showSinks(status.sinks);
    // In the same turn as the figures: a trouble that has ended never stands beside them.
    setHidden(byId("trouble"), true);
    setHidden(byId("login"), true);
    if (polls++ % SELDOM === 0 || status.sessions.open !== openSessions) {
      openSessions = status.sessions.open;
      await Promise.all([refreshEnded(), refreshCaptures()]);
    }
  } catch (error) {
    goesOn = showTrouble(error);
  }
  isPolling = false;
  if (goesOn) timer = setTimeout(poll, POLL_MS);
}

/** @returns whether another try may help */
function showTrouble({ status, message }) {
  const trouble = byId("trouble");
  if (status === 401) {
    setText(trouble, "The token is not the collector's");
    setHidden(trouble, !hasToken());
    keepToken("");
    setHidden(byId("main"), true);
    setHidden(byId("login"), false);
    byId("token").focus();
    return false;
  }
  // The first time is what is worth knowing.
  if (trouble.hidden) {
    setText(trouble, `${message}, since ${new Date().toLocaleTimeString()}; trying again`);
    setHidden(trouble, false);
  }
  return true;
}

byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(byId("token").value.trim());
  byId("token").value = "";
  poll();
});
byId("forget").addEventListener("click", () => {
  keepToken("");
  location.reload();
});
document.addEventListener("visibilitychange", poll);
setHidden(byId("forget"), !hasToken());
listenToSearch();
listenToTail();
poll();

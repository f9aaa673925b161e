/** What an operator does, each behind a question. */
import { act } from "./api.js";
import { byId, el, setHidden, setText } from "./dom.js";

const dialog = byId("dialog");
const SAID_MS = 15_000;
let saidTimer;

byId("dialog-cancel").addEventListener("click", () => dialog.close());

export function askReset(id, label) {
  ask({
    title: `Reset ${label}?`,
    text:
      "Its session ends, and the router connects again and sends everything. Possible once in five minutes.",
    yes: "Reset the session",
    run: async () => {
      await act(`sessions/${encodeURIComponent(id)}/reset`);
      return `The session of ${label} is reset`;
    },
  });
}

export function askCapture(id, label) {
  ask({
    title: `Capture ${label}?`,
    text:
      "What it says from now on is written to a .bmp file on the collector, its Initiation and Peer Ups in front.",
    yes: "Start the capture",
    fields: [["mebibytes", "At most MiB", 16, 1024], ["seconds", "At most seconds", 600, 86_400]],
    run: async (body) => {
      const { file } = await act(`sessions/${encodeURIComponent(id)}/capture`, body);
      return `Capturing ${label} to ${file}`;
    },
  });
}

function ask({ title, text, yes, fields = [], run }) {
  setText(byId("dialog-title"), title);
  setText(byId("dialog-text"), text);
  setText(byId("dialog-yes"), yes);
  const inputs = fields.map(([name, label, value, max]) => {
    const input = el("input", {
      type: "number",
      id: `dialog-${name}`,
      min: "1",
      max,
      value,
      required: "",
    });
    return { name, input, label: el("label", { for: input.id }, label) };
  });
  byId("dialog-fields").replaceChildren(...inputs.flatMap(({ label, input }) => [label, input]));
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    const body = Object.fromEntries(inputs.map(({ name, input }) => [name, input.valueAsNumber]));
    run(body).then(say, (error) => say(error.message));
  };
  dialog.showModal();
}

function say(text) {
  setText(byId("said"), text);
  setHidden(byId("said"), false);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => setHidden(byId("said"), true), SAID_MS);
}

/**
 * Elements of the page. What routers and sinks say of themselves only ever becomes text: nothing here parses HTML, and the page's
 * policy (`require-trusted-types-for`) makes the browser refuse it.
 */
import { count } from "./format.js";

export function byId(id) {
  return document.getElementById(id);
}

/** An element; children are elements or texts. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Writes only what has changed, so that a selection, and what a screen reader says, stay as they are. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

export function setTitle(element, text) {
  if (element.title !== text) element.title = text;
}

export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

export function button(text, onClick, attributes = {}) {
  const element = el("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", onClick);
  return element;
}

/**
 * A table whose rows are brought in line with a list by `update(items)`.
 *
 * Roles are named because a phone shows rows as blocks.
 *
 * @param columns heads; one that starts with "#" is of numbers
 * @param fill gets the cells of a new row, the first of which heads it, and its item; returns what brings them up to date
 */
export function table(label, columns, keyOf, fill) {
  const heads = columns.map((column) => column.replace("#", ""));
  const classes = columns.map((column) => column.startsWith("#") ? { class: "number" } : {});
  const body = el("tbody", { role: "rowgroup" });
  const views = new Map();
  const element = el(
    "table",
    { role: "table", "aria-label": label },
    el(
      "thead",
      { role: "rowgroup" },
      el(
        "tr",
        { role: "row" },
        ...heads.map((head, i) =>
          el("th", { role: "columnheader", scope: "col", ...classes[i] }, head)
        ),
      ),
    ),
    body,
  );
  function rowOf(item) {
    const cells = heads.map((head, i) =>
      i === 0
        ? el("th", { role: "rowheader", scope: "row" })
        : el("td", { role: "cell", "data-head": head, ...classes[i] })
    );
    const row = el("tr", { role: "row" }, ...cells);
    const view = fill(cells, item, row);
    return typeof view === "function" ? { elements: [row], update: view } : view;
  }
  return {
    element,
    views,
    update: (items) => sync(body, views, items, keyOf, rowOf),
  };
}

/** Brings the children of `parent` to those of `items`, in their order: what is there stays, with its focus. */
function sync(parent, views, items, keyOf, make) {
  const keys = new Set(items.map(keyOf));
  for (const [key, view] of views) {
    if (keys.has(key)) continue;
    for (const element of view.elements) element.remove();
    views.delete(key);
  }
  let next = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    let view = views.get(key);
    if (view === undefined) views.set(key, view = make(item));
    view.update(item);
    for (const element of view.elements) {
      if (element === next) next = next.nextSibling;
      else parent.insertBefore(element, next);
    }
  }
}

/** A small graph: the line of `values` from 0 to their largest. */
export function graph() {
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NAMESPACE, "svg");
  const area = svg.appendChild(document.createElementNS(NAMESPACE, "path"));
  const line = svg.appendChild(document.createElementNS(NAMESPACE, "path"));
  svg.setAttribute("viewBox", "0 0 118 24");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  area.setAttribute("class", "area");
  line.setAttribute("class", "line");
  svg.setAttribute("aria-label", "No rates yet");
  return {
    element: svg,
    update(values, label) {
      const max = Math.max(1, ...values);
      const points = values.map((value, i) =>
        `${(i * 118 / (values.length - 1)).toFixed(1)} ${(23 - 21 * value / max).toFixed(1)}`
      );
      line.setAttribute("d", `M${points.join("L")}`);
      area.setAttribute("d", `M0 24L${points.join("L")}L118 24Z`);
      svg.setAttribute("aria-label", label);
    },
  };
}

/** Buttons to turn pages, and which rows these are; `noun` is of one. */
export function pager(nav, noun, limit, onTurn) {
  let offset = 0;
  const turn = (by) => () => {
    offset = Math.max(0, offset + by * limit);
    onTurn();
  };
  const back = button("‹", turn(-1), { "aria-label": `Previous ${noun}s` });
  const forth = button("›", turn(1), { "aria-label": `Next ${noun}s` });
  const range = el("span", { role: "status" });
  nav.append(range, back, forth);
  return {
    get query() {
      return `offset=${offset}&limit=${limit}`;
    },
    reset() {
      offset = 0;
    },
    /** @returns whether the page was beyond the end, and another one is to be asked for */
    update({ total, items }) {
      if (items.length === 0 && offset > 0) {
        offset = Math.max(0, Math.floor((total - 1) / limit) * limit);
        return true;
      }
      const all = `${count(total)} ${noun}${total === 1 ? "" : "s"}`;
      const rows = `${count(offset + 1)} to ${count(offset + items.length)} of `;
      setText(range, total <= limit ? all : rows + all);
      setHidden(back, total <= limit);
      setHidden(forth, total <= limit);
      back.disabled = offset === 0;
      forth.disabled = offset + items.length >= total;
      return false;
    },
  };
}

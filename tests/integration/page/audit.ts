/** What a checker of accessibility looks at, as expressions that the page's browser computes; each lists what is wrong. */

/** Controls that have no name. */
export const namelessControls = `
  [...document.querySelectorAll("button, input, select, a, summary, [role=img], nav, section, table, dialog")]
    .filter((element) => element.checkVisibility())
    .filter((element) => {
      const by = element.getAttribute("aria-labelledby");
      const name = element.getAttribute("aria-label") ??
        (by === null ? undefined : document.getElementById(by)?.textContent) ??
        (element.labels?.[0]?.textContent || element.textContent);
      const isText = ["SECTION", "TABLE", "NAV", "DIALOG"].includes(element.tagName);
      const own = isText ? element.getAttribute("aria-label") ?? (by && name) : name;
      return !own?.trim();
    })
    .map((element) => element.outerHTML.slice(0, 120))`;

/** Tables whose columns or rows have no heads. */
export const tablesWithoutHeads = `
  [...document.querySelectorAll("table")].filter((table) => {
    const columns = table.tHead?.rows[0]?.cells.length;
    const rows = [...table.tBodies[0].rows].filter((row) => !row.classList.contains("details"));
    return !table.tHead || [...table.tHead.rows[0].cells].some((cell) => cell.scope !== "col") ||
      rows.some((row) => row.cells.length === columns && row.cells[0].scope !== "row") ||
      rows[0]?.cells.length !== columns;
  }).map((table) => table.outerHTML.slice(0, 120))`;

/** Texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, 1.4.3). */
export const contrastFaults = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function rgba(color) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  }
  function behind(element) {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  }
  function luminance([r, g, b]) {
    const [x, y, z] = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  }
  const faults = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !element.checkVisibility() || element.disabled) continue;
    const color = getComputedStyle(element).color;
    const [a, b] = [luminance(rgba(color)), luminance(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faults.add(color + " on " + behind(element) + ": " + contrast.toFixed(2));
  }
  return [...faults];
})()`;

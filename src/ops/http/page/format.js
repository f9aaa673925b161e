/** Numbers and times as people read them. */

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** As the API gives it, with separators. */
export function count(value) {
  return COUNT.format(value);
}

export function bytes(value) {
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

/** E.g. `3 h 12 min`. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

/** E.g. `12 of 15`. */
export function partOf(part, whole) {
  return `${count(part)} of ${count(whole)}`;
}

/** By the collector's clock, which may differ from the browser's. */
export const clock = { aheadMs: 0 };

/** How long ago an ISO time was. */
export function age(time) {
  return duration(Date.now() + clock.aheadMs - Date.parse(time));
}

/** E.g. `Not ready`. */
export function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Medians, ratios and tables as text. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of `a[i] / b[i]`: runs made side by side have the same neighbours on the machine. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.slice(0, b.length).map((value, i) => value / b[i]!));
}

/** Columns as wide as their widest cell; the first `textColumns` to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[], textColumns: number): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => i < textColumns ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))
      .join("  ").trimEnd()
  ).join("\n") + "\n";
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}

/** A count with thin steps: 1,220,000. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

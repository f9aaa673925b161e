/** Where whole records end, in a batch and in a file. */
import { open } from "node:fs/promises";
import type { Output } from "../../formats/output.ts";

const SCAN_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Bytes of the whole records among the first `length` bytes of a batch. */
export function wholeRecords(batch: Output, length: number): number {
  let end = 0;
  for (let i = 0; i < batch.count && batch.endOf(i) <= length; i++) end = batch.endOf(i);
  return end;
}

/** The offset behind the last newline of a file of `size` bytes; 0 if it has none. */
export async function findLinesEnd(path: string, size: number): Promise<number> {
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(Math.min(size, SCAN_BYTES));
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - bytes.length);
      const { bytesRead } = await file.read(bytes, 0, end - start, start);
      if (bytesRead < end - start) {
        throw new Error(`Cannot read "${path}": it became shorter meanwhile`);
      }
      const newline = bytes.subarray(0, bytesRead).lastIndexOf(NEWLINE);
      if (newline >= 0) return start + newline + 1;
      end = start;
    }
    return 0;
  } finally {
    await file.close();
  }
}

/** Memory, for tests of what something may cost. */
import process from "node:process";

/** What this test file holds. Deno runs many in one process, whose resident memory is that of all; Bun one after the other. */
export function memoryBytes(): number {
  const { rss, heapUsed, external } = process.memoryUsage();
  return "Deno" in globalThis ? heapUsed + external : rss;
}

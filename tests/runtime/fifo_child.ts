/** Writes more into the FIFO that its argument names than it holds, while nobody reads it; says what goes on meanwhile. */
import { closeSync, constants, openSync } from "node:fs";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { loadRuntime } from "../../src/runtime/mod.ts";

const path = process.argv[2]!;
// Open for both directions, so that opening it for writing does not wait.
const end = openSync(path, constants.O_RDWR);
const file = await (await loadRuntime()).openAppend(path);
let state = "waits";
const bytes = new Uint8Array(1024 * 1024);
void file.write(bytes, 0, bytes.length).then(() => state = "has taken it all");
await delay(100);
process.stdout.write(`${state}, then timers run\n`, () => {
  closeSync(end);
  process.exit();
});

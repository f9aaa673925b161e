/** Writes as many MiB to standard output as its argument says, and the outcome of each write to standard error. */
import process from "node:process";
import { errorCode } from "../../src/runtime/error.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";

const runtime = await loadRuntime();
for (let i = 0; i < Number(process.argv[2]); i++) {
  try {
    await runtime.writeStdout(new Uint8Array(1024 * 1024));
    process.stderr.write("written ");
  } catch (error) {
    process.stderr.write(`${errorCode(error)} `);
  }
}

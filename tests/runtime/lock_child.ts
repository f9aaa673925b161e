// Takes a lock and stays: `lock_child.ts PATH`.
import process from "node:process";
import { loadRuntime } from "../../src/runtime/mod.ts";

const unlock = (await loadRuntime()).lockFile(process.argv[2]!);
process.stdout.write(unlock === undefined ? "no" : "yes");
setInterval(() => {}, 1000);

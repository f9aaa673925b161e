/** Prints the limit on open files. */
import process from "node:process";
import { loadRuntime } from "../../src/runtime/mod.ts";

process.stdout.write(String((await loadRuntime()).fileDescriptorLimit()));

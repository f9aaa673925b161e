/** Prints the names of the environment's variables. */
import process from "node:process";
import { loadRuntime } from "../../src/runtime/mod.ts";

process.stdout.write((await loadRuntime()).variableNames().join(" "));

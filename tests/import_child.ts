/** Imports the library and prints what that did beside defining things; run by library_test.ts in a process of its own. */
import process from "node:process";

const done: string[] = [];
const scope = globalThis as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]) {
  const original = scope[name]!;
  scope[name] = (...args) => {
    done.push(name);
    return original(...args);
  };
}
const globalsBefore = Object.getOwnPropertyNames(globalThis).length;
const eventsBefore = process.eventNames().length;

const library = await import("../mod.ts");

if (process.eventNames().length !== eventsBefore) done.push("process.on");
if (Object.getOwnPropertyNames(globalThis).length !== globalsBefore) done.push("a global");
process.stdout.write(JSON.stringify({ done, names: Object.keys(library).sort() }));

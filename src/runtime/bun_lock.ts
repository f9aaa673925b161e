/** Locks on files for Bun, which has none of its own: `flock` of the C library. */
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { C_LIBRARIES } from "./process.ts";

/** What is used of `bun:ffi`. */
interface Ffi {
  dlopen(path: string, symbols: object): {
    readonly symbols: { flock(fd: number, operation: number): number };
  };
}

const FLOCK = { flock: { args: ["i32", "i32"], returns: "i32" } };
const LOCK_EX = 2;
const LOCK_NB = 4;

/** See `Runtime.lockFile`. @throws where there is no C library */
export function lockFile(path: string): (() => void) | undefined {
  const { flock } = openLibrary().symbols;
  const fd = openSync(path, "a", 0o640);
  if (flock(fd, LOCK_EX | LOCK_NB) === 0) return () => closeSync(fd);
  closeSync(fd);
  return undefined;
}

function openLibrary() {
  const { dlopen } = createRequire(import.meta.url)("bun:ffi") as Ffi;
  for (const path of C_LIBRARIES) {
    try {
      return dlopen(path, FLOCK);
    } catch {
      // Not on this system.
    }
  }
  throw new Error("Cannot lock a file: found no C library");
}

/** What Bun has no calls for, by the C library: locks on files, and datagrams to a Unix socket. */
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { C_LIBRARIES } from "./process.ts";
import { datagramSender, type SocketCalls } from "./unix_datagram.ts";

/** What is used of `bun:ffi`. */
interface Ffi {
  dlopen(path: string, symbols: object): {
    readonly symbols: SocketCalls & { flock(fd: number, operation: number): number };
  };
}

const SYMBOLS = {
  flock: { args: ["i32", "i32"], returns: "i32" },
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "usize", "i32", "ptr", "u32"], returns: "i64" },
};
const LOCK_EX = 2;
const LOCK_NB = 4;

/** See `Runtime.lockFile`. @throws where there is no C library */
export function lockFile(path: string): (() => void) | undefined {
  const { flock } = openLibrary();
  const fd = openSync(path, "a", 0o640);
  if (flock(fd, LOCK_EX | LOCK_NB) === 0) return () => closeSync(fd);
  closeSync(fd);
  return undefined;
}

/** See `Runtime.openDatagramSender`. @throws where there is no C library */
export function openDatagramSender(path: string): (text: string) => boolean {
  return datagramSender(openLibrary(), path);
}

function openLibrary() {
  const { dlopen } = createRequire(import.meta.url)("bun:ffi") as Ffi;
  for (const path of C_LIBRARIES) {
    try {
      return dlopen(path, SYMBOLS).symbols;
    } catch {
      // Not on this system.
    }
  }
  throw new Error("Cannot call the system: found no C library");
}

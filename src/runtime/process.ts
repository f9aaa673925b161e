/** Facts about this process that neither runtime offers. */
import { readFileSync } from "node:fs";

/** Where the C library is: glibc of Debian, of Fedora and SUSE, musl, Darwin. As in `deno_flags.txt`. */
export const C_LIBRARIES: readonly string[] = [
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6",
  "/lib/ld-musl-x86_64.so.1",
  "/lib/ld-musl-aarch64.so.1",
  "/usr/lib/libSystem.B.dylib",
];

/** The soft limit on open files; undefined where there is no `/proc`, and where Deno may not read it: without `--allow-all`. */
export function procFileDescriptorLimit(): number | undefined {
  let limits;
  try {
    limits = readFileSync("/proc/self/limits", "utf8");
  } catch {
    return undefined;
  }
  return parseFileDescriptorLimit(limits);
}

/** The soft limit in the text of `/proc/self/limits`. */
export function parseFileDescriptorLimit(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+|unlimited)\s/m.exec(limits)?.[1];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Infinity : Number(soft);
}

/** Chooses the implementation of {@linkcode Runtime}; the other runtime's file is never loaded. */
import type { Runtime } from "./types.ts";

/** The runtime that executes this process. */
export async function loadRuntime(): Promise<Runtime> {
  if ("Deno" in globalThis) return (await import("./deno.ts")).denoRuntime();
  if ("Bun" in globalThis) return (await import("./bun.ts")).bunRuntime();
  throw new Error("Cannot start: found neither Deno nor Bun, expected one of them");
}

/** Copies of file descriptors, which Deno has no call for: `dup` of the C library. */
import { C_LIBRARIES } from "./process.ts";

const DUP = { dup: { parameters: ["i32"], result: "i32" } } as const;

/** What copies a descriptor; undefined: there is no C library, or it may not be loaded. */
export function descriptorCopier(): ((fd: number) => number) | undefined {
  for (const path of C_LIBRARIES) {
    try {
      const { dup } = Deno.dlopen(path, DUP).symbols;
      return (fd) => {
        const copy = dup(fd);
        if (copy < 0) {
          throw new Error(`Cannot copy descriptor ${fd}: it is not open, or too many are`);
        }
        return copy;
      };
    } catch {
      // Not on this system, or not permitted.
    }
  }
  return undefined;
}

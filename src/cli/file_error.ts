/** The error of a file that a command names and cannot use. */
import { toError } from "../runtime/error.ts";

export function fileError(use: "read" | "write", path: string, error: unknown): Error {
  return new Error(`Cannot ${use} "${path}": ${toError(error).message}`, { cause: error });
}

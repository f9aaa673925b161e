/** The system's errors, as both runtimes report them. */

/** The system's name of a caught error, e.g. `ECONNRESET`; empty if it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** A caught value as an `Error`. */
export function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

/** An error with the system's code, for what the runtimes report without one. */
export function codedError(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Of a write on a connection that is gone. */
export function closedError(): Error {
  return codedError("Cannot write: the connection is closed", "EPIPE");
}

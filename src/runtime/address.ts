/** What both runtimes need around socket addresses. */
import { errorCode } from "./error.ts";

const MAPPED_PREFIX = "::ffff:";

/** `::ffff:192.0.2.1`, which a dual-stack socket says of an IPv4 peer (RFC 4291 section 2.5.5.2), as `192.0.2.1`; others unchanged. */
export function unmapAddress(address: string): string {
  return address.startsWith(MAPPED_PREFIX) && address.includes(".")
    ? address.slice(MAPPED_PREFIX.length)
    : address;
}

/**
 * Calls `listenOn(host)`. Where IPv6 is off, `::` cannot be bound and IPv4 alone is taken; systems report that case in
 * several ways, so that only the causes that `0.0.0.0` would share are passed on at once.
 */
export function listenDualStack<T>(host: string, listenOn: (host: string) => T): T {
  try {
    return listenOn(host);
  } catch (error) {
    const code = errorCode(error);
    if (host !== "::" || code === "EADDRINUSE" || code === "EACCES") throw error;
    try {
      return listenOn("0.0.0.0");
    } catch {
      throw error;
    }
  }
}

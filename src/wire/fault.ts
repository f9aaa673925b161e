/**
 * What a decoder throws when bytes are not what an RFC says they are.
 *
 * A fault is a plain object of one shape, not an `Error`: building a stack costs 4-5 us in V8, a plain
 * object 0.4-1.1 us, so that a flood of broken attributes stays cheap. Walkers catch it once, at the
 * border where they know which outcome the RFC asks for.
 */

/** A decoding failure: stable code, where, and what should have stood there. */
export interface DecodeFault {
  /** Marks the object as ours; other thrown values are bugs and travel on. */
  readonly isDecodeFault: true;
  /** Stable machine-readable name, kebab-case, e.g. `as-path-length`. */
  readonly code: string;
  /** Byte offset from the start of the buffer that was decoded. */
  readonly offset: number;
  /** What was expected, in words, e.g. `length 4`. */
  readonly expected: string;
  /** Where in the message, outermost first, e.g. `in path attribute 2 (AS_PATH)`; grows while it travels up. */
  within: string;
}

/**
 * Makes a {@linkcode DecodeFault}.
 *
 * @param code stable kebab-case name
 * @param offset absolute byte offset, taken before anything was consumed
 * @param expected what should have been there
 */
export function fault(code: string, offset: number, expected: string): DecodeFault {
  return { isDecodeFault: true, code, offset, expected, within: "" };
}

/** Throws a {@linkcode DecodeFault}. */
export function fail(code: string, offset: number, expected: string): never {
  throw fault(code, offset, expected);
}

/** Whether a caught value is a {@linkcode DecodeFault}. */
export function isFault(value: unknown): value is DecodeFault {
  return typeof value === "object" && value !== null && "isDecodeFault" in value;
}

/** Returns the fault in a caught value and names the place it passed through; rethrows anything else. */
export function faultWithin(value: unknown, place: string): DecodeFault {
  if (!isFault(value)) throw value;
  value.within = value.within === "" ? place : `${place}: ${value.within}`;
  return value;
}

/** The fault as one line of text: `in path attribute 2: as-path-length at byte 71, expected ...`. */
export function faultText(fault: DecodeFault): string {
  const place = fault.within === "" ? "" : `${fault.within}: `;
  return `${place}${fault.code} at byte ${fault.offset}, expected ${fault.expected}`;
}

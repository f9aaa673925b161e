/**
 * BGP NOTIFICATION (RFC 4271 section 4.5): why a session ended.
 *
 * ```
 * 0  u8   Error Code
 * 1  u8   Error Subcode
 * 2  ...  Data
 *         Cease 2, 4: u8 length, UTF-8 text                          (RFC 9003)
 *         Cease 1: u16 AFI, u8 SAFI, u32 prefix upper bound, or none  (RFC 4486 section 4)
 *         Cease 9: code, subcode and data of what was meant           (RFC 8538 section 3.1)
 * ```
 */
import { type DecodeFault, fail, fault, faultWithin } from "../wire/fault.ts";
import type { ByteRange } from "../wire/range.ts";
import { utf8Text } from "../wire/strings.ts";
import { NOTIFICATION_CODES } from "./notification_codes.ts";

const CEASE = 6;
const MAXIMUM_PREFIXES = 1;
const ADMINISTRATIVE_SHUTDOWN = 2;
const ADMINISTRATIVE_RESET = 4;
const HARD_RESET = 9;

/** A decoded NOTIFICATION. */
export interface Notification {
  /** Error code. */
  readonly code: number;
  /** IANA's name, undefined for an unassigned code. */
  readonly codeName: string | undefined;
  /** Error subcode. */
  readonly subcode: number;
  /** IANA's name, undefined for an unassigned subcode. */
  readonly subcodeName: string | undefined;
  /** Everything after the subcode, as sent. */
  readonly data: ByteRange;
  /** What the operator said in Administrative Shutdown or Reset; undefined: nothing. */
  readonly shutdownText: string | undefined;
  /** The limit that was exceeded in Maximum Number of Prefixes Reached, if it was sent. */
  readonly prefixLimit: PrefixLimit | undefined;
  /** What a Hard Reset encloses. */
  readonly enclosed: Notification | undefined;
  /** What is wrong with the data. */
  readonly faults: readonly DecodeFault[];
}

/** The limit of Maximum Number of Prefixes Reached (RFC 4486 section 4). */
export interface PrefixLimit {
  /** Address family. */
  readonly afi: number;
  /** Subsequent address family. */
  readonly safi: number;
  /** Upper bound, in prefixes. */
  readonly limit: number;
}

/**
 * Decodes the NOTIFICATION whose body (after the 19-byte header) is `bytes[start, end)`.
 *
 * @throws DecodeFault `notification-length` when code or subcode is missing
 */
export function decodeNotification(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Notification {
  const outer = decodeOne(bytes, view, start, end);
  if (outer.code !== CEASE || outer.subcode !== HARD_RESET) return outer;
  // One level only: a hard reset within a hard reset means nothing, and 32 thousand of them must not cost a stack.
  try {
    const enclosed = decodeOne(bytes, view, start + 2, end);
    const faults = enclosed.faults.map((found) => faultWithin(found, "in hard reset"));
    return { ...outer, enclosed, faults };
  } catch (error) {
    return { ...outer, faults: [faultWithin(error, "in hard reset")] };
  }
}

function decodeOne(bytes: Uint8Array, view: DataView, start: number, end: number): Notification {
  if (end - start < 2) {
    fail("notification-length", start, `code and subcode, found ${end - start} bytes`);
  }
  const code = bytes[start]!;
  const subcode = bytes[start + 1]!;
  const data = { start: start + 2, end };
  const names = NOTIFICATION_CODES[code];
  const faults: DecodeFault[] = [];
  const hasText = code === CEASE &&
    (subcode === ADMINISTRATIVE_SHUTDOWN || subcode === ADMINISTRATIVE_RESET);
  return {
    code,
    codeName: names?.name,
    subcode,
    subcodeName: names?.subcodes[subcode],
    data,
    shutdownText: hasText ? readShutdownText(bytes, data, faults) : undefined,
    prefixLimit: code === CEASE && subcode === MAXIMUM_PREFIXES
      ? readPrefixLimit(bytes, view, data, faults)
      : undefined,
    enclosed: undefined,
    faults,
  };
}

function readShutdownText(
  bytes: Uint8Array,
  { start, end }: ByteRange,
  faults: DecodeFault[],
): string | undefined {
  if (start === end) return undefined;
  const length = bytes[start]!;
  const room = end - start - 1;
  if (length !== room) {
    faults.push(fault("shutdown-communication-length", start, `${room}, found ${length}`));
  }
  const textEnd = start + 1 + Math.min(length, room);
  return textEnd === start + 1 ? undefined : utf8Text(bytes, start + 1, textEnd);
}

function readPrefixLimit(
  bytes: Uint8Array,
  view: DataView,
  { start, end }: ByteRange,
  faults: DecodeFault[],
): PrefixLimit | undefined {
  if (start === end) return undefined;
  if (end - start !== 7) {
    faults.push(fault("prefix-limit-length", start, `no data or 7 bytes, found ${end - start}`));
    return undefined;
  }
  return { afi: view.getUint16(start), safi: bytes[start + 2]!, limit: view.getUint32(start + 3) };
}

/**
 * The header of every BGP message (RFC 4271 section 4.1, length by RFC 8654 section 3).
 *
 * ```
 *  0  u8[16]  Marker, all ones
 * 16  u16     Length of the whole message, 19..65535
 * 18  u8      Type
 * 19  ...     body
 * ```
 */
import { fail } from "../wire/fault.ts";

export const BGP_HEADER_BYTES = 19;
const MARKER_BYTES = 16;

/** Type octet of a BGP message. */
export const BgpMessageType = {
  open: 1,
  update: 2,
  notification: 3,
  keepalive: 4,
  routeRefresh: 5,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  1: "OPEN",
  2: "UPDATE",
  3: "NOTIFICATION",
  4: "KEEPALIVE",
  5: "ROUTE-REFRESH",
};

/** IANA's name of a BGP message type. */
export function bgpMessageTypeName(type: number): string | undefined {
  return NAMES[type];
}

/** Where one BGP message is; offsets are absolute in the buffer. */
export interface BgpMessage {
  /** 1 OPEN, 2 UPDATE, 3 NOTIFICATION, 4 KEEPALIVE, 5 ROUTE-REFRESH. */
  readonly type: number;
  /** First byte of the marker. */
  readonly start: number;
  /** First byte after the header. */
  readonly bodyStart: number;
  /** End of the message, exclusive. */
  readonly end: number;
}

/**
 * Reads the header of the BGP message at `start`; the message may end before `end`.
 *
 * @throws DecodeFault `bgp-length` or `bgp-marker`
 */
export function readBgpMessage(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): BgpMessage {
  const message = readBgpLength(bytes, view, start, end);
  if (!hasBgpMarker(view, start, end)) fail("bgp-marker", start, "16 octets 0xff");
  return message;
}

/** {@linkcode readBgpMessage} without a look at the marker, for callers that go on after a wrong one. */
export function readBgpLength(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): BgpMessage {
  const room = end - start;
  if (room < BGP_HEADER_BYTES) {
    fail("bgp-length", start, `${BGP_HEADER_BYTES} bytes of BGP header, found ${room}`);
  }
  const length = view.getUint16(start + MARKER_BYTES);
  if (length < BGP_HEADER_BYTES || length > room) {
    fail(
      "bgp-length",
      start + MARKER_BYTES,
      `a length of ${BGP_HEADER_BYTES} to ${room}, found ${length}`,
    );
  }
  return {
    type: bytes[start + 18]!,
    start,
    bodyStart: start + BGP_HEADER_BYTES,
    end: start + length,
  };
}

/** Whether `bytes[start, end)` begins with sixteen octets 0xff. */
export function hasBgpMarker(view: DataView, start: number, end: number): boolean {
  if (end - start < MARKER_BYTES) return false;
  const all = view.getInt32(start) & view.getInt32(start + 4) & view.getInt32(start + 8) &
    view.getInt32(start + 12);
  return all === -1;
}
